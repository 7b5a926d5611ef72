"""Watching in memory, by a turned clock: ticks as they come, and who leaves, is slow, or is replaced."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from itertools import cycle
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred

from socketspeak.client import (
    ConnectionLost,
    NoAnswerInTime,
    NoSuchPlace,
    ServerClosing,
    SeveralPlaces,
    Tick,
    Watch,
)
from socketspeak.client.ticks import KEPT_TICKS, Ticks
from tests.kit.world import NOON
from tests.pair.pump import Pair, error_of, outcome_of

NS = 1_000_000_000


@pytest.fixture
def pair() -> Pair:
    return Pair()


class Seen:
    """What came of an iteration: the seconds after noon of its ticks, and how it ended."""

    def __init__(self, ticks: AsyncIterator[Tick], most: int = 1_000) -> None:
        self.ticks: list[Tick] = []
        self.running = Deferred.fromCoroutine(self._run(ticks, most))

    async def _run(self, ticks: AsyncIterator[Tick], most: int) -> None:
        async for tick in ticks:
            self.ticks.append(tick)
            if len(self.ticks) == most:
                break

    @property
    def seconds(self) -> list[int]:
        return [tick.clocks[0].unix_ns // NS - NOON for tick in self.ticks]


def taken(watch: Watch) -> Tick:
    """The next tick, which is there."""
    tick = outcome_of(anext(watch))
    assert isinstance(tick, Tick)
    return tick


def is_ticking(pair: Pair) -> bool:
    """Whether the server ticks for anybody."""
    calls: Sequence[Any] = pair.clock.getDelayedCalls()
    return any(getattr(call.func, "__self__", None) is pair.desk.ticker for call in calls)


def pass_seconds(pair: Pair, seconds: int) -> None:
    for _ in range(seconds):
        pair.settle(1)


# --- As they come -------------------------------------------------------------------------------------------


def test_a_tick_comes_each_second_with_a_clock_for_each_place(pair: Pair) -> None:
    seen = Seen(pair.client.watch("tokyo", "Europe/Lisbon"))
    pass_seconds(pair, 3)
    assert seen.seconds == [1, 2, 3]
    tokyo, lisbon = seen.ticks[0].clocks
    assert (tokyo.place, tokyo.offset, lisbon.zone) == ("Tokyo", 32_400, "Europe/Lisbon")
    assert tokyo.unix_ns == lisbon.unix_ns
    assert tokyo.unix_ns % NS == 0
    assert (seen.ticks[0].skipped, seen.ticks[0].disturbed) == (0, None)


def test_a_tick_comes_as_seldom_as_is_wanted(pair: Pair) -> None:
    seen = Seen(pair.client.watch("tokyo", every=5))
    pass_seconds(pair, 12)
    assert seen.seconds == [1, 6, 11]


def test_other_questions_are_answered_between_the_ticks(pair: Pair) -> None:
    seen = Seen(pair.client.watch("tokyo"))
    pass_seconds(pair, 2)
    assert pair.result(pair.client.time("lisbon"))[0].zone == "Europe/Lisbon"
    status, ping = pair.client.status(), pair.client.ping()
    pass_seconds(pair, 2)
    assert outcome_of(status).version == "1.0.0"  # type: ignore[union-attr]
    assert ping.called
    assert seen.seconds == [1, 2, 3, 4]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_however_the_octets_are_cut_ticks_and_answers_stay_apart(sizes: list[int]) -> None:
    pair = Pair(sizes=cycle(sizes))
    seen = Seen(pair.client.watch("tokyo", "lisbon"))
    pass_seconds(pair, 1)
    answers = [pair.client.time(zone) for zone in ("Asia/Tokyo", "Europe/Lisbon")]
    pass_seconds(pair, 2)
    assert seen.seconds == [1, 2, 3]
    assert [pair.result(each)[0].zone for each in answers] == ["Asia/Tokyo", "Europe/Lisbon"]


@pytest.mark.parametrize(("place", "kind"), [("lisbom", NoSuchPlace), ("San Jose", SeveralPlaces)])
def test_what_names_no_one_place_is_raised_where_the_first_tick_is_awaited(
    pair: Pair, place: str, kind: type[Exception]
) -> None:
    watch = pair.client.watch(place)
    pair.settle()
    assert isinstance(error_of(anext(watch)), kind)
    assert pair.result(pair.client.ping()) is None
    assert not is_ticking(pair)
    assert pair.desk.counts.requests == 3  # FORMAT, WATCH and PING


def test_ticks_come_in_the_language_that_is_asked_for_meanwhile(pair: Pair) -> None:
    seen = Seen(pair.client.watch("tokyo"))
    pass_seconds(pair, 1)
    pair.result(pair.client.language("pt-BR"))
    pass_seconds(pair, 1)
    assert [tick.clocks[0].place for tick in seen.ticks] == ["Tokyo", "Tóquio"]


# --- Who is slow --------------------------------------------------------------------------------------------


def test_of_ticks_that_nobody_takes_a_few_are_kept_and_the_rest_is_counted(pair: Pair) -> None:
    watch = pair.client.watch("tokyo")
    pass_seconds(pair, 10)
    ticks = [taken(watch) for _ in range(KEPT_TICKS)]
    assert [tick.skipped for tick in ticks] == [10 - KEPT_TICKS, 0, 0, 0]
    waiting = anext(watch)
    pass_seconds(pair, 1)
    assert outcome_of(waiting).clocks[0].unix_ns // NS == NOON + 11  # type: ignore[union-attr]


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 0, 0, 0, 1, 2, 6])), max_size=40))
@example([(2, 0)] * 8)
def test_of_ticks_taken_and_counted_none_is_lost(turns: list[tuple[int, int]]) -> None:
    ticks = Ticks(0, lambda: True, pytest.fail)
    came = told = 0
    for skipped, takes in turns:
        ticks.ticked(Tick((), skipped))
        came += 1 + skipped
        for _ in range(takes):
            next_one = ticks.next(lambda: None)
            if not next_one.called:
                next_one.addErrback(lambda failure: failure.trap(CancelledError)).cancel()
                break
            told += 1 + outcome_of(next_one).skipped  # type: ignore[union-attr]
    ticks.end()
    while isinstance(tick := outcome_of(ticks.next(lambda: None)), Tick):
        told += 1 + tick.skipped
    assert told == came


# --- Who leaves ---------------------------------------------------------------------------------------------


async def closing(watch: Watch) -> None:
    async with aclosing(watch) as ticks:
        async for _ in ticks:
            break


async def within(watch: Watch) -> None:
    async with watch as ticks:
        async for _ in ticks:
            break


@pytest.mark.parametrize("left", [closing, within])
def test_a_watch_that_is_left_is_ended_at_once_and_the_connection_goes_on(pair: Pair, left: Any) -> None:
    for _ in range(2):
        leaving = Deferred.fromCoroutine(left(pair.client.watch("tokyo")))
        pass_seconds(pair, 1)
        assert outcome_of(leaving) is None
        assert not is_ticking(pair)
    assert pair.result(pair.client.ping()) is None


def test_a_watch_whose_loop_is_left_and_that_nobody_has_is_ended_with_the_next_tick(pair: Pair) -> None:
    seen = Seen(pair.client.watch("tokyo"), most=2)
    pass_seconds(pair, 2)
    outcome_of(seen.running)
    assert is_ticking(pair)
    pass_seconds(pair, 1)
    assert not is_ticking(pair)


def test_an_iteration_that_is_cancelled_ends_the_watch(pair: Pair) -> None:
    seen = Seen(pair.client.watch("tokyo"))
    pass_seconds(pair, 2)
    seen.running.cancel()
    assert isinstance(error_of(seen.running), CancelledError)
    pair.settle()
    assert not is_ticking(pair)


def test_after_it_was_closed_nothing_comes_not_even_what_was_kept(pair: Pair) -> None:
    watch = pair.client.watch("tokyo")
    pass_seconds(pair, 2)
    watch.aclose()
    pair.clock.pump([1] * 3)  # ticks are on their way while the UNWATCH is
    pair.settle()
    assert isinstance(error_of(anext(watch)), StopAsyncIteration)
    assert not is_ticking(pair)
    watch.aclose()
    pair.settle()
    assert pair.desk.counts.requests == 3  # FORMAT, WATCH and UNWATCH


def test_a_watch_that_is_closed_before_it_has_begun_never_ticks(pair: Pair) -> None:
    watch = pair.client.watch("tokyo")
    waiting = anext(watch)
    watch.aclose()
    assert isinstance(error_of(waiting), StopAsyncIteration)
    pass_seconds(pair, 2)
    assert not is_ticking(pair)


# --- One watch a connection ---------------------------------------------------------------------------------


def test_a_second_watch_replaces_the_first_whose_iteration_ends(pair: Pair) -> None:
    first = Seen(pair.client.watch("tokyo"))
    pass_seconds(pair, 2)
    second = Seen(pair.client.watch("lisbon", "paris"))
    pass_seconds(pair, 2)
    assert outcome_of(first.running) is None
    assert (first.seconds, second.seconds) == ([1, 2], [3, 4])


def test_what_the_first_has_kept_is_still_given(pair: Pair) -> None:
    first = pair.client.watch("tokyo")
    pass_seconds(pair, 2)
    pair.client.watch("lisbon")
    pair.settle()
    assert [taken(first).clocks[0].zone for _ in range(2)] == ["Asia/Tokyo"] * 2
    assert isinstance(error_of(anext(first)), StopAsyncIteration)


def test_a_second_watch_that_fails_leaves_the_first_as_it_is(pair: Pair) -> None:
    first = Seen(pair.client.watch("tokyo"))
    pass_seconds(pair, 1)
    second = pair.client.watch("lisbom")
    pass_seconds(pair, 2)
    assert isinstance(error_of(anext(second)), NoSuchPlace)
    assert first.seconds == [1, 2, 3]


@pytest.mark.parametrize("place", ["lisbon", "lisbom"])
def test_who_leaves_the_first_does_not_end_the_second(pair: Pair, place: str) -> None:
    first = pair.client.watch("tokyo")
    pass_seconds(pair, 1)
    second = Seen(pair.client.watch(place))
    first.aclose()
    pass_seconds(pair, 3)
    assert is_ticking(pair) == (place == "lisbon")
    assert second.seconds == ([2, 3, 4] if place == "lisbon" else [])
    second.running.addErrback(lambda failure: failure.trap(NoSuchPlace))


def test_who_leaves_the_second_before_it_has_begun_ends_both(pair: Pair) -> None:
    first = Seen(pair.client.watch("tokyo"))
    pass_seconds(pair, 1)
    pair.client.watch("lisbon").aclose()
    pass_seconds(pair, 2)
    assert outcome_of(first.running) is None
    assert not is_ticking(pair)


def test_two_cannot_await_the_same_tick(pair: Pair) -> None:
    watch = pair.client.watch("tokyo")
    waiting = anext(watch)
    with pytest.raises(RuntimeError, match="awaited already"):
        anext(watch)
    pass_seconds(pair, 1)
    assert outcome_of(waiting).skipped == 0  # type: ignore[union-attr]


# --- Endings ------------------------------------------------------------------------------------------------


def test_what_ends_the_connection_is_raised_after_the_ticks_that_came_before(pair: Pair) -> None:
    watch = pair.client.watch("tokyo")
    pass_seconds(pair, 1)
    pair.ends[1].abortConnection()
    pair.settle()
    assert taken(watch).clocks[0].zone == "Asia/Tokyo"
    for _ in range(2):
        assert isinstance(error_of(anext(watch)), ConnectionLost)
    assert isinstance(error_of(anext(pair.client.watch("tokyo"))), ConnectionLost)


def test_who_waits_while_the_server_stops_is_told_so(pair: Pair) -> None:
    waiting = anext(pair.client.watch("tokyo"))
    pair.settle()
    draining = pair.register.drain(5)
    pair.clock.pump([0.01] * 3)
    pair.settle()
    assert isinstance(error_of(waiting), ServerClosing)
    assert outcome_of(draining) is None


@pytest.mark.parametrize("every", [1, 10])
def test_a_tick_that_is_late_by_more_than_the_timeout_is_not_waited_for(pair: Pair, every: int) -> None:
    watch = pair.client.watch("tokyo", every=every, timeout=3)
    pair.settle(1)
    assert isinstance(taken(watch), Tick)
    waiting = anext(watch)
    pair.clock.advance(every + 2.9)  # and nothing is carried over
    assert not waiting.called
    pair.clock.advance(0.2)
    assert isinstance(error_of(waiting), NoAnswerInTime)
    pair.settle()
    assert not is_ticking(pair)


def test_a_server_that_does_not_begin_in_time_is_not_waited_for(pair: Pair) -> None:
    watch = pair.client.watch("tokyo", every=60, timeout=3)
    waiting = anext(watch)
    pair.clock.advance(3.1)
    assert str(error_of(waiting)) == "no answer within 3 s"
    pass_seconds(pair, 2)
    assert not is_ticking(pair)
    assert isinstance(error_of(anext(watch)), NoAnswerInTime)
