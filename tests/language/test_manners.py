"""How much nonsense a session may talk, and who is shown the door at once."""

from __future__ import annotations

import pytest

from socketspeak.language import messages as m
from socketspeak.language.acts import Wait
from socketspeak.language.catalog import message
from socketspeak.language.conversation import Conversation
from socketspeak.language.endings import Ending
from tests.kit.world import NOON, Talk, the_setting, the_voices

BAD = [b"TIME", b"\xff", b"???"]
NO_HTTP = "421 this is no HTTP server; a line such as TIME tokyo is answered here\n"


@pytest.mark.parametrize("line", BAD)
def test_ten_bad_commands_are_answered_at_once(line: bytes) -> None:
    talk = Talk()
    assert talk.tell(*[line] * 10).count("\n") == 10
    assert talk.waits == []


@pytest.mark.parametrize("line", BAD)
def test_each_one_more_is_answered_a_second_later_and_the_twentieth_is_the_last(line: bytes) -> None:
    talk = Talk()
    said = talk.tell(*[line] * 20).splitlines()
    assert talk.waits == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert len(said) == 21
    assert said[-1] == "421 too many bad commands"
    assert talk.parted is Ending.BAD_COMMANDS


def test_an_overlong_line_is_a_bad_command() -> None:
    talk = Talk()
    for _ in range(11):
        talk.perform(talk.conversation.overlong(NOON))
    assert talk.waits == [1]


def test_a_good_command_makes_up_for_a_bad_one() -> None:
    talk = Talk()
    talk.tell(*[b"???", b"PING"] * 30)
    assert talk.waits == []
    assert talk.parted is None
    talk.tell(*[b"???"] * 11)
    assert talk.waits == [1]


def test_a_place_that_is_none_is_no_bad_command() -> None:
    talk = Talk()
    talk.tell(*[b"lisbom"] * 30)
    assert talk.waits == []
    assert talk.parted is None


def test_every_line_is_looked_at_until_all_bad_commands_are_made_up_for() -> None:
    talk = Talk()
    assert talk.conversation.at_rest
    talk.tell(b"???", b"???", b"PING")
    assert not talk.conversation.at_rest
    talk.tell(b"PING")
    assert talk.conversation.at_rest


def test_what_comes_behind_a_held_back_reply_waits_for_it() -> None:
    conversation = Conversation(the_setting(), the_voices()["TEXT"])
    for _ in range(10):
        conversation.heard(b"???", NOON)
    (wait,) = conversation.heard(b"???", NOON)
    assert isinstance(wait, Wait)
    assert conversation.heard(b"PING", NOON) == ()
    assert conversation.engaged
    assert conversation.waited(wait.ticket - 1) == ()
    talk = Talk(conversation)
    talk.perform(conversation.waited(wait.ticket))
    assert talk.tell() == "200 PONG\n"
    assert conversation.waited(wait.ticket) == ()


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1",
        b"GET /index.html",
        b"POST /api HTTP/1.0",
        b"HEAD / HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"CONNECT example.net:443 HTTP/1.1",
        b"GET http://example.net/ HTTP/1.1",
        b"PRI * HTTP/2.0",
    ],
)
def test_who_speaks_http_is_told_so_and_let_go_before_another_line_of_it_counts(line: bytes) -> None:
    talk = Talk()
    assert talk.tell(line, b"Host: localhost", b"", b"TIME tokyo") == NO_HTTP
    assert talk.parted is Ending.HTTP


@pytest.mark.parametrize("line", [b"get", b"GET", b"Post Falls", b"GET tokyo", b"options"])
def test_what_only_looks_like_it_is_a_place(line: bytes) -> None:
    talk = Talk()
    assert talk.tell(line).startswith(("550 ", "250 ", "350"))
    assert talk.parted is None


def test_who_is_dismissed_is_told_why_in_its_language_and_what_it_asked_is_dropped() -> None:
    talk = Talk()
    talk.tell(b"LANG es")
    talk.patient = True
    talk.tell(b"tokyo", b"lisbon")
    before = len(talk.said)
    talk.perform(talk.conversation.dismissed(Ending.IDLE, message(m.SHUTTING_DOWN)))
    assert talk.heard_since(before) == "421 SocketSpeak se está cerrando\n"
    assert talk.conversation.dismissed(Ending.IDLE, message(m.SHUTTING_DOWN)) == ()
