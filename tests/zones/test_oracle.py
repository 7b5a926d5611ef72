"""The engine and the timetable against zdump, over every zone of the installed database.

The years are more than the 1970 to 2038 that every run must cover.
"""

from __future__ import annotations

import calendar
import shutil
import time
from bisect import bisect_right
from itertools import pairwise

import pytest

from socketspeak.zones.timetable import Timetable
from socketspeak.zones.values import Place, Rule
from tests.zones import zdump
from tests.zones.installed import DATABASE, ENGINE

pytestmark = pytest.mark.skipif(shutil.which("zdump") is None, reason="zdump is not installed")

FIRST_YEAR, LAST_YEAR = 1899, 2101
YEARS = f"{FIRST_YEAR},{LAST_YEAR}"
INSTANTS = [
    calendar.timegm((year, 1 + year % 12, 1 + year % 28, year % 24, 0, 0)) for year in range(1900, 2100, 10)
]
COUNT = 100  # of transitions, the most that can be asked for at once
TIMETABLE = Timetable(ENGINE)

State = tuple[int, str, bool]
Rows = dict[str, list[zdump.Row]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return zdump.rows(DATABASE.directory, DATABASE.names, YEARS)


def shown(rule: Rule) -> State:
    return rule.offset, rule.abbreviation, rule.dst


def expected(row: zdump.Row) -> State:
    return row.offset, row.abbreviation, row.dst


def test_every_row_of_zdump_is_what_the_engine_says(rows: Rows) -> None:
    assert tuple(rows) == DATABASE.names
    assert sum(map(len, rows.values())) > 120_000
    differences = [
        (zone, row, ENGINE.rule(zone, row.at))
        for zone, of_zone in rows.items()
        for row in of_zone
        if shown(ENGINE.rule(zone, row.at)) != expected(row)
    ]
    assert differences == []


def test_a_rule_lasts_from_one_transition_of_zdump_to_the_next(rows: Rows) -> None:
    differences = []
    for zone, of_zone in rows.items():
        starts = [row.at for row in of_zone[1::2]]
        for start, until in pairwise(starts):
            rule = ENGINE.rule(zone, (start + until) // 2)
            if (rule.valid_from, rule.valid_until) != (start, until):
                differences.append((zone, start, until, rule))
    assert differences == []


def test_every_zone_is_right_now_and_at_twenty_instants_of_two_centuries(rows: Rows) -> None:
    still = [zone for zone, of_zone in rows.items() if not of_zone]
    first = zdump.first_states(DATABASE.directory, still, YEARS)
    instants = [*INSTANTS, int(time.time())]
    assert (sorted(first), len(instants)) == (sorted(still), 21)
    differences = []
    for zone, of_zone in rows.items():
        starts = [row.at for row in of_zone]
        for instant in instants:
            index = bisect_right(starts, instant)
            row = of_zone[max(0, index - 1)] if of_zone else first[zone]
            if shown(ENGINE.rule(zone, instant)) != expected(row):
                differences.append((zone, instant, row, ENGINE.rule(zone, instant)))
    assert differences == []


def test_every_row_of_zdump_is_what_the_timetable_says(rows: Rows) -> None:
    differences = [
        (zone, row)
        for zone, of_zone in rows.items()
        for row in of_zone
        if shown(TIMETABLE.rule(Place(zone, zone), row.at)) != expected(row)
    ]
    assert differences == []


def chained(zone: str, start: int, end: int) -> list[tuple[int, State, State]]:
    """The transitions of a zone from `start` to before `end`, asked for a hundred at a time."""
    found: list[tuple[int, State, State]] = []
    while True:
        changes = TIMETABLE.transitions(Place(zone, zone), start, COUNT)
        assert len(changes) <= COUNT
        found += [(c.at, shown(c.before), shown(c.after)) for c in changes if c.at < end]
        if len(changes) < COUNT or changes[-1].at >= end:
            return found
        start = changes[-1].at + 1


def test_the_transitions_of_the_timetable_are_those_of_zdump_and_no_others(rows: Rows) -> None:
    start, end = (calendar.timegm((year, 1, 1, 0, 0, 0)) for year in (FIRST_YEAR + 1, LAST_YEAR))
    differences, total = [], 0
    for zone, of_zone in rows.items():
        pairs = zip(of_zone[::2], of_zone[1::2], strict=True)
        listed = [(b.at, expected(a), expected(b)) for a, b in pairs if start <= b.at < end]
        total += len(listed)
        if chained(zone, start, end) != listed:
            differences.append(zone)
    assert total > 60_000
    assert differences == []
