"""What hangs on the wall: watched clocks as lines that fit a terminal, large where there is room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from socketspeak.app.digits import ROWS, large
from socketspeak.app.rows import oddities, span, where
from socketspeak.app.tables import GAP, Cell, table
from socketspeak.app.timetables import day_text
from socketspeak.client import Clock, Tick, datetime_of
from socketspeak.language.stamps import amount_text, bound_text, offset_text

BETWEEN = " · "
COLUMNS = (  # from the widest choice to the narrowest: the first that fits is shown
    ("place", "time", "date", "day", "ahead", "offset", "abbreviation", "dst"),
    ("place", "time", "date", "day", "ahead", "offset", "abbreviation"),
    ("place", "time", "date", "day", "ahead", "offset"),
    ("city", "time", "date", "day", "ahead"),
    ("city", "time", "date", "day"),
    ("city", "time", "day"),
    ("city", "time"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is with the connection: to which server, a tick every so many seconds, and what is amiss."""

    server: str
    every: int
    amiss: str | None = None


def wall(tick: Tick, standing: Standing, width: int, height: int, is_large: bool) -> list[Text]:
    """The lines for a terminal of so many columns and lines; `is_large` allows figures of several lines."""
    dim = (
        "" if standing.amiss is None else "dim"
    )  # a clock that stands still must not look as if it were right
    faces = [_face(clock, tick.clocks[0], dim) for clock in tick.clocks]
    foot = [Text(), _sureness(tick, dim), _state(standing)]
    shown = _large(faces, dim) if is_large else []
    if not shown or len(shown) + len(foot) > height or _width(shown) > width:
        shown = _small(faces, width)
        if 2 * len(shown) - 1 + len(foot) <= height:
            shown = _apart([[row] for row in shown])
    # Where it is tight the clocks come first, but not before what is amiss.
    while len(shown) + len(foot) > height and len(foot) > (standing.amiss is not None):
        foot.pop(0)
    room = max(1, height - len(foot))
    if len(shown) > room:
        more = len(shown) - room + 1
        shown = [*shown[: room - 1], Text(f"and {more} more, for which there is no room", style="yellow")]
    lines = [*shown, *foot]
    for line in lines:
        line.no_wrap, line.overflow = True, "ellipsis"
    return lines


Face = Mapping[str, Cell]  # what is shown of a clock, by the columns' names


def _face(clock: Clock, first: Clock, dim: str) -> Face:
    moment, offset = datetime_of(clock), clock.offset - first.offset
    days = (moment.date() - datetime_of(first).date()).days
    direction = "ahead" if offset > 0 else "behind"
    return {
        "place": (where(clock), dim or "bold"),
        "city": (clock.place, dim or "bold"),
        "time": (f"{moment:%H:%M:%S}", dim or "bold green"),
        "date": (day_text(moment), dim or "green"),
        "day": (f"{days:+d} day" if days else "", dim or "bold yellow"),
        "ahead": (f"{amount_text(offset)} {direction}" if offset else "", dim),
        "offset": (offset_text(clock.offset), dim),
        "abbreviation": (clock.abbreviation, dim),
        "dst": ("DST" if clock.dst else "no DST", dim),
    }


def _small(faces: Sequence[Face], width: int) -> list[Text]:
    """A line a clock, with as many columns as there is room for."""
    rows: list[Text] = []
    for names in COLUMNS:
        told = [name for name in names if any(face[name][0] for face in faces)]
        rows = table([face[name] for name in told] for face in faces)
        if _width(rows) <= width:
            break
    return rows


def _large(faces: Sequence[Face], dim: str) -> list[Text]:
    """Three lines a clock: its time in large figures, and beside them what else is known."""
    cards = []
    for face in faces:
        beside = [("place",), ("date", "day"), ("offset", "abbreviation", "dst", "ahead")]
        figures = large(face["time"][0])
        cards.append([_card(figures[at], [face[name] for name in beside[at]], dim) for at in range(ROWS)])
    return _apart(cards)


def _card(figures: str, beside: Sequence[Cell], dim: str) -> Text:
    line = Text.assemble((figures, dim or "bold green"))
    for text, style in beside:
        if text:
            line.append(f"{GAP}{text}", style=style)
    return line


def _apart(cards: Sequence[Sequence[Text]]) -> list[Text]:
    """The lines of clocks, with an empty one between two."""
    return [line for card in cards for line in (*card, Text())][:-1]


def _width(lines: Sequence[Text]) -> int:
    return max(line.cell_len for line in lines)


def _sureness(tick: Tick, dim: str) -> Text:
    """How far the clocks can be off, where their rules are from, and what is odd."""
    sources = ", ".join(dict.fromkeys(clock.source for clock in tick.clocks))
    line = Text(f"within {bound_text(tick.clocks[0].bound_ns)}{BETWEEN}via {sources}", style="dim")
    ages = [clock.age for clock in tick.clocks if clock.age is not None]
    odd = [f"rules up to {span(max(ages))} old"] if ages else []
    for each in (*odd, *oddities(tick)):
        line.append(f"{BETWEEN}{each}", style=dim or "not dim yellow")
    return line


def _state(standing: Standing) -> Text:
    """How it is with the connection."""
    if standing.amiss is not None:
        return Text(standing.amiss, style="bold red")
    often = "every second" if standing.every == 1 else f"every {standing.every} s"
    return Text(BETWEEN.join((standing.server, often, "Ctrl-C leaves")), style="dim")
