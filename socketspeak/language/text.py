"""Replies as lines of text: `CODE SP text`, `CODE-text` for each line but the last.

A reply is rendered into pieces: where a clock's milliseconds stand there is a gap between two pieces, so that
an answer can be kept for its second and joined with new milliseconds each time.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from types import MappingProxyType

from socketspeak.language import messages as m
from socketspeak.language.catalog import Catalog, message
from socketspeak.language.clocktext import clocks_text, conversion_text
from socketspeak.language.framing import Pieces, framed
from socketspeak.language.reckonedtext import difference_text, slots_text, transitions_text
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
from socketspeak.language.stamps import NS, bound_text, local_time, offset_text
from socketspeak.language.statuses import Source, Status, Worker
from socketspeak.language.tickings import tick_text, ticked_text


def entry_text(entry: Entry, catalog: Catalog) -> str:
    """One line of a list (protocol 2.2) without its code."""
    local = local_time(entry.unix_ns // NS, entry.offset).isoformat(timespec="minutes")
    return (
        f"{entry.number:4d} {entry.zone} {offset_text(entry.offset)} {local}; {_entry_name(entry, catalog)}"
    )


def _entry_name(entry: Entry, catalog: Catalog) -> str:
    if entry.target is not None:
        return entry.target
    place, country = catalog.place(entry.zone, entry.place), catalog.country(entry.country)
    if country is None or country == place:
        return place
    return catalog.say(message(m.PLACE_IN_COUNTRY, place=place, country=country))


def _greeting(reply: Greeting, catalog: Catalog) -> str:
    head = catalog.say(message(m.READY, version=reply.version, host=reply.host))
    entries = (entry_text(entry, catalog) for entry in reply.entries)
    return framed(reply.code, [head, *entries, catalog.say(message(m.INVITATION))])


def _listing(reply: Listing, catalog: Catalog) -> str:
    return framed(reply.code, [entry_text(entry, catalog) for entry in reply.entries])


def _areas(reply: Areas, catalog: Catalog) -> str:
    hints = (catalog.say(message(m.AREA_HINT, area=row.area)) for row in reply.areas)
    lines = [
        f"{row.number:4d} {row.area} {row.zones}; {hint}"
        for row, hint in zip(reply.areas, hints, strict=True)
    ]
    return framed(reply.code, lines)


def _plain(reply: Plain, catalog: Catalog) -> str:
    text = catalog.say(reply.message)
    if reply.near:
        text = catalog.say(message(m.NEAR, message=text, near=", ".join(reply.near)))
    return framed(reply.code, [text])


def _help(reply: Help, catalog: Catalog) -> str:
    usages = [catalog.say(message(verb.usage)) for verb in reply.verbs]
    width = max(map(len, usages))
    rows = [
        f"{usage:{width}}  {catalog.say(message(verb.help))}"
        for usage, verb in zip(usages, reply.verbs, strict=True)
    ]
    return framed(reply.code, [*rows, catalog.say(reply.message)])


def _source_text(source: Source) -> str:
    pairs = [f"source={source.name}"]
    if source.dialect is not None:
        pairs.append(f"dialect={source.dialect}")
    pairs.append(f"state={source.state}")
    if source.rest is not None:
        pairs.append(f"rest={source.rest:.0f}s")
    if source.dialect is not None:
        pairs.append(f"requests={source.requests} failures={source.failures}")
        pairs.append(f"disagreements={source.disagreements}")
    if source.round_trip is not None:
        pairs.append(f"round-trip={source.round_trip * 1000:.1f}ms")
    if source.offset is not None:
        pairs.append(f"offset={source.offset:+.6f}s")
    if source.agrees is not None:
        pairs.append(f"agrees={'yes' if source.agrees else 'no'}")
    if source.contradictions:
        pairs.append(f"contradictions={source.contradictions}")
    if source.last_success is not None:
        pairs.append(f"last-success={source.last_success:.0f}s")
    if source.last_failure is not None:
        pairs.append(f"last-failure={source.last_failure:.0f}s; {source.reason}")
    return " ".join(pairs)


def _status(reply: Status, _catalog: Catalog) -> str:
    head = f"version={reply.version} uptime={reply.uptime:.0f}s tzdb={reply.tzdb}"
    clock = f"clock={reply.clock} within={bound_text(reply.bound_ns)} voters={len(reply.voters)}"
    if reply.falsetickers:
        clock += f" falsetickers={','.join(reply.falsetickers)}"
    counts = filter(None, (_counts_text(reply.figures), _counts_text(reply.incidents)))
    workers = [f"workers={len(reply.workers)}", *map(_worker_text, reply.workers)] if reply.workers else ()
    sources = map(_source_text, reply.sources)
    return framed(reply.code, [head, clock, *counts, *workers, *sources])


def _worker_text(worker: Worker) -> str:
    pairs = [f"worker={worker.number}"]
    if worker.pid is not None:
        pairs.append(f"pid={worker.pid}")
    pairs.append(f"state={worker.state}")
    if worker.uptime is not None:
        pairs.append(f"uptime={worker.uptime:.0f}s")
    pairs.append(f"sessions={worker.sessions}")
    if worker.answers:
        pairs.append("answers=yes")
    return " ".join(pairs)


def _counts_text(counts: Mapping[str, int]) -> str:
    return " ".join(f"{name.replace('_', '-')}={count}" for name, count in counts.items())


def _capabilities(reply: Capabilities, _catalog: Catalog) -> str:
    lines = [f"VERSION {reply.version}"]
    if reply.starttls:
        lines.append("STARTTLS")
    if reply.auth:
        lines.append(" ".join(("AUTH", *reply.auth)))
    if len(reply.languages) > 1:
        lines.append(" ".join(("LANG", *reply.languages)))
    lines.append(" ".join(("FORMAT", *reply.formats)))
    return framed(reply.code, lines)


def _watched(reply: Watched, catalog: Catalog) -> str:
    if reply.every is None:
        return framed(reply.code, [catalog.say(message(m.NOT_WATCHING))])
    words = m.WATCHING_EACH_SECOND if reply.every == 1 else m.WATCHING
    phrase = catalog.say(message(words, every=reply.every))
    return framed(reply.code, [f"{' '.join(reply.zones)} every={reply.every}s; {phrase}"])


def _tick(reply: Tick, catalog: Catalog) -> str:
    clocks = [ticked_text(clock, catalog, reply.disturbed) for clock in reply.clocks]
    return tick_text(clocks, reply.skipped, reply.disturbed).decode()


def _challenge(reply: Challenge, _catalog: Catalog) -> str:
    return framed(reply.code, [b64encode(reply.octets).decode()])


_RENDERERS: Mapping[type, Callable[..., str]] = MappingProxyType(
    {
        Greeting: _greeting,
        Listing: _listing,
        Areas: _areas,
        Conversion: conversion_text,
        Difference: difference_text,
        Transitions: transitions_text,
        Slots: slots_text,
        Plain: _plain,
        Help: _help,
        Status: _status,
        Capabilities: _capabilities,
        Challenge: _challenge,
        Watched: _watched,
        Tick: _tick,
    }
)


def text_pieces(reply: Reply, catalog: Catalog) -> Pieces:
    """The reply in text, with a gap between two pieces where a clock's three digits of milliseconds stand."""
    if isinstance(reply, Clocks):
        return clocks_text(reply, catalog)
    return (_RENDERERS[type(reply)](reply, catalog).encode(),)


def milliseconds(unix_ns: int) -> bytes:
    """What fills the gaps of text_pieces: `123`."""
    return b"%03d" % (unix_ns % NS // 1_000_000)
