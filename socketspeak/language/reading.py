"""Reading replies: what the server's renderings mean, for clients and for tests of both ends.

`read_text_line` frames a reply's lines of text; `read_object` turns a reply in JSON into the very values that
the server rendered, to the microsecond. A server is a stranger, too: what is not as the protocol promises is
refused, and names and messages lose the characters that a terminal would obey.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NoReturn

from socketspeak.language.catalog import Message
from socketspeak.language.fields import (
    Row,
    as_bound_ns,
    as_clock,
    as_instant,
    as_maybe_text,
    as_number,
    as_rows,
    as_seconds,
    as_text,
    as_texts,
    as_whole,
    as_yes,
)
from socketspeak.language.reckonedreading import Reckoned, meeting, reckoned, transitions
from socketspeak.language.replies import (
    AreaEntry,
    Areas,
    Capabilities,
    Challenge,
    Clocks,
    Entry,
    Listing,
    Plain,
    Tick,
    Watched,
)
from socketspeak.language.statuses import Source, Status, Worker

Read = Clocks | Listing | Areas | Reckoned | Plain | Status | Capabilities | Challenge | Watched | Tick

MESSAGE_CHARACTERS = 1000  # as long as a request may be, so that one can be quoted
MOST_SUGGESTIONS = 20  # the protocol promises five
KNOWN = frozenset({"code", "message", "suggestions"})  # what a Plain has a field for


class NotAReply(ValueError):
    """What came is no reply of this protocol; the message says why, without the peer's text."""


def read_text_line(line: bytes) -> tuple[int, bool, str]:
    """One line of a text reply, without its end: the code, whether it is the last, and its text."""
    code, mark = line[:3], line[3:4]
    if not (len(code) == 3 and code.isdigit() and mark in (b" ", b"-")):
        raise NotAReply("a line that does not begin with a reply code")
    return int(code), mark == b" ", line[4:].decode("utf-8", "replace")


# -- replies


def _clocks(found: Row) -> Clocks:
    return Clocks(tuple(map(as_clock, as_rows(found["clocks"]))))


def _entry(row: Row) -> Entry:
    unix_ns, offset = as_instant(row)
    return Entry(
        number=as_whole(row["number"]),
        zone=as_text(row["zone"]),
        offset=offset,
        unix_ns=unix_ns,
        place=as_text(row["place"]),
        country=as_maybe_text(row["country"]),
        target=as_maybe_text(row.get("target")),
    )


def _entries(found: Row) -> tuple[Entry, ...]:
    return tuple(map(_entry, as_rows(found["entries"])))


def _list(found: Row) -> Listing | Areas:
    if "areas" in found:
        rows = enumerate(as_rows(found["areas"]), 1)
        return Areas(tuple(AreaEntry(at, as_text(row["area"]), as_whole(row["zones"])) for at, row in rows))
    return Listing(_entries(found))


def _choice(found: Row) -> Listing:
    return Listing(_entries(found), 350, _message(found))


def _source(row: Row) -> Source:
    return Source(
        name=as_text(row["name"]),
        state=as_text(row.get("state", "")),
        dialect=as_maybe_text(row.get("dialect")),
        last_success=as_seconds(row.get("last_success")),
        last_failure=as_seconds(row.get("last_failure")),
        reason=as_maybe_text(row.get("reason")),
        requests=as_whole(row.get("requests", 0)),
        failures=as_whole(row.get("failures", 0)),
        round_trip=as_seconds(row.get("round_trip")),
        rest=as_seconds(row.get("rest")),
        disagreements=as_whole(row["disagreements"]),
        offset=as_seconds(row.get("offset")),
        agrees=None if row.get("agrees") is None else as_yes(row["agrees"]),
        contradictions=as_whole(row.get("contradictions", 0)),
    )


def _worker(row: Row) -> Worker:
    return Worker(
        number=as_whole(row["number"]),
        state=as_text(row["state"]),
        pid=None if row["pid"] is None else as_whole(row["pid"]),
        uptime=as_seconds(row["uptime"]),
        sessions=as_whole(row["sessions"]),
        answers=as_yes(row["answers"]),
    )


def _status(found: Row) -> Status:
    return Status(
        version=as_text(found["version"]),
        uptime=float(as_number(found["uptime"])),
        tzdb=as_text(found["tzdb"]),
        clock=as_text(found["clock"]["state"]),
        bound_ns=as_bound_ns(found["clock"]["error_bound"]),
        sources=tuple(map(_source, as_rows(found["sources"]))),
        counts={as_text(name): as_whole(count) for name, count in found.get("counts", {}).items()},
        workers=tuple(map(_worker, as_rows(found.get("workers", [])))),
    )


def _capabilities(found: Row) -> Capabilities:
    return Capabilities(
        languages=as_texts(found["languages"]),
        formats=as_texts(found["formats"]),
        starttls=as_yes(found["starttls"]),
        auth=as_texts(found["auth"]),
        version=as_whole(found["version"]),
    )


def _watched(found: Row) -> Watched:
    every = found["every"]
    return Watched(as_texts(found["watching"]), None if every is None else as_whole(every))


def _tick(found: Row) -> Tick:
    return Tick(
        clocks=tuple(map(as_clock, as_rows(found["clocks"]))),
        skipped=as_whole(found.get("skipped", 0)),
        disturbed=as_maybe_text(found.get("clock")),
    )


def _challenge(found: Row) -> Challenge:
    return Challenge(b64decode(as_text(found["challenge"], MESSAGE_CHARACTERS), validate=True))


def _message(found: Row) -> Message:
    """The message as one that is said as it is, whatever braces it holds."""
    text = as_text(found.get("message", ""), MESSAGE_CHARACTERS)
    return Message(text.replace("{", "{{").replace("}", "}}"))


def _code(found: Row) -> int:
    code = as_whole(found["code"])
    if not 100 <= code <= 599:
        raise ValueError
    return code


def _plain(found: Row) -> Plain:
    near = found.get("suggestions")
    return Plain(
        code=_code(found),
        message=_message(found),
        extras={key: value for key, value in found.items() if key not in KNOWN},
        near=None if near is None else as_texts(near)[:MOST_SUGGESTIONS],
    )


_READERS: Mapping[int, Callable[[Row], Read]] = MappingProxyType(
    {
        150: _tick,
        250: _clocks,
        251: _list,
        252: reckoned,
        253: transitions,
        254: meeting,
        255: _watched,
        334: _challenge,
        350: _choice,
        211: _status,
        212: _capabilities,
    }
)


def _no_number(_word: str) -> NoReturn:
    raise ValueError


def read_object(line: bytes) -> Read:
    """A reply in JSON, given as its line. Raises NotAReply where it is none.

    Replies that have no value of their own (HELP, a tick, what later versions bring) come as a Plain, with
    all but the message in its extras as JSON has it, numbers with a point as Decimal.
    """
    try:
        found = json.loads(line.decode(), parse_float=Decimal, parse_constant=_no_number)
        return _READERS.get(_code(found), _plain)(found)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, ArithmeticError) as wrong:
        raise NotAReply(f"a reply that cannot be read ({type(wrong).__name__})") from None
