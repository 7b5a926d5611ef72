"""The sessions that a server has, and how they end together."""

from __future__ import annotations

from typing import Protocol

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime

from socketspeak.language.questions import Setting
from socketspeak.limits.admission import Admission
from socketspeak.limits.counts import Counts
from socketspeak.limits.patience import Patience
from socketspeak.server.sharing import Sharing

UNLIMITED = 2**62


class Registered(Protocol):
    """What a register needs of a session, and who sweeps over it."""

    group: str  # of its address
    alarm: int  # the tick at which to look next

    def look(self, tick: int, patience: Patience) -> None:
        """End if it has lasted too long."""

    def renew(self, setting: Setting) -> None:
        """Go on with other places, languages and settings."""

    def drain(self) -> None:
        """Answer what was asked, say goodbye, close."""

    def abort(self) -> None:
        """End at once."""


class Register:
    """Knows every open session of a server, and the tick: how often they have been swept over."""

    def __init__(self, counts: Counts, clock: IReactorTime, admission: Admission | None = None) -> None:
        """Without an admission, sessions are not limited."""
        self.clock = clock
        self.sharing = Sharing(clock)
        self.tick = 0
        self._counts = counts
        self._admission = admission or Admission(UNLIMITED, UNLIMITED)
        self._sessions: set[Registered] = set()
        self._emptied: Deferred[None] | None = None

    def opened(self, session: Registered) -> None:
        """A session has begun."""
        self._sessions.add(session)
        self._admission.enter(session.group)
        self._counts.connections += 1
        self._counts.sessions += 1
        if self._emptied is not None:
            session.drain()  # it was accepted just before the ports closed

    def closed(self, session: Registered) -> None:
        """A session has ended, and holds nothing any more."""
        self._sessions.discard(session)
        self._admission.leave(session.group)
        self._counts.sessions -= 1
        if self._emptied is not None and not self._sessions:
            self._emptied.callback(None)
            self._emptied = None

    def due(self, everyone: bool = False) -> list[Registered]:
        """The sessions where it is time to look, or all of them."""
        tick = self.tick
        return [session for session in self._sessions if everyone or session.alarm <= tick]

    def renew(self, setting: Setting) -> None:
        """Tell every session that what the server shares is another."""
        for session in tuple(self._sessions):
            session.renew(setting)

    def drain(self, grace: float) -> Deferred[None]:
        """Let every session finish; after `grace` seconds those that have not are cut off.

        The Deferred fires when all are gone.
        """
        if not self._sessions:
            return succeed(None)
        done: Deferred[None] = Deferred()
        self._emptied = done
        insist = self.clock.callLater(grace, self._abort)
        done.addBoth(lambda _: insist.cancel() if insist.active() else None)
        for session in tuple(self._sessions):
            session.drain()
        return done

    def _abort(self) -> None:
        for session in tuple(self._sessions):
            session.abort()
