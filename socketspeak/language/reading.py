"""Reading replies: what the server's renderings mean, for clients and for tests of both ends.

`read_text_line` frames a reply's lines of text; `read_object` turns a reply in JSON into the very values that
the server rendered. Bounds, instants and ages come back as they were, to the microsecond.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from socketspeak.language.messages import Message
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
from socketspeak.language.stamps import stamp_unix_ns

Read = Clocks | Listing | Areas | Plain | Status | Capabilities


class NotAReply(ValueError):
    """What came is no reply of this protocol; the message says why, without the peer's text."""


def read_text_line(line: bytes) -> tuple[int, bool, str]:
    """One line of a text reply, without its end: the code, whether it is the last, and its text."""
    code, mark = line[:3], line[3:4]
    if not (code.isdigit() and mark in (b" ", b"-")):
        raise NotAReply("a line that does not begin with a reply code")
    return int(code), mark == b" ", line[4:].decode("utf-8", "replace")


def _bound_ns(seconds: Decimal | int | None) -> int | None:
    return None if seconds is None else int(Decimal(seconds) * 1_000_000_000)


def _clock(row: Mapping[str, Any]) -> Clock:
    return Clock(
        unix_ns=stamp_unix_ns(row["datetime"]),
        zone=row["zone"],
        offset=int(row["offset_seconds"]),
        abbreviation=row["abbreviation"],
        dst=bool(row["dst"]),
        bound_ns=_bound_ns(row["error_bound"]),
        source=row["source"],
        place=row["place"],
        country=row["country"],
        age=row["age"],
        asked=row["asked"],
    )


def _clocks(found: Mapping[str, Any]) -> Clocks:
    return Clocks(tuple(map(_clock, found["clocks"])))


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        number=int(row["number"]),
        zone=row["zone"],
        offset=int(row["offset_seconds"]),
        unix_ns=stamp_unix_ns(row["datetime"]),
        place=row["place"],
        country=row["country"],
        target=row.get("target"),
    )


def _list(found: Mapping[str, Any]) -> Listing | Areas:
    if "areas" in found:
        rows = enumerate(found["areas"], 1)
        return Areas(tuple(AreaEntry(at, row["area"], int(row["zones"])) for at, row in rows))
    return Listing(tuple(map(_entry, found["entries"])))


def _choice(found: Mapping[str, Any]) -> Listing:
    return Listing(tuple(map(_entry, found["entries"])), 350, _said(str(found.get("message", ""))))


def _seconds(value: Decimal | int | None) -> float | None:
    return None if value is None else float(value)


def _source(row: Mapping[str, Any]) -> Source:
    return Source(
        name=row["name"],
        state=row.get("state", ""),
        dialect=row.get("dialect"),
        last_success=_seconds(row.get("last_success")),
        last_failure=_seconds(row.get("last_failure")),
        reason=row.get("reason"),
        requests=int(row.get("requests", 0)),
        failures=int(row.get("failures", 0)),
        round_trip=_seconds(row.get("round_trip")),
        disagreements=int(row["disagreements"]),
    )


def _status(found: Mapping[str, Any]) -> Status:
    return Status(
        version=found["version"],
        uptime=float(found["uptime"]),
        tzdb=found["tzdb"],
        clock=found["clock"]["state"],
        bound_ns=_bound_ns(found["clock"]["error_bound"]),
        sources=tuple(map(_source, found["sources"])),
        counts={name: int(count) for name, count in found.get("counts", {}).items()},
    )


def _capabilities(found: Mapping[str, Any]) -> Capabilities:
    return Capabilities(
        languages=tuple(found["languages"]),
        formats=tuple(found["formats"]),
        starttls=bool(found["starttls"]),
        auth=tuple(found["auth"]),
        version=int(found["version"]),
    )


def _said(text: str) -> Message:
    return Message(text.replace("{", "{{").replace("}", "}}"))


def _plain(found: Mapping[str, Any]) -> Plain:
    known = {"code", "message", "suggestions"}
    near = found.get("suggestions")
    return Plain(
        code=int(found["code"]),
        message=_said(str(found.get("message", ""))),
        extras={key: value for key, value in found.items() if key not in known},
        near=None if near is None else tuple(map(str, near)),
    )


_READERS: Mapping[int, Callable[[Mapping[str, Any]], Read]] = MappingProxyType(
    {250: _clocks, 251: _list, 350: _choice, 211: _status, 212: _capabilities}
)


def read_object(line: bytes) -> Read:
    """A reply in JSON, given as its line. Raises NotAReply where it is none."""
    try:
        found = json.loads(line, parse_float=Decimal)
        return _READERS.get(found["code"], _plain)(found)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, ArithmeticError) as wrong:
        raise NotAReply(f"a reply that cannot be read ({type(wrong).__name__})") from None
