"""Replies as JSON, one object on one line, always with its `code` (protocol 6).

As in text, a reply comes in pieces: where a clock's microseconds stand there is a gap between two of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from socketspeak.language.messages import Catalog
from socketspeak.language.replies import (
    Areas,
    Capabilities,
    Clock,
    Clocks,
    Entry,
    Greeting,
    Help,
    Listing,
    Plain,
    Reply,
    Source,
    Status,
)
from socketspeak.language.stamps import NS, local_time, offset_text, stamp
from socketspeak.language.text import Pieces

Object = dict[str, object]


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def bound_seconds(bound_ns: int | None) -> float | None:
    """An error bound in seconds, rounded up to the microsecond."""
    return None if bound_ns is None else -(-bound_ns // 1000) / 1e6


def _clock_parts(clock: Clock) -> tuple[str, str, str]:
    seconds = clock.unix_ns // NS
    middle: Object = {
        "zone": clock.zone,
        "abbreviation": clock.abbreviation,
        "utc_offset": offset_text(clock.offset),
        "offset_seconds": clock.offset,
        "dst": clock.dst,
    }
    tail: Object = {
        "error_bound": bound_seconds(clock.bound_ns),
        "source": clock.source,
        "age": clock.age,
        "asked": clock.asked,
        "place": clock.place,
        "country": clock.country,
    }
    return (
        f'{{"datetime":"{local_time(seconds, clock.offset).isoformat()}.',
        f'{offset_text(clock.offset)}",{_dumps(middle)[1:-1]},"unixtime":{seconds}.',
        f",{_dumps(tail)[1:]}",
    )


def _clocks(reply: Clocks) -> Pieces:
    pieces = [f'{{"code":{reply.code},"clocks":[']
    for number, clock in enumerate(reply.clocks):
        first, middle, last = _clock_parts(clock)
        pieces[-1] += f",{first}" if number else first
        pieces += (middle, last)
    pieces[-1] += "]}\r\n"
    return tuple(piece.encode() for piece in pieces)


def _entry(entry: Entry) -> Object:
    row: Object = {
        "number": entry.number,
        "zone": entry.zone,
        "offset_seconds": entry.offset,
        "datetime": stamp(entry.unix_ns, entry.offset),
        "place": entry.place,
        "country": entry.country,
    }
    return row if entry.target is None else {**row, "target": entry.target}


def _greeting(reply: Greeting, _catalog: Catalog) -> Object:
    entries = [_entry(entry) for entry in reply.entries]
    return {"code": reply.code, "version": reply.version, "host": reply.host, "entries": entries}


def _listing(reply: Listing, catalog: Catalog) -> Object:
    why: Object = {} if reply.why is None else {"message": catalog.say(reply.why)}
    return {"code": reply.code, **why, "entries": [_entry(entry) for entry in reply.entries]}


def _areas(reply: Areas, _catalog: Catalog) -> Object:
    rows = [{"number": row.number, "area": row.area, "zones": row.zones} for row in reply.areas]
    return {"code": reply.code, "areas": rows}


def _plain(reply: Plain, catalog: Catalog) -> Object:
    near: Object = {} if reply.near is None else {"suggestions": list(reply.near)}
    return {"code": reply.code, "message": catalog.say(reply.message), **reply.extras, **near}


def _help(reply: Help, catalog: Catalog) -> Object:
    verbs = [
        {"verb": verb.word, "usage": verb.usage, "help": catalog.texts.get(verb.help, verb.help)}
        for verb in reply.verbs
    ]
    return {"code": reply.code, "message": catalog.say(reply.message), "verbs": verbs}


def _source(source: Source) -> Object:
    row: Object = {"name": source.name, "state": source.state, "disagreements": source.disagreements}
    if source.dialect is None:
        return row
    return {
        **row,
        "dialect": source.dialect,
        "requests": source.requests,
        "failures": source.failures,
        "last_success": source.last_success,
        "last_failure": source.last_failure,
        "reason": source.reason,
        "round_trip": source.round_trip,
    }


def _status(reply: Status, _catalog: Catalog) -> Object:
    return {
        "code": reply.code,
        "version": reply.version,
        "uptime": round(reply.uptime, 3),
        "tzdb": reply.tzdb,
        "clock": {"state": reply.clock, "error_bound": bound_seconds(reply.bound_ns)},
        "counts": dict(reply.counts),
        "sources": [_source(source) for source in reply.sources],
    }


def _capabilities(reply: Capabilities, _catalog: Catalog) -> Object:
    return {
        "code": reply.code,
        "version": reply.version,
        "starttls": reply.starttls,
        "auth": list(reply.auth),
        "languages": list(reply.languages),
        "formats": list(reply.formats),
    }


_RENDERERS: Mapping[type, Callable[..., Object]] = MappingProxyType(
    {
        Greeting: _greeting,
        Listing: _listing,
        Areas: _areas,
        Plain: _plain,
        Help: _help,
        Status: _status,
        Capabilities: _capabilities,
    }
)


def json_pieces(reply: Reply, catalog: Catalog) -> Pieces:
    """The reply as a line of JSON, with a gap where a clock's six digits of microseconds stand."""
    if isinstance(reply, Clocks):
        return _clocks(reply)
    return (f"{_dumps(_RENDERERS[type(reply)](reply, catalog))}\r\n".encode(),)


def microseconds(unix_ns: int) -> bytes:
    """What fills the gaps of json_pieces: `123456`."""
    return b"%06d" % (unix_ns % NS // 1000)
