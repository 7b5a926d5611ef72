"""What people see of conversions, differences, transitions and meetings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from socketspeak.app.timetables import conversion_lines, difference_line, meeting_lines, transition_lines
from socketspeak.client import (
    Change,
    Clock,
    Conversion,
    Difference,
    LocalSpan,
    Shown,
    Slot,
    Slots,
    Transitions,
)
from socketspeak.language.reading import read_object
from tests.language.replying import KINDS, written

NS = 1_000_000_000
SPRING, AUTUMN = 1_774_746_000, 1_792_890_000  # when the clocks change in Lisbon in 2026, at 01:00 UTC
LISBON = Clock(SPRING * NS + 1800 * NS, "Europe/Lisbon", 3600, "WEST", True, 0, "embedded", "Lisbon", "PT")
TOKYO = Clock(SPRING * NS + 1800 * NS, "Asia/Tokyo", 32_400, "JST", False, 0, "embedded", "Tokyo", "JP")


def plain(lines: Iterable[Text]) -> list[str]:
    """Lines without their styles."""
    return [line.plain for line in lines]


def styles(line: Text) -> set[str]:
    """The styles in a line."""
    return {str(span.style) for span in line.spans} | {str(line.style)} - {""}


# --- Conversions --------------------------------------------------------------------------------------------


def test_a_conversion_is_a_line_for_the_source_and_one_for_each_target() -> None:
    assert plain(conversion_lines("2026-03-29 02:30:00", Conversion(LISBON, (TOKYO,)))) == [
        "Lisbon, PT  Sun 2026-03-29 02:30:00  +01:00  WEST  Europe/Lisbon  DST",
        "Tokyo, JP   Sun 2026-03-29 10:30:00  +09:00  JST   Asia/Tokyo     no DST",
    ]


def test_a_conversion_of_now_tells_how_sure_it_is() -> None:
    (line, _) = conversion_lines("now", Conversion(replace(LISBON, bound_ns=3_200_000), (TOKYO,)))
    assert line.plain.endswith("DST     within 4ms  via embedded")


@pytest.mark.parametrize("asked", ["2026-03-29 01:30:00", "01:30:00"])
def test_a_time_in_a_gap_is_said_to_have_been_moved(asked: str) -> None:
    line = conversion_lines(asked, Conversion(LISBON, (TOKYO,), gap=True))[-1]
    assert line.plain == "01:30 does not exist in Lisbon, the clocks go forward: moved to 02:30"
    assert styles(line) == {"yellow"}


def test_the_seconds_of_a_time_in_a_gap_are_said_where_there_are_some() -> None:
    moved = replace(LISBON, unix_ns=LISBON.unix_ns + 7 * NS)
    line = conversion_lines("01:30:07", Conversion(moved, (TOKYO,), gap=True))[-1]
    assert line.plain.startswith("01:30:07 does not exist")
    assert line.plain.endswith("moved to 02:30:07")


def test_a_day_that_was_left_out_is_said_with_both_dates() -> None:
    apia = Clock(1_325_275_200 * NS, "Pacific/Apia", 50_400, "+14", True, 0, "embedded", "Apia", "WS")
    line = conversion_lines("2011-12-30 10:00:00", Conversion(apia, (TOKYO,), gap=True))[-1]
    assert line.plain == (
        "2011-12-30 10:00 does not exist in Apia, the clocks go forward: moved to 2011-12-31 10:00"
    )


def test_a_time_that_comes_twice_is_said_to_be_the_first_and_when_the_second_is() -> None:
    first = replace(LISBON, unix_ns=(AUTUMN - 1800) * NS)
    second = replace(first, unix_ns=(AUTUMN + 1800) * NS, offset=0, abbreviation="WET", dst=False)
    line = conversion_lines("2026-10-25 01:30:00", Conversion(first, (TOKYO,), second=second))[-1]
    assert line.plain == (
        "01:30 comes twice in Lisbon, the clocks go back: this is the first, WEST +01:00; "
        "the second, WET +00:00, is 1 h later"
    )
    assert styles(line) == {"yellow"}


# --- Differences --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (20_700, "Kathmandu is 5 h 45 min ahead of Lisbon  +05:45  Europe/Lisbon → Asia/Kathmandu"),
        (-20_700, "Kathmandu is 5 h 45 min behind Lisbon  -05:45  Europe/Lisbon → Asia/Kathmandu"),
        (0, "Kathmandu and Lisbon show the same time  +00:00  Europe/Lisbon → Asia/Kathmandu"),
    ],
)
def test_a_difference_says_who_is_ahead_of_whom(seconds: int, said: str) -> None:
    difference = Difference(seconds, "Europe/Lisbon", "Asia/Kathmandu", "Lisbon", "Kathmandu")
    assert difference_line(difference).plain == said


# --- Transitions --------------------------------------------------------------------------------------------

WET, WEST = Shown(0, "WET", False), Shown(3600, "WEST", True)


def test_transitions_are_a_table_below_the_place() -> None:
    changes = (Change(SPRING, WET, WEST), Change(AUTUMN, WEST, WET))
    assert plain(transition_lines(Transitions("Europe/Lisbon", "Lisbon", 0, changes))) == [
        "Lisbon  Europe/Lisbon",
        "2026-03-29 01:00 UTC  Sun 2026-03-29 01:00  +00:00  WET   →  02:00  +01:00  WEST  "
        "the clocks go forward 1 h, DST begins",
        "2026-10-25 01:00 UTC  Sun 2026-10-25 02:00  +01:00  WEST  →  01:00  +00:00  WET   "
        "the clocks go back 1 h, DST ends",
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Shown(-25_200, "PDT", True), Shown(-25_200, "MST", False), "the clocks stay, DST ends"),
        (Shown(3600, "CET", False), Shown(3600, "WEST", True), "the clocks stay, DST begins"),
        (Shown(0, "GMT", False), Shown(0, "WET", False), "the clocks stay"),
        (
            Shown(37_800, "+1030", False),
            Shown(39_600, "+11", True),
            "the clocks go forward 30 min, DST begins",
        ),
        (Shown(32_400, "JST", False), Shown(28_800, "CST", False), "the clocks go back 1 h"),
    ],
)
def test_what_changes_is_said_in_words(before: Shown, after: Shown, said: str) -> None:
    lines = transition_lines(Transitions("Some/Where", "Where", 0, (Change(SPRING, before, after),)))
    assert lines[-1].plain.endswith(f"  {said}")


def test_a_change_to_another_day_shows_that_day_and_seconds_are_shown_where_there_are_some() -> None:
    monrovia = Change(63_593_070, Shown(-2670, "MMT", False), Shown(0, "GMT", False))
    apia = Change(1_325_239_200, Shown(-36_000, "-10", True), Shown(50_400, "+14", True))
    assert plain(transition_lines(Transitions("Some/Where", "Where", 0, (monrovia, apia))))[1:] == [
        "1972-01-07 00:44:30 UTC  Fri 1972-01-07 00:00  -00:44:30  MMT  →  00:44:30              "
        "+00:00  GMT  the clocks go forward 44 min 30 s",
        "2011-12-30 10:00 UTC     Fri 2011-12-30 00:00  -10:00     -10  →  Sat 2011-12-31 00:00  "
        "+14:00  +14  the clocks go forward 24 h",
    ]


def test_where_the_clocks_change_no_more_that_is_said() -> None:
    assert plain(transition_lines(Transitions("Asia/Tokyo", "Tokyo", SPRING, ()))) == [
        "Tokyo  Asia/Tokyo",
        "no change of the clocks is known from Sun 2026-03-29 on",
    ]


# --- Meetings -----------------------------------------------------------------------------------------------

NINE = 1_795_424_400  # 2026-11-23T09:00:00Z
HERE = LocalSpan("Europe/Lisbon", "Lisbon", 0, 0)
THERE = LocalSpan("Asia/Tokyo", "Tokyo", 32_400, 32_400)


def test_a_span_is_said_in_utc_and_below_it_in_every_place() -> None:
    assert plain(meeting_lines(Slots((Slot(NINE, NINE + 5400, (HERE, THERE)),)))) == [
        "Mon 2026-11-23  09:00–10:30 UTC, 1 h 30 min",
        "  Lisbon    09:00–10:30  +00:00  Europe/Lisbon",
        "  Tokyo     18:00–19:30  +09:00  Asia/Tokyo",
    ]


def test_several_spans_follow_one_another() -> None:
    spans = (Slot(NINE, NINE + 3600, (HERE,)), Slot(NINE + 7200, NINE + 9000, (HERE,)))
    assert plain(meeting_lines(Slots(spans)))[::2] == [
        "Mon 2026-11-23  09:00–10:00 UTC, 1 h",
        "Mon 2026-11-23  11:00–11:30 UTC, 30 min",
    ]


def test_a_day_is_shown_where_it_is_another_than_in_utc() -> None:
    afternoon = Slot(NINE + 6 * 3600, NINE + 7 * 3600, (HERE, THERE))
    assert plain(meeting_lines(Slots((afternoon,))))[1:] == [
        "  Lisbon                  15:00–16:00  +00:00  Europe/Lisbon",
        "  Tokyo   Tue 2026-11-24  00:00–01:00  +09:00  Asia/Tokyo",
    ]


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "23:00–24:00"), (2, "23:00–Tue 2026-11-24 01:00"), (25, "23:00–Wed 2026-11-25 00:00")],
)
def test_an_end_on_a_later_day_says_so_but_for_midnight(hours: int, said: str) -> None:
    late = NINE + 14 * 3600
    (_, line) = meeting_lines(Slots((Slot(late, late + hours * 3600, (HERE,)),)))
    assert said in line.plain


def test_clocks_that_change_meanwhile_show_both_offsets() -> None:
    lisbon = replace(HERE, end_offset=3600)
    (_, line) = meeting_lines(Slots((Slot(SPRING - 1800, SPRING + 1800, (lisbon,)),)))
    assert line.plain == "  Lisbon    00:30–02:30  +00:00 → +01:00  Europe/Lisbon"


def test_a_compromise_is_marked_as_one_and_says_who_is_out() -> None:
    out = (replace(THERE, inside=False), HERE, replace(HERE, place="Faro", inside=False))
    head, _, *rows = meeting_lines(Slots((), Slot(NINE, NINE + 3600, out)))
    assert head.plain == "no time suits all; the least bad hour, with Tokyo and Faro out:"
    assert styles(head) == {"yellow"}
    assert [row.plain.endswith("  out of hours") for row in rows] == [True, False, True]
    assert ["red" in styles(row) for row in rows] == [True, False, True]
    assert ["green" in styles(row) for row in rows] == [False, True, False]


def test_where_there_is_not_even_a_compromise_that_is_said() -> None:
    assert plain(meeting_lines(Slots(()))) == ["no time suits all"]


# --- Whatever a server says ---------------------------------------------------------------------------------

SHOWING: dict[str, Callable[[Any], Iterable[Text]]] = {
    "conversion": lambda reply: conversion_lines("2026-03-29 01:30:00", reply),
    "difference": lambda reply: [difference_line(reply)],
    "transitions": transition_lines,
    "meeting": meeting_lines,
}


@pytest.mark.parametrize("kind", SHOWING)
@given(data=st.data())
def test_all_that_can_be_read_can_be_shown_and_nothing_in_it_is_obeyed(
    kind: str, data: st.DataObject
) -> None:
    reply = read_object(written(data.draw(KINDS[kind])))
    assert all(line.isprintable() for line in plain(SHOWING[kind](reply)))
