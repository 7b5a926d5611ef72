"""Those who watch the same clocks in the same voice: how each of them is told, and what it has skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

SLICE = 512  # watchers that are told before others have their turn: four or five milliseconds

Send = Callable[[bytes], int]  # what a socket's own send does: how much of it was taken, or OSError


class Watcher(Protocol):
    """Who watches."""

    def straight(self) -> Send | None:
        """What sends a tick with nothing in between; None where something is unsent, or has to be in between.

        It is asked no more until `Ticker.detour` says that something is unsent.
        """

    def leave(self, rest: bytes) -> None:
        """Keep in order, and send when it can be, the rest of what `straight` could not."""

    def ticked(self, data: bytes) -> bool:
        """Take a tick; False where what came before is not read yet, and this one has to be left out."""


class Audience:
    """Tells most of a crowd by their sockets alone.

    A crowd is told in time only if it is told quickly, and to look at each session takes a while. So a
    session says itself when something is in the way of its ticks.
    """

    __slots__ = ("_left", "_others", "_sends", "_straight")

    def __init__(self) -> None:
        self._straight: dict[Send, Watcher] = {}
        self._sends: dict[Watcher, Send] = {}
        self._others: dict[Watcher, int] = {}  # with the ticks that they have skipped
        self._left: dict[Send, Watcher] | None = None  # the straight way, while a tick is told

    def __bool__(self) -> bool:
        return bool(self._sends or self._others)

    def add(self, watcher: Watcher, skipped: int) -> None:
        """Somebody watches, and has skipped so many ticks up to now."""
        send = None if skipped else watcher.straight()
        if send is None:
            self._others[watcher] = skipped
        else:
            self._others.pop(watcher, None)
            self._sends[watcher] = send
            self._straight[send] = watcher

    def remove(self, watcher: Watcher) -> int:
        """Somebody watches no more; how many ticks it had skipped."""
        self.detour(watcher)
        return self._others.pop(watcher)

    def detour(self, watcher: Watcher) -> None:
        """Something that was said to somebody who watches is unsent."""
        send = self._sends.pop(watcher, None)
        if send is not None:
            del self._straight[send]
            self._others[watcher] = 0
            if self._left is not None:
                self._left[send] = watcher

    def miss(self, ticks: int) -> None:
        """Nobody is told of so many ticks."""
        for watcher in tuple(self._sends):
            self.detour(watcher)
        for watcher in self._others:
            self._others[watcher] += ticks

    def tell(self, tick: Callable[[int], bytes]) -> Iterator[int]:
        """Tell everybody a tick; `tick` makes what is said to who has skipped so many before it.

        Stops after each slice and at the end, to say how many were told since. Whoever leaves meanwhile is
        told no more; who comes meanwhile, and was not there before, is not told yet.
        """
        whole, others = tick(0), tuple(self._others)
        yield from self._tell_straight(whole, tick)
        for at, watcher in enumerate(others, 1):
            self._tell(watcher, whole, tick)
            if at % SLICE == 0:
                yield SLICE
        yield len(others) % SLICE

    def _tell_straight(self, whole: bytes, tick: Callable[[int], bytes]) -> Iterator[int]:
        left: dict[Send, Watcher] = {}
        self._left = left
        octets, at = len(whole), 0
        for at, send in enumerate(tuple(self._straight), 1):
            if left and send in left:
                self._tell(left[send], whole, tick)
            else:
                try:
                    sent = send(whole)
                except OSError:  # it is full, or gone: the transport finds out which
                    sent = 0
                if sent < octets:
                    watcher = self._straight[send]
                    self.detour(watcher)
                    watcher.leave(whole[sent:])
            if at % SLICE == 0:
                yield SLICE
        self._left = None
        yield at % SLICE

    def _tell(self, watcher: Watcher, whole: bytes, tick: Callable[[int], bytes]) -> None:
        """Tell one who does not go the straight way, if it is still there; from now on it may go that."""
        skipped = self._others.get(watcher)
        if skipped is None:
            return
        if not watcher.ticked(tick(skipped) if skipped else whole):
            self._others[watcher] = skipped + 1
        elif watcher in self._others:
            self.add(watcher, 0)
