"""Logging in: who gets in, and who decides."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import LoginDenied, UnauthorizedLogin
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from zope.interface import implementer

from socketspeak.language.acts import Admitted, Denied, Garbled
from socketspeak.language.replies import Challenge
from socketspeak.server.checking import ISpeaker, Presented, Proven, Realm
from socketspeak.server.login import CHECK_SECONDS, Logins
from tests.kit.logins import ADMITTED, RIGHT, Guest, a_roll, a_verifier, the_logins
from tests.kit.scram import ScramClient, plain


def test_who_knows_the_password_is_admitted_by_plain(logins: Logins, clock: Clock) -> None:
    assert Guest(logins, clock).plain().outcomes == [ADMITTED]


def test_plain_without_a_message_gets_an_empty_challenge_first(logins: Logins, clock: Clock) -> None:
    guest = Guest(logins, clock)
    guest.begin("PLAIN")
    guest.say(RIGHT)
    assert guest.outcomes == [Challenge(b""), ADMITTED]


def test_who_knows_the_password_is_admitted_by_scram_after_the_servers_proof(
    logins: Logins, clock: Clock
) -> None:
    guest, client = Guest(logins, clock), ScramClient("alice", "wonderland")
    guest.begin("SCRAM-SHA-256")
    guest.say(client.first())
    challenge = guest.outcomes[-1]
    assert isinstance(challenge, Challenge)
    guest.say(client.final(challenge.octets))
    proof = guest.outcomes[-1]
    assert isinstance(proof, Challenge)
    assert client.believes(proof.octets)
    guest.say(b"")
    assert guest.outcomes[0] == Challenge(b"")
    assert guest.outcomes[-1] == ADMITTED


def test_what_follows_the_servers_proof_must_be_empty(logins: Logins, clock: Clock) -> None:
    guest = Guest(logins, clock).scram(ScramClient("alice", "wonderland"))
    guest.say(b"x")
    assert guest.outcomes[-1] == Garbled()


def test_the_name_is_told_as_it_is_kept(logins: Logins, clock: Clock) -> None:
    assert Guest(logins, clock).plain(plain("al\u00adice", "wonder\u00adland")).outcomes == [ADMITTED]


def test_one_may_act_as_oneself_and_as_nobody_else(logins: Logins, clock: Clock) -> None:
    assert Guest(logins, clock).plain(plain("alice", "wonderland", "alice")).outcomes == [ADMITTED]
    other = Guest(logins, clock, "192.0.2.2").plain(plain("alice", "wonderland", "bob"))
    clock.advance(2)
    assert other.outcomes == [Denied()]


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"alice",
        b"\0alice",
        b"alice\0wonderland",
        b"\0\0wonderland",
        b"\0alice\0",
        b"\0alice\0wonder\0land",
        b"\0alice\0" + b"x" * 256,
        b"\0" + b"x" * 256 + b"\0wonderland",
    ],
)
def test_what_is_no_message_of_plain_is_garbled_and_no_failure(
    logins: Logins, clock: Clock, message: bytes
) -> None:
    guest = Guest(logins, clock).plain(message)
    guest.plain()
    assert guest.outcomes == [Garbled(), ADMITTED]


@pytest.mark.parametrize("message", [b"\0alice\0\xff\xfe", b"\0\xff\0wonderland", plain("alice", "a\x07")])
def test_what_cannot_be_a_password_is_a_wrong_one(logins: Logins, clock: Clock, message: bytes) -> None:
    guest = Guest(logins, clock).plain(message)
    clock.advance(2)
    assert guest.told == [(2, Denied())]


# -- checkers


@implementer(ICredentialsChecker)
class Checker:
    """A checker that does what it is told to."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[Presented] = []

    def requestAvatarId(self, credentials: Any) -> Any:
        self.asked.append(credentials)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_second_checker_adds_and_does_not_replace(clock: Clock) -> None:
    second = Checker(b"bob")
    logins = the_logins(clock, a_roll(), [Checker(UnauthorizedLogin()), Checker(LoginDenied()), second])
    assert Guest(logins, clock).plain().outcomes == [ADMITTED]
    assert second.asked == []
    assert Guest(logins, clock).plain(plain("bob", "x")).outcomes == [Admitted("bob", frozenset({"ask"}))]
    assert (second.asked[0].username, second.asked[0].password) == (b"bob", b"x")


def test_what_a_checker_compares_with_is_prepared_too_and_compared_whole() -> None:
    presented = Presented("alice", "IX")
    assert presented.checkPassword("\u2168".encode())
    assert not presented.checkPassword(b"I")
    assert not presented.checkPassword(b"\xff")


def test_credentials_do_not_show_the_password() -> None:
    assert "wonderland" not in repr(Presented("alice", "wonderland")) + str(a_verifier("a", "wonderland"))
    assert repr(a_verifier("a", "x")) == "Verifier(name='a', iterations=4096)"


def test_a_checker_that_never_answers_is_given_up(clock: Clock) -> None:
    never: Deferred[bytes] = Deferred()
    guest = Guest(the_logins(clock, None, [Checker(never)]), clock).plain()
    clock.advance(CHECK_SECONDS)
    assert guest.outcomes == [None]
    assert never.called


def test_a_checker_that_is_waited_for_is_let_go_when_the_peer_leaves(clock: Clock) -> None:
    given_up: list[Deferred[bytes]] = []
    checker = Checker(Deferred(given_up.append))
    logins = the_logins(clock, None, [checker])
    guest = Guest(logins, clock).plain()
    guest.visitor.leave()
    assert given_up == [checker.answer]
    assert (clock.getDelayedCalls(), guest.told, logins.looked_at) == ([], [], {})


def test_a_checker_that_breaks_is_a_fault_of_ours_and_what_it_says_is_not_logged(
    clock: Clock, caught: list[str]
) -> None:
    logins = the_logins(clock, None, [Checker(ValueError("wonderland is no number"))])
    assert Guest(logins, clock).plain().outcomes == [None]
    assert logins.counts.faults == 1
    (line,) = caught
    assert "checking a login broke: ValueError at " in line
    assert "wonderland" not in line
    assert logins.counts.failed_logins == 0


@pytest.mark.parametrize("answer", [(), None, 7])
def test_somebody_without_a_name_is_nobody(clock: Clock, answer: object) -> None:
    guest = Guest(the_logins(clock, None, [Checker(answer)]), clock).plain()
    clock.advance(2)
    assert guest.outcomes == [Denied()]


def test_the_realm_has_speakers_with_a_name_and_rights() -> None:
    interface, speaker, _ = Realm().requestAvatar(b"alice", None, ISpeaker)
    assert (interface, speaker.name, speaker.rights) == (ISpeaker, "alice", frozenset({"ask"}))
    assert ISpeaker.providedBy(speaker)
    assert Proven("alice").name == "alice"
    with pytest.raises(NotImplementedError):
        Realm().requestAvatar(b"alice", None)
