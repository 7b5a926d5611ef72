"""TRANSITIONS, as the contract has it."""

from __future__ import annotations

import json

import pytest

from tests.kit.world import Talk

USAGE = "usage: TRANSITIONS place [FROM date] [COUNT n]\n"


def test_the_next_two_transitions_have_a_line_each() -> None:
    assert Talk().tell(b"TRANSITIONS lisbon") == (
        "253-2027-03-28T01:00:00Z +00:00 WET +01:00 WEST Europe/Lisbon; "
        "Sunday, 28 March 2027: at 01:00 the clocks in Lisbon go forward 1 h to 02:00\n"
        "253 2027-10-31T01:00:00Z +01:00 WEST +00:00 WET Europe/Lisbon; "
        "Sunday, 31 October 2027: at 02:00 the clocks in Lisbon go back 1 h to 01:00\n"
    )


@pytest.mark.parametrize(
    "options", ["FROM 2026-03-29 COUNT 3", "COUNT 3 FROM 2026-03-29", "count 3 from 2026-03-29"]
)
def test_from_is_midnight_utc_and_stands_before_or_behind_count(options: str) -> None:
    said = Talk().tell(f"TRANSITIONS lisbon {options}".encode()).splitlines()
    assert [line[4:24] for line in said] == [
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2027-03-28T01:00:00Z",
    ]


def test_a_transition_at_midnight_utc_belongs_to_the_date_that_begins_with_it() -> None:
    assert Talk().tell(b"TRANSITIONS Asia/Tehran FROM 2022-09-21 COUNT 1")[4:24] == "2022-09-21T19:30:00Z"
    assert Talk().tell(b"TRANSITIONS lisbon FROM 1912-01-01 COUNT 1")[4:24] == "1912-01-01T00:00:00Z"


def test_a_change_of_the_rule_alone_is_told_as_such() -> None:
    assert Talk().tell(b"TRANSITIONS America/Vancouver FROM 2026-10-01 COUNT 1") == (
        "253 2026-11-01T09:00:00Z -07:00 PDT -07:00 MST America/Vancouver; Sunday, 1 November 2026: "
        "at 02:00 the clocks in Vancouver stay as they are, and show MST in place of PDT\n"
    )


def test_a_change_that_clocks_do_not_show_is_told_as_one_of_the_rule() -> None:
    assert Talk().tell(b"TRANSITIONS Africa/Casablanca FROM 2018-10-01 COUNT 1") == (
        "253 2018-10-28T02:00:00Z +01:00 +01 +01:00 +01 Africa/Casablanca; Sunday, 28 October 2018: "
        "at 03:00 the clocks in Casablanca stay as they are, their rule changes\n"
    )


def test_a_transition_to_another_date_says_which() -> None:
    assert Talk().tell(b"TRANSITIONS Pacific/Apia FROM 2011-12-01 COUNT 1") == (
        "253 2011-12-30T10:00:00Z -10:00 -10 +14:00 +14 Pacific/Apia; Friday, 30 December 2011: "
        "at 00:00 the clocks in Apia go forward 24 h to Saturday, 31 December 2011, 00:00\n"
    )
    assert "; Sunday, 18 February 2018: at 00:00 the clocks in São Paulo go back 1 h to " in Talk().tell(
        b"TRANSITIONS sao paulo FROM 2018-01-01 COUNT 1"
    )


def test_offsets_that_have_seconds_are_written_with_them() -> None:
    said = Talk().tell(b"TRANSITIONS lisbon FROM 1912-01-01 COUNT 1")
    assert " -00:36:45 LMT +00:00 WET " in said
    assert (
        " at 23:23:15 the clocks in Lisbon go forward 36 min 45 s to Monday, 1 January 1912, 00:00\n" in said
    )


@pytest.mark.parametrize(("place", "zone"), [("tokyo", "Asia/Tokyo"), ("UTC+5:30", "UTC+05:30")])
def test_a_place_that_has_none_more_is_told_so_in_one_line(place: str, zone: str) -> None:
    said = Talk().tell(f"TRANSITIONS {place}".encode())
    assert said.startswith(f"253 none {zone}; ")
    assert said.endswith(": no change of the clocks is known from Monday, 23 November 2026 on\n")


def test_json_has_the_contract_s_keys_and_the_kind() -> None:
    talk = Talk()
    talk.tell(b"FORMAT JSON")
    found = json.loads(talk.tell(b"TRANSITIONS lisbon FROM 2027-01-01 COUNT 1"))
    assert found == {
        "code": 253,
        "transitions": [
            {
                "at": "2027-03-28T01:00:00Z",
                "unixtime": 1_806_195_600,
                "zone": "Europe/Lisbon",
                "kind": "gap",
                "from": {"offset_seconds": 0, "abbreviation": "WET", "dst": False},
                "to": {"offset_seconds": 3600, "abbreviation": "WEST", "dst": True},
            }
        ],
        "zone": "Europe/Lisbon",
        "place": "Lisbon",
        "since": "2027-01-01T00:00:00Z",
    }
    kinds = json.loads(talk.tell(b"TRANSITIONS America/Vancouver FROM 2025-11-01 COUNT 3"))["transitions"]
    assert [each["kind"] for each in kinds] == ["fold", "gap", "rule"]
    assert json.loads(talk.tell(b"TRANSITIONS tokyo")) == {
        "code": 253,
        "transitions": [],
        "zone": "Asia/Tokyo",
        "place": "Tokyo",
        "since": "2026-11-23T18:04:05Z",
        "message": "Tokyo: no change of the clocks is known from Monday, 23 November 2026 on",
    }


def test_one_to_a_hundred_can_be_asked_for() -> None:
    assert Talk().tell(b"TRANSITIONS lisbon COUNT 1").count("\n") == 1
    assert Talk().tell(b"TRANSITIONS lisbon COUNT 100").count("\n") == 100
    for count in ("0", "101", "1000", "-1", "1.5", "2 3", "9" * 500):
        said = Talk().tell(f"TRANSITIONS lisbon COUNT {count}".encode())
        assert said.startswith("501 ")
        assert said.endswith(" is no number for COUNT: 1 to 100 are\n")


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("lisbon FROM tomorrow", f"501 tomorrow is no date for FROM: YYYY-MM-DD is; {USAGE}"),
        ("lisbon FROM 1.1.2026", f"501 1.1.2026 is no date for FROM: YYYY-MM-DD is; {USAGE}"),
        ("lisbon FROM 2026-02-30", "553 no such date: 2026-02-30\n"),
        ("lisbon FROM", f"501 nothing is behind FROM; {USAGE}"),
        ("lisbon COUNT many", "501 many is no number for COUNT: 1 to 100 are\n"),
        ("lisbon COUNT 3 FROM tomorrow", f"501 tomorrow is no date for FROM: YYYY-MM-DD is; {USAGE}"),
        ("lisbon COUNT 3 COUNT 3", f"501 COUNT is given twice; {USAGE}"),
        ("FROM 2026-01-01", f"501 a place is missing; {USAGE}"),
        ("lisbon, paris", f"501 lisbon, paris is more than one place; {USAGE}"),
        ("lisbom COUNT 3", "550 no such place: lisbom (near: lisbon)\n"),
    ],
)
def test_what_is_wrong_says_which_part_and_what_is_allowed(argument: str, why: str) -> None:
    assert Talk().tell(f"TRANSITIONS {argument}".encode()) == why


def test_transitions_ask_no_source() -> None:
    talk = Talk()
    talk.tell(b"TRANSITIONS lisbon")
    assert talk.asked == []
