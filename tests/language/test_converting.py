"""CONVERT and DIFF, as the contract has them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from socketspeak.language.arguments import MOST_SPLITS
from socketspeak.language.conversation import Conversation
from socketspeak.zones.values import Found, Lacking, Several, Unknown
from tests.kit.world import Talk, the_setting, the_voices, the_world

Answer = Found | Several | Unknown | Lacking

CONVERT_USAGE = "usage: CONVERT when place TO place[, place …]\n"
DIFF_USAGE = "usage: DIFF place TO place\n"


def told(line: str) -> list[str]:
    """What is said, without codes and phrases."""
    return [each[4:].partition(";")[0] for each in Talk().tell(line.encode()).splitlines()]


def in_json(line: str) -> dict[str, object]:
    """The object that is said."""
    talk = Talk()
    talk.tell(b"FORMAT JSON")
    found = json.loads(talk.tell(line.encode()))
    assert isinstance(found, dict)
    return found


# --- CONVERT ------------------------------------------------------------------------------------------------


def test_a_conversion_has_a_line_for_its_source_and_one_for_each_target() -> None:
    assert Talk().tell("CONVERT 2026-07-01 15:00 lisbon TO tokyo, são paulo".encode()) == (
        "252-2026-07-01T15:00:00.000+01:00 Europe/Lisbon WEST dst=yes within=0ms via=embedded; "
        "Wednesday, 1 July 2026, 15:00:00 in Lisbon\n"
        "252-2026-07-01T23:00:00.000+09:00 Asia/Tokyo JST dst=no within=0ms via=embedded; "
        "Wednesday, 1 July 2026, 23:00:00 in Tokyo\n"
        "252 2026-07-01T11:00:00.000-03:00 America/Sao_Paulo -03 dst=no within=0ms via=embedded; "
        "Wednesday, 1 July 2026, 11:00:00 in São Paulo\n"
    )


@pytest.mark.parametrize("when", ["2026-07-01 15:00", "2026-07-01T15:00:00", "2026-07-01t15:00"])
def test_date_and_time_are_separated_by_a_space_or_a_t(when: str) -> None:
    assert told(f"CONVERT {when} lisbon TO tokyo")[0].startswith("2026-07-01T15:00:00.000+01:00 ")


def test_a_time_without_a_date_is_today_s_at_the_source() -> None:
    assert told("CONVERT 00:30 Asia/Tokyo TO UTC-10")[0].startswith("2026-11-24T00:30:00.000+09:00 ")
    assert told("CONVERT 00:30 UTC-10 TO Asia/Tokyo")[0].startswith("2026-11-23T00:30:00.000-10:00 ")


def test_now_is_the_agreed_clock_s_reading_by_the_sources_rules() -> None:
    talk = Talk()
    converted = talk.tell(b"CONVERT NOW lisbon TO tokyo")
    assert converted.replace("252", "250") == talk.tell(b"TIME lisbon, tokyo")
    assert next((ask.zones, ask.wait, ask.keep) for ask in talk.asked) == (
        ("Europe/Lisbon", "Asia/Tokyo"),
        True,
        False,
    )


def test_a_given_time_needs_no_source() -> None:
    talk = Talk()
    talk.tell(b"CONVERT 12:00 lisbon TO tokyo")
    assert talk.asked == []


def test_a_time_in_a_gap_is_moved_forward_by_the_gap_and_says_so_at_the_source() -> None:
    source, target = told("CONVERT 2026-03-29 01:30 lisbon TO Etc/UTC")
    assert (
        source == "2026-03-29T02:30:00.000+01:00 Europe/Lisbon WEST dst=yes within=0ms via=embedded gap=yes"
    )
    assert target == "2026-03-29T01:30:00.000+00:00 Etc/UTC UTC dst=no within=0ms via=embedded"


def test_a_time_that_comes_twice_is_the_first_and_tells_of_the_second_behind_all_else() -> None:
    source, target = told("CONVERT 2026-10-25 01:30 lisbon TO Etc/UTC")
    assert source.endswith(" WEST dst=yes within=0ms via=embedded fold=first second=+00:00")
    assert target.startswith("2026-10-25T00:30:00.000+00:00 ")
    assert told("CONVERT 2026-11-01 01:30 US/Eastern TO UTC")[0].endswith(
        " via=embedded asked=US/Eastern fold=first second=-05:00"
    )


def test_json_has_the_clock_of_the_other_occurrence() -> None:
    found = in_json("CONVERT 2026-10-25 01:30 lisbon TO tokyo")
    assert (found["code"], found["gap"], found["fold"]) == (252, False, True)
    assert isinstance(found["from"], dict)
    assert isinstance(found["second"], dict)
    assert (found["from"]["datetime"], found["from"]["error_bound"]) == (
        "2026-10-25T01:30:00.000000+01:00",
        0.0,
    )
    assert found["second"]["datetime"] == "2026-10-25T01:30:00.000000+00:00"
    assert found["second"]["unixtime"] - found["from"]["unixtime"] == 3600
    gap = in_json("CONVERT 2026-03-29 01:30 lisbon TO tokyo")
    assert (gap["gap"], gap["fold"], gap["second"]) == (True, False, None)


def test_offsets_that_have_seconds_are_written_with_them() -> None:
    assert told("CONVERT 1960-01-01 12:00 Africa/Monrovia TO UTC")[0].startswith(
        "1960-01-01T12:00:00.000-00:44:30 Africa/Monrovia MMT "
    )


def test_the_calendar_s_ends_are_converted_and_what_is_beyond_them_is_refused_with_the_place() -> None:
    assert told("CONVERT 0001-01-01 00:00 Etc/UTC TO UTC+1")[1].startswith("0001-01-01T01:00:00.000+01:00 ")
    assert told("CONVERT 0001-01-01 00:00 Etc/UTC TO Etc/UTC")[1].startswith("0001-01-01T00:00:00.000+00:00 ")
    assert told("CONVERT 9999-12-31 23:59:59 Etc/UTC TO Etc/UTC")[1].startswith(
        "9999-12-31T23:59:59.000+00:00 "
    )
    assert told("CONVERT 9999-12-31 23:59:59 Etc/UTC TO UTC-1")[1].startswith(
        "9999-12-31T22:59:59.000-01:00 "
    )
    for line, place in {
        "CONVERT 9999-12-31 23:59:59 Etc/UTC TO UTC-1, UTC+1": "UTC+01:00",
        "CONVERT 0001-01-01 00:00 Etc/UTC TO UTC-1": "UTC-01:00",
        "CONVERT 0001-01-01 00:00 UTC+1 TO Etc/UTC": "UTC+01:00",
    }.items():
        said = Talk().tell(line.encode())
        assert said == f"553 that instant is outside of the years 0001 to 9999, in {place} or in UTC\n"


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("2026-02-30 10:00", "no such date: 2026-02-30"),
        ("0000-01-01 10:00", "no such date: 0000-01-01, years go from 0001 to 9999"),
        ("25:00", "no such time of day: 25:00, they go from 00:00:00 to 23:59:59"),
        ("2026-02-28 24:00", "no such time of day: 24:00, they go from 00:00:00 to 23:59:59"),
        ("12:60", "no such time of day: 12:60, they go from 00:00:00 to 23:59:59"),
        ("2016-12-31 23:59:60", "no such time of day: 23:59:60, leap seconds are not told"),
    ],
)
def test_what_no_calendar_has_is_553_and_says_which_part(when: str, why: str) -> None:
    assert Talk().tell(f"CONVERT {when} lisbon TO tokyo".encode()) == f"553 {why}\n"


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("noon lisbon TO tokyo", "noon is no time: now, 15:00, 15:00:30 or 2026-11-23 15:00 are"),
        ("2026-11-23 lisbon TO tokyo", "a time of day is missing behind 2026-11-23"),
        ("15:00", "a place is missing"),
        ("15:00 TO tokyo", "a place is missing"),
        ("15:00 lisbon TO", "a place is missing"),
        ("15:00 lisbon", "TO and a place are missing behind lisbon"),
        ("15:00 lisbon, paris TO tokyo", "lisbon, paris is more than one place"),
    ],
)
def test_what_is_no_conversion_is_501_and_says_which_part_and_what_is_allowed(
    argument: str, why: str
) -> None:
    assert Talk().tell(f"CONVERT {argument}".encode()) == f"501 {why}; {CONVERT_USAGE}"


def test_places_fail_as_they_do_in_time() -> None:
    for places in ("lisbom TO tokyo", "lisbon TO tokyo, lisbom", "99 TO tokyo", "lisbon TO tokyo,"):
        failed = Talk().tell(f"CONVERT 15:00 {places}".encode())
        assert failed == Talk().tell(f"TIME {places.replace(' TO ', ', ')}".encode())
        assert failed.startswith("5")
    talk = Talk()
    assert talk.tell(b"CONVERT 15:00 lisbon TO Brazil") == Talk().tell(b"TIME Brazil")
    assert talk.tell(b"CONVERT 15:00 lisbon TO 1").startswith("252-")


def test_numbers_of_the_list_are_places() -> None:
    assert [line.split()[1] for line in told("CONVERT 15:00 1 TO 2, 8")] == [
        "America/Sao_Paulo",
        "America/Maceio",
        "Europe/Lisbon",
    ]


class WithTrinidadToTobago:
    """The world's atlas, and one more place, of which the name holds the word TO."""

    def __init__(self) -> None:
        atlas = the_world().atlas
        self.find, self.near, self.areas, self.listing = atlas.find, atlas.near, atlas.areas, atlas.listing

    def resolve(self, text: str, unix_seconds: int) -> Answer:
        known = "America/Port_of_Spain" if text == "Trinidad to Tobago" else text
        return the_world().atlas.resolve(known, unix_seconds)


@pytest.mark.parametrize(
    ("places", "zones"),
    [
        ("Trinidad to Tobago TO Lisbon", ["America/Port_of_Spain", "Europe/Lisbon"]),
        ("Lisbon TO Trinidad to Tobago", ["Europe/Lisbon", "America/Port_of_Spain"]),
        ("Trinidad to Tobago TO Trinidad to Tobago", ["America/Port_of_Spain", "America/Port_of_Spain"]),
    ],
)
def test_where_a_name_holds_the_word_to_places_are_split_so_that_all_are_known(
    places: str, zones: list[str]
) -> None:
    setting = replace(the_setting(), gazetteer=WithTrinidadToTobago())
    talk = Talk(Conversation(setting, the_voices()["TEXT"]))
    assert talk.tell(f"DIFF {places}".encode()).partition(";")[0].split()[2:] == zones
    converted = talk.tell(f"CONVERT 15:00 {places}".encode()).splitlines()
    assert [line[4:].split()[1] for line in converted] == zones


def test_where_no_split_makes_sense_the_first_says_why() -> None:
    assert Talk().tell(b"DIFF lisbon TO tokyo TO paris") == "550 no such place: tokyo TO paris\n"


def test_of_many_splits_only_a_few_are_tried() -> None:
    tried: list[str] = []

    class Counting(WithTrinidadToTobago):
        def resolve(self, text: str, unix_seconds: int) -> Answer:
            tried.append(text)
            return super().resolve(text, unix_seconds)

    talk = Talk(Conversation(replace(the_setting(), gazetteer=Counting()), the_voices()["TEXT"]))
    assert talk.tell(b"DIFF lisbon" + b" to" * 300 + b" x").startswith("550 ")
    assert len(tried) <= 2 * MOST_SPLITS


def test_points_are_places_though_they_hold_a_comma() -> None:
    said = Talk().tell(b"CONVERT 12:00 -23.55,-46.63 TO 35.68N, 139.69E, lisbon")
    assert said.count("252") == 3 or said.startswith("502 -23.55,-46.63: ")


# --- DIFF ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ("sao paulo TO tokyo", "+12:00 America/Sao_Paulo Asia/Tokyo; Tokyo is 12 h ahead of São Paulo"),
        ("tokyo to sao paulo", "-12:00 Asia/Tokyo America/Sao_Paulo; São Paulo is 12 h behind Tokyo"),
        ("tokyo TO kolkata", "-03:30 Asia/Tokyo Asia/Kolkata; Kolkata is 3 h 30 min behind Tokyo"),
        ("lisbon TO london", "+00:00 Europe/Lisbon Europe/London; London and Lisbon show the same time"),
        (
            "lisbon TO UTC+0:00:15",
            "+00:00:15 Europe/Lisbon UTC+00:00:15; UTC+00:00:15 is 15 s ahead of Lisbon",
        ),
        ("UTC-23 TO UTC+23:30", "+46:30 UTC-23:00 UTC+23:30; UTC+23:30 is 46 h 30 min ahead of UTC-23:00"),
    ],
)
def test_a_difference_is_that_of_the_offsets_now(places: str, said: str) -> None:
    assert Talk().tell(f"DIFF {places}".encode()) == f"252 {said}\n"


def test_a_difference_asks_the_sources_as_time_does() -> None:
    talk = Talk()
    talk.tell(b"DIFF lisbon TO tokyo")
    assert [(ask.zones, ask.wait) for ask in talk.asked] == [(("Europe/Lisbon", "Asia/Tokyo"), True)]


def test_a_difference_in_json_has_the_contract_s_keys() -> None:
    assert in_json("DIFF sao paulo TO tokyo") == {
        "code": 252,
        "difference_seconds": 43_200,
        "from": "America/Sao_Paulo",
        "to": "Asia/Tokyo",
        "from_place": "São Paulo",
        "to_place": "Tokyo",
    }


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("lisbon", "TO and a place are missing behind lisbon"),
        ("lisbon TO", "a place is missing"),
        ("lisbon TO tokyo, paris", "tokyo, paris is more than one place"),
    ],
)
def test_what_is_no_difference_is_501_with_the_usage(argument: str, why: str) -> None:
    assert Talk().tell(f"DIFF {argument}".encode()) == f"501 {why}; {DIFF_USAGE}"
