"""MEET, as the contract has it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.world import Talk

USAGE = "usage: MEET place, place[, …] [HOURS 09:00-17:00] [ON date]\n"


def spans(line: str) -> list[str]:
    """What is said, without codes and phrases."""
    return [each[4:].partition(";")[0] for each in Talk().tell(line.encode()).splitlines()]


def test_a_span_has_a_line_for_each_place_with_its_utc_and_its_local_ends() -> None:
    assert Talk().tell(b"MEET sao paulo, lisbon") == (
        "254-2026-11-23T12:00:00Z 2026-11-23T17:00:00Z America/Sao_Paulo "
        "2026-11-23T09:00:00-03:00 2026-11-23T14:00:00-03:00 inside=yes; "
        "São Paulo: Monday, 23 November 2026, 09:00 to 14:00\n"
        "254 2026-11-23T12:00:00Z 2026-11-23T17:00:00Z Europe/Lisbon "
        "2026-11-23T12:00:00+00:00 2026-11-23T17:00:00+00:00 inside=yes; "
        "Lisbon: Monday, 23 November 2026, 12:00 to 17:00\n"
    )


def test_the_day_is_the_first_place_s_and_today_unless_it_is_given() -> None:
    assert spans("MEET tokyo, seoul")[0].startswith("2026-11-24T00:00:00Z 2026-11-24T08:00:00Z Asia/Tokyo ")
    assert spans("MEET Pacific/Honolulu, Pacific/Pago_Pago")[0].startswith("2026-11-23T20:00:00Z ")
    assert spans("MEET tokyo, seoul ON 2026-03-01")[0].startswith("2026-03-01T00:00:00Z ")


def test_across_the_date_line_each_place_is_told_its_own_date() -> None:
    auckland, honolulu = spans("MEET Pacific/Auckland, Pacific/Honolulu HOURS 8-18 ON 2026-12-01")
    utc = "2026-11-30T19:00:00Z 2026-12-01T04:00:00Z"
    assert (
        auckland == f"{utc} Pacific/Auckland 2026-12-01T08:00:00+13:00 2026-12-01T17:00:00+13:00 inside=yes"
    )
    assert (
        honolulu == f"{utc} Pacific/Honolulu 2026-11-30T09:00:00-10:00 2026-11-30T18:00:00-10:00 inside=yes"
    )


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ("9-17", ["09:00:00Z 2026-12-01T16:00:00Z"]),
        ("09:00-17:00", ["09:00:00Z 2026-12-01T16:00:00Z"]),
        ("9:30 - 10:45", ["09:30:00Z 2026-12-01T09:45:00Z"]),
        ("22:00-06:00", ["00:00:00Z 2026-12-01T05:00:00Z", "22:00:00Z 2026-12-02T00:00:00Z"]),
        ("00:00-24:00", ["00:00:00Z 2026-12-02T00:00:00Z"]),
    ],
)
def test_hours_are_those_of_each_place_s_wall_clock_and_may_go_over_midnight(
    hours: str, found: list[str]
) -> None:
    for options in (f"HOURS {hours} ON 2026-12-01", f"ON 2026-12-01 HOURS {hours}"):
        lines = spans(f"MEET lisbon, paris {options}")
        assert [line.split(" Europe")[0][11:] for line in lines[::2]] == found
        assert [line.split(" Europe")[0] for line in lines[::2]] == [
            line.split(" Europe")[0] for line in lines[1::2]
        ]


def test_a_span_over_midnight_says_both_dates() -> None:
    said = Talk().tell(b"MEET lisbon, london HOURS 0-24 ON 2026-12-01")
    assert said.endswith("; London: Tuesday, 1 December 2026, 00:00 to Wednesday, 2 December 2026, 00:00\n")
    outside = Talk().tell(b"MEET UTC, UTC-1 HOURS 23-24 ON 2026-12-01").splitlines()[0]
    spoken = "Tuesday, 1 December 2026, 23:30 to Wednesday, 2 December 2026, 00:30, outside of the hours"
    assert outside.endswith(f"; UTC: {spoken}")


def test_a_span_that_ends_where_the_clocks_change_ends_by_the_offset_before() -> None:
    assert spans("MEET lisbon, london HOURS 0-1 ON 2026-03-29")[0].split()[-3:-1] == [
        "2026-03-29T00:00:00+00:00",
        "2026-03-29T01:00:00+00:00",
    ]


def test_where_no_time_suits_all_the_least_bad_hour_says_who_is_outside_of_the_hours() -> None:
    lines = Talk().tell(b"MEET sao paulo, tokyo, lisbon").splitlines()
    assert [line.partition(";")[0][-30:].split("00 ")[-1] for line in lines] == [
        "inside=no compromise=yes",
        "inside=no compromise=yes",
        "inside=yes compromise=yes",
    ]
    assert [line.endswith(", outside of the hours") for line in lines] == [True, True, False]


def test_json_has_the_contract_s_keys() -> None:
    talk = Talk()
    talk.tell(b"FORMAT JSON")
    assert json.loads(talk.tell(b"MEET tokyo, lisbon HOURS 9-18")) == {
        "code": 254,
        "slots": [],
        "compromise": {
            "start": "2026-11-24T08:30:00Z",
            "end": "2026-11-24T09:30:00Z",
            "local": [
                {
                    "zone": "Asia/Tokyo",
                    "place": "Tokyo",
                    "start": "2026-11-24T17:30:00+09:00",
                    "end": "2026-11-24T18:30:00+09:00",
                    "inside": False,
                },
                {
                    "zone": "Europe/Lisbon",
                    "place": "Lisbon",
                    "start": "2026-11-24T08:30:00+00:00",
                    "end": "2026-11-24T09:30:00+00:00",
                    "inside": False,
                },
            ],
            "out": ["Asia/Tokyo", "Europe/Lisbon"],
        },
    }
    found = json.loads(talk.tell(b"MEET lisbon, london"))
    assert (found["compromise"], len(found["slots"]), len(found["slots"][0]["local"])) == (None, 1, 2)
    assert (found["slots"][0]["start"], found["slots"][0]["end"]) == (
        "2026-11-23T09:00:00Z",
        "2026-11-23T17:00:00Z",
    )


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("lisbon", f"501 a meeting takes two places at least; {USAGE}"),
        ("lisbon HOURS 9-17", f"501 a meeting takes two places at least; {USAGE}"),
        ("lisbon, , paris", "501 a place is missing between the commas\n"),
        ("lisbon, lisbom", "550 no such place: lisbom (near: lisbon)\n"),
        ("HOURS 9-17", f"501 a place is missing; {USAGE}"),
        (
            "lisbon, paris HOURS nine-to-five",
            "501 nine-to-five is no span of hours for HOURS: 09:00-17:00, 9-17 or 22:00-06:00 are\n",
        ),
        ("lisbon, paris HOURS", f"501 nothing is behind HOURS; {USAGE}"),
        ("lisbon, paris HOURS 9-25", "553 no such time of day: 25:00, they go from 00:00:00 to 23:59:59\n"),
        ("lisbon, paris ON friday", f"501 friday is no date for ON: YYYY-MM-DD is; {USAGE}"),
        ("lisbon, paris ON 2026-02-30", "553 no such date: 2026-02-30\n"),
        ("lisbon, paris ON 2026-02-03 ON 2026-02-03", f"501 ON is given twice; {USAGE}"),
        (
            "Pacific/Apia, paris ON 2011-12-30",
            "553 no such date in Apia: 2011-12-30, its clocks skipped that day\n",
        ),
        (
            "tokyo, paris ON 0001-01-01",
            "553 that instant is outside of the years 0001 to 9999, in Tokyo or in UTC\n",
        ),
    ],
)
def test_what_is_wrong_says_which_part_and_what_is_allowed(argument: str, why: str) -> None:
    assert Talk().tell(f"MEET {argument}".encode()) == why


def test_a_hundred_places_can_meet_and_no_line_grows_with_their_number() -> None:
    said = Talk().tell(b"MEET 1" + b",2,8,9" * 33).splitlines()
    assert len(said) % 100 == 0
    assert max(map(len, said)) < 250


@given(
    st.lists(st.integers(1, 17), min_size=2, max_size=5), st.integers(0, 23), st.integers(0, 24), st.dates()
)
def test_all_are_inside_of_the_hours_in_a_span_and_somebody_is_not_in_a_compromise(
    numbers: list[int], start: int, end: int, day: object
) -> None:
    talk = Talk()
    talk.tell(b"FORMAT JSON")
    places = ", ".join(map(str, numbers))
    found = json.loads(talk.tell(f"MEET {places} HOURS {start}-{end} ON {day}".encode()))
    if found["code"] == 553:
        return
    assert bool(found["slots"]) == (found["compromise"] is None)
    for slot in found["slots"]:
        assert all(local["inside"] for local in slot["local"])
    if found["compromise"] is not None:
        assert {local["zone"] for local in found["compromise"]["local"] if not local["inside"]} == set(
            found["compromise"]["out"]
        )
        assert found["compromise"]["out"]
