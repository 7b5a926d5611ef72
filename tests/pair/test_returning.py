"""A watch that comes back after its connection was lost, in memory and by a turned clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred, fail

from socketspeak.client import (
    CannotConnect,
    CertificateRefused,
    Client,
    ConnectionLost,
    EncryptionFailed,
    LoginFailed,
    Lost,
    NoAnswerInTime,
    NoSuchPlace,
    ProtocolBroken,
    ServerClosing,
    SeveralPlaces,
    SocketSpeakError,
    Tick,
    TooManyRequests,
    Watching,
    connect,
)
from tests.kit.world import NOON
from tests.pair.pump import Pair, error_of, outcome_of

NS = 1_000_000_000
DOWN = CannotConnect("cannot connect: nobody listens")


class Rig:
    """A server that can be down, and somebody who watches it, whatever happens."""

    def __init__(self, *places: str, jitter: float = 0.5, down: SocketSpeakError | None = None) -> None:
        self.pair = Pair()
        self.down = down
        self.attempts: list[float] = []
        self.seen: list[Tick | Lost] = []
        self.watching = Watching(
            self._again, *(places or ("tokyo",)), clock=self.pair.clock, jitter=lambda: jitter
        )
        self.running = Deferred.fromCoroutine(self._run())

    def _again(self) -> Deferred[Client]:
        self.attempts.append(self.pair.clock.seconds())
        return connect(self.pair.endpoint) if self.down is None else fail(self.down)

    async def _run(self) -> None:
        async with self.watching as events:
            async for event in events:
                self.seen.append(event)

    def pass_time(self, seconds: float, step: float = 0.5) -> None:
        for _ in range(round(seconds / step)):
            self.pair.settle(step)

    def lose(self) -> None:
        """The connection breaks."""
        self.pair.ends[1].abortConnection()
        self.pair.settle()

    @property
    def seconds(self) -> list[int]:
        """The seconds after noon at which there were ticks."""
        return [event.clocks[0].unix_ns // NS - NOON for event in self.seen if isinstance(event, Tick)]

    @property
    def lost(self) -> list[Lost]:
        return [event for event in self.seen if isinstance(event, Lost)]

    def leave(self) -> None:
        """Whoever watches stops; what that comes to is of no interest any more."""
        self.running.addErrback(lambda _: None).cancel()
        self.pair.settle(1)


@pytest.fixture
def rigs() -> Iterator[Callable[..., Rig]]:
    made: list[Rig] = []

    def make(*places: str, **more: Any) -> Rig:
        made.append(Rig(*places, **more))
        return made[-1]

    yield make
    for each in made:
        each.leave()


@pytest.fixture
def rig(rigs: Callable[..., Rig]) -> Rig:
    return rigs()


def test_after_a_lost_connection_it_comes_back_and_watches_the_same_again(rig: Rig) -> None:
    rig.pass_time(2)
    rig.lose()
    rig.pass_time(4)
    assert rig.seconds == [1, 2, 4, 5, 6]
    (lost,) = rig.lost
    assert isinstance(lost.why, ConnectionLost)
    assert lost.seconds == 1


def test_it_waits_twice_as_long_after_each_failure_and_half_a_minute_at_most(rig: Rig) -> None:
    rig.pass_time(2)
    rig.down = DOWN
    rig.lose()
    rig.pass_time(130)
    assert [lost.seconds for lost in rig.lost] == [1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert rig.attempts[1:] == [3, 5, 9, 17, 33, 63, 93, 123]
    assert {lost.why for lost in rig.lost[1:]} == {DOWN}


def test_a_tick_begins_the_count_anew_and_a_mere_connection_does_not(rig: Rig) -> None:
    rig.pass_time(2)
    for _ in range(2):  # it comes back, and is lost before it ticks
        rig.lose()
        rig.pass_time(rig.lost[-1].seconds, 0.125)
    rig.pass_time(2)
    rig.lose()
    assert [lost.seconds for lost in rig.lost] == [1, 2, 1]


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 0.5), (0.999, 1.499)])
def test_it_waits_up_to_half_as_long_more_or_less(jitter: float, seconds: float) -> None:
    rig = Rig(jitter=jitter)
    rig.pass_time(2)
    rig.lose()
    assert rig.lost[0].seconds == pytest.approx(seconds)


def test_a_server_that_falls_silent_is_left_after_ten_seconds(rig: Rig) -> None:
    rig.pass_time(2)
    first = rig.pair.ends[1]
    for _ in range(21):
        rig.pair.clock.advance(0.5)  # and nothing is carried over
    assert rig.lost == []
    rig.pair.clock.advance(0.5)
    assert isinstance(rig.lost[0].why, NoAnswerInTime)
    rig.pair.settle()
    assert first.lost
    rig.pass_time(3)
    assert len(rig.seconds) > 2


@pytest.mark.parametrize(
    "wrong",
    [
        ServerClosing(421, "too many connections"),
        EncryptionFailed("the server has closed the connection instead"),
        TooManyRequests(452),
        NoAnswerInTime(10),
    ],
)
def test_what_may_mend_itself_is_tried_again(rig: Rig, wrong: SocketSpeakError) -> None:
    rig.pass_time(1)
    rig.down = wrong
    rig.lose()
    rig.pass_time(1)
    rig.down = None
    rig.pass_time(4)
    assert [lost.why for lost in rig.lost[1:]] == [wrong]
    assert len(rig.seconds) > 1


@pytest.mark.parametrize(
    "wrong",
    [
        LoginFailed(535),
        NoSuchPlace(550),
        SeveralPlaces(350),
        CertificateRefused("it expired"),
        ProtocolBroken("it speaks of mail"),
    ],
)
def test_what_cannot_be_expected_to_mend_itself_is_raised(rig: Rig, wrong: SocketSpeakError) -> None:
    rig.pass_time(1)
    rig.down = wrong
    rig.lose()
    rig.pass_time(1)
    assert error_of(rig.running) is wrong


@pytest.mark.parametrize("wrong", [DOWN, ServerClosing(421)])
def test_what_keeps_the_first_connection_from_coming_about_is_raised(
    rigs: Callable[..., Rig], wrong: SocketSpeakError
) -> None:
    assert error_of(rigs(down=wrong).running) is wrong


def test_what_keeps_the_first_watch_from_coming_about_is_raised_and_the_connection_closed(
    rigs: Callable[..., Rig],
) -> None:
    rig = rigs("lisbom")
    rig.pass_time(1)
    assert isinstance(error_of(rig.running), NoSuchPlace)
    assert all(end.lost for end in rig.pair.ends)


# --- Leaving ------------------------------------------------------------------------------------------------


def test_who_leaves_it_closes_the_connection(rig: Rig) -> None:
    rig.pass_time(2)
    rig.running.cancel()
    rig.pair.settle()
    assert isinstance(error_of(rig.running), CancelledError)
    assert all(end.lost for end in rig.pair.ends)


def test_who_leaves_while_it_waits_leaves_no_timer_behind(rig: Rig) -> None:
    rig.pass_time(1)
    rig.down = DOWN
    rig.lose()
    rig.running.cancel()
    assert isinstance(error_of(rig.running), CancelledError)
    assert outcome_of(Deferred.fromCoroutine(rig.watching.aclose())) is None
    assert rig.pair.clock.getDelayedCalls() == []


def test_it_is_over_after_it_was_closed(rig: Rig) -> None:
    rig.pass_time(1)
    rig.running.cancel()
    rig.pair.settle()
    assert isinstance(error_of(Deferred.fromCoroutine(rig.watching.__anext__())), StopAsyncIteration)


def test_what_cannot_be_asked_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="no place was given"):
        Watching(lambda: fail(DOWN), clock=Pair().clock)
