"""The engine against zdump, over every zone of the installed database."""

from __future__ import annotations

import calendar
import shutil
import time
from bisect import bisect_right
from itertools import pairwise

import pytest

from socketspeak.zones.values import Rule
from tests.zones import zdump
from tests.zones.installed import DATABASE, ENGINE

pytestmark = pytest.mark.skipif(shutil.which("zdump") is None, reason="zdump is not installed")

FIRST_YEAR, LAST_YEAR = 1899, 2101
YEARS = f"{FIRST_YEAR},{LAST_YEAR}"
INSTANTS = [
    calendar.timegm((year, 1 + year % 12, 1 + year % 28, year % 24, 0, 0)) for year in range(1900, 2100, 10)
]

Rows = dict[str, list[zdump.Row]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return zdump.rows(DATABASE.directory, DATABASE.names, YEARS)


def shown(rule: Rule) -> tuple[int, str, bool]:
    return rule.offset, rule.abbreviation, rule.dst


def expected(row: zdump.Row) -> tuple[int, str, bool]:
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
