"""The client's dialogue where it is to be encrypted, and where it logs in."""

from __future__ import annotations

import pytest

from socketspeak.language.dialogue import (
    Answered,
    Broken,
    ClientAct,
    Dialogue,
    Encrypt,
    Ready,
    Refused,
    Send,
    Unencrypted,
)
from socketspeak.language.reading import read_object
from socketspeak.language.requests import Request
from tests.language.dialogues import ADMITTED, CHALLENGE, PONG, SWITCHED, hear, ready

# --- Encryption midway --------------------------------------------------------------------------------------


def clear() -> Dialogue:
    """A dialogue in clear that is to be encrypted, and has been greeted."""
    dialogue = Dialogue(starttls=True)
    assert dialogue.opened() == (Send(b"STARTTLS"),)
    assert hear(dialogue, b"220-hello", b"220 you there") == []
    return dialogue


def test_before_tls_nothing_is_sent_but_the_wish_for_it_and_after_it_everything() -> None:
    dialogue = clear()
    ticket, acts = dialogue.ask(Request("PING"))
    assert acts == ()
    assert hear(dialogue, b"222 begin") == [Encrypt()]
    assert dialogue.secured() == (Send(b"FORMAT JSON"), Send(b"PING"))
    assert hear(dialogue, SWITCHED, PONG) == [Ready(()), Answered(ticket, read_object(PONG))]


@pytest.mark.parametrize("line", [b"220 hello", SWITCHED, PONG, b"", b"250-more"])
def test_what_is_said_in_clear_after_tls_was_agreed_on_is_no_server_s(line: bytes) -> None:
    dialogue = clear()
    (act, *_) = hear(dialogue, b"222 begin", line)[1:]
    assert isinstance(act, Broken)


def test_after_tls_nobody_greets_a_second_time() -> None:
    dialogue = clear()
    hear(dialogue, b"222 begin")
    dialogue.secured()
    (act,) = hear(dialogue, b"220 hello")
    assert isinstance(act, Broken)


@pytest.mark.parametrize("code", [200, 334, 454, 500, 502, 503])
def test_a_server_that_does_not_begin_tls_is_sent_nothing_more(code: int) -> None:
    dialogue = clear()
    dialogue.ask(Request("PING"))
    said = f"{code} not \x1bhere".encode()
    assert hear(dialogue, said, SWITCHED, PONG) == [Unencrypted(code, "not here")]


@pytest.mark.parametrize(
    ("line", "kind"), [(b"421 closing", Refused), (b"222-begin", Broken), (SWITCHED, Broken)]
)
def test_what_else_comes_for_tls_ends_it(line: bytes, kind: type[ClientAct]) -> None:
    (act,) = hear(clear(), line, b"222 begin")
    assert isinstance(act, kind)


# --- Logins -------------------------------------------------------------------------------------------------


def test_while_a_login_is_under_way_nothing_else_is_sent() -> None:
    dialogue = ready()
    before, _ = dialogue.ask(Request("PING"))
    login, acts = dialogue.ask(Request("AUTH", "SCRAM-SHA-256 bg=="))
    assert acts == (Send(b"AUTH SCRAM-SHA-256 bg=="),)
    behind, acts = dialogue.ask(Request("PING"))
    assert acts == ()
    assert hear(dialogue, PONG, CHALLENGE) == [
        Answered(before, read_object(PONG)),
        Answered(login, read_object(CHALLENGE)),
    ]
    proof, acts = dialogue.respond(b"proof")
    assert acts == (Send(b"cHJvb2Y="),)
    hear(dialogue, CHALLENGE)
    last, acts = dialogue.respond(b"")
    assert acts == (Send(b""),)
    assert hear(dialogue, ADMITTED) == [Send(b"PING"), Answered(last, read_object(ADMITTED))]
    assert hear(dialogue, PONG) == [Answered(behind, read_object(PONG))]
    assert proof not in {before, login, behind, last}


def test_a_login_that_is_refused_at_once_lets_the_next_request_go() -> None:
    dialogue = ready()
    first, _ = dialogue.ask(Request("AUTH", "PLAIN bg=="))
    second, _ = dialogue.ask(Request("AUTH", "PLAIN bh=="))
    refusal = b'{"code":535,"message":"no"}'
    assert hear(dialogue, refusal) == [Send(b"AUTH PLAIN bh=="), Answered(first, read_object(refusal))]
    assert hear(dialogue, ADMITTED) == [Answered(second, read_object(ADMITTED))]


def test_a_response_that_does_not_fit_on_a_line_is_not_sent() -> None:
    dialogue = ready()
    dialogue.ask(Request("AUTH", "PLAIN"))
    hear(dialogue, CHALLENGE)
    with pytest.raises(ValueError, match="a response of 1004 octets is longer than 1000"):
        dialogue.respond(b"x" * 751)
