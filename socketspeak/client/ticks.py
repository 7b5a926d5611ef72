"""Ticks on their way to who iterates over them: a few are kept, and none is lost silently."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from twisted.internet.defer import Deferred, fail, succeed

from socketspeak.client.losing import End
from socketspeak.language.dialogue import Ticked, Unwatched
from socketspeak.language.reading import Read
from socketspeak.language.replies import Tick, Watched

KEPT_TICKS = 4  # for who is slow; more would only be older


class Ticks:
    """The ticks of one watch: who waits gets one at once, for who does not a few are kept.

    Where one more comes the oldest gives way, and the next tells so in `skipped`.
    """

    def __init__(self, places: int, holder: Callable[[], object], broken: Callable[[str], object]) -> None:
        """`holder` gives who iterates, None where it has been thrown away; `broken` ends the connection."""
        self._places = places
        self._holder = holder
        self._broken = broken
        self._kept: deque[Tick] = deque()
        self._waiting: Deferred[Tick] | None = None
        self._over = False
        self._end: End | None = None  # why it is over; None where it simply is

    @property
    def wanted(self) -> bool:
        """Whether there is anybody who will take a tick; who waits for one holds what it comes from."""
        return self._holder() is not None

    def ticked(self, tick: Tick) -> None:
        """A tick has come."""
        if len(tick.clocks) != self._places:
            self._broken(f"it ticks {self._places} places with {len(tick.clocks)} clocks")
            return
        self._kept.append(tick)
        if len(self._kept) > KEPT_TICKS:
            gone, first = self._kept.popleft(), self._kept[0]
            self._kept[0] = replace(first, skipped=first.skipped + gone.skipped + 1)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.callback(self._kept.popleft())

    def next(self, leave: Callable[[], None]) -> Deferred[Tick]:
        """The next tick; cancelling it calls `leave`.

        Fails with what ended the watch, or with StopAsyncIteration. Raises RuntimeError where it is awaited.
        """
        if self._waiting is not None:
            raise RuntimeError("the next tick is awaited already")
        if self._kept:
            return succeed(self._kept.popleft())
        if self._over:
            return fail(self._why())

        def cancelled(_waiting: Deferred[Tick]) -> None:
            self._waiting = None
            leave()

        self._waiting = Deferred(cancelled)
        return self._waiting

    def end(self, why: End | None = None, *, forget: bool = False) -> None:
        """No more ticks come, and why. Those that are kept are still given, or with `forget` are not."""
        if forget:
            self._kept.clear()
        if self._over:
            return
        self._over, self._end = True, why
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.errback(self._why())

    def _why(self) -> Exception:
        return StopAsyncIteration() if self._end is None else self._end(0)


class Watchers:
    """Who gets the ticks of a connection, by the ticket of the WATCH that asked for them.

    A server has one watch a connection: a second WATCH replaces the first, once it has been answered. Where
    ticks come that nobody wants, the server is told so, unless a WATCH is under way, which would end as well.
    """

    def __init__(self, unwatch: Callable[[], Deferred[object]]) -> None:
        """`unwatch` says UNWATCH; what it gives fires, and never fails, when that has been answered."""
        self._unwatch = unwatch
        self._unwatching = False
        self._watchers: dict[int, Ticks] = {}

    def add(self, ticket: int, ticks: Ticks) -> None:
        """Who gets the ticks of the watch that the request with this ticket begins."""
        self._watchers[ticket] = ticks

    def answered(self, ticket: int, reply: Read) -> None:
        """A request was answered: it may have been a WATCH that failed."""
        if not isinstance(reply, Watched):
            self._watchers.pop(ticket, None)

    def ticked(self, act: Ticked) -> None:
        """A tick came."""
        ticks = self._watchers.get(act.ticket)
        if ticks is not None and ticks.wanted:
            ticks.ticked(act.tick)
        else:
            self._watchers.pop(act.ticket, None)
            self._stop()

    def over(self, act: Unwatched) -> None:
        """No more ticks come of a watch."""
        ticks = self._watchers.pop(act.ticket, None)
        if ticks is not None:
            ticks.end()

    def leave(self, ticks: Ticks) -> None:
        """Nobody wants these ticks any more: those that are still to come are dropped."""
        ticks.end(forget=True)
        for ticket, each in tuple(self._watchers.items()):
            if each is ticks:
                del self._watchers[ticket]
                self._stop()

    def lost(self, end: End) -> None:
        """The connection has come to its end."""
        while self._watchers:
            self._watchers.popitem()[1].end(end)

    def _stop(self) -> None:
        if self._watchers or self._unwatching:
            return
        self._unwatching = True
        self._unwatch().addCallback(self._stopped)

    def _stopped(self, _reply: object) -> None:
        self._unwatching = False
