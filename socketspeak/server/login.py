"""Logging in: the mechanisms of SASL, the checkers behind them, and what a failure costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.cred.credentials import ICredentials
from twisted.cred.error import LoginFailed
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from socketspeak.language.acts import (
    Admitted,
    Denied,
    Forgo,
    Garbled,
    LogIn,
    LoginOutcome,
    Overloaded,
    Respond,
    TooSoon,
)
from socketspeak.language.printable import shown
from socketspeak.language.replies import Challenge
from socketspeak.limits.addresses import group_of
from socketspeak.limits.counts import Counts
from socketspeak.limits.penalties import Penalties
from socketspeak.limits.sparing import Sparing
from socketspeak.server.checking import ISpeaker, Presented, Proven
from socketspeak.server.faults import wordless
from socketspeak.server.passwordwork import Full
from socketspeak.server.scram import Exchange
from socketspeak.server.verifiers import MECHANISM, MOST_OCTETS, Roll, prepared

CHECK_SECONDS = 10.0  # a checker that asks another machine, which does not answer, is given up
MOST_FROM_ONE = 8  # logins of one address that are looked at at once: others wait behind them
RETRY_SECONDS = 1  # after which who was too many may try again
LOGGED_CHARACTERS = 200  # of a stranger's name

Done = Callable[[LoginOutcome | None], None]  # None: our own fault, which is logged


class Logins:
    """All that the logins of a server share."""

    log = Logger()

    def __init__(
        self, portal: Portal, roll: Roll | None, penalties: Penalties, counts: Counts, clock: IReactorTime
    ) -> None:
        """`roll` has who may log in by SCRAM, None for nobody: then only passwords are taken."""
        self.portal = portal
        self.roll = roll
        self.penalties = penalties
        self.counts = counts
        self.clock = clock
        self.looked_at: Counter[str] = Counter()  # by address, what is being checked now
        self._lines = Sparing()

    def begin(self, mechanism: str, host: str) -> Login:
        """Somebody at this address, "" for a UNIX socket, begins to log in."""
        return Login(self, mechanism, host)

    def visitor(self, host: str) -> Visitor:
        """One session's way to log in, of a peer at this address, "" for a UNIX socket."""
        return Visitor(self, host)

    def tell(self, line: str, **about: object) -> None:
        """Log one line, unless there have been too many of late."""
        now = self.clock.seconds()
        unsaid = self._lines.unsaid(now)
        if unsaid:
            self.log.info("{lines} lines about logins were not written", lines=unsaid)
        if self._lines.may(now):
            self.log.info(line, **about)


class Login:
    """One AUTH of one session, from its first message to its outcome."""

    def __init__(self, logins: Logins, mechanism: str, host: str) -> None:
        self._logins = logins
        self._mechanism = mechanism
        self._from = host or "a UNIX socket"
        self._group = group_of(host)
        self._done: Done = _unheard
        self._name = ""
        self._asked = 0.0
        self._next: Callable[[bytes], None] = self._plain
        self._checking: Deferred[Any] | None = None
        self._held_back: IDelayedCall | None = None
        self._log_out: Callable[[], None] | None = None
        if mechanism == MECHANISM and logins.roll is not None:
            self._exchange = Exchange(logins.roll)
            self._next = self._scram_first

    def start(self, initial: bytes | None, done: Done) -> None:
        """The client's first message, None where it did not come along; `done` gets what is to be said."""
        self._done = done
        if self._may_go_on():
            if initial is None:
                done(Challenge(b""))
            else:
                self._next(initial)

    def respond(self, response: bytes, done: Done) -> None:
        """The client's next message; `done` gets what is to be said."""
        self._done = done
        if self._may_go_on():
            self._next(response)

    def forgo(self) -> None:
        """Nobody waits for this login any more. A failure that is found already stands."""
        self._done = _unheard
        if self._held_back is not None and self._held_back.active():
            self._held_back.cancel()
        checking, self._checking = self._checking, None
        if checking is not None:
            self._note_failure()  # or one would guess, and be gone in time each time
            checking.cancel()
        log_out, self._log_out = self._log_out, None
        if log_out is not None:
            log_out()

    # -- the mechanisms

    def _plain(self, message: bytes) -> None:
        """RFC 4616: whom to act as, who it is, the password."""
        parts = message.split(b"\0")
        if len(parts) != 3 or not all(0 < len(part) <= MOST_OCTETS for part in parts[1:]):
            self._done(Garbled())
            return
        self._name = parts[1].decode(errors="replace")
        try:
            self._name, password = prepared(parts[1].decode()), prepared(parts[2].decode())
            allowed = parts[0] in {b"", parts[1]}
        except ValueError:
            allowed = False
        if allowed:
            self._check(Presented(self._name, password))
        else:
            self._deny()

    def _scram_first(self, message: bytes) -> None:
        outcome = self._exchange.first(message)
        self._name = self._exchange.name
        self._next = self._scram_final
        self._settle(outcome)

    def _scram_final(self, message: bytes) -> None:
        outcome = self._exchange.final(message)
        self._next = self._scram_end
        self._settle(outcome)

    def _scram_end(self, message: bytes) -> None:
        """What the client answers to our proof says nothing: it has believed it, or would have gone."""
        if message:
            self._done(Garbled())
        else:
            self._check(Proven(self._name))

    def _settle(self, outcome: Challenge | Denied | Garbled) -> None:
        if isinstance(outcome, Denied):
            self._deny()
        else:
            self._done(outcome)

    # -- checking

    def _may_go_on(self) -> bool:
        self._asked = self._logins.clock.seconds()
        seconds = self._logins.penalties.wait(self._group, self._asked)
        if seconds:
            self._logins.counts.logins_too_soon += 1
            self._done(TooSoon(seconds))
        return not seconds

    def _check(self, credentials: ICredentials) -> None:
        logins = self._logins
        most = 1 if logins.penalties.marked(self._group, self._asked) else MOST_FROM_ONE
        if logins.looked_at[self._group] >= most:
            self._crowded()
            return
        logins.looked_at[self._group] += 1
        checking = self._checking = logins.portal.login(credentials, None, ISpeaker)
        checking.addBoth(self._looked_at)
        checking.addTimeout(CHECK_SECONDS, logins.clock)
        checking.addCallbacks(self._admit, self._refuse)
        checking.addErrback(self._break)

    def _looked_at(self, result: Any) -> Any:
        looked_at = self._logins.looked_at
        looked_at[self._group] -= 1
        if not looked_at[self._group]:
            del looked_at[self._group]
        return result

    def _admit(self, found: tuple[Any, Any, Callable[[], None]]) -> None:
        _, speaker, log_out = found
        if self._checking is None:  # it was given up, and the checker did not listen
            log_out()
            return
        self._checking, self._log_out = None, log_out
        self._logins.counts.logins += 1
        self._say("{name} logged in from {address} by {mechanism}")
        self._done(Admitted(speaker.name, speaker.rights))

    def _refuse(self, failure: Failure) -> None:
        if self._checking is None:  # it was given up, which stands as a failure already
            return
        self._checking = None
        if failure.check(Full):
            self._crowded()
        elif failure.check(LoginFailed):
            self._deny()
        else:
            self._break(failure)

    def _crowded(self) -> None:
        self._logins.counts.logins_crowded += 1
        self._done(Overloaded(RETRY_SECONDS))

    def _deny(self) -> None:
        """Hold the answer back, reckoned from the question: how long a checker took shows in nothing."""
        until = self._asked + self._note_failure()
        wait = max(0.0, until - self._logins.clock.seconds())
        self._held_back = self._logins.clock.callLater(wait, self._done, Denied())

    def _note_failure(self) -> float:
        logins = self._logins
        logins.counts.failed_logins += 1
        self._say("login failed from {address}, as {name}, by {mechanism}")
        return logins.penalties.failed(self._group, self._asked)

    def _break(self, failure: Failure) -> None:
        """A checker's fault, or ours: what it says may quote the password, where it broke does not."""
        self._checking = None
        self._logins.counts.faults += 1
        self._logins.log.error("checking a login broke: {fault}", fault=wordless(failure))
        self._done(None)

    def _say(self, line: str) -> None:
        name = shown(self._name, LOGGED_CHARACTERS)
        self._logins.tell(line, name=repr(name), address=self._from, mechanism=self._mechanism)


class Visitor:
    """One session's way to log in: it performs what the conversation wants of a login."""

    def __init__(self, logins: Logins, host: str) -> None:
        """`host` is where the peer is, "" for a UNIX socket."""
        self._logins = logins
        self._host = host
        self._login: Login | None = None

    def perform(self, act: LogIn | Respond | Forgo, went: Callable[[int, LoginOutcome | None], None]) -> None:
        """Carry out an act of a login; `went` gets its ticket and its outcome, None for a fault."""
        if isinstance(act, LogIn):
            self.leave()
            self._login = self._logins.begin(act.mechanism, self._host)
            self._login.start(act.initial, partial(went, act.ticket))
        elif isinstance(act, Respond) and self._login is not None:
            self._login.respond(act.response, partial(went, act.ticket))
        else:
            self.leave()

    def leave(self) -> None:
        """Whoever was logging in, or had, is gone."""
        login, self._login = self._login, None
        if login is not None:
            login.forgo()


def _unheard(_outcome: LoginOutcome | None) -> None:
    """Nobody is there."""
