"""Reading conversions, differences, transitions and meetings: the objects of 252, 253 and 254."""

from __future__ import annotations

from socketspeak.language.fields import (
    DAY_SECONDS,
    Row,
    as_clock,
    as_offset,
    as_rows,
    as_text,
    as_texts,
    as_whole,
    as_yes,
)
from socketspeak.language.replies import (
    Change,
    Conversion,
    Difference,
    LocalSpan,
    Shown,
    Slot,
    Slots,
    Transitions,
)
from socketspeak.language.stamps import NS, local_time, stamp_offset, stamp_unix_ns

Reckoned = Conversion | Difference | Transitions | Slots


def reckoned(found: Row) -> Conversion | Difference:
    """A conversion, or a difference."""
    return _difference(found) if "difference_seconds" in found else _conversion(found)


def _difference(found: Row) -> Difference:
    seconds = as_whole(found["difference_seconds"])
    if abs(seconds) >= 2 * DAY_SECONDS:
        raise ValueError
    origin, target = as_text(found["from"]), as_text(found["to"])
    return Difference(
        seconds=seconds,
        origin=origin,
        target=target,
        origin_place=as_text(found.get("from_place", origin)),
        target_place=as_text(found.get("to_place", target)),
    )


def _conversion(found: Row) -> Conversion:
    second = None if found["second"] is None else as_clock(found["second"])
    if as_yes(found["fold"]) != (second is not None):
        raise ValueError
    return Conversion(
        source=as_clock(found["from"]),
        targets=tuple(map(as_clock, as_rows(found["to"]))),
        gap=as_yes(found["gap"]),
        second=second,
    )


def transitions(found: Row) -> Transitions:
    """The transitions of a zone. What a server does not tell of the zone itself is as the first has it."""
    rows = as_rows(found["transitions"])
    changes = tuple(map(_change, rows))
    zone = as_text(found["zone"] if not rows else found.get("zone", rows[0]["zone"]))
    return Transitions(
        zone=zone,
        place=as_text(found.get("place", zone)),
        since=_second(found["since"]) if "since" in found or not changes else changes[0].at,
        changes=changes,
    )


def _change(row: Row) -> Change:
    at, before, after = _second(row["at"]), _shown(row["from"]), _shown(row["to"])
    if at != as_whole(row["unixtime"]):
        raise ValueError
    local_time(at, before.offset)
    local_time(at, after.offset)
    return Change(at, before, after)


def _shown(row: Row) -> Shown:
    return Shown(as_offset(row["offset_seconds"]), as_text(row["abbreviation"]), as_yes(row["dst"]))


def _second(value: str) -> int:
    """The Unix second of a stamp, whose time in UTC exists, too."""
    second = stamp_unix_ns(value) // NS
    local_time(second, 0)
    return second


def meeting(found: Row) -> Slots:
    """The spans of a meeting, or the compromise."""
    compromise = found["compromise"]
    return Slots(
        slots=tuple(_slot(row, ()) for row in as_rows(found["slots"])),
        compromise=None if compromise is None else _slot(compromise, as_texts(compromise["out"])),
    )


def _slot(row: Row, out: tuple[str, ...]) -> Slot:
    start, end = _second(row["start"]), _second(row["end"])
    return Slot(start, end, tuple(_local(local, start, end, out) for local in as_rows(row["local"])))


def _local(row: Row, start: int, end: int, out: tuple[str, ...]) -> LocalSpan:
    if (_second(row["start"]), _second(row["end"])) != (start, end):
        raise ValueError
    zone = as_text(row["zone"])
    return LocalSpan(
        zone=zone,
        place=as_text(row.get("place", zone)),
        start_offset=stamp_offset(row["start"]),
        end_offset=stamp_offset(row["end"]),
        inside=as_yes(row.get("inside", zone not in out)),
    )
