"""The engine's rules where zones are odd, at the ends of time, and over damaged or changing files."""

from __future__ import annotations

import shutil
import struct
from itertools import islice, pairwise
from pathlib import Path

import pytest
import whenever
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.zones.database import DatabaseError
from socketspeak.zones.engine import FIRST_SECOND, LAST_SECOND, SAME_CLOCK_SECONDS, Engine
from tests.zones.installed import DATABASE, ENGINE, NOW

YEAR_1, YEAR_9999 = -62_135_596_800, 253_402_300_799


def unix(text: str) -> int:
    return whenever.Instant.parse_iso(text).timestamp()


@pytest.mark.parametrize(
    ("zone", "at", "offset", "abbreviation", "dst"),
    [
        pytest.param(
            "America/Sao_Paulo", "2026-11-23T18:04:05Z", -10800, "-03", False, id="as in the contract"
        ),
        pytest.param(
            "America/Vancouver", "2026-11-23T18:04:05Z", -25200, "MST", False, id="stale on old hosts"
        ),
        pytest.param("Europe/Dublin", "2026-01-15T00:00:00Z", 0, "GMT", True, id="DST in winter"),
        pytest.param("Europe/Dublin", "2026-07-15T00:00:00Z", 3600, "IST", False, id="none in summer"),
        pytest.param(
            "Africa/Monrovia", "1972-01-07T00:44:29Z", -2670, "MMT", False, id="seconds in the offset"
        ),
        pytest.param("Africa/Monrovia", "1972-01-07T00:44:30Z", 0, "GMT", False, id="and then none"),
        pytest.param("Antarctica/Troll", "2026-07-15T00:00:00Z", 7200, "+02", True, id="two hours of DST"),
        pytest.param(
            "Australia/Lord_Howe", "2026-12-15T00:00:00Z", 39600, "+11", True, id="half an hour of DST"
        ),
        pytest.param("Australia/Lord_Howe", "2026-07-15T00:00:00Z", 37800, "+1030", False, id="and without"),
        pytest.param(
            "Pacific/Kiritimati", "2026-11-23T18:04:05Z", 50400, "+14", False, id="the first to midnight"
        ),
        pytest.param(
            "Pacific/Chatham", "2026-12-15T00:00:00Z", 49500, "+1345", True, id="quarters of an hour"
        ),
        pytest.param("Africa/Casablanca", "2026-03-01T00:00:00Z", 0, "+00", True, id="Ramadan"),
        pytest.param("Asia/Calcutta", "2026-11-23T18:04:05Z", 19800, "IST", False, id="a link"),
    ],
)
def test_a_zone_shows_what_its_law_says(
    zone: str, at: str, offset: int, abbreviation: str, dst: bool
) -> None:
    rule = ENGINE.rule(zone, unix(at))
    assert (rule.zone, rule.offset, rule.abbreviation, rule.dst) == (zone, offset, abbreviation, dst)


def test_a_rule_says_from_when_until_when_it_holds() -> None:
    rule = ENGINE.rule("Europe/Lisbon", NOW)
    assert (rule.valid_from, rule.valid_until) == (unix("2026-10-25T01:00:00Z"), unix("2027-03-28T01:00:00Z"))
    assert rule.source == "embedded"


def test_a_rule_begins_with_the_very_second_of_its_transition() -> None:
    spring = unix("2027-03-28T01:00:00Z")
    assert ENGINE.rule("Europe/Lisbon", spring).valid_from == spring
    assert ENGINE.rule("Europe/Lisbon", spring - 1).valid_until == spring


def test_a_change_that_leaves_the_offset_alone_ends_a_rule() -> None:
    changes = list(ENGINE.transitions("America/Vancouver", unix("2026-10-01T00:00:00Z"), NOW))
    assert [(change.at, change.kind) for change in changes] == [(unix("2026-11-01T09:00:00Z"), "rule")]
    assert (changes[0].before.abbreviation, changes[0].after.abbreviation) == ("PDT", "MST")


def test_transitions_less_than_a_week_apart_are_both_found() -> None:
    start, end = unix("1910-01-01T00:00:00Z"), unix("2030-01-01T00:00:00Z")
    steps = [b.at - a.at for z in DATABASE.names for a, b in pairwise(ENGINE.transitions(z, start, end))]
    assert min(steps) < 7 * 86_400


def test_a_zone_that_never_changed_has_a_rule_without_ends() -> None:
    rule = ENGINE.rule("Etc/GMT+5", NOW)
    assert (rule.offset, rule.valid_from, rule.valid_until) == (-18_000, None, None)


def test_transitions_come_in_order_with_their_kinds_and_join_up() -> None:
    start, end = unix("2027-03-28T01:00:00Z"), unix("2028-03-26T01:00:00Z")
    changes = list(ENGINE.transitions("Europe/Lisbon", start, end))
    assert [(change.at, change.kind) for change in changes] == [
        (start, "gap"),
        (unix("2027-10-31T01:00:00Z"), "fold"),
    ]
    assert changes[0].after == changes[1].before == ENGINE.rule("Europe/Lisbon", start)
    assert [change.at for change in ENGINE.transitions("Europe/Lisbon", start, end + 1)][-1] == end


def test_transitions_end_with_time_itself() -> None:
    changes = list(ENGINE.transitions("America/Sao_Paulo", YEAR_1, 10**12))
    assert changes[-1].at == unix("2019-02-17T02:00:00Z")
    assert list(ENGINE.transitions("Europe/Lisbon", LAST_SECOND, 10**12)) == []


def test_transitions_end_also_where_the_last_day_of_all_has_one(tmp_path: Path) -> None:
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = b"TZif2" + bytes(15) + counts + bytes(6) + b"AAA\0"
    (tmp_path / "Odd").write_bytes(block + block + b"\nAAA0BBB,J1/0,J365/12\n")
    engine = Engine(str(tmp_path), ["Odd"])
    changes = list(islice(engine.transitions("Odd", unix("9998-06-01T00:00:00Z"), 10**12), 9))
    assert [change.after.abbreviation for change in changes] == ["AAA", "BBB"]


@given(st.sampled_from(DATABASE.names), st.integers(YEAR_1, YEAR_9999))
def test_every_second_of_the_years_1_to_9999_is_in_the_rule_that_is_given_for_it(
    zone: str, second: int
) -> None:
    rule = ENGINE.rule(zone, second)
    assert rule.covers(second)
    assert abs(rule.offset) < 86_400


@given(st.sampled_from(DATABASE.names), st.integers())
def test_the_end_of_a_rule_is_the_beginning_of_the_next(zone: str, second: int) -> None:
    rule = ENGINE.rule(zone, second)
    if rule.valid_until is not None:
        following = ENGINE.rule(zone, rule.valid_until)
        assert following.valid_from == rule.valid_until
        assert (following.offset, following.abbreviation, following.dst) != (
            rule.offset,
            rule.abbreviation,
            rule.dst,
        )


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Europe/Lisbon", "Africa/Monrovia"])
def test_beyond_the_calendar_the_rule_at_its_end_is_given(zone: str) -> None:
    for end, beyond in ((FIRST_SECOND, YEAR_1), (FIRST_SECOND, -(10**18)), (LAST_SECOND, YEAR_9999)):
        assert ENGINE.rule(zone, beyond) == ENGINE.rule(zone, end)
    assert ENGINE.rule(zone, 10**18) == ENGINE.rule(zone, LAST_SECOND)


def test_the_rule_at_hand_is_given_again_as_long_as_it_holds() -> None:
    rule = ENGINE.rule("Europe/Lisbon", NOW)
    assert ENGINE.rule("Europe/Lisbon", NOW + 3600) is rule
    assert ENGINE.rule("Europe/Lisbon", NOW + 182 * 86_400) != rule
    assert ENGINE.rule("Europe/Lisbon", NOW) == rule


@pytest.mark.parametrize(
    "name", ["Europe/Lissabon", "europe/lisbon", "", "posixrules", "../etc/passwd", "/etc/hosts"]
)
def test_what_the_database_does_not_name_is_no_zone(name: str) -> None:
    with pytest.raises(KeyError):
        ENGINE.rule(name, NOW)
    with pytest.raises(KeyError):
        next(ENGINE.transitions(name, NOW, NOW))
    with pytest.raises(KeyError):
        ENGINE.same_clock(["Europe/Lisbon", name], NOW)


@pytest.mark.parametrize(
    ("zones", "same"),
    [
        (["Europe/Berlin"], True),
        (["Europe/Berlin", "Europe/Busingen"], True),
        (["Europe/Berlin", "Europe/Busingen", "Europe/Rome"], True),
        (["Europe/Berlin", "Europe/Busingen", "Europe/Lisbon"], False),
        (["Europe/Berlin", "Africa/Algiers"], False),  # the same today, and not in summer
        (["Europe/London", "Africa/Abidjan"], False),
        (["Europe/London", "Europe/Dublin"], True),  # with the DST flag the other way round
    ],
)
def test_clocks_are_the_same_if_they_agree_today_and_through_ten_years(zones: list[str], same: bool) -> None:
    assert ENGINE.same_clock(zones, NOW) is same


def test_a_new_abbreviation_alone_does_not_make_clocks_differ() -> None:
    october = unix(
        "2026-10-15T00:00:00Z"
    )  # Vancouver goes from PDT to MST in November, both seven hours behind
    assert ENGINE.rule("America/Vancouver", october).abbreviation == "PDT"
    assert ENGINE.same_clock(["America/Vancouver", "America/Phoenix"], october)


def test_a_difference_before_the_instant_does_not_make_clocks_differ() -> None:
    seoul, pyongyang = "Asia/Seoul", "Asia/Pyongyang"
    assert not ENGINE.same_clock([seoul, pyongyang], unix("2018-05-04T14:59:59Z"))
    assert ENGINE.same_clock([seoul, pyongyang], unix("2018-05-04T15:00:00Z"))
    assert not ENGINE.same_clock([seoul, pyongyang], unix("2018-05-04T15:00:00Z") - SAME_CLOCK_SECONDS)


def test_a_second_engine_leaves_the_first_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(DATABASE.directory, tmp_path, dirs_exist_ok=True)
    (tmp_path / "Europe" / "Lisbon").write_bytes(Path(DATABASE.directory, "Asia", "Tokyo").read_bytes())
    first = Engine(DATABASE.directory, DATABASE.names)
    second = Engine(str(tmp_path), DATABASE.names)
    shutil.rmtree(tmp_path)
    assert (first.rule("Europe/Lisbon", NOW).offset, second.rule("Europe/Lisbon", NOW).offset) == (0, 32_400)
    assert all(first.rule(name, NOW) == ENGINE.rule(name, NOW) for name in DATABASE.names)


def test_a_zone_without_a_file_is_not_taken_from_elsewhere(tmp_path: Path) -> None:
    shutil.copy(Path(DATABASE.directory, "UTC"), tmp_path)
    with pytest.raises(DatabaseError, match="no file Europe/Lisbon"):
        Engine(str(tmp_path), ["UTC", "Europe/Lisbon"])


@pytest.mark.parametrize("octets", [4, 44, 300, 1000])
def test_a_damaged_file_is_a_clear_error(tmp_path: Path, octets: int) -> None:
    (tmp_path / "Lisbon").write_bytes(Path(DATABASE.directory, "Europe", "Lisbon").read_bytes()[:octets])
    with pytest.raises(DatabaseError, match=r"the file Lisbon of the tz database in .* is damaged"):
        Engine(str(tmp_path), ["Lisbon"])


def test_two_files_whose_names_differ_in_case_alone_are_a_clear_error(tmp_path: Path) -> None:
    for name in ("Lisbon", "LISBON"):
        shutil.copy(Path(DATABASE.directory, "Europe", "Lisbon"), tmp_path / name)
    with pytest.raises(DatabaseError, match="holds both"):
        Engine(str(tmp_path), ["Lisbon", "LISBON"])


def test_all_aliases_are_shown_under_a_name_with_the_same_clock() -> None:
    instants = [
        NOW,
        *(unix(f"{year}-{month:02}-15T12:00:00Z") for year in range(1900, 2100, 9) for month in (1, 7)),
    ]
    for link in DATABASE.links:
        preferred = DATABASE.preferred(link)
        shown = [[ENGINE.rule(zone, at).offset for at in instants] for zone in (link, preferred)]
        assert shown[0] == shown[1], (link, preferred)
