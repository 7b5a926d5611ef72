"""The sessions that a server has, and how they end together."""

from __future__ import annotations

from typing import Protocol

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime

from socketspeak.server.desk import Counts


class Registered(Protocol):
    """What a register needs of a session."""

    def drain(self) -> None:
        """Answer what was asked, say goodbye, close."""

    def abort(self) -> None:
        """End at once."""


class Register:
    """Knows every open session of a server."""

    def __init__(self, counts: Counts, clock: IReactorTime) -> None:
        self._counts = counts
        self._clock = clock
        self._sessions: set[Registered] = set()
        self._emptied: Deferred[None] | None = None

    def opened(self, session: Registered) -> None:
        """A session has begun."""
        self._sessions.add(session)
        self._counts.connections += 1
        self._counts.sessions += 1
        if self._emptied is not None:
            session.drain()  # it was accepted just before the ports closed

    def closed(self, session: Registered) -> None:
        """A session has ended, and holds nothing any more."""
        self._sessions.discard(session)
        self._counts.sessions -= 1
        if self._emptied is not None and not self._sessions:
            self._emptied.callback(None)
            self._emptied = None

    def drain(self, grace: float) -> Deferred[None]:
        """Let every session finish; after `grace` seconds those that have not are cut off.

        The Deferred fires when all are gone.
        """
        if not self._sessions:
            return succeed(None)
        done: Deferred[None] = Deferred()
        self._emptied = done
        insist = self._clock.callLater(grace, self._abort)
        done.addBoth(lambda _: insist.cancel() if insist.active() else None)
        for session in tuple(self._sessions):
            session.drain()
        return done

    def _abort(self) -> None:
        for session in tuple(self._sessions):
            session.abort()
