"""Reading replies: what the server's renderings mean, for clients and for tests of both ends.

`read_text_line` frames a reply's lines of text; `read_object` turns a reply in JSON into the very values that
the server rendered, to the microsecond. A server is a stranger, too: what is not as the protocol promises is
refused, and names and messages lose the characters that a terminal would obey.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NoReturn

from socketspeak.language.messages import Message
from socketspeak.language.printable import shown
from socketspeak.language.replies import (
    AreaEntry,
    Areas,
    Capabilities,
    Clock,
    Clocks,
    Entry,
    Listing,
    Plain,
    Source,
    Status,
)
from socketspeak.language.stamps import NS, local_time, stamp_unix_ns

Read = Clocks | Listing | Areas | Plain | Status | Capabilities
Row = Mapping[str, Any]

NAME_CHARACTERS = 200  # no zone, place or source has a longer name
MESSAGE_CHARACTERS = 1000  # as long as a request may be, so that one can be quoted
MOST_SUGGESTIONS = 20  # the protocol promises five
KNOWN = frozenset({"code", "message", "suggestions"})  # what a Plain has a field for
DAY_SECONDS = 86_400  # an offset is less
MOST = Decimal(10**15)  # seconds, requests, …: what is more is no honest number, and may never end to convert


class NotAReply(ValueError):
    """What came is no reply of this protocol; the message says why, without the peer's text."""


def read_text_line(line: bytes) -> tuple[int, bool, str]:
    """One line of a text reply, without its end: the code, whether it is the last, and its text."""
    code, mark = line[:3], line[3:4]
    if not (len(code) == 3 and code.isdigit() and mark in (b" ", b"-")):
        raise NotAReply("a line that does not begin with a reply code")
    return int(code), mark == b" ", line[4:].decode("utf-8", "replace")


# -- values, each of the kind that is promised or a TypeError or ValueError


def _text(value: object, most: int = NAME_CHARACTERS) -> str:
    if not isinstance(value, str):
        raise TypeError
    return shown(value, most)


def _maybe_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError
    if not -MOST < value < MOST:
        raise ValueError
    return Decimal(value)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return int(_number(value))


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _rows(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, _rows(value)))


def _seconds(value: object) -> float | None:
    return None if value is None else float(_number(value))


def _bound_ns(value: object) -> int | None:
    if value is None:
        return None
    if (bound := _number(value)) < 0:
        raise ValueError
    return int(bound * NS)


def _instant(row: Row) -> tuple[int, int]:
    """The instant in Unix nanoseconds and the offset in seconds east, such that the local time exists."""
    unix_ns, offset = stamp_unix_ns(row["datetime"]), _whole(row["offset_seconds"])
    if not abs(offset) < DAY_SECONDS:
        raise ValueError
    local_time(unix_ns // NS, offset)
    return unix_ns, offset


# -- replies


def _clock(row: Row) -> Clock:
    unix_ns, offset = _instant(row)
    return Clock(
        unix_ns=unix_ns,
        zone=_text(row["zone"]),
        offset=offset,
        abbreviation=_text(row["abbreviation"]),
        dst=_yes(row["dst"]),
        bound_ns=_bound_ns(row["error_bound"]),
        source=_text(row["source"]),
        place=_text(row["place"]),
        country=_maybe_text(row["country"]),
        age=None if row["age"] is None else _whole(row["age"]),
        asked=_maybe_text(row["asked"]),
    )


def _clocks(found: Row) -> Clocks:
    return Clocks(tuple(map(_clock, _rows(found["clocks"]))))


def _entry(row: Row) -> Entry:
    unix_ns, offset = _instant(row)
    return Entry(
        number=_whole(row["number"]),
        zone=_text(row["zone"]),
        offset=offset,
        unix_ns=unix_ns,
        place=_text(row["place"]),
        country=_maybe_text(row["country"]),
        target=_maybe_text(row.get("target")),
    )


def _entries(found: Row) -> tuple[Entry, ...]:
    return tuple(map(_entry, _rows(found["entries"])))


def _list(found: Row) -> Listing | Areas:
    if "areas" in found:
        rows = enumerate(_rows(found["areas"]), 1)
        return Areas(tuple(AreaEntry(at, _text(row["area"]), _whole(row["zones"])) for at, row in rows))
    return Listing(_entries(found))


def _choice(found: Row) -> Listing:
    return Listing(_entries(found), 350, _message(found))


def _source(row: Row) -> Source:
    return Source(
        name=_text(row["name"]),
        state=_text(row.get("state", "")),
        dialect=_maybe_text(row.get("dialect")),
        last_success=_seconds(row.get("last_success")),
        last_failure=_seconds(row.get("last_failure")),
        reason=_maybe_text(row.get("reason")),
        requests=_whole(row.get("requests", 0)),
        failures=_whole(row.get("failures", 0)),
        round_trip=_seconds(row.get("round_trip")),
        disagreements=_whole(row["disagreements"]),
    )


def _status(found: Row) -> Status:
    return Status(
        version=_text(found["version"]),
        uptime=float(_number(found["uptime"])),
        tzdb=_text(found["tzdb"]),
        clock=_text(found["clock"]["state"]),
        bound_ns=_bound_ns(found["clock"]["error_bound"]),
        sources=tuple(map(_source, _rows(found["sources"]))),
        counts={_text(name): _whole(count) for name, count in found.get("counts", {}).items()},
    )


def _capabilities(found: Row) -> Capabilities:
    return Capabilities(
        languages=_texts(found["languages"]),
        formats=_texts(found["formats"]),
        starttls=_yes(found["starttls"]),
        auth=_texts(found["auth"]),
        version=_whole(found["version"]),
    )


def _message(found: Row) -> Message:
    """The message as one that is said as it is, whatever braces it holds."""
    text = _text(found.get("message", ""), MESSAGE_CHARACTERS)
    return Message(text.replace("{", "{{").replace("}", "}}"))


def _code(found: Row) -> int:
    code = _whole(found["code"])
    if not 100 <= code <= 599:
        raise ValueError
    return code


def _plain(found: Row) -> Plain:
    near = found.get("suggestions")
    return Plain(
        code=_code(found),
        message=_message(found),
        extras={key: value for key, value in found.items() if key not in KNOWN},
        near=None if near is None else _texts(near)[:MOST_SUGGESTIONS],
    )


_READERS: Mapping[int, Callable[[Row], Read]] = MappingProxyType(
    {250: _clocks, 251: _list, 350: _choice, 211: _status, 212: _capabilities}
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
