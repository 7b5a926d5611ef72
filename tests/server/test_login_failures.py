"""Logins that fail: what they cost, whoever it was, and what of them is logged."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from socketspeak.language.acts import Denied, Overloaded, TooSoon
from socketspeak.language.replies import Challenge
from socketspeak.server.login import MOST_FROM_ONE, Logins
from socketspeak.server.verifiers import Roll
from tests.kit.logins import (
    ADMITTED,
    NOBODY,
    RIGHT,
    SECRET,
    WRONG,
    Guest,
    Sham,
    Workbench,
    a_roll,
    a_verifier,
    the_logins,
)
from tests.kit.scram import ScramClient, plain


@pytest.mark.parametrize("message", [WRONG, NOBODY])
def test_a_failure_is_told_after_two_seconds_whoever_it_was(
    logins: Logins, clock: Clock, message: bytes
) -> None:
    guest = Guest(logins, clock).plain(message)
    clock.advance(1.999)
    assert guest.told == []
    clock.advance(0.001)
    assert guest.told == [(2, Denied())]
    assert logins.counts.failed_logins == 1


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_a_wrong_proof_is_told_after_two_seconds_whoever_it_was(
    logins: Logins, clock: Clock, name: str
) -> None:
    guest = Guest(logins, clock).scram(ScramClient(name, "x"))
    assert len(guest.told) == 1
    clock.advance(2)
    assert guest.told[1:] == [(2, Denied())]


def test_a_decoy_lets_nobody_in_even_where_the_password_fits(clock: Clock) -> None:
    guest = Guest(the_logins(clock, Sham((), SECRET)), clock).plain(NOBODY)
    clock.advance(2)
    assert guest.outcomes == [Denied()]


def test_failures_from_an_address_are_told_after_2_4_8_15_and_15_seconds(
    logins: Logins, clock: Clock
) -> None:
    waits = []
    for _ in range(5):
        began = clock.seconds()
        guest = Guest(logins, clock).plain(WRONG)
        clock.pump([0.5] * 32)
        waits.append(guest.told[0][0] - began)
    assert waits == [2, 4, 8, 15, 15]


def test_ten_minutes_without_a_failure_are_forgiven(logins: Logins, clock: Clock) -> None:
    Guest(logins, clock).plain(WRONG)
    clock.advance(600)
    guest = Guest(logins, clock).plain(WRONG)
    clock.advance(2)
    assert guest.told == [(602, Denied())]


def test_a_login_that_succeeds_forgives_nothing(logins: Logins, clock: Clock) -> None:
    Guest(logins, clock).plain(WRONG)
    clock.advance(2)
    assert Guest(logins, clock).plain().outcomes == [ADMITTED]
    guest = Guest(logins, clock).plain(WRONG)
    clock.advance(3.9)
    assert guest.told == []
    clock.advance(0.1)
    assert guest.outcomes == [Denied()]


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_while_a_failure_is_held_back_another_login_from_there_is_not_looked_at(
    logins: Logins, clock: Clock, mechanism: str
) -> None:
    Guest(logins, clock, "2001:db8::1").plain(WRONG)
    clock.advance(0.5)
    neighbour, stranger = Guest(logins, clock, "2001:db8::2"), Guest(logins, clock, "2001:db8:0:1::1")
    neighbour.begin(mechanism, RIGHT)
    stranger.begin("PLAIN", RIGHT)
    assert neighbour.outcomes == [TooSoon(2)]
    assert stranger.outcomes == [ADMITTED]
    assert logins.counts.logins_too_soon == 1


def test_who_has_begun_before_the_failure_is_not_heard_either(logins: Logins, clock: Clock) -> None:
    one, other = Guest(logins, clock), Guest(logins, clock)
    client = ScramClient("alice", "wonderland")
    one.begin("SCRAM-SHA-256", client.first())
    challenge = one.outcomes[0]
    assert isinstance(challenge, Challenge)
    other.plain(WRONG)
    one.say(client.final(challenge.octets))
    assert one.outcomes[1:] == [TooSoon(2)]


def test_how_long_the_checking_took_shows_in_nothing(clock: Clock) -> None:
    bench = Workbench(at_once=False)
    guest = Guest(the_logins(clock, a_roll(), work=bench), clock).plain(WRONG)
    clock.advance(0.7)
    bench.work()
    clock.advance(1.3)
    assert guest.told == [(2, Denied())]


def test_who_leaves_while_the_answer_is_held_back_leaves_the_penalty_and_nothing_else(
    logins: Logins, clock: Clock
) -> None:
    guest = Guest(logins, clock).plain(WRONG)
    guest.visitor.leave()
    assert clock.getDelayedCalls() == []
    assert Guest(logins, clock).plain().outcomes == [TooSoon(2)]
    clock.advance(20)
    assert guest.told == []


def test_who_leaves_while_the_password_is_looked_at_has_failed(clock: Clock) -> None:
    bench = Workbench(at_once=False)
    logins = the_logins(clock, a_roll(), work=bench)
    guest = Guest(logins, clock).plain(WRONG)
    guest.visitor.leave()
    assert bench.waiting == []
    assert (clock.getDelayedCalls(), logins.looked_at) == ([], {})
    assert logins.counts.failed_logins == 1
    assert Guest(logins, clock).plain().outcomes == [TooSoon(2)]


def test_who_gives_up_before_a_password_was_told_has_not_failed(logins: Logins, clock: Clock) -> None:
    guest = Guest(logins, clock)
    guest.begin("SCRAM-SHA-256", ScramClient("alice", "x").first())
    guest.cancel()
    assert guest.plain().outcomes[-1] == ADMITTED
    assert logins.counts.failed_logins == 0


# -- work


def test_an_unknown_name_and_a_wrong_password_are_the_same_work(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    asked: list[tuple[int, int]] = []
    true = hashlib.pbkdf2_hmac

    def watched(kind: str, password: bytes, salt: bytes, iterations: int) -> bytes:
        asked.append((len(salt), iterations))
        return true(kind, password, salt, iterations)

    roll = Roll([a_verifier("alice", "wonderland", 5000)], b"secret")
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", watched)
    for number, message in enumerate((WRONG, NOBODY, RIGHT)):
        Guest(the_logins(clock, roll), clock, f"192.0.2.{number}").plain(message)
    assert asked == [(16, 5000)] * 3


def test_when_as_many_wait_as_may_the_next_is_told_when_to_try_again(clock: Clock) -> None:
    bench = Workbench(at_once=False, room=3)
    logins = the_logins(clock, a_roll(), work=bench)
    guests = [Guest(logins, clock, f"192.0.2.{number}").plain() for number in range(4)]
    assert [guest.outcomes for guest in guests] == [[], [], [], [Overloaded(1)]]
    assert logins.counts.logins_crowded == 1
    bench.work()
    assert guests[0].outcomes == [ADMITTED]


def test_one_address_does_not_take_all_the_room(clock: Clock) -> None:
    bench = Workbench(at_once=False)
    logins = the_logins(clock, a_roll(), work=bench)
    guests = [Guest(logins, clock).plain() for _ in range(MOST_FROM_ONE + 1)]
    assert guests[-1].outcomes == [Overloaded(1)]
    assert Guest(logins, clock, "192.0.2.2").plain().outcomes == []
    bench.work()
    guests[-1].plain()
    assert guests[-1].outcomes == [Overloaded(1)]  # it waits


def test_an_address_that_has_failed_has_one_login_looked_at_after_another(clock: Clock) -> None:
    bench = Workbench(at_once=False)
    logins = the_logins(clock, a_roll(), work=bench)
    Guest(logins, clock).plain(WRONG)
    bench.work()
    clock.advance(2)
    assert [Guest(logins, clock).plain(WRONG).outcomes for _ in range(2)] == [[], [Overloaded(1)]]


# -- the log


def test_who_logs_in_and_who_fails_is_logged_with_the_address_before_the_name(
    logins: Logins, clock: Clock, caught: list[str]
) -> None:
    Guest(logins, clock).plain()
    Guest(logins, clock, "").scram(ScramClient("nobody", "x"))
    Guest(logins, clock, "2001:db8::1").plain(plain("a from 192.0.2.9\x1b[31m\u202e", "y"))
    assert caught == [
        "'alice' logged in from 192.0.2.1 by PLAIN",
        "login failed from a UNIX socket, as 'nobody', by SCRAM-SHA-256",
        "login failed from 2001:db8::1, as 'a from 192.0.2.9[31m', by PLAIN",
    ]


def test_the_log_has_60_lines_a_minute_and_then_how_many_more_there_were(
    logins: Logins, clock: Clock, caught: list[str]
) -> None:
    for number in range(100):
        Guest(logins, clock, f"2001:db8:0:{number:x}::1").plain(WRONG)
    assert len(caught) == 60
    clock.advance(60)
    Guest(logins, clock).plain(plain("x" * 255, "y"))
    assert caught[60] == "40 lines about logins were not written"
    assert len(caught[61]) < 270
    assert len(caught) == 62
