"""The reactor's time, shared among the sessions: what one asks costs the others a few milliseconds a turn.

What is in memory is answered at once, for it costs microseconds. All else is done while a turn of the reactor
has time for it. Then sessions queue up, by address, so that who has opened a hundred connections gets no more
than another who has one.
"""

from __future__ import annotations

from typing import Protocol

from twisted.internet.interfaces import IReactorTime

TURN_SECONDS = 0.002  # and the rest of one request: the dearest takes some 10 ms


class Sharer(Protocol):
    """What a session is to those who share time with it."""

    @property
    def group(self) -> str:
        """That of its address."""

    def take_turn(self) -> None:
        """Go on with what was put off."""


class Sharing:
    """Gives turns to the addresses one after another, and to the sessions of each likewise."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._until: float | None = None  # when the time of this turn of the reactor is spent
        self._queues: dict[str, dict[Sharer, None]] = {}  # by address; who is next stands in front

    def spent(self) -> bool:
        """Whether this turn of the reactor has no time left; it begins when this is first asked."""
        if self._until is None:
            self._until = self._clock.seconds() + TURN_SECONDS
            self._clock.callLater(0, self._next)
            return False
        return self._clock.seconds() >= self._until

    def join(self, sharer: Sharer) -> None:
        """Let a session have its turn, once, after those of its address who wait already."""
        self._queues.setdefault(sharer.group, {})[sharer] = None
        self.spent()  # so that there will be a next turn

    def leave(self, sharer: Sharer) -> None:
        """A session wants no turn any more."""
        queue = self._queues.get(sharer.group, {})
        if sharer in queue:
            del queue[sharer]
            if not queue:
                del self._queues[sharer.group]

    def _next(self) -> None:
        """The reactor has looked at its sockets: there is time again, for everybody once at most."""
        self._until = None
        for _ in range(sum(map(len, self._queues.values()))):
            if not self._queues or self.spent():
                break
            self._first().take_turn()

    def _first(self) -> Sharer:
        group, queue = next(iter(self._queues.items()))
        sharer = next(iter(queue))
        self.leave(sharer)
        if queue:
            self._queues[group] = self._queues.pop(group)
        return sharer
