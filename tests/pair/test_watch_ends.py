"""How a watch ends, in memory: it is left, it is replaced, or the connection goes."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred

from socketspeak.client import ConnectionLost, NoAnswerInTime, NoSuchPlace, ServerClosing, Tick, Watch
from tests.pair.pump import Pair, error_of, outcome_of
from tests.pair.watchers import Seen, is_ticking, pass_seconds, taken

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
