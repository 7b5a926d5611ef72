"""The first process of several: whom it starts, replaces, tells and kills. Its workers are made of memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import implementer

from socketspeak.app.channel import FAILED, RELOAD, SERVING, STOP
from socketspeak.app.crew import SERVING as SERVES
from socketspeak.app.crew import Crew
from socketspeak.app.foreman import (
    HUNG_SECONDS,
    LAST_SECONDS,
    MOST_FAILURES,
    SOON_SECONDS,
    Foreman,
)
from socketspeak.app.supervisor import Supervisor
from socketspeak.limits.counts import Counts

GRACE = 3.0


class Running(Clock):
    """A reactor that runs, as far as a foreman sees."""

    def callWhenRunning(self, call: Any) -> None:
        call()


class Hand:
    """A worker."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.told: list[tuple[object, ...]] = []
        self.killed = False

    def tell(self, *words: object) -> None:
        self.told.append(words)

    def kill(self) -> None:
        self.killed = True


class Ports:
    """The ports."""

    said = ""

    def hold(self) -> None:
        self.said += "held "

    def let_go(self) -> Deferred[None]:
        self.said += "gone"
        done: Deferred[None] = Deferred()
        done.callback(None)
        return done


class Heard(Supervisor):
    """What systemd is told."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, {})
        self.words: list[str] = []

    def _tell(self, words: str) -> None:
        self.words.append(words)


class Hall:
    """A foreman of two, with all that it needs."""

    def __init__(self) -> None:
        self.clock = Running()
        self.crew = Crew(2, [], lambda: round(self.clock.seconds() * 1_000_000_000))
        self.ports, self.supervisor = Ports(), Heard(self.clock)
        self.hands: dict[int, list[Hand]] = {1: [], 2: []}
        self.good_moment = True
        self.gave_up = 0
        self.lines: list[str] = []
        self.foreman = Foreman(
            crew=self.crew,
            place=self.ports,
            start=self._start,
            ready_to_start=lambda: self.good_moment,
            reactor=self.clock,
            grace=lambda: GRACE,
            stopping=lambda: None,
            supervisor=self.supervisor,
            give_up=self._give_up,
        )
        self.foreman.privilegedStartService()
        self.foreman.startService()

    def _start(self, number: int, foreman: Foreman) -> Hand:
        self.hands[number].append(Hand(100 * number + len(self.hands[number])))
        return self.hands[number][-1]

    def _give_up(self) -> None:
        self.gave_up += 1

    def now(self, number: int) -> Hand:
        """Who holds a place, or did last."""
        return self.hands[number][-1]


@pytest.fixture
def hall() -> Iterator[Hall]:
    """A foreman whose two workers have been started."""
    made = Hall()

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        made.lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield made
    globalLogPublisher.removeObserver(observe)


def test_it_holds_the_ports_and_is_ready_when_all_serve(hall: Hall) -> None:
    assert hall.ports.said == "held "
    hall.foreman.heard(1, SERVING, [])
    assert hall.supervisor.words == []
    hall.foreman.heard(2, SERVING, [])
    hall.foreman.heard(2, SERVING, [])
    assert hall.supervisor.words == ["READY=1"]


def test_who_dies_is_replaced_after_a_breath_and_it_is_said(hall: Hall) -> None:
    hall.clock.advance(SOON_SECONDS)
    hall.foreman.ended(1, "was ended by SIGKILL")
    assert hall.lines == ["worker 1, process 100, was ended by SIGKILL: there will be another in 0.2 s"]
    hall.clock.advance(0.19)
    assert len(hall.hands[1]) == 1
    hall.clock.advance(0.02)
    assert (len(hall.hands[1]), len(hall.hands[2])) == (2, 1)
    assert hall.lines[1:] == ["worker 1 is process 101"]


def test_who_dies_at_once_again_and_again_waits_longer_each_time_and_then_all_ends(hall: Hall) -> None:
    waits = []
    for _ in range(MOST_FAILURES - 1):
        hall.foreman.ended(2, "ended with 1")
        found = re.search(r"another in ([\d.]+) s", hall.lines[-1])
        assert found
        waits.append(float(found[1]))
        hall.clock.advance(waits[-1])
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2]
    assert not hall.gave_up
    hall.foreman.ended(2, "ended with 1")
    assert hall.gave_up
    assert hall.lines[-1] == "worker 2, process 205, ended with 1, as 5 before it at once: giving up"


def test_who_lives_for_a_while_has_a_good_name_again(hall: Hall) -> None:
    for _ in range(3 * MOST_FAILURES):
        hall.foreman.ended(1, "ended with 1")
        hall.clock.advance(0.2)
        hall.clock.advance(SOON_SECONDS)
    assert not hall.gave_up


def test_nobody_is_started_at_a_bad_moment(hall: Hall) -> None:
    hall.good_moment = False
    hall.foreman.ended(1, "ended with 0")
    hall.clock.pump([0.1] * 20)
    assert len(hall.hands[1]) == 1
    hall.good_moment = True
    hall.clock.advance(0.05)
    assert len(hall.hands[1]) == 2


def test_what_one_tells_the_others_hear(hall: Hall) -> None:
    hall.foreman.heard(1, FAILED, ["192.0.2.1"])
    assert (hall.now(1).told, hall.now(2).told) == ([], [(FAILED, "192.0.2.1")])
    hall.foreman.reload()
    assert hall.now(1).told == [(RELOAD,)]


def test_who_hangs_is_killed_and_said(hall: Hall) -> None:
    for _ in range(round(HUNG_SECONDS) + 2):
        hall.clock.advance(1.0)
        hall.crew.number = 1
        hall.crew.note(SERVES, Counts().told(), ())
    assert (hall.now(1).killed, hall.now(2).killed) == (False, True)
    assert hall.lines[-1] == "worker 2, process 200, hangs: it is killed"


def test_the_end_waits_for_all_and_closes_the_ports(hall: Hall) -> None:
    ended: list[object] = []
    hall.foreman.stopService().addCallback(ended.append)
    assert hall.ports.said == "held gone"
    assert hall.now(1).told == hall.now(2).told == [(STOP,)]
    hall.foreman.ended(1, "ended with 0")
    assert not ended
    hall.foreman.ended(2, "ended with 0")
    assert ended
    assert hall.clock.getDelayedCalls() == []
    assert hall.supervisor.words == ["STOPPING=1"]


def test_at_the_end_who_does_not_finish_is_killed_within_two_seconds_after_the_grace(hall: Hall) -> None:
    ended: list[object] = []
    hall.foreman.stopService().addCallback(ended.append)
    hall.foreman.ended(1, "ended with 0")
    hall.clock.advance(GRACE + LAST_SECONDS)
    assert LAST_SECONDS < 1.8
    assert hall.now(2).killed
    hall.foreman.ended(2, "was ended by SIGKILL")
    assert ended


def test_the_end_comes_while_one_is_to_be_replaced(hall: Hall) -> None:
    ended: list[object] = []
    hall.foreman.ended(1, "ended with 1")
    hall.foreman.ended(2, "ended with 1")
    hall.foreman.stopService().addCallback(ended.append)
    assert ended
    hall.clock.advance(10)
    assert (len(hall.hands[1]), len(hall.hands[2])) == (1, 1)
