"""The wall of clocks: what it shows of each, and what gives way where there is little room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.text import Text

from socketspeak.app.digits import ROWS, large
from socketspeak.app.wall import Standing, wall
from socketspeak.client import Clock, Tick
from tests.laws.documents import blocks
from tests.laws.tree import ROOT

PAGE = ROOT / "docs" / "client.md"

NOON_NS = 1_795_457_045_000_000_000
TOKYO = Clock(NOON_NS, "Asia/Tokyo", 32_400, "JST", False, 3_200_000, "lab", "Tokyo", "JP")
LISBON = Clock(NOON_NS, "Europe/Lisbon", 0, "WET", False, 3_200_000, "lab", "Lisbon", "PT")
KOLKATA = Clock(NOON_NS, "Asia/Kolkata", 19_800, "IST", True, None, "embedded", "Kolkata", "IN", 5400)
SAO_PAULO = Clock(NOON_NS, "America/Sao_Paulo", -10_800, "-03", False, None, "lab", "São Paulo", "BR")
STANDING = Standing("localhost:8082", 1)
LOST = replace(STANDING, amiss="trying again in 4 s: the connection was lost")


def shown(
    *clocks: Clock, width: int = 100, height: int = 24, standing: Standing = STANDING, is_large: bool = False
) -> list[str]:
    """The lines, as plain text."""
    return [line.plain for line in wall(Tick(clocks), standing, width, height, is_large)]


def test_a_clock_is_a_line_with_its_place_time_day_and_rule_and_how_it_differs_from_the_first() -> None:
    assert shown(LISBON, TOKYO, KOLKATA)[:5] == [
        "Lisbon, PT   18:04:05  Mon 2026-11-23                            +00:00  WET  no DST",
        "",
        "Tokyo, JP    03:04:05  Tue 2026-11-24  +1 day  9 h ahead         +09:00  JST  no DST",
        "",
        "Kolkata, IN  23:34:05  Mon 2026-11-23          5 h 30 min ahead  +05:30  IST  DST",
    ]


def test_it_is_what_the_page_shows() -> None:
    (page,) = (block for block in blocks(PAGE) if block.info == "screen")
    found = [
        replace(clock, unix_ns=NOON_NS + 1_000_000_000, bound_ns=4_000_000, source="timeapi")
        for clock in (TOKYO, LISBON, SAO_PAULO)
    ]
    assert shown(*found, height=8) == list(page.lines)


def test_who_is_a_day_behind_is_marked_too() -> None:
    assert "-1 day  9 h behind" in shown(TOKYO, LISBON)[2]


def test_below_stands_how_sure_they_are_and_how_the_connection_is() -> None:
    tick = Tick((TOKYO, KOLKATA), skipped=3, disturbed="disrupted")
    lines = wall(tick, replace(STANDING, every=60), 100, 24, False)
    assert [line.plain for line in lines[-2:]] == [
        "within 4ms · via lab, embedded · rules up to 1 h 30 min old · clock disrupted · 3 ticks left out",
        "localhost:8082 · every 60 s · Ctrl-C leaves",
    ]


def test_of_a_lost_connection_that_is_said_and_no_clock_looks_as_if_it_were_right() -> None:
    lines = wall(Tick((TOKYO, LISBON)), LOST, 100, 24, False)
    assert lines[-1].plain == LOST.amiss
    assert lines[-1].style == "bold red"
    styles = {span.style for line in lines[:3] for span in line.spans}
    assert styles == {"dim"}


# --- Room ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (76, "Tokyo, JP   03:04:05  Tue 2026-11-24  +1 day  9 h ahead  +09:00  JST  no DST"),
        (75, "Tokyo, JP   03:04:05  Tue 2026-11-24  +1 day  9 h ahead  +09:00  JST"),
        (67, "Tokyo, JP   03:04:05  Tue 2026-11-24  +1 day  9 h ahead  +09:00"),
        (62, "Tokyo   03:04:05  Tue 2026-11-24  +1 day  9 h ahead"),
        (50, "Tokyo   03:04:05  Tue 2026-11-24  +1 day"),
        (39, "Tokyo   03:04:05  +1 day"),
        (23, "Tokyo   03:04:05"),
        (5, "Tokyo   03:04:05"),
    ],
)
def test_where_it_is_narrow_what_matters_least_gives_way(width: int, line: str) -> None:
    assert shown(LISBON, TOKYO, width=width)[2] == line


@pytest.mark.parametrize(
    ("height", "lines"),
    [
        (8, ["Lisbon", "", "Tokyo", "", "Kolkata", "", "within", "localhost"]),
        (7, ["Lisbon", "Tokyo", "Kolkata", "", "within", "localhost"]),
        (5, ["Lisbon", "Tokyo", "Kolkata", "within", "localhost"]),
        (4, ["Lisbon", "Tokyo", "Kolkata", "localhost"]),
        (3, ["Lisbon", "Tokyo", "Kolkata"]),
        (2, ["Lisbon", "and 2 more"]),
        (1, ["and 3 more"]),
    ],
)
def test_where_it_is_low_the_lines_close_up_and_the_clocks_come_first(height: int, lines: list[str]) -> None:
    found = shown(LISBON, TOKYO, KOLKATA, height=height)
    assert len(found) == len(lines)
    assert all(line.startswith(start) for line, start in zip(found, lines, strict=True))


@pytest.mark.parametrize("height", [1, 2, 3, 8])
def test_what_is_amiss_comes_before_any_clock(height: int) -> None:
    assert LOST.amiss in shown(LISBON, TOKYO, KOLKATA, height=height, standing=LOST)


@pytest.mark.parametrize("height", range(1, 30))
@pytest.mark.parametrize("width", [1, 10, 40, 80, 200])
def test_it_is_never_higher_than_the_terminal(width: int, height: int) -> None:
    for standing in (STANDING, LOST):
        lines = shown(LISBON, TOKYO, KOLKATA, width=width, height=height, standing=standing, is_large=True)
        assert 0 < len(lines) <= max(2, height)


# --- Large --------------------------------------------------------------------------------------------------


def test_where_there_is_room_the_figures_are_three_lines_high() -> None:
    first, *rest = shown(LISBON, TOKYO, is_large=True)
    assert first == f"{large('18:04:05')[0]}  Lisbon, PT"
    assert [line.rpartition("  ")[2] for line in rest[:6]] == [
        "Mon 2026-11-23",
        "no DST",
        "",
        "Tokyo, JP",
        "+1 day",
        "9 h ahead",
    ]


@pytest.mark.parametrize(("width", "height"), [(100, 9), (57, 24)])
def test_where_there_is_none_they_are_as_high_as_others(width: int, height: int) -> None:
    assert shown(LISBON, TOKYO, width=width, height=height, is_large=True) == shown(
        LISBON, TOKYO, width=width, height=height
    )


def test_each_figure_is_told_from_the_others_and_all_are_of_one_width() -> None:
    figures = [large(figure) for figure in "0123456789"]
    assert len(set(figures)) == 10
    assert {len(row) for figure in figures for row in figure} == {3}
    assert {Text(row).cell_len for row in large("01:23:45")} == {len(large("01:23:45")[0])}
    assert len(large("1")) == ROWS
