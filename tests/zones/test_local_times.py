"""What local times mean, by the standard library and around every gap and fold of two centuries."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.zones.timetable import Timetable
from socketspeak.zones.values import LocalTime, Place, Rule, Transition
from tests.zones import standard
from tests.zones.installed import DATABASE, ENGINE
from tests.zones.standard import EPOCH, SECOND

TIMETABLE = Timetable(ENGINE)
START, END = ((datetime(year, 1, 1) - EPOCH) // SECOND for year in (1900, 2101))
CHANGES = [
    change
    for zone in DATABASE.names
    if zone not in DATABASE.links
    for change in ENGINE.transitions(zone, START, END)
]
NEAR = st.integers(-90_000, 90_000) | st.integers(-4_000, 4_000) | st.integers(-1, 1)


def place(zone: str) -> Place:
    return Place(zone, zone)


def read(zone: str, when: str) -> LocalTime:
    found = TIMETABLE.local_time(place(zone), datetime.fromisoformat(when))
    assert found is not None
    return found


def utc(unix_seconds: int) -> str:
    return (EPOCH + unix_seconds * SECOND).isoformat()


# --- By example ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "when", "instant", "shown"),
    [
        ("Europe/Lisbon", "2027-03-28T01:30:00", "2027-03-28T01:30:00", "2027-03-28T02:30:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00", "2026-10-04T02:45:00"),
        ("Antarctica/Troll", "2027-03-28T01:30:00", "2027-03-28T01:30:00", "2027-03-28T03:30:00"),
        ("Africa/Monrovia", "1972-01-07T00:30:00", "1972-01-07T01:14:30", "1972-01-07T01:14:30"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00", "2011-12-31T12:00:00"),
        ("Pacific/Kwajalein", "1993-08-21T12:00:00", "1993-08-22T00:00:00", "1993-08-22T12:00:00"),
        ("Asia/Manila", "1844-12-31T12:00:00", "1845-01-01T03:56:08", "1845-01-01T12:00:00"),
    ],
)
def test_a_time_in_a_gap_is_moved_forward_by_the_gaps_length(
    zone: str, when: str, instant: str, shown: str
) -> None:
    found = read(zone, when)
    assert (found.gap, found.second, utc(found.unix_seconds)) == (True, None, instant)
    assert utc(found.unix_seconds + found.rule.offset) == shown
    assert found.rule == ENGINE.rule(zone, found.unix_seconds)


@pytest.mark.parametrize(
    ("zone", "when", "instant", "later"),
    [
        ("Europe/Lisbon", "2026-10-25T01:30:00", "2026-10-25T00:30:00", 3600),
        ("America/Sao_Paulo", "2019-02-16T23:30:00", "2019-02-17T01:30:00", 3600),
        ("Australia/Lord_Howe", "2027-04-04T01:45:00", "2027-04-03T14:45:00", 1800),
        ("America/Caracas", "2007-12-09T02:45:00", "2007-12-09T06:45:00", 1800),
        ("America/Juneau", "1867-10-19T12:00:00", "1867-10-18T20:57:41", 86_400),  # from Russia's date
    ],
)
def test_a_time_that_occurs_twice_is_its_first_occurrence_with_the_rule_of_the_second(
    zone: str, when: str, instant: str, later: int
) -> None:
    found = read(zone, when)
    assert (found.gap, utc(found.unix_seconds)) == (False, instant)
    assert found.second is not None
    assert found.rule.offset - found.second.offset == later
    assert found.rule == ENGINE.rule(zone, found.unix_seconds)
    assert found.second == ENGINE.rule(zone, found.unix_seconds + later)


@pytest.mark.parametrize("second", range(-2, 3))
def test_a_change_that_leaves_the_offset_alone_makes_neither_gap_nor_fold(second: int) -> None:
    change = datetime(2026, 11, 1, 2)  # Vancouver's clocks go on: PDT becomes MST
    found = TIMETABLE.local_time(place("America/Vancouver"), change + second * SECOND)
    assert found is not None
    assert (found.gap, found.second, utc(found.unix_seconds - second)) == (False, None, "2026-11-01T09:00:00")
    assert found.rule.abbreviation == ("PDT" if second < 0 else "MST")


def test_an_offset_has_neither_gaps_nor_folds() -> None:
    found = TIMETABLE.local_time(Place("UTC-00:44:30", "", offset=-2670), datetime(1972, 1, 7, 0, 30, 0, 999))
    assert found == LocalTime(63_594_870, Rule("UTC-00:44:30", -2670, "-0044", dst=False))


@pytest.mark.parametrize(
    ("where", "when", "known"),
    [
        (place("Etc/UTC"), datetime.min, True),
        (place("Etc/UTC"), datetime(9999, 12, 31, 23, 59, 59), True),
        (place("Asia/Tokyo"), datetime(1, 1, 1, 9, 18, 58), False),
        (place("Asia/Tokyo"), datetime(1, 1, 1, 9, 18, 59), True),
        (place("America/Sao_Paulo"), datetime.min, True),
        (place("America/Sao_Paulo"), datetime(9999, 12, 31, 20, 59, 59), True),
        (place("America/Sao_Paulo"), datetime(9999, 12, 31, 21), False),
        (Place("UTC+05:30", "", offset=19_800), datetime(1, 1, 1, 5, 29, 59), False),
        (Place("UTC+05:30", "", offset=19_800), datetime(1, 1, 1, 5, 30), True),
    ],
)
def test_a_local_time_whose_instant_is_not_in_the_years_1_to_9999_means_nothing(
    where: Place, when: datetime, known: bool
) -> None:
    assert (TIMETABLE.local_time(where, when) is not None) is known


# --- By the standard library --------------------------------------------------------------------------------


def difference(zone: str, when: datetime) -> object:
    """How we and the standard library differ over a local time, read by PEP 495; None where we agree."""
    found, expected = TIMETABLE.local_time(place(zone), when), standard.meaning(zone, when)
    if found is None:
        return zone, when
    second = None if found.second is None else found.unix_seconds + found.rule.offset - found.second.offset
    back = standard.shown(zone, found.unix_seconds)
    agrees = (
        (found.unix_seconds, second, found.gap) == (expected.unix_seconds, expected.second, expected.gap > 0)
        and back == (found.rule.offset, found.rule.abbreviation, when + expected.gap * SECOND)
        and found.rule.covers(found.unix_seconds)
    )
    return None if agrees else (zone, when, found, expected, back)


@given(st.sampled_from(DATABASE.names), st.integers(START, END - 1))
def test_an_instant_shows_what_the_standard_library_says(zone: str, instant: int) -> None:
    rule = TIMETABLE.rule(place(zone), instant)
    assert (rule.offset, rule.abbreviation) == standard.shown(zone, instant)[:2]


@given(st.sampled_from(DATABASE.names), st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 31)))
def test_a_local_time_means_what_the_standard_library_says(zone: str, when: datetime) -> None:
    assert difference(zone, when.replace(microsecond=0)) is None


@given(st.sampled_from(CHANGES), NEAR)
def test_near_a_transition_a_local_time_means_what_the_standard_library_says(
    change: Transition, seconds: int
) -> None:
    when = EPOCH + (change.at + change.before.offset + seconds) * SECOND
    assert difference(change.before.zone, when) is None


@given(st.sampled_from(DATABASE.names), st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 31)))
def test_a_local_time_that_exists_is_shown_at_its_instant(zone: str, when: datetime) -> None:
    found = TIMETABLE.local_time(place(zone), when)
    assert found is not None
    moved = standard.meaning(zone, when).gap * SECOND
    assert EPOCH + (found.unix_seconds + found.rule.offset) * SECOND == when.replace(microsecond=0) + moved


def test_at_the_edges_of_every_gap_and_fold_local_times_mean_what_the_standard_library_says() -> None:
    kinds = Counter(change.kind for change in CHANGES)
    assert min(kinds["gap"], kinds["fold"]) > 15_000
    assert kinds["rule"] > 100
    differences = []
    for change in CHANGES:
        first, last = sorted((change.at + change.before.offset, change.at + change.after.offset))
        for local in {first - 1, first, (first + last) // 2, last - 1, last}:
            found = difference(change.before.zone, EPOCH + local * SECOND)
            if found is not None:
                differences.append(found)
    assert differences == []
