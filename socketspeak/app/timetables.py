"""Conversions, differences, transitions and meetings as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rich.text import Text

from socketspeak.app.rows import clock_row
from socketspeak.app.tables import GAP, Cell, table
from socketspeak.client import (
    Change,
    Clock,
    Conversion,
    Difference,
    LocalSpan,
    Slot,
    Slots,
    Transitions,
    datetime_of,
    spans_of,
)
from socketspeak.client.moments import local_datetime
from socketspeak.language.stamps import NS, amount_text, offset_text, time_text

TO = "\N{RIGHTWARDS ARROW}"
UNTIL = "\N{EN DASH}"
OF_ANY_INSTANT = 6  # of a clock's columns; what follows tells how sure the present is


# --- Conversions and differences ----------------------------------------------------------------------------


def conversion_lines(asked: str, conversion: Conversion) -> list[Text]:
    """The source's clock and the targets', a line each, and in words what is odd about the time asked for.

    `asked` is the time as it was sent: `now`, `HH:MM:SS` or `YYYY-MM-DD HH:MM:SS`.
    """
    clocks = (conversion.source, *conversion.targets)
    shown = None if asked == "now" else OF_ANY_INSTANT
    lines = table(clock_row(clock)[:shown] for clock in clocks)
    if conversion.gap:
        lines.append(_odd(_gap(asked, conversion.source)))
    if conversion.second is not None:
        lines.append(_odd(_fold(conversion.source, conversion.second)))
    return lines


def _gap(asked: str, source: Clock) -> str:
    moved = datetime_of(source)
    day, _, clock = asked.rpartition(" ")
    dated = day not in ("", moved.date().isoformat())  # whole days have been left out, in Samoa for one
    was = f"{f'{day} ' if dated else ''}{clock.removesuffix(':00')}"
    now = f"{f'{moved.date().isoformat()} ' if dated else ''}{time_text(moved.time())}"
    return f"{was} does not exist in {source.place}, the clocks go forward: moved to {now}"


def _fold(source: Clock, second: Clock) -> str:
    twice = f"{time_text(datetime_of(source).time())} comes twice in {source.place}, the clocks go back"
    later = amount_text((second.unix_ns - source.unix_ns) // NS)
    return f"{twice}: this is the first, {_rule(source)}; the second, {_rule(second)}, is {later} later"


def _rule(clock: Clock) -> str:
    return f"{clock.abbreviation} {offset_text(clock.offset)}"


def difference_line(difference: Difference) -> Text:
    """Who is ahead of whom, and by how much."""
    ahead = difference.target_place
    if not difference.seconds:
        said = (f"{ahead} and {difference.origin_place}", " show the same time")
    elif difference.seconds > 0:
        said = (ahead, f" is {amount_text(difference.seconds)} ahead of {difference.origin_place}")
    else:
        said = (ahead, f" is {amount_text(difference.seconds)} behind {difference.origin_place}")
    zones = f"{difference.origin} {TO} {difference.target}"
    return Text.assemble(
        (said[0], "bold"), said[1], GAP, (offset_text(difference.seconds), "green"), GAP, (zones, "cyan")
    )


# --- Transitions --------------------------------------------------------------------------------------------


def transition_lines(transitions: Transitions) -> list[Text]:
    """The place, and a line a change: when in UTC, what the clocks show before and after, and in words."""
    head = Text.assemble((transitions.place, "bold"), GAP, (transitions.zone, "cyan"))
    if transitions.changes:
        return [head, *table(map(_change, transitions.changes))]
    since = local_datetime(transitions.since, 0)
    return [head, Text(f"no change of the clocks is known from {day_text(since)} on")]


def _change(change: Change) -> Sequence[Cell]:
    utc = local_datetime(change.at, 0)
    before, after = local_datetime(change.at, change.before.offset), datetime_of(change)
    same_day = before.date() == after.date()
    return (
        (f"{utc.date().isoformat()} {time_text(utc.time())} UTC", ""),
        (f"{day_text(before)} {time_text(before.time())}", "green"),
        (offset_text(change.before.offset), ""),
        (change.before.abbreviation, ""),
        (TO, "dim"),
        (time_text(after.time()) if same_day else f"{day_text(after)} {time_text(after.time())}", "green"),
        (offset_text(change.after.offset), ""),
        (change.after.abbreviation, ""),
        (_what_changes(change), "bold"),
    )


def _what_changes(change: Change) -> str:
    forward = change.after.offset - change.before.offset
    said = "the clocks stay"
    if forward:
        said = f"the clocks go {'forward' if forward > 0 else 'back'} {amount_text(forward)}"
    if change.before.dst != change.after.dst:
        return f"{said}, DST {'begins' if change.after.dst else 'ends'}"
    return said


# --- Meetings -----------------------------------------------------------------------------------------------


def meeting_lines(slots: Slots) -> list[Text]:
    """Each span in UTC, and below it a line a place; or the hour that is least bad, and who is out."""
    if slots.slots or slots.compromise is None:
        return [line for slot in slots.slots for line in _slot(slot)] or [_odd("no time suits all")]
    out = " and ".join(local.place for local in slots.compromise.local if not local.inside)
    return [_odd(f"no time suits all; the least bad hour, with {out} out:"), *_slot(slots.compromise)]


def _slot(slot: Slot) -> Iterator[Text]:
    start, end = local_datetime(slot.start, 0), local_datetime(slot.end, 0)
    yield Text.assemble(
        (f"{day_text(start)}  {_stretch(start, end)} UTC", "bold"), f", {amount_text(slot.end - slot.start)}"
    )
    rows = zip(slot.local, spans_of(slot), strict=True)
    yield from table(_local(local, begin, until, start) for local, (begin, until) in rows)


def _local(local: LocalSpan, start: datetime, end: datetime, utc: datetime) -> Sequence[Cell]:
    offsets = dict.fromkeys((local.start_offset, local.end_offset))
    return (
        ("", ""),
        (local.place, "bold"),
        ("" if start.date() == utc.date() else day_text(start), "green"),
        (_stretch(start, end), "green" if local.inside else "red"),
        (f" {TO} ".join(map(offset_text, offsets)), ""),
        (local.zone, "cyan"),
        ("" if local.inside else "out of hours", "red"),
    )


def _stretch(start: datetime, end: datetime) -> str:
    """From when until when, by the wall clock; the day of the end where it is another."""
    begin, until = time_text(start.time()), time_text(end.time())
    if start.date() == end.date():
        return f"{begin}{UNTIL}{until}"
    if until == "00:00" and end.date() - start.date() == timedelta(days=1):
        return f"{begin}{UNTIL}24:00"
    return f"{begin}{UNTIL}{day_text(end)} {until}"


# --- Days and times of day ----------------------------------------------------------------------------------


def day_text(moment: datetime) -> str:
    """A date with its weekday: `Mon 2026-11-23`."""
    return f"{moment:%a} {moment.date().isoformat()}"


def _odd(said: str) -> Text:
    return Text(said, style="yellow")
