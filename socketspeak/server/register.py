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
SOON = 0  # an alarm for the next sweep, whichever that is


class Sweepable(Protocol):
    """What a sweep needs of a session."""

    alarm: int  # the tick at which to look next, or SOON; only its register sets it

    def look(self, tick: int, patience: Patience) -> None:
        """End if it has lasted too long; else be reminded of the next look."""

    def abort(self) -> None:
        """End at once."""


class Registered(Sweepable, Protocol):
    """What a register needs of a session."""

    group: str  # of its address

    def renew(self, setting: Setting) -> None:
        """Go on with other places, languages and settings."""

    def drain(self) -> None:
        """Answer what was asked, say goodbye, close."""


class Register:
    """Knows every open session of a server, and the tick: how often they have been swept over.

    Ten thousand that are not due cost a sweep nothing: each stands in a calendar, at the tick of its alarm.
    """

    def __init__(self, counts: Counts, clock: IReactorTime, admission: Admission | None = None) -> None:
        """Without an admission, sessions are not limited."""
        self.clock = clock
        self.sharing = Sharing(clock)
        self.tick = 0
        self._counts = counts
        self._admission = admission or Admission(UNLIMITED, UNLIMITED)
        self._sessions: set[Registered] = set()
        self._soon: set[Sweepable] = set()
        self._calendar: dict[int, set[Sweepable]] = {}
        self._emptied: Deferred[None] | None = None

    def opened(self, session: Registered) -> None:
        """A session has begun."""
        self._sessions.add(session)
        self._soon.add(session)  # whoever has just come has no other alarm
        self._admission.enter(session.group)
        self._counts.connections += 1
        self._counts.sessions += 1
        if self._emptied is not None:
            session.drain()  # it was accepted just before the ports closed

    def closed(self, session: Registered) -> None:
        """A session has ended, and holds nothing any more."""
        self._sessions.discard(session)
        self._strike_out(session)
        self._admission.leave(session.group)
        self._counts.sessions -= 1
        if self._emptied is not None and not self._sessions:
            self._emptied.callback(None)
            self._emptied = None

    def remind(self, session: Sweepable, tick: int = SOON) -> None:
        """Have a session looked at, at that tick and not when its alarm stood before."""
        self._strike_out(session)
        session.alarm = tick
        if session not in self._sessions:
            return
        if tick == SOON:
            self._soon.add(session)
        else:
            self._calendar.setdefault(tick, set()).add(session)

    def due(self, everyone: bool = False) -> list[Sweepable]:
        """The sessions where it is time to look, or all of them; whoever is looked at is reminded anew."""
        soon, self._soon = self._soon, set()
        day = self._calendar.pop(self.tick, ())
        return list(self._sessions) if everyone else [*soon, *day]

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

    def _strike_out(self, session: Sweepable) -> None:
        if session.alarm == SOON:
            self._soon.discard(session)
            return
        day = self._calendar.get(session.alarm)
        if day is not None:
            day.discard(session)
            if not day:
                del self._calendar[session.alarm]
