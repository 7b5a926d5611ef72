"""Many questions at once: answered in order, each to who asked, however the octets are cut."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, cycle, repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from socketspeak.client import Client, Entry, NoAnswerInTime, NoSuchPlace, SeveralPlaces
from tests.kit.desk import calls_left
from tests.kit.world import the_setting
from tests.pair.pump import WHOLE, Pair, error_of, outcome_of, slow_pair

ZONES = tuple(place.zone for place in the_setting().menu)


def test_a_hundred_requests_at_once_are_answered_each_with_its_own() -> None:
    pair = Pair()
    asked = [ZONES[at % len(ZONES)] for at in range(100)]
    answers = [pair.client.time(zone) for zone in asked]
    pair.settle()
    assert [outcome_of(answer)[0].zone for answer in answers] == asked  # type: ignore[index]


def test_requests_are_sent_when_they_are_made_and_not_when_they_are_awaited() -> None:
    pair = Pair()
    pair.client.time("tokyo")
    pair.client.ping()
    assert pair.ends[0].unsent == b"TIME tokyo\r\nPING\r\n"


def test_answers_come_in_order_where_a_source_is_slow_for_the_first() -> None:
    pair = slow_pair(0.3)
    order: list[str] = []
    slow = pair.client.time("Asia/Tokyo").addCallback(lambda clocks: order.append(clocks[0].source))
    quick = pair.client.ping().addCallback(lambda _: order.append("ping"))
    pair.settle()
    assert order == []
    pair.settle(0.3)
    assert order == ["lab", "ping"]
    assert slow.called
    assert quick.called


def test_a_failure_among_many_fails_its_own_request_only() -> None:
    pair = Pair()
    answers = [pair.client.time(place) for place in ("tokyo", "lisbom", "US", "lisbon")]
    pair.settle()
    kinds = [type(outcome_of(answer.addErrback(lambda failure: failure.value))) for answer in answers]
    assert kinds == [tuple, NoSuchPlace, SeveralPlaces, tuple]


def test_a_cancelled_request_keeps_its_place_and_its_answer_is_dropped() -> None:
    pair = Pair()
    first, second, third = (pair.client.time(place) for place in ("tokyo", "lisbon", "cairo"))
    second.cancel()
    assert isinstance(error_of(second), CancelledError)
    assert pair.result(third)[0].zone == "Africa/Cairo"
    assert pair.result(first)[0].zone == "Asia/Tokyo"


def test_a_request_that_takes_too_long_fails_alone_and_its_late_answer_is_dropped() -> None:
    pair = slow_pair(0.5)
    hasty = pair.client.time("tokyo", timeout=0.2)
    patient = pair.client.time("lisbon", timeout=5)
    pair.settle(0.2)
    error = error_of(hasty)
    assert isinstance(error, NoAnswerInTime)
    assert isinstance(error, TimeoutError)
    assert str(error) == "no answer within 0.2 s"
    pair.settle(0.3)
    pair.settle(0.5)
    assert pair.result(patient)[0].zone == "Europe/Lisbon"
    assert pair.client.time("tokyo", timeout=1) is not None
    pair.settle()
    assert calls_left(pair.clock) == []


def test_one_who_asks_again_from_within_an_answer_is_answered() -> None:
    pair = Pair()

    def again(_clocks: object) -> Deferred[tuple[Entry, ...]]:
        return pair.client.list("JP")

    assert pair.result(pair.client.time("tokyo").addCallback(again))[0].zone == "Asia/Tokyo"


# --- However the octets are cut -----------------------------------------------------------------------------

QUESTIONS: dict[str, Any] = {
    "one place": lambda client: client.time("tokyo"),
    "places": lambda client: client.time("São Paulo", "UTC+5:30", "Asia/Calcutta"),
    "no place": lambda client: client.time("lisbom"),
    "a choice": lambda client: client.time("US"),
    "areas": lambda client: client.list(),
    "country": lambda client: client.list("BR"),
    "find": lambda client: client.find("san"),
    "status": lambda client: client.status().addCallback(lambda status: replace(status, counts={})),
    "ping": lambda client: client.ping(),
}


def answers_to(questions: list[str], sizes: list[int]) -> list[object]:
    """What is answered where the octets go in pieces of these sizes, over and over."""
    pair = Pair(sizes=chain(repeat(WHOLE) if not sizes else cycle(sizes)))
    asked: list[Deferred[object]] = [_asked(pair.client, question) for question in questions]
    pair.settle()
    return [outcome_of(answer) for answer in asked]


def _asked(client: Client, question: str) -> Deferred[object]:
    answer: Deferred[object] = QUESTIONS[question](client)
    return answer.addErrback(_as_a_value)


def _as_a_value(failure: Failure) -> object:
    return type(failure.value), getattr(failure.value, "args", ())


@given(
    st.lists(st.sampled_from(sorted(QUESTIONS)), max_size=6),
    st.lists(st.integers(1, 300), min_size=1, max_size=20),
)
def test_any_cutting_of_both_streams_gives_the_same_answers(questions: list[str], sizes: list[int]) -> None:
    assert answers_to(questions, sizes) == answers_to(questions, [])


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_one_octet_at_a_time_gives_the_same_answer(question: str) -> None:
    assert answers_to([question], [1]) == answers_to([question], [])
