"""A session in which somebody logs in: what is said, in which order, and what never reaches the log."""

from __future__ import annotations

from dataclasses import replace

import pytest
from twisted.internet.task import Clock

from socketspeak.server.login import Visitor
from tests.conftest import LoggedFailures
from tests.kit.logins import NOBODY, RIGHT, WRONG, Workbench, a_roll, base64, challenge_of, the_logins
from tests.kit.peer import Peer
from tests.kit.scram import ScramClient
from tests.kit.world import the_setting

SETTING = replace(the_setting(menu=2), mechanisms=("SCRAM-SHA-256", "PLAIN"), require_login=True)


def a_guest(clock: Clock, host: str = "127.0.0.1", work: Workbench | None = None) -> Peer:
    """A peer on loopback of a server that wants a login, and that takes PLAIN over TLS only."""
    logins = the_logins(clock, a_roll(), work=work)
    return Peer(clock=clock, setting=SETTING, visitor=Visitor(logins, host))


def secured(guest: Peer) -> Peer:
    """As if TLS stood."""
    guest.session._conversation.secured()
    return guest


def auth(message: bytes) -> bytes:
    """The line that logs in by PLAIN."""
    return b"AUTH PLAIN " + base64(message) + b"\n"


def test_a_login_by_scram_is_five_lines_and_what_was_closed_is_open() -> None:
    guest, client = a_guest(Clock()), ScramClient("alice", "wonderland")
    guest.send(b"TIME UTC\n", b"AUTH SCRAM-SHA-256 " + base64(client.first()) + b"\n")
    guest.send(base64(client.final(challenge_of(guest.said[-1]))) + b"\n")
    assert client.believes(challenge_of(guest.said[-1]))
    guest.send(b"\n", b"TIME UTC\n")
    assert guest.codes == ["530 ", "334 ", "334 ", "235 ", "250 "]
    assert guest.said[3] == "235 you are logged in as alice"


@pytest.mark.parametrize("message", [WRONG, NOBODY])
def test_a_failure_is_the_same_line_whoever_it_was_and_what_came_behind_waits(message: bytes) -> None:
    guest = secured(a_guest(Clock()))
    guest.send(auth(message) + b"PING\n")
    guest.turn(1.9)
    assert guest.said == []
    guest.turn(0.1)
    guest.settle()
    assert guest.said == ["535 wrong name or password", "200 PONG"]


def test_the_third_failure_of_a_session_is_its_end() -> None:
    guest = secured(a_guest(Clock()))
    for _ in range(3):
        guest.send(auth(WRONG))
        guest.turn(15)
    guest.send(auth(RIGHT))
    assert guest.said[2:] == ["535 wrong name or password", "421 too many failed logins"]
    assert guest.transport.disconnecting


def test_while_one_is_held_back_another_from_there_is_told_for_how_long() -> None:
    clock = Clock()
    logins = the_logins(clock, a_roll())
    one, other = (
        secured(Peer(clock=clock, setting=SETTING, visitor=Visitor(logins, host)))
        for host in ("2001:db8::1", "2001:db8::2")
    )
    one.send(auth(WRONG))
    other.send(auth(RIGHT))
    assert other.said == ["431 too many failed logins from your address: wait 2 s"]


def test_too_many_at_once_are_told_when_to_try_again() -> None:
    guest = secured(a_guest(Clock(), work=Workbench(at_once=False, room=0)))
    guest.send(auth(RIGHT))
    assert guest.said == ["452 too many logins at once: wait 1 s"]


def test_a_peer_that_goes_leaves_nothing_behind() -> None:
    clock = Clock()
    bench = Workbench(at_once=False)
    guest = secured(a_guest(clock, work=bench))
    guest.send(auth(WRONG))
    assert len(bench.waiting) == 1
    guest.transport.lose()
    guest.settle()
    assert (bench.waiting, clock.getDelayedCalls()) == ([], [])


def test_a_login_that_is_cancelled_is_none() -> None:
    guest = a_guest(Clock())
    guest.send(b"AUTH SCRAM-SHA-256\n", b"*\n", b"PING\n")
    assert guest.codes == ["334 ", "501 ", "200 "]


@pytest.mark.parametrize(
    ("breaks", "line"),
    [
        ("socketspeak.server.login.Login._plain", auth(RIGHT)),
        ("socketspeak.server.login.Login._plain", b"AUTH PLAIN\n" + base64(RIGHT) + b"\n"),
        ("socketspeak.language.turns.step", b"AUHT PLAIN " + base64(RIGHT) + b"\n"),
    ],
)
def test_a_fault_in_a_login_is_451_and_neither_its_line_nor_what_it_says_is_logged(
    breaks: str, line: bytes, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("wonderland")

    guest = secured(a_guest(Clock()))
    monkeypatch.setattr(breaks, fail)
    guest.send(line)
    assert guest.codes[-1] == "451 "
    (told,) = logged
    assert "internal fault while answering somebody: KeyError at " in told
    assert "wonderland" not in told
    assert base64(RIGHT).decode() not in told


def test_a_fault_elsewhere_is_logged_with_its_line_as_ever(
    monkeypatch: pytest.MonkeyPatch, logged: list[str], logged_failures: LoggedFailures
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("oops")

    guest = secured(a_guest(Clock()))
    monkeypatch.setattr("socketspeak.language.turns.step", fail)
    guest.send(b"PING\n")
    assert guest.said == ["451 an internal fault, it is logged; the session goes on"]
    assert len(logged_failures.flush(KeyError)) == 1
    assert "internal fault while answering PING" in logged[0]
    assert "oops" in logged[0]
