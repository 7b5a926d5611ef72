"""What the log looks like: text or JSON, a line an event, and nothing in it but what can be printed."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import IO, Any

from twisted.logger import (
    FileLogObserver,
    FilteringLogObserver,
    ILogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    formatEvent,
    formatEventAsClassicLogText,
)

LAYOUT = "\n\t"  # the log's own: Twisted puts a tab before each further line of an event
MOST_CHARACTERS = 16_384  # of an event: a traceback of ours has its place, a stranger's novel has not

PLAIN = (str, int, float, bool, type(None))
OF_THE_OLD_LOG = {"message", "time", "system", "isError", "format", "why", "failure"}


def printable(text: str) -> str:
    """The text with each character that a terminal would obey, or cannot show, escaped as in Python."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def text_line(event: LogEvent) -> str | None:
    """An event as Twisted writes it, in printable characters; None where it says nothing."""
    text = formatEventAsClassicLogText(event)
    if text is None:
        return None
    if len(text) > MOST_CHARACTERS:
        text = f"{text[: MOST_CHARACTERS - 2]}…\n"
    if text[:-1].isprintable():
        return text
    return "".join(each if each.isprintable() or each in LAYOUT else _escaped(each) for each in text)


def text_log(file: IO[Any]) -> FileLogObserver:
    """An observer that writes events to a file as text."""
    return FileLogObserver(file, text_line)


def json_line(event: LogEvent) -> str:
    """An event as one JSON object on one line, for a person and a log store to read."""
    out: dict[str, object] = {
        "time": datetime.fromtimestamp(event["log_time"], UTC).isoformat(timespec="milliseconds"),
        "level": event["log_level"].name,
        "logger": event.get("log_namespace"),
        "message": formatEvent(event),
    }
    for key, value in event.items():
        if not key.startswith("log_") and key not in OF_THE_OLD_LOG:
            out[key] = value if isinstance(value, PLAIN) else repr(value)
    if "log_failure" in event:
        out["error"] = event["log_failure"].getTraceback()
    text = json.dumps(out, ensure_ascii=False)
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text) + "\n"


def json_log() -> ILogObserver:
    """For `twistd -n --logger=socketspeak.app.logs.json_log`: JSON lines on standard output."""
    return FilteringLogObserver(
        FileLogObserver(standard_output(), json_line),
        [LogLevelFilterPredicate(defaultLogLevel=LogLevel.info)],
    )


def standard_output() -> IO[Any]:
    """Standard output of the process, for twistd puts its log in the place of `sys.stdout`.

    What its encoding has not is escaped. Raises SystemExit where there is none.
    """
    file = sys.__stdout__
    if file is None:
        raise SystemExit("twistd: there is no standard output to log to")
    if isinstance(file, TextIOWrapper):
        file.reconfigure(errors="backslashreplace")
    return file


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
