"""Replies as JSON, one object on one line, always with its `code` (protocol 6).

As in text, a reply comes in pieces: where a clock's microseconds stand there is a gap between two of them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from types import MappingProxyType

from socketspeak.language.catalog import Catalog, message
from socketspeak.language.clockjson import bound_seconds, clocks_json, conversion_json
from socketspeak.language.framing import Pieces
from socketspeak.language.objects import Object, written
from socketspeak.language.reckonedjson import difference_json, slots_json, transitions_json
from socketspeak.language.replies import (
    Areas,
    Capabilities,
    Challenge,
    Clocks,
    Conversion,
    Difference,
    Entry,
    Greeting,
    Help,
    Listing,
    Plain,
    Reply,
    Slots,
    Tick,
    Transitions,
    Watched,
)
from socketspeak.language.stamps import NS, stamp
from socketspeak.language.statuses import Source, Status, Worker
from socketspeak.language.tickings import tick_json, ticked_json


def _entry(entry: Entry, catalog: Catalog) -> Object:
    row: Object = {
        "number": entry.number,
        "zone": entry.zone,
        "offset_seconds": entry.offset,
        "datetime": stamp(entry.unix_ns, entry.offset),
        "place": catalog.place(entry.zone, entry.place),
        "country": entry.country,
    }
    return row if entry.target is None else {**row, "target": entry.target}


def _greeting(reply: Greeting, catalog: Catalog) -> Object:
    entries = [_entry(entry, catalog) for entry in reply.entries]
    return {"code": reply.code, "version": reply.version, "host": reply.host, "entries": entries}


def _listing(reply: Listing, catalog: Catalog) -> Object:
    why: Object = {} if reply.why is None else {"message": catalog.say(reply.why)}
    return {"code": reply.code, **why, "entries": [_entry(entry, catalog) for entry in reply.entries]}


def _areas(reply: Areas, _catalog: Catalog) -> Object:
    rows = [{"number": row.number, "area": row.area, "zones": row.zones} for row in reply.areas]
    return {"code": reply.code, "areas": rows}


def _plain(reply: Plain, catalog: Catalog) -> Object:
    near: Object = {} if reply.near is None else {"suggestions": list(reply.near)}
    return {"code": reply.code, "message": catalog.say(reply.message), **reply.extras, **near}


def _help(reply: Help, catalog: Catalog) -> Object:
    verbs = [
        {
            "verb": verb.word,
            "usage": catalog.say(message(verb.usage)),
            "help": catalog.say(message(verb.help)),
        }
        for verb in reply.verbs
    ]
    return {"code": reply.code, "message": catalog.say(reply.message), "verbs": verbs}


def _source(source: Source) -> Object:
    row: Object = {
        "name": source.name,
        "state": source.state,
        "disagreements": source.disagreements,
        "offset": source.offset,
        "agrees": source.agrees,
    }
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
        "rest": source.rest,
        "contradictions": source.contradictions,
    }


def _worker(worker: Worker) -> Object:
    return {
        "number": worker.number,
        "pid": worker.pid,
        "state": worker.state,
        "uptime": None if worker.uptime is None else round(worker.uptime, 3),
        "sessions": worker.sessions,
        "answers": worker.answers,
    }


def _status(reply: Status, _catalog: Catalog) -> Object:
    workers: Object = {"workers": [_worker(worker) for worker in reply.workers]} if reply.workers else {}
    return {
        "code": reply.code,
        "version": reply.version,
        "uptime": round(reply.uptime, 3),
        "tzdb": reply.tzdb,
        "clock": {
            "state": reply.clock,
            "error_bound": bound_seconds(reply.bound_ns),
            "voters": list(reply.voters),
            "falsetickers": list(reply.falsetickers),
        },
        "counts": dict(reply.counts),
        **workers,
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


def _watched(reply: Watched, _catalog: Catalog) -> Object:
    return {"code": reply.code, "watching": list(reply.zones), "every": reply.every}


def _challenge(reply: Challenge, _catalog: Catalog) -> Object:
    return {"code": reply.code, "challenge": b64encode(reply.octets).decode()}


_RENDERERS: Mapping[type, Callable[..., Object]] = MappingProxyType(
    {
        Greeting: _greeting,
        Listing: _listing,
        Areas: _areas,
        Difference: difference_json,
        Transitions: transitions_json,
        Slots: slots_json,
        Plain: _plain,
        Help: _help,
        Status: _status,
        Capabilities: _capabilities,
        Challenge: _challenge,
        Watched: _watched,
    }
)


def json_pieces(reply: Reply, catalog: Catalog) -> Pieces:
    """The reply as a line of JSON, with a gap where a clock's six digits of microseconds stand."""
    if isinstance(reply, Clocks):
        return clocks_json(reply, catalog)
    if isinstance(reply, Tick):
        clocks = [ticked_json(clock, catalog, reply.disturbed) for clock in reply.clocks]
        return (tick_json(clocks, reply.skipped, reply.disturbed),)
    if isinstance(reply, Conversion):
        return (f"{conversion_json(reply, catalog)}\r\n".encode(),)
    return (f"{written(_RENDERERS[type(reply)](reply, catalog))}\r\n".encode(),)


def microseconds(unix_ns: int) -> bytes:
    """What fills the gaps of json_pieces: `123456`."""
    return b"%06d" % (unix_ns % NS // 1000)
