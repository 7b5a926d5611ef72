"""The first process of several: it opens the ports, starts the workers, replaces those that die."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from socketspeak.app.channel import RELOAD, SERVING, STOP, TO_ALL
from socketspeak.app.crew import Crew
from socketspeak.app.supervisor import Supervisor

FIRST_DELAY_SECONDS = 0.2  # before a worker is replaced that had done well
LONGEST_DELAY_SECONDS = 5.0  # each that ends as soon as it has begun doubles the delay up to this
SOON_SECONDS = 5.0  # who lives for less has not begun well
MOST_FAILURES = 6  # in a row, in six seconds at least: then it will not get better by itself
LOOK_SECONDS = 1.0
HUNG_SECONDS = 30.0  # a worker that has shown no sign of life for so long is killed; it gives two a second
AGAIN_SECONDS = 0.05  # between two looks at whether it is a good moment to fork
LAST_SECONDS = 1.3  # after the grace: sessions are gone by then, and the state file is written


class Hand(Protocol):
    """A worker that has been started, as its foreman has it."""

    pid: int

    def tell(self, word: str, *rest: object) -> None:
        """Say something to it."""

    def kill(self) -> None:
        """End it at once."""


class Place(Protocol):
    """What opens the ports, and leaves them to others."""

    def hold(self) -> None:
        """Open the ports, and accept nobody."""

    def let_go(self) -> Deferred[None]:
        """Close them."""


@dataclass
class _Post:
    """The place of one worker, and who holds it."""

    number: int
    hand: Hand | None = None
    began: float = 0.0
    serves: bool = False
    failures: int = 0  # in a row
    timer: IDelayedCall | None = None


class Foreman(Service):
    """Watches over the workers."""

    _log = Logger()

    def __init__(
        self,
        *,
        crew: Crew,
        place: Place,
        start: Callable[[int, Foreman], Hand],
        ready_to_start: Callable[[], bool],
        reactor: Any,
        grace: Callable[[], float],
        stopping: Callable[[], None],
        supervisor: Supervisor,
        give_up: Callable[[], None],
    ) -> None:
        """`start` starts the worker of a number, at a moment that `ready_to_start` finds good.

        `give_up` ends the process, for no worker stays alive.
        """
        self._crew = crew
        self._place = place
        self._begin = start
        self._may_begin = ready_to_start
        self._reactor = reactor
        self._grace = grace
        self._stopping = stopping
        self._supervisor = supervisor
        self._give_up = give_up
        self._posts = {number: _Post(number) for number in range(1, crew.workers + 1)}
        self._open = False
        self._ready = False
        self._emptied: Deferred[None] | None = None
        self._looking = LoopingCall(self._look)
        self._looking.clock = reactor

    # -- its life

    def privilegedStartService(self) -> None:
        """Open the ports, while the process may still have the right to. Raises CannotStart."""
        super().privilegedStartService()
        self._open = True
        self._place.hold()

    def startService(self) -> None:
        """Start the workers, as soon as the reactor runs: by then the process is what it will be."""
        super().startService()
        if not self._open:
            self.privilegedStartService()
        self._reactor.callWhenRunning(self._start_all)

    def stopService(self) -> Deferred[None]:
        """Let the workers finish; fires when all are gone, within the grace and a little more."""
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        self._stopping()
        self._supervisor.stopping()
        if self._looking.running:
            self._looking.stop()
        for post in self._posts.values():
            if post.timer is not None and post.timer.active():
                post.timer.cancel()
        self._emptied = Deferred()
        late = self._reactor.callLater(self._grace() + LAST_SECONDS, self._kill_all)
        closing = self._place.let_go()
        self.tell_all(STOP)
        self._see_whether_all_are_gone()
        await self._emptied
        if late.active():
            late.cancel()
        await closing

    # -- the workers

    @property
    def hands(self) -> Iterable[Hand]:
        """Those who are at work."""
        return tuple(post.hand for post in self._posts.values() if post.hand is not None)

    def reload(self) -> None:
        """Have every worker read its files anew."""
        self.tell_all(RELOAD)

    def tell_all(self, word: str, *rest: object) -> None:
        """Say something to every worker."""
        for hand in self.hands:
            hand.tell(word, *rest)

    def heard(self, number: int, word: str, rest: list[Any]) -> None:
        """A worker has said something: for the others, or that it serves."""
        if word in TO_ALL:
            for post in self._posts.values():
                if post.hand is not None and post.number != number:
                    post.hand.tell(word, *rest)
        elif word == SERVING:
            self._posts[number].serves = True
            if not self._ready and all(post.serves for post in self._posts.values()):
                self._ready = True
                self._supervisor.ready()

    def ended(self, number: int, how: str) -> None:
        """A worker's process is gone."""
        post = self._posts[number]
        hand, post.hand, post.serves = post.hand, None, False
        self._crew.gone(number)
        if self._emptied is not None:
            self._see_whether_all_are_gone()
            return
        lived = self._reactor.seconds() - post.began
        post.failures = post.failures + 1 if lived < SOON_SECONDS else 0
        pid = None if hand is None else hand.pid
        if post.failures >= MOST_FAILURES:
            self._log.error(
                "worker {number}, process {pid}, {how}, as {times} before it at once: giving up",
                number=number,
                pid=pid,
                how=how,
                times=post.failures - 1,
            )
            self._give_up()
            return
        seconds = min(FIRST_DELAY_SECONDS * 2 ** max(post.failures - 1, 0), LONGEST_DELAY_SECONDS)
        self._log.error(
            "worker {number}, process {pid}, {how}: there will be another in {seconds:g} s",
            number=number,
            pid=pid,
            how=how,
            seconds=seconds,
        )
        post.timer = self._reactor.callLater(seconds, self._start, post)

    def _start_all(self) -> None:
        for post in self._posts.values():
            self._start(post)
        looking = self._looking.start(LOOK_SECONDS, now=False)
        looking.addErrback(lambda failure: self._log.failure("looking at the workers broke", failure))

    def _start(self, post: _Post) -> None:
        if not self._may_begin():
            post.timer = self._reactor.callLater(AGAIN_SECONDS, self._start, post)
            return
        post.timer = None
        post.began = self._reactor.seconds()
        self._crew.begins(post.number)
        post.hand = self._begin(post.number, self)
        self._log.info("worker {number} is process {pid}", number=post.number, pid=post.hand.pid)

    def _look(self) -> None:
        """Find out who hangs."""
        for post in self._posts.values():
            if post.hand is not None and self._crew.silent(post.number) > HUNG_SECONDS:
                about = {"number": post.number, "pid": post.hand.pid}
                self._log.error("worker {number}, process {pid}, hangs: it is killed", **about)
                post.hand.kill()

    def _kill_all(self) -> None:
        self._log.error("not all workers have ended in time: they are killed")
        for hand in self.hands:
            hand.kill()

    def _see_whether_all_are_gone(self) -> None:
        if self._emptied is not None and not self.hands and not self._emptied.called:
            self._emptied.callback(None)
