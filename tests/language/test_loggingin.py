"""STARTTLS and AUTH as the session sees them: what may be asked when, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from socketspeak.language import messages as m
from socketspeak.language.acts import (
    Admitted,
    Denied,
    Encrypt,
    Forgo,
    Garbled,
    LogIn,
    Overloaded,
    Respond,
    TooSoon,
)
from socketspeak.language.catalog import message
from socketspeak.language.conversation import Conversation
from socketspeak.language.endings import Ending
from socketspeak.language.loggingin import OPEN_VERBS
from socketspeak.language.replies import Challenge
from socketspeak.language.verbs import VERBS, Argument
from tests.kit.world import NOON, Talk, the_setting, the_voices

BOTH = ("SCRAM-SHA-256", "PLAIN")
ALICE = Admitted("alice", frozenset({"ask"}))


def talk(*, local: bool = True, secure: bool = False, **setting: Any) -> Talk:
    """A talk with a server that has TLS and logins, unless it is said otherwise."""
    set_so = the_setting(**{"starttls": True, "mechanisms": BOTH, **setting})
    conversation = Conversation(set_so, the_voices()["TEXT"], local=local)
    if secure:
        conversation.secured()
    return Talk(conversation)


def login(there: Talk, line: bytes = b"AUTH SCRAM-SHA-256 biwsbj1h") -> Any:
    """Ask to log in; what is asked of those who know the names."""
    assert not there.tell(line)
    return there.other.pop()


# -- encryption


def test_starttls_is_222_and_then_tls_begins() -> None:
    there = talk()
    assert there.tell(b"STARTTLS") == "222 begin TLS now\n"
    assert there.other == [Encrypt()]


def test_a_second_starttls_is_503_and_one_without_a_certificate_502() -> None:
    assert talk(secure=True).tell(b"STARTTLS") == "503 the session is encrypted already\n"
    assert talk(starttls=False).tell(b"STARTTLS").startswith("502 ")
    assert talk(starttls=False, secure=True).tell(b"STARTTLS").startswith("503 ")


def test_nothing_learnt_in_clear_counts_after_the_handshake() -> None:
    there = talk()
    there.tell(b"LIST Europe", b"LANG es", b"FORMAT JSON")
    there.perform(there.conversation.answered(login(there).ticket, ALICE))
    assert there.conversation.secured() == ()
    assert there.tell(b"PING") == "200 PONG\n"
    assert "America/Sao_Paulo" in there.tell(b"1")
    assert "AUTH SCRAM-SHA-256 PLAIN" in there.tell(b"CAPABILITIES")


def test_bad_manners_are_not_forgotten_by_encrypting() -> None:
    there = talk()
    there.tell(*[b"???"] * 10)
    there.conversation.secured()
    there.tell(b"???")
    assert there.waits == [1]


def test_who_has_gone_is_offered_no_tls() -> None:
    there = talk()
    there.conversation.shutting_down()
    there.perform(there.conversation.heard(b"STARTTLS", NOON))
    assert there.other == []


@pytest.mark.parametrize(
    ("there", "offers"),
    [
        (talk(), ["STARTTLS", "AUTH SCRAM-SHA-256"]),
        (talk(local=False), ["STARTTLS"]),
        (talk(secure=True), ["AUTH SCRAM-SHA-256 PLAIN"]),
        (talk(secure=True, local=False), ["AUTH SCRAM-SHA-256 PLAIN"]),
        (talk(starttls=False, mechanisms=()), []),
    ],
)
def test_capabilities_tell_what_can_be_done_now(there: Talk, offers: list[str]) -> None:
    lines = [line[4:] for line in there.tell(b"CAPABILITIES").splitlines()]
    assert [line for line in lines if line.startswith(("STARTTLS", "AUTH"))] == offers


# -- login


def test_a_login_goes_from_challenge_to_response_to_235() -> None:
    there = talk()
    begun = login(there)
    assert begun == LogIn(1, "SCRAM-SHA-256", b"n,,n=a")
    there.perform(there.conversation.answered(begun.ticket, Challenge(b"r=1")))
    assert there.heard_since(0) == "334 cj0x\n"
    assert not there.tell(b"Yz1iaXdz")
    respond = there.other.pop()
    assert respond == Respond(2, b"c=biws")
    there.perform(there.conversation.answered(respond.ticket, Challenge(b"v=2")))
    assert not there.tell(b"")
    assert there.other == [Respond(3, b"")]
    there.perform(there.conversation.answered(3, ALICE))
    assert there.heard_since(2) == "235 you are logged in as alice\n"
    assert there.tell(b"AUTH PLAIN") == "503 you are logged in already, as alice\n"
    assert there.conversation.at_rest


def test_in_json_challenge_and_name_have_keys() -> None:
    there = talk()
    there.tell(b"FORMAT JSON")
    there.perform(there.conversation.answered(login(there).ticket, Challenge(b"r=1")))
    there.tell(b"")
    there.perform(there.conversation.answered(there.other.pop().ticket, ALICE))  # type: ignore[union-attr]
    assert there.heard_since(1).splitlines() == [
        '{"code":334,"challenge":"cj0x"}',
        '{"code":235,"message":"you are logged in as alice","user":"alice"}',
    ]


@pytest.mark.parametrize(("initial", "octets"), [(b"", None), (b" =", b""), (b" AGEAYg==", b"\0a\0b")])
def test_the_first_message_may_come_along(initial: bytes, octets: bytes | None) -> None:
    assert login(talk(secure=True), b"AUTH PLAIN" + initial) == LogIn(1, "PLAIN", octets)


@pytest.mark.parametrize("line", [b"AUTH PLAIN a", b"AUTH PLAIN ????", "AUTH PLAIN é===".encode()])
def test_what_is_no_base64_is_501(line: bytes) -> None:
    assert talk(secure=True).tell(line) == "501 that is no Base64\n"


@pytest.mark.parametrize(
    ("there", "line", "code"),
    [
        (talk(), b"AUTH PLAIN", 538),
        (talk(local=False), b"AUTH PLAIN", 538),
        (talk(local=False), b"AUTH SCRAM-SHA-256", 538),
        (talk(local=False, starttls=False), b"AUTH SCRAM-SHA-256", 538),
        (talk(), b"AUTH LOGIN", 504),
        (talk(mechanisms=("PLAIN",), secure=True), b"AUTH SCRAM-SHA-256", 504),
        (talk(mechanisms=()), b"AUTH PLAIN", 502),
        (talk(), b"AUTH", 501),
    ],
)
def test_a_login_that_cannot_be_is_refused_by_the_code_that_says_why(
    there: Talk, line: bytes, code: int
) -> None:
    assert there.tell(line).startswith(f"{code} ")
    assert there.other == []


@pytest.mark.parametrize("line", [b"*", b"no base64", b"QUIT!"])
def test_a_login_is_given_up_by_a_star_or_by_nonsense(line: bytes) -> None:
    there = talk()
    there.perform(there.conversation.answered(login(there).ticket, Challenge(b"x")))
    assert there.tell(line).startswith("501 ")
    assert there.other == [Forgo()]
    assert there.tell(b"PING") == "200 PONG\n"


def test_lines_that_came_too_early_are_no_messages_of_a_login_that_was_refused() -> None:
    there = talk()
    begun = login(there)
    there.conversation.heard(b"PING", NOON)
    there.perform(there.conversation.answered(begun.ticket, Garbled()))
    there.tell()
    assert there.heard_since(0).splitlines() == ["501 that is no message of this mechanism", "200 PONG"]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (TooSoon(4), "431 too many failed logins from your address: wait 4 s\n"),
        (Overloaded(1), "452 too many logins at once: wait 1 s\n"),
        (Denied(), "535 wrong name or password\n"),
    ],
)
def test_each_way_to_fail_has_its_code(outcome: Any, said: str) -> None:
    there = talk()
    there.perform(there.conversation.answered(login(there).ticket, outcome))
    assert there.heard_since(0) == said
    assert there.parted is None


def test_the_third_failure_of_a_session_is_its_end() -> None:
    there = talk()
    for _ in range(3):
        there.perform(there.conversation.answered(login(there).ticket, Denied()))
    assert [line[:3] for line in there.heard_since(0).splitlines()] == ["535", "535", "535", "421"]
    assert there.parted is Ending.FAILED_LOGINS


def test_to_be_sent_away_does_not_count_as_a_failure() -> None:
    there = talk()
    for _ in range(5):
        there.perform(there.conversation.answered(login(there).ticket, TooSoon(2)))
    assert there.parted is None


def test_who_is_dismissed_in_the_middle_of_a_login_gives_it_up() -> None:
    there = talk()
    login(there)
    there.perform(there.conversation.dismissed(Ending.SLOW_LOGIN, message(m.SHUTTING_DOWN)))
    assert there.other == [Forgo()]
    assert there.parted is Ending.SLOW_LOGIN


# -- where a login is required


def test_the_greeting_is_one_line_and_has_no_menu() -> None:
    there = talk(require_login=True)
    there.perform(there.conversation.opened())
    first = "220 SocketSpeak 1.0.0 clock.example ready, log in first: AUTH. HELP lists the commands\n"
    assert there.heard_since(0) == first


@pytest.mark.parametrize("word", sorted({verb.word for verb in VERBS.values()}))
def test_until_then_only_what_leads_to_it_is_answered(word: str) -> None:
    there = talk(require_login=True)
    said = there.tell(f"{word} x".encode() if VERBS[word].argument is Argument.REQUIRED else word.encode())
    assert said.startswith("530 ") != (word in OPEN_VERBS)
    assert not there.asked


def test_a_bare_place_gets_530_too_and_after_the_login_its_time() -> None:
    there = talk(require_login=True)
    assert there.tell(b"tokyo") == "530 log in first: AUTH\n"
    assert not there.conversation.at_rest
    there.perform(there.conversation.answered(login(there).ticket, ALICE))
    assert "Asia/Tokyo" in there.tell(b"tokyo")
    assert there.conversation.at_rest


def test_what_was_sent_behind_a_login_counts_after_it() -> None:
    there = talk(require_login=True)
    begun = login(there)
    there.conversation.heard(b"tokyo", NOON)
    there.perform(there.conversation.answered(begun.ticket, ALICE))
    assert "Asia/Tokyo" in there.tell()
