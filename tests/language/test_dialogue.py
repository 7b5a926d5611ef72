"""The client's dialogue: greeted, switched to JSON, asked and answered in order; nothing it hears raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.dialogue import (
    GREETING_OCTETS,
    Answered,
    Broken,
    Dialogue,
    Ready,
    Refused,
    Send,
    Ticked,
    Unencrypted,
    Unwatched,
)
from socketspeak.language.reading import read_object
from socketspeak.language.replies import Tick, Watched
from socketspeak.language.requests import Request
from tests.kit.world import Talk
from tests.language.dialogues import (
    ADMITTED,
    CHALLENGE,
    PONG,
    SKIPPING,
    STOPPING,
    SWITCHED,
    TICK,
    UNWATCHED,
    WATCHED,
    hear,
    ready,
)
from tests.language.replying import ANY, written


def test_the_first_thing_that_is_sent_is_the_wish_for_json() -> None:
    assert Dialogue().opened() == (Send(b"FORMAT JSON"),)


def test_it_is_ready_once_the_whole_greeting_has_been_heard_and_json_is_spoken() -> None:
    dialogue = Dialogue()
    assert hear(dialogue, b"220-SocketSpeak 1.0.0", b"220-   1 Asia/Tokyo", b"220 Type a number") == []
    assert hear(dialogue, SWITCHED) == [Ready(("SocketSpeak 1.0.0", "   1 Asia/Tokyo", "Type a number"))]


def test_the_real_conversation_makes_it_ready() -> None:
    talk, dialogue = Talk(), Dialogue()
    talk.perform(talk.conversation.opened())
    talk.tell(*(act.line for act in dialogue.opened() if isinstance(act, Send)))
    lines = b"".join(talk.said).split(b"\r\n")[:-1]
    (act,) = hear(dialogue, *lines)
    assert isinstance(act, Ready)


def test_answers_belong_to_the_requests_in_their_order() -> None:
    dialogue = ready()
    first, second = (dialogue.ask(Request("TIME", place)) for place in ("tokyo", "lisbon"))
    assert first[1] == (Send(b"TIME tokyo"),)
    assert [act.ticket for act in hear(dialogue, PONG, PONG) if isinstance(act, Answered)] == [
        first[0],
        second[0],
    ]


def test_a_request_may_be_sent_before_the_greeting_has_come() -> None:
    dialogue = Dialogue()
    ticket, _ = dialogue.ask(Request("PING"))
    assert hear(dialogue, b"220 hello", SWITCHED, PONG) == [
        Ready(("hello",)),
        Answered(ticket, read_object(PONG)),
    ]


def test_what_is_no_request_is_not_sent_and_holds_no_place() -> None:
    dialogue = ready()
    with pytest.raises(ValueError, match="control"):
        dialogue.ask(Request("TIME", "tok\nyo"))
    ticket, _ = dialogue.ask(Request("PING"))
    assert hear(dialogue, PONG) == [Answered(ticket, read_object(PONG))]


def test_a_tick_that_nobody_asked_for_answers_nothing() -> None:
    dialogue = ready()
    ticket, _ = dialogue.ask(Request("PING"))
    assert hear(dialogue, b'{"code":150,"clocks":[]}', PONG) == [Answered(ticket, read_object(PONG))]


@pytest.mark.parametrize(
    "lines",
    [
        [b"421 too many connections"],
        [b"421-too many", b"421 connections"],
        [b"220 hello", b"421 idle"],
        [b"220 hello", STOPPING],
        [b"220 hello", SWITCHED, STOPPING],
        [b"220 hello", b'{"code":452,"message":"too many requests"}'],
    ],
)
def test_a_server_that_closes_at_whatever_point_has_refused(lines: list[bytes]) -> None:
    dialogue = Dialogue()
    acts = hear(dialogue, *lines, PONG, SWITCHED)
    assert isinstance(acts[-1], Refused)
    assert acts[-1].code in {421, 452}


@pytest.mark.parametrize(
    "lines",
    [
        [b"HTTP/1.1 400 Bad Request"],
        [b"SSH-2.0-OpenSSH_10.0"],
        [b""],
        [b"220 mail.example ESMTP", b"500 unknown command"],
        [b"220 hello", b"200 the format is JSON"],
        [b"220 hello", b'{"code":504,"message":"unknown format"}'],
        [b"220 hello", b'{"code":251,"entries":[]}'],
        [b"220 hello", b'{"code":200', PONG],
        [b"220 hello", SWITCHED, b"250 2026-11-23T15:04:05.123-03:00 America/Sao_Paulo"],
        [b"220 hello", SWITCHED, PONG],
        [b"220-hello"] + [b"220-" + b"x" * 999] * (GREETING_OCTETS // 1000 + 1),
    ],
)
def test_one_who_does_not_speak_the_protocol_is_found_out(lines: list[bytes]) -> None:
    acts = hear(Dialogue(), *lines)
    assert [type(act) for act in acts if not isinstance(act, Ready)] == [Broken]


def test_what_a_server_without_json_says_is_repeated_without_what_a_terminal_obeys() -> None:
    (act,) = hear(Dialogue(), b"220 ftp", b"500 \x1b[2JUnknown")
    assert act == Broken("it does not speak JSON, but says 500 [2JUnknown")


# --- Ticks --------------------------------------------------------------------------------------------------


def watching() -> tuple[Dialogue, int]:
    """A dialogue with a watch, and its ticket."""
    dialogue = ready()
    ticket, acts = dialogue.ask(Request("WATCH", "tokyo EVERY 1"))
    assert acts == (Send(b"WATCH tokyo EVERY 1"),)
    assert hear(dialogue, WATCHED) == [Answered(ticket, Watched(("Asia/Tokyo",), 1))]
    return dialogue, ticket


def test_ticks_belong_to_the_watch_and_answer_nothing() -> None:
    dialogue, watch = watching()
    first, second = (dialogue.ask(Request("PING"))[0] for _ in range(2))
    assert hear(dialogue, TICK, PONG, SKIPPING, PONG, TICK) == [
        Ticked(watch, Tick(())),
        Answered(first, read_object(PONG)),
        Ticked(watch, Tick((), 3, "disrupted")),
        Answered(second, read_object(PONG)),
        Ticked(watch, Tick(())),
    ]


def test_a_second_watch_ends_the_first_once_it_is_answered() -> None:
    dialogue, first = watching()
    second, _ = dialogue.ask(Request("WATCH", "lisbon"))
    assert hear(dialogue, TICK, WATCHED, TICK) == [
        Ticked(first, Tick(())),
        Unwatched(first),
        Answered(second, Watched(("Asia/Tokyo",), 1)),
        Ticked(second, Tick(())),
    ]


def test_a_watch_that_fails_ends_nothing() -> None:
    dialogue, watch = watching()
    dialogue.ask(Request("WATCH", "lisbom"))
    assert hear(dialogue, b'{"code":550,"message":"no such place"}', TICK)[1:] == [Ticked(watch, Tick(()))]


def test_after_unwatch_ticks_are_nobody_s() -> None:
    dialogue, watch = watching()
    ticket, _ = dialogue.ask(Request("UNWATCH"))
    assert hear(dialogue, TICK, UNWATCHED, TICK) == [
        Ticked(watch, Tick(())),
        Unwatched(watch),
        Answered(ticket, Watched(())),
    ]
    again, _ = dialogue.ask(Request("UNWATCH"))
    assert hear(dialogue, UNWATCHED) == [Answered(again, Watched(()))]


def test_what_else_comes_unsolicited_is_of_a_later_version_and_is_nothing() -> None:
    dialogue, _ = watching()
    assert hear(dialogue, b'{"code":160,"news":1}') == []


@pytest.mark.parametrize("line", [b'{"code":150}', b'{"code":150,"clocks":[1]}', WATCHED])
def test_a_tick_that_cannot_be_and_a_watch_that_nobody_asked_for_are_no_server_s(line: bytes) -> None:
    dialogue, _ = watching()
    (act,) = hear(dialogue, line)
    assert isinstance(act, Broken)


# --- Whatever is heard --------------------------------------------------------------------------------------

LINES = (
    st.binary(max_size=40)
    | st.sampled_from([b"220 hello", b"220-hello", SWITCHED, PONG, STOPPING, b"421 closing", b"{}", b"[]"])
    | st.sampled_from([b"222 begin", CHALLENGE, ADMITTED, TICK, WATCHED, UNWATCHED])
    | ANY.map(written)
)


@given(st.lists(LINES, max_size=12), st.lists(st.sampled_from(["PING", "AUTH"]), max_size=5), st.booleans())
def test_nothing_that_is_heard_raises_and_the_end_comes_once(
    lines: list[bytes], asked: list[str], starttls: bool
) -> None:
    dialogue = Dialogue(starttls=starttls)
    tickets = [dialogue.ask(Request(verb))[0] for verb in asked]
    acts = hear(dialogue, *lines)
    answered = [act.ticket for act in acts if isinstance(act, Answered)]
    assert answered == tickets[: len(answered)]
    assert not any(isinstance(act, Refused | Broken | Unencrypted) for act in acts[:-1])
    assert sum(isinstance(act, Ready) for act in acts) <= 1
