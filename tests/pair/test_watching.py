"""Watching in memory, by a turned clock: ticks as they come, and who is slow to take them."""

from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError

from socketspeak.client import NoSuchPlace, SeveralPlaces, Tick
from socketspeak.client.ticks import KEPT_TICKS, Ticks
from tests.kit.world import NOON
from tests.pair.pump import Pair, error_of, outcome_of
from tests.pair.watchers import NS, Seen, is_ticking, pass_seconds, taken

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
