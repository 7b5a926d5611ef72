"""The door of a server in memory: users with cheap passwords, and work that is done when the test says so."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any, cast

from twisted.internet.defer import Deferred, execute
from twisted.internet.task import Clock

from socketspeak.language.acts import Admitted, Forgo, LogIn, LoginOutcome, Respond
from socketspeak.language.replies import Challenge
from socketspeak.limits.counts import Counts
from socketspeak.limits.penalties import Penalties
from socketspeak.server.checking import RollChecker, portal_of
from socketspeak.server.login import Logins, Visitor
from socketspeak.server.passwordwork import Full, PasswordWork
from socketspeak.server.verifiers import Roll, Verifier, prepared, verifier_of
from tests.kit.scram import ScramClient, plain

ITERATIONS = 4096  # the least there are: 2 ms each
ADMITTED = Admitted("alice", frozenset({"ask"}))
RIGHT, WRONG, NOBODY = plain("alice", "wonderland"), plain("alice", "x"), plain("nobody", "wonderland")
SECRET = b"a secret of the tests, 32 octets"


def a_verifier(name: str, password: str, iterations: int = ITERATIONS) -> Verifier:
    """Somebody who may log in; the salt follows from the name."""
    return verifier_of(prepared(name), password, iterations, name.encode().ljust(16, b"-")[:16])


def a_roll(**passwords: str) -> Roll:
    """Those who may log in, by default Alice."""
    users = passwords or {"alice": "wonderland"}
    return Roll([a_verifier(name, password) for name, password in users.items()], SECRET)


class Sham(Roll):
    """A roll whose decoy fits a password, by a chance that there is not."""

    def find(self, name: str) -> tuple[Verifier, bool]:
        """What Alice has, and that it is none."""
        return a_verifier(name, "wonderland"), False


class Workbench(PasswordWork):
    """Work on passwords without threads: done at once, or one by one as `work` is called."""

    def __init__(self, at_once: bool = True, room: int = 22) -> None:
        super().__init__(cast(Any, None))
        self._now = at_once
        self._room = room
        self.waiting: list[tuple[Callable[[], Any], Deferred[Any]]] = []
        self.done = 0

    def do(self, work: Callable[[], Any]) -> Deferred[Any]:
        if self._now:
            self.done += 1
            return execute(work)
        result: Deferred[Any] = Deferred(lambda _: self.waiting.remove((work, result)))
        if len(self.waiting) >= self._room:
            result.errback(Full())
        else:
            self.waiting.append((work, result))
        return result

    def work(self) -> None:
        """Do what has waited longest."""
        work, result = self.waiting.pop(0)
        self.done += 1
        execute(work).chainDeferred(result)


def the_logins(
    clock: Clock, roll: Roll | None = None, checkers: Sequence[Any] = (), work: PasswordWork | None = None
) -> Logins:
    """The logins of a server that has these users, and these checkers besides."""
    own = [] if roll is None else [RollChecker(roll, work or Workbench())]
    return Logins(portal_of([*own, *checkers]), roll, Penalties(), Counts(), clock)


def base64(octets: bytes) -> bytes:
    """As it stands on a line."""
    return b64encode(octets)


def challenge_of(line: str) -> bytes:
    """What a 334 says."""
    assert line.startswith("334 "), line
    return b64decode(line[4:], validate=True)


class Guest:
    """Somebody at an address who logs in, and what they are told, with the second in which they are."""

    def __init__(self, logins: Logins, clock: Clock, host: str = "192.0.2.1") -> None:
        self.visitor = Visitor(logins, host)
        self._clock = clock
        self.told: list[tuple[float, LoginOutcome | None]] = []

    def begin(self, mechanism: str, initial: bytes | None = None) -> None:
        """Ask for a login."""
        self.visitor.perform(LogIn(1, mechanism, initial), self._hear)

    def plain(self, message: bytes = RIGHT) -> Guest:
        """Log in by PLAIN."""
        self.begin("PLAIN", message)
        return self

    def scram(self, client: ScramClient) -> Guest:
        """Log in by SCRAM, up to the server's proof."""
        self.begin("SCRAM-SHA-256", client.first())
        if isinstance(challenge := self.outcomes[-1], Challenge):
            self.say(client.final(challenge.octets))
        return self

    def say(self, response: bytes) -> None:
        """Go on with it."""
        self.visitor.perform(Respond(1, response), self._hear)

    def cancel(self) -> None:
        """Give it up."""
        self.visitor.perform(Forgo(), self._hear)

    def _hear(self, _ticket: int, outcome: LoginOutcome | None) -> None:
        self.told.append((self._clock.seconds(), outcome))

    @property
    def outcomes(self) -> list[LoginOutcome | None]:
        """What was told, without the times."""
        return [outcome for _, outcome in self.told]
