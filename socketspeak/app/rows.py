"""Clocks, places and sources as rows of a table, and spans of time in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from socketspeak.app.tables import Cell
from socketspeak.client import Clock, Entry, Source, Status, Tick, datetime_of
from socketspeak.language.stamps import bound_text, offset_text


def clock_row(clock: Clock) -> Sequence[Cell]:
    """All that is known of a clock."""
    asked = "" if clock.asked is None else f" (for {clock.asked})"
    stale = "" if clock.age is None else f"rule {span(clock.age)} old"
    return (
        (where(clock), "bold"),
        (datetime_of(clock).strftime("%a %Y-%m-%d %H:%M:%S"), "green"),
        (offset_text(clock.offset), ""),
        (clock.abbreviation, ""),
        (f"{clock.zone}{asked}", "cyan"),
        ("DST" if clock.dst else "no DST", ""),
        (f"within {bound_text(clock.bound_ns)}", "dim"),
        (f"via {clock.source}", "dim"),
        (stale, "yellow"),
    )


def entry_row(entry: Entry) -> Sequence[Cell]:
    """One place of a list."""
    target = "" if entry.target is None else f" → {entry.target}"
    return (
        (where(entry), "bold"),
        (datetime_of(entry).strftime("%a %Y-%m-%d %H:%M"), "green"),
        (offset_text(entry.offset), ""),
        (f"{entry.zone}{target}", "cyan"),
    )


def tick_row(clock: Clock, tick: Tick) -> Sequence[Cell]:
    """All that is known of a watched clock."""
    return (*clock_row(clock), (", ".join(oddities(tick)), "yellow"))


def oddities(tick: Tick) -> Sequence[str]:
    """What is not as usual about a tick, in words."""
    odd = []
    if tick.disturbed is not None:
        odd.append(f"clock {tick.disturbed}")
    if tick.skipped:
        odd.append(f"{tick.skipped} tick{'' if tick.skipped == 1 else 's'} left out")
    return odd


def where(moment: Clock | Entry) -> str:
    """A place and its country."""
    return moment.place if moment.country is None else f"{moment.place}, {moment.country}"


def source_text(source: Source) -> str:
    """How a source is, in words."""
    parts = [f"{source.name} {source.state}"]
    if source.dialect is not None:
        parts.append(f"{source.requests} requests, {source.failures} failed")
        parts.append(f"{source.disagreements} disagreements")
    if source.round_trip is not None:
        parts.append(f"round trip {source.round_trip * 1000:.0f} ms")
    if source.offset is not None:
        parts.append(f"clock {source.offset:+.3f} s")
    if source.rest is not None:
        parts.append(f"not asked for {span(source.rest)}")
    if source.last_success is not None:
        parts.append(f"last answer {span(source.last_success)} ago")
    if source.last_failure is not None:
        parts.append(f"last failure {span(source.last_failure)} ago: {source.reason}")
    return ", ".join(parts)


def agreed_text(status: Status) -> str:
    """How the agreed clock is, in words."""
    parts = [status.clock, f"within {bound_text(status.bound_ns)}"]
    if status.falsetickers:
        parts.append(f"off: {', '.join(status.falsetickers)}")
    return ", ".join(parts)


def counts_text(counts: Mapping[str, int]) -> str:
    """What has been counted, in words."""
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())


def span(seconds: float) -> str:
    """A span of time, in seconds, in its two greatest units: `3 s`, `2 min 5 s`, `1 h 30 min`, `4 d`."""
    left, parts = max(0, int(seconds)), []
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        parts.append((count, unit))
    first = next((at for at, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"
