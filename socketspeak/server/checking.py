"""Twisted's cred: what is presented, who checks it, and who one is then."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials, IUsernamePassword
from twisted.cred.error import LoginFailed, UnauthorizedLogin
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.python.failure import Failure
from zope.interface import Attribute, Interface, implementer

from socketspeak.server.passwordwork import PasswordWork
from socketspeak.server.verifiers import Roll, fits, prepared

ASK = "ask"  # the right to have one's requests answered
RIGHTS = frozenset({ASK})  # of everybody who has logged in

AvatarId = Deferred[bytes | tuple[()]]  # cred's: a name, () for somebody without


class ISpeaker(Interface):
    """Somebody who has logged in."""

    name = Attribute("who it is, as text")
    rights = Attribute("what they may do, a frozenset of texts")


@implementer(ISpeaker)
class Speaker:
    """Somebody who has logged in."""

    def __init__(self, name: str, rights: frozenset[str]) -> None:
        self.name = name
        self.rights = rights


@implementer(IRealm)
class Realm:
    """Those who may speak to the server."""

    def requestAvatar(self, avatarId: Any, mind: object, *interfaces: Any) -> tuple[Any, Speaker, Any]:
        if ISpeaker not in interfaces:
            raise NotImplementedError("there are only speakers here")
        if not isinstance(avatarId, bytes | str):
            raise UnauthorizedLogin  # cred's () for someone without a name
        name = avatarId if isinstance(avatarId, str) else avatarId.decode()
        return ISpeaker, Speaker(name, RIGHTS), lambda: None


class IProven(ICredentials):
    """Somebody whom an exchange has proven already."""

    name = Attribute("who it is, as text")


@implementer(IProven)
class Proven:
    """Somebody whom an exchange has proven already."""

    def __init__(self, name: str) -> None:
        self.name = name


@implementer(IUsernamePassword)
class Presented:
    """A prepared name and password, as cred has them; nothing shows the password by accident."""

    __slots__ = ("password", "username")

    def __init__(self, name: str, password: str) -> None:
        self.username = name.encode()
        self.password = password.encode()

    def checkPassword(self, password: bytes) -> bool:
        """Whether this is the password, which a checker knows in full; as slow for each that is not."""
        try:
            known = prepared(password.decode()).encode()
        except ValueError:
            known = password
        return hmac.compare_digest(known, self.password)


@implementer(ICredentialsChecker)
class ProofChecker:
    """Believes in what has been proven."""

    credentialInterfaces = (IProven,)

    def requestAvatarId(self, credentials: Proven) -> AvatarId:
        return succeed(credentials.name.encode())


@implementer(ICredentialsChecker)
class RollChecker:
    """Checks passwords against verifiers; who is not on the roll costs the same work."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, roll: Roll, work: PasswordWork) -> None:
        self._roll = roll
        self._work = work

    def requestAvatarId(self, credentials: Presented) -> AvatarId:
        verifier, true = self._roll.find(credentials.username.decode())
        checking = self._work.do(lambda: fits(verifier, credentials.password.decode()))

        def judge(right: bool) -> bytes | tuple[()]:
            if not (right and true):
                raise UnauthorizedLogin
            return credentials.username

        return checking.addCallback(judge)


@implementer(ICredentialsChecker)
class BesideTheReactor:
    """A checker that reads files or computes while one waits, and so is asked in a thread."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, checker: Any, work: PasswordWork) -> None:
        self._checker = checker
        self._work = work

    def requestAvatarId(self, credentials: IUsernamePassword) -> Deferred[Any]:
        return self._work.do(lambda: self._ask(credentials))

    def _ask(self, credentials: IUsernamePassword) -> Any:
        answers: list[Any] = []
        maybeDeferred(self._checker.requestAvatarId, credentials).addBoth(answers.append)
        if not answers:
            raise RuntimeError("the checker wants the reactor, and is asked beside it")
        if isinstance(answers[0], Failure):
            answers[0].raiseException()
        return answers[0]


@implementer(ICredentialsChecker)
class AnyOf:
    """Several checkers, asked in order: cred itself would keep the last one only."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, checkers: Sequence[Any]) -> None:
        self._checkers = checkers

    def requestAvatarId(self, credentials: IUsernamePassword) -> Deferred[Any]:
        return Deferred.fromCoroutine(self._ask(credentials))

    async def _ask(self, credentials: IUsernamePassword) -> Any:
        for checker in self._checkers:
            try:
                return await maybeDeferred(checker.requestAvatarId, credentials)
            except LoginFailed:
                continue
        raise UnauthorizedLogin


def portal_of(checkers: Sequence[Any]) -> Portal:
    """The door that these checkers of passwords stand at, and that lets in whom SCRAM has proven."""
    return Portal(Realm(), [ProofChecker(), AnyOf(checkers)])
