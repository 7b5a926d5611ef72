"""The timetable's rules and transitions; local times, meetings and the oracles have files of their own."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.zones.conversion import FIRST_INSTANT, LAST_INSTANT
from socketspeak.zones.timetable import Timetable
from socketspeak.zones.values import Place, Rule, Transition
from tests.zones.installed import DATABASE, ENGINE, NOW
from tests.zones.standard import EPOCH, SECOND

TIMETABLE = Timetable(ENGINE)
LISBON, UTC_PLUS_530 = Place("Europe/Lisbon", "Lisbon"), Place("UTC+05:30", "UTC+05:30", offset=19_800)


def unix(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // SECOND


def brief(change: Transition) -> tuple[str, str, str, str]:
    at = (EPOCH + change.at * SECOND).isoformat()
    return at, change.before.abbreviation, change.after.abbreviation, change.kind


# --- Rules --------------------------------------------------------------------------------------------------


def test_a_places_rule_is_its_zones_also_where_a_link_was_asked_for() -> None:
    kolkata = Place("Asia/Kolkata", "Kolkata", asked="Asia/Calcutta")
    assert TIMETABLE.rule(kolkata, NOW) == ENGINE.rule("Asia/Kolkata", NOW)


@pytest.mark.parametrize(
    ("offset", "abbreviation"),
    [(19_800, "+0530"), (-10_800, "-03"), (0, "+00"), (-12_600, "-0330"), (50_400, "+14"), (-2_670, "-0044")],
)
def test_the_abbreviation_of_an_offset_is_in_figures_as_the_databases_are(
    offset: int, abbreviation: str
) -> None:
    place = Place("UTC", "UTC", offset=offset)
    assert TIMETABLE.rule(place, NOW) == Rule("UTC", offset, abbreviation, dst=False)


def test_an_offset_that_was_named_by_an_abbreviation_keeps_it() -> None:
    place = Place("UTC-03:00", "BRT", offset=-10_800, abbreviation="BRT")
    assert TIMETABLE.rule(place, NOW) == Rule("UTC-03:00", -10_800, "BRT", dst=False)


# --- Transitions --------------------------------------------------------------------------------------------


def test_the_next_transitions_are_those_of_the_protocol() -> None:
    assert list(map(brief, TIMETABLE.transitions(LISBON, NOW, 2))) == [
        ("2027-03-28T01:00:00", "WET", "WEST", "gap"),
        ("2027-10-31T01:00:00", "WEST", "WET", "fold"),
    ]


@pytest.mark.parametrize(("seconds", "at"), [(-1, "2027-03-28"), (0, "2027-03-28"), (1, "2027-10-31")])
def test_a_transition_at_the_very_start_is_among_them(seconds: int, at: str) -> None:
    (change,) = TIMETABLE.transitions(LISBON, unix("2027-03-28T01:00:00") + seconds, 1)
    assert brief(change)[0] == f"{at}T01:00:00"


def test_a_change_of_the_abbreviation_alone_is_a_transition() -> None:
    changes = TIMETABLE.transitions(Place("America/Vancouver", ""), unix("2026-10-01T00:00:00"), 100)
    assert list(map(brief, changes)) == [("2026-11-01T09:00:00", "PDT", "MST", "rule")]


@pytest.mark.parametrize("place", [UTC_PLUS_530, Place("Etc/UTC", "UTC"), Place("America/Sao_Paulo", "")])
def test_where_no_more_is_known_there_is_none(place: Place) -> None:
    assert TIMETABLE.transitions(place, NOW, 100) == ()


def test_from_the_year_1_the_first_is_the_end_of_local_mean_time() -> None:
    (change,) = TIMETABLE.transitions(Place("Asia/Tokyo", "Tokyo"), FIRST_INSTANT, 1)
    assert brief(change) == ("1887-12-31T15:00:00", "LMT", "JST", "fold")


@pytest.mark.parametrize("start", [LAST_INSTANT, LAST_INSTANT + 1, 10**18])
def test_after_the_last_day_of_the_year_9999_there_is_none(start: int) -> None:
    assert TIMETABLE.transitions(LISBON, start, 100) == ()


@given(
    st.sampled_from(DATABASE.names),
    st.integers(FIRST_INSTANT - 10**6, LAST_INSTANT + 10**6),
    st.integers(1, 100),
)
def test_transitions_are_in_order_join_up_and_are_no_more_than_asked_for(
    zone: str, start: int, count: int
) -> None:
    changes = TIMETABLE.transitions(Place(zone, zone), start, count)
    assert len(changes) <= count
    assert all(start <= change.at for change in changes)
    assert all(change.before.valid_until == change.at == change.after.valid_from for change in changes)
    assert [change.before for change in changes[1:]] == [change.after for change in changes[:-1]]


def test_a_zone_that_the_database_does_not_name_is_our_own_mistake() -> None:
    nowhere = Place("Europe/Lissabon", "")
    for ask in (
        lambda: TIMETABLE.rule(nowhere, NOW),
        lambda: TIMETABLE.transitions(nowhere, NOW, 1),
        lambda: TIMETABLE.local_time(nowhere, EPOCH),
    ):
        with pytest.raises(KeyError):
            ask()
