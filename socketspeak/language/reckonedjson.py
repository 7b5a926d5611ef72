"""Differences, transitions and meetings as JSON."""

from __future__ import annotations

from socketspeak.language.catalog import Catalog
from socketspeak.language.objects import Object
from socketspeak.language.reckonedtext import no_change
from socketspeak.language.replies import Change, Difference, LocalSpan, Shown, Slot, Slots, Transitions
from socketspeak.language.stamps import second_stamp, utc_stamp


def difference_json(reply: Difference, catalog: Catalog) -> Object:
    """By how many seconds the clock of `to` is ahead of that of `from`."""
    return {
        "code": reply.code,
        "difference_seconds": reply.seconds,
        "from": reply.origin,
        "to": reply.target,
        "from_place": catalog.place(reply.origin, reply.origin_place),
        "to_place": catalog.place(reply.target, reply.target_place),
    }


def transitions_json(reply: Transitions, catalog: Catalog) -> Object:
    """The transitions; where there is none, a message says so."""
    found: Object = {
        "code": reply.code,
        "transitions": [_change(change, reply.zone) for change in reply.changes],
        "zone": reply.zone,
        "place": catalog.place(reply.zone, reply.place),
        "since": utc_stamp(reply.since),
    }
    return found if reply.changes else {**found, "message": catalog.say(no_change(reply, catalog))}


def _change(change: Change, zone: str) -> Object:
    return {
        "at": utc_stamp(change.at),
        "unixtime": change.at,
        "zone": zone,
        "kind": change.kind,
        "from": _shown(change.before),
        "to": _shown(change.after),
    }


def _shown(shown: Shown) -> Object:
    return {"offset_seconds": shown.offset, "abbreviation": shown.abbreviation, "dst": shown.dst}


def slots_json(reply: Slots, catalog: Catalog) -> Object:
    """The spans, or null and the compromise."""
    compromise: Object | None = None
    if reply.compromise is not None:
        out = dict.fromkeys(local.zone for local in reply.compromise.local if not local.inside)
        compromise = {**_slot(reply.compromise, catalog), "out": list(out)}
    return {
        "code": reply.code,
        "slots": [_slot(slot, catalog) for slot in reply.slots],
        "compromise": compromise,
    }


def _slot(slot: Slot, catalog: Catalog) -> Object:
    return {
        "start": utc_stamp(slot.start),
        "end": utc_stamp(slot.end),
        "local": [_local(slot, local, catalog) for local in slot.local],
    }


def _local(slot: Slot, local: LocalSpan, catalog: Catalog) -> Object:
    return {
        "zone": local.zone,
        "place": catalog.place(local.zone, local.place),
        "start": second_stamp(slot.start, local.start_offset),
        "end": second_stamp(slot.end, local.end_offset),
        "inside": local.inside,
    }
