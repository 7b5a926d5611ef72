"""The client asks the real server to reckon with local times, in memory: convert, difference, and so on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from socketspeak.client import (
    Change,
    Client,
    Difference,
    NoAnswerInTime,
    NoSuchDate,
    NoSuchPlace,
    ProtocolBroken,
    SeveralPlaces,
    Shown,
    connect,
    datetime_of,
    spans_of,
)
from socketspeak.client.requesting import DEFAULT_CHANGES
from socketspeak.language.arguments import USUAL_CHANGES
from tests.client.loopback import GREETING, SWITCHED, scripted, to_port
from tests.kit.world import NOON
from tests.pair.pump import Pair, error_of, slow_pair

WET, WEST = Shown(0, "WET", False), Shown(3600, "WEST", True)


@pytest.fixture
def pair() -> Pair:
    return Pair()


# --- Conversions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["2026-03-28 15:00", "2026-03-28T15:00", datetime(2026, 3, 28, 15)])
def test_a_local_time_is_converted_to_every_target_in_order(pair: Pair, when: str | datetime) -> None:
    found = pair.result(pair.client.convert(when, "lisbon", "tokyo", "new york"))
    shown = [datetime_of(clock).isoformat() for clock in (found.source, *found.targets)]
    assert shown == ["2026-03-28T15:00:00+00:00", "2026-03-29T00:00:00+09:00", "2026-03-28T11:00:00-04:00"]
    assert (found.gap, found.second) == (False, None)


@pytest.mark.parametrize("when", ["15:00", time(15)])
def test_a_time_of_day_is_today_s_in_the_source(pair: Pair, when: str | time) -> None:
    found = pair.result(pair.client.convert(when, "tokyo", "UTC"))
    assert datetime_of(found.source).isoformat() == "2026-11-24T15:00:00+09:00"
    assert datetime_of(found.targets[0]).isoformat() == "2026-11-24T06:00:00+00:00"


def test_now_is_the_instant_at_which_it_is_asked(pair: Pair) -> None:
    found = pair.result(pair.client.convert("now", "tokyo", "lisbon"))
    assert {clock.unix_ns // 10**9 for clock in (found.source, *found.targets)} == {NOON}


def test_a_time_that_does_not_exist_is_moved_forward_and_marked(pair: Pair) -> None:
    found = pair.result(pair.client.convert("2026-03-29 01:30", "lisbon", "tokyo"))
    assert found.gap
    assert datetime_of(found.source).isoformat() == "2026-03-29T02:30:00+01:00"


def test_a_time_that_comes_twice_is_the_first_and_the_second_is_told_of(pair: Pair) -> None:
    found = pair.result(pair.client.convert("2026-10-25 01:30", "lisbon", "tokyo"))
    assert found.second is not None
    assert datetime_of(found.source).isoformat() == "2026-10-25T01:30:00+01:00"
    assert datetime_of(found.second).isoformat() == "2026-10-25T01:30:00+00:00"
    assert datetime_of(found.targets[0]) == datetime_of(found.source)


def test_a_point_of_the_earth_is_a_place_to_the_client(pair: Pair) -> None:
    asked = pair.client.difference("-23.55,-46.63", "UTC")
    assert pair.ends[0].unsent.endswith(b"DIFF -23.55,-46.63 TO UTC\r\n")
    asked.addErrback(lambda _: None)  # what becomes of it depends on what is installed
    pair.settle()


# --- Differences, transitions, meetings ---------------------------------------------------------------------


def test_a_difference_tells_both_zones_and_by_how_much_the_second_is_ahead(pair: Pair) -> None:
    there = pair.result(pair.client.difference("são paulo", "tokyo"))
    back = pair.result(pair.client.difference("tokyo", "são paulo"))
    assert there == Difference(43_200, "America/Sao_Paulo", "Asia/Tokyo", "São Paulo", "Tokyo")
    assert back.seconds == -43_200


def test_the_next_transitions_are_two_unless_another_number_is_wanted(pair: Pair) -> None:
    found = pair.result(pair.client.transitions("lisbon"))
    assert (found.zone, found.place, found.since) == ("Europe/Lisbon", "Lisbon", NOON)
    assert found.changes == (Change(1_806_195_600, WET, WEST), Change(1_824_944_400, WEST, WET))
    assert DEFAULT_CHANGES == USUAL_CHANGES
    assert len(pair.result(pair.client.transitions("lisbon", count=5)).changes) == 5


def test_transitions_may_be_wanted_from_a_date_on(pair: Pair) -> None:
    found = pair.result(pair.client.transitions("lisbon", date(1992, 9, 27), 1))
    assert datetime_of(found.changes[0]).isoformat() == "1992-09-27T02:00:00+01:00"
    assert pair.result(pair.client.transitions("tokyo", date(2026, 1, 1))).changes == ()


def test_a_meeting_is_when_all_are_inside_their_hours(pair: Pair) -> None:
    asked = pair.client.meeting("lisbon", "são paulo", day=date(2026, 11, 24))
    (slot,) = pair.result(asked).slots
    assert [(start.isoformat(), end.isoformat()) for start, end in spans_of(slot)] == [
        ("2026-11-24T12:00:00+00:00", "2026-11-24T17:00:00+00:00"),
        ("2026-11-24T09:00:00-03:00", "2026-11-24T14:00:00-03:00"),
    ]


def test_a_meeting_may_have_hours_of_its_own_and_is_today_without_a_day(pair: Pair) -> None:
    (slot,) = pair.result(pair.client.meeting("lisbon", "paris", hours=(time(8, 30), time(10)))).slots
    assert [start.isoformat() for start, _ in spans_of(slot)] == [
        "2026-11-23T08:30:00+00:00",
        "2026-11-23T09:30:00+01:00",
    ]
    assert slot.end - slot.start == 1800


def test_where_no_time_suits_all_there_is_a_compromise_that_tells_who_is_out(pair: Pair) -> None:
    found = pair.result(pair.client.meeting("tokyo", "lisbon", "são paulo", day=date(2026, 11, 24)))
    assert found.slots == ()
    assert found.compromise is not None
    assert found.compromise.end - found.compromise.start == 3600
    assert [local.zone for local in found.compromise.local] == [
        "Asia/Tokyo",
        "Europe/Lisbon",
        "America/Sao_Paulo",
    ]
    assert not all(local.inside for local in found.compromise.local)


# --- Failures -----------------------------------------------------------------------------------------------

Asking = Callable[[Client, str], Deferred[Any]]
ASKING: list[Asking] = [
    lambda client, place: client.convert("now", place, "tokyo"),
    lambda client, place: client.convert("now", "tokyo", "UTC", place),
    lambda client, place: client.difference(place, "tokyo"),
    lambda client, place: client.transitions(place),
    lambda client, place: client.meeting("tokyo", place),
]


@pytest.mark.parametrize("ask", ASKING)
def test_a_place_that_is_none_fails_its_request_with_suggestions(pair: Pair, ask: Asking) -> None:
    with pytest.raises(NoSuchPlace) as caught:
        pair.result(ask(pair.client, "lisbom"))
    assert "lisbon" in caught.value.suggestions
    pair.result(pair.client.ping())


@pytest.mark.parametrize("ask", ASKING)
def test_several_places_come_as_a_choice(pair: Pair, ask: Asking) -> None:
    with pytest.raises(SeveralPlaces) as caught:
        pair.result(ask(pair.client, "US"))
    assert len(caught.value.entries) > 1


def test_a_day_that_a_place_has_skipped_fails_as_no_such_date(pair: Pair) -> None:
    with pytest.raises(NoSuchDate):
        pair.result(pair.client.meeting("Pacific/Apia", "tokyo", day=date(2011, 12, 30)))


def test_a_question_that_takes_too_long_fails_alone() -> None:
    pair = slow_pair(None)
    late = pair.client.convert("now", "tokyo", "lisbon", timeout=0.1)
    patient = pair.client.convert("now", "tokyo", "lisbon")
    pair.settle(seconds=0.2)
    assert isinstance(error_of(late), NoAnswerInTime)
    for _ in range(2):  # sessions ask their source one question after the other
        pair.settle(seconds=1.0)
    assert pair.result(patient).source.zone == "Asia/Tokyo"


@pytest.mark.parametrize("ask", ASKING)
def test_what_cannot_be_asked_raises_at_once_and_nothing_is_sent(pair: Pair, ask: Asking) -> None:
    with pytest.raises(ValueError, match="comma"):
        ask(pair.client, "tokyo,lisbon")
    assert pair.ends[0].unsent == b""
    pair.result(pair.client.ping())


CLOCK = (
    b'{"datetime":"2026-11-23T15:04:05.123456-03:00","zone":"America/Sao_Paulo","abbreviation":"-03",'
    b'"utc_offset":"-03:00","offset_seconds":-10800,"dst":false,"unixtime":1795457045.123456,'
    b'"error_bound":0.004,"source":"timeapi","age":null,"asked":null,"place":"Recife","country":"BR"}'
)
CONVERSION = b'{"code":252,"from":' + CLOCK + b',"to":[],"gap":false,"fold":false,"second":null}\r\n'
DIFFERENCE = b'{"code":252,"difference_seconds":43200,"from":"America/Sao_Paulo","to":"Asia/Tokyo"}\r\n'
SLOT = b'{"start":"2026-11-23T12:00:00Z","end":"2026-11-23T13:00:00Z","local":[]}'
SLOTS = b'{"code":254,"slots":[' + SLOT + b'],"compromise":null}\r\n'


@pytest.mark.parametrize(
    ("answer", "ask", "said"),
    [
        (CONVERSION, ASKING[0], "it converts to 1 places with 0 clocks"),
        (DIFFERENCE, ASKING[0], "a 252 that was not asked for"),
        (CONVERSION, ASKING[2], "a 252 that was not asked for"),
        (SLOTS, ASKING[3], "a 254 that was not asked for"),
        (SLOTS, ASKING[4], "it has 2 places meet with 0 clocks"),
    ],
)
async def test_an_answer_to_something_else_ends_the_connection(answer: bytes, ask: Asking, said: str) -> None:
    async with scripted(GREETING + SWITCHED, b"", answer) as server:
        client = await connect(to_port(server.port))
        asked, behind = ask(client, "são paulo"), client.ping()
        for pending in (asked, behind):
            with pytest.raises(ProtocolBroken, match=said):
                await pending
        await server.ended
        await client.close()


async def test_what_the_contract_promises_is_enough_for_a_difference() -> None:
    async with scripted(GREETING + SWITCHED, b"", DIFFERENCE) as server:
        client = await connect(to_port(server.port))
        found = await client.difference("são paulo", "tokyo")
        assert (found.seconds, found.target_place) == (43_200, "Asia/Tokyo")
        client.close().addErrback(lambda _: None).cancel()
        await server.ended
