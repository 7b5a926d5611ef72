"""The server's side of a session, as the contract has it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.conversation import QUEUE, Conversation
from tests.kit.world import NOON, Talk, the_setting, the_voices

SAO_PAULO = (
    "250 2026-11-23T15:04:05.123-03:00 America/Sao_Paulo -03 dst=no within=4ms via=lab; "
    "Monday, 23 November 2026, 15:04:05 in São Paulo\n"
)


def test_the_greeting_names_the_server_and_shows_the_menu() -> None:
    talk = Talk()
    talk.perform(talk.conversation.opened())
    lines = talk.heard_since(0).splitlines()
    assert lines[0] == "220-SocketSpeak 1.0.0 clock.example ready, world time on a socket"
    assert lines[1] == "220-   1 America/Sao_Paulo -03:00 2026-11-23T15:04; São Paulo, Brazil"
    assert lines[2].startswith("220-   2 America/Maceio -03:00 2026-11-23T15:04; Maceió, Brazil")
    assert [line[4:].split()[:2] for line in lines[3:5]] == [["3", "America/Recife"], ["4", "America/Bahia"]]
    assert lines[-2].endswith("Etc/UTC +00:00 2026-11-23T18:04; UTC")
    assert lines[-1] == "220 Type a number, a city or a zone. HELP lists the commands, QUIT leaves."


def test_time_is_answered_in_the_words_of_the_contract() -> None:
    assert Talk().tell(b"TIME sao paulo") == SAO_PAULO


@pytest.mark.parametrize(
    "line", [b"1", b"TIME 1", b"America/Sao_Paulo", b"america/sao paulo", b"time SAO_PAULO"]
)
def test_a_bare_place_a_number_and_any_spelling_give_the_same(line: bytes) -> None:
    assert Talk().tell(line) == SAO_PAULO


def test_several_places_get_a_line_each_of_one_instant() -> None:
    lines = Talk().tell(b"TIME tokyo, lisbon, UTC+5:30").splitlines()
    assert [line[:4] for line in lines] == ["250-", "250-", "250 "]
    assert [line[4:].split()[1] for line in lines] == ["Asia/Tokyo", "Europe/Lisbon", "UTC+05:30"]
    assert {line[4:].split()[0][17:23] for line in lines} == {"05.123"}


def test_a_link_is_shown_under_its_preferred_name_and_says_so() -> None:
    assert " Asia/Kolkata IST dst=no within=4ms via=lab asked=Asia/Calcutta; " in Talk().tell(
        b"Asia/Calcutta"
    )


def test_one_place_that_fails_fails_the_request_and_is_named() -> None:
    said = Talk().tell(b"TIME tokyo, lisbom, paris")
    assert said.startswith("550 no such place: lisbom (near: lisbon")
    assert said.count("\n") == 1


@pytest.mark.parametrize("line", [b"TIME tokyo,", b"TIME ,", b"tokyo,,paris"])
def test_a_missing_place_is_a_bad_argument(line: bytes) -> None:
    assert Talk().tell(line).startswith("501 ")


def test_a_mistyped_verb_is_a_place_that_is_unknown_with_the_verb_near() -> None:
    said = Talk().tell(b"TMIE tokyo")
    assert said.startswith("550 no such place: TMIE tokyo (near: TIME")


def test_a_number_that_the_list_does_not_have_is_unknown() -> None:
    assert Talk().tell(b"99").startswith("550 no entry 99 in the list, it has 17")
    assert Talk().tell(b"0").startswith("550 ")
    assert Talk().tell(b"9" * 90).startswith("550 ")


def test_a_number_chooses_from_the_list_just_shown_and_menu_brings_the_menu_back() -> None:
    talk = Talk()
    assert " 1 Pacific/Auckland" in talk.tell(b"LIST NZ")
    assert "Pacific/Auckland" in talk.tell(b"1")
    talk.tell(b"MENU")
    assert talk.tell(b"1") == SAO_PAULO


def test_a_place_with_several_clocks_is_a_choice_and_a_number_makes_it() -> None:
    talk = Talk()
    lines = talk.tell(b"TIME Brazil").splitlines()
    assert {line[:3] for line in lines} == {"350"}
    assert [line[3] for line in lines] == ["-"] * (len(lines) - 1) + [" "]
    number = next(at for at, line in enumerate(lines, 1) if "America/Manaus" in line)
    assert "America/Manaus -04" in talk.tell(str(number).encode())


def test_areas_are_listed_and_a_number_opens_one() -> None:
    talk = Talk()
    assert talk.tell(b"LIST").splitlines()[0].startswith("251-   1 Africa 52; ")
    assert (
        talk.tell(b"1").splitlines()[0].startswith("350-   1 Africa/Abidjan +00:00 2026-11-23T18:04; Abidjan")
    )


def test_links_are_listed_with_what_they_stand_for() -> None:
    said = Talk().tell(b"LIST LINKS")
    assert " Asia/Calcutta +05:30 2026-11-23T23:34; Asia/Kolkata\n" in said


def test_an_unknown_list_is_550_and_an_unknown_find_too() -> None:
    assert Talk().tell(b"LIST Atlantis").startswith("550 no such area or country: Atlantis")
    assert Talk().tell(b"FIND qqqqzzzz").startswith("550 ")


def test_find_gives_places_best_first() -> None:
    assert Talk().tell(b"FIND lisb").splitlines()[0].startswith("251-   1 Europe/Lisbon +00:00")


@pytest.mark.parametrize("verb", [b"STARTTLS", b"AUTH PLAIN"])
def test_what_this_server_has_not_is_known_but_disabled(verb: bytes) -> None:
    assert Talk().tell(verb).startswith("502 ")


def test_format_answers_in_the_new_format_already() -> None:
    talk = Talk()
    assert json.loads(talk.tell(b"FORMAT json")) == {
        "code": 200,
        "message": "the format is JSON",
        "format": "JSON",
    }
    clock = json.loads(talk.tell(b"1"))["clocks"][0]
    assert clock == {
        "datetime": "2026-11-23T15:04:05.123456-03:00",
        "zone": "America/Sao_Paulo",
        "abbreviation": "-03",
        "utc_offset": "-03:00",
        "offset_seconds": -10800,
        "dst": False,
        "unixtime": 1795457045.123456,
        "error_bound": 0.0032,
        "source": "lab",
        "age": None,
        "asked": None,
        "place": "São Paulo",
        "country": "BR",
    }
    assert talk.tell(b"FORMAT TEXT") == "200 the format is TEXT\n"
    assert talk.tell(b"FORMAT xml").startswith("504 ")


def test_json_errors_carry_what_helps_a_program() -> None:
    talk = Talk()
    talk.tell(b"FORMAT JSON")
    failure = json.loads(talk.tell(b"TIME lisbom"))
    assert (failure["code"], failure["message"]) == (550, "no such place: lisbom")
    assert failure["suggestions"][0] == "lisbon"
    assert json.loads(talk.tell(b"HELP"))["verbs"][0]["verb"] == "TIME"
    assert json.loads(talk.tell(b"CAPABILITIES")) == {
        "code": 212,
        "version": 1,
        "starttls": False,
        "auth": [],
        "languages": ["en", "pt-BR", "es"],
        "formats": ["TEXT", "JSON"],
    }
    assert json.loads(talk.tell(b"STATUS"))["clock"] == {
        "state": "single",
        "error_bound": 0.0032,
        "voters": [],
        "falsetickers": [],
    }


def test_help_lists_what_works_and_tells_of_one_verb() -> None:
    said = Talk().tell(b"HELP")
    assert "210-TIME place[, place …]" in said
    assert "210-CONVERT when place TO place[, place …]" in said
    assert "STARTTLS" not in said
    assert Talk().tell(b"HELP find").splitlines()[0].startswith("210-FIND text")
    assert Talk().tell(b"HELP tmie") == "501 no such command: tmie (near: TIME)\n"


@pytest.mark.parametrize("line", [b"QUIT", b"exit", b"Bye", b"SAIR"])
def test_quit_says_goodbye_and_parts_and_nothing_after_it_is_answered(line: bytes) -> None:
    talk = Talk()
    assert talk.tell(line, b"TIME tokyo") == "221 goodbye\n"
    assert talk.parted is not None


def test_requests_wait_for_the_one_in_flight_and_are_answered_in_order() -> None:
    talk = Talk()
    talk.patient = True
    assert talk.tell(b"TIME tokyo", b"PING", b"TIME lisbon", b"QUIT") == ""
    talk.answer(talk.asked[0])
    assert talk.tell().splitlines() == ["200 PONG"]
    talk.answer(talk.asked[1])
    assert talk.tell() == "221 goodbye\n"
    assert [reply[:4] for reply in talk.said] == [b"250 ", b"200 ", b"250 ", b"221 "]


def test_the_queue_has_room_for_thirty_two() -> None:
    talk = Talk()
    talk.patient = True
    talk.tell(b"TIME tokyo")
    for free in range(QUEUE, 0, -1):
        assert talk.conversation.room == free
        talk.perform(talk.conversation.heard(b"PING", NOON))
    assert talk.conversation.room == 0


def test_a_peer_that_has_finished_gets_every_answer_and_no_farewell() -> None:
    talk = Talk()
    talk.patient = True
    talk.tell(b"TIME tokyo", b"PING")
    talk.perform(talk.conversation.peer_finished())
    assert talk.parted is None
    talk.answer(talk.asked[0])
    talk.tell()
    assert [reply[:4] for reply in talk.said] == [b"250 ", b"200 "]
    assert talk.parted is not None


def test_shutdown_answers_what_was_asked_and_then_says_421() -> None:
    talk = Talk()
    talk.patient = True
    talk.tell(b"TIME tokyo")
    talk.perform(talk.conversation.shutting_down())
    talk.answer(talk.asked[0])
    assert [reply[:4] for reply in talk.said] == [b"250 ", b"421 "]
    assert talk.parted is not None


def test_an_outcome_that_is_no_longer_waited_for_is_ignored() -> None:
    talk = Talk()
    talk.patient = True
    talk.tell(b"TIME tokyo", b"TIME lisbon")
    talk.answer(talk.asked[0])
    talk.tell()
    talk.answer(talk.asked[0])
    assert len(talk.said) == 1
    talk.answer(talk.asked[1])
    assert len(talk.said) == 2


def test_a_fault_is_answered_451_and_the_session_goes_on() -> None:
    talk = Talk()
    talk.perform(talk.conversation.faulted())
    assert talk.heard_since(0).startswith("451 ")
    assert talk.tell(b"PING") == "200 PONG\n"


def test_an_overlong_line_gets_its_552_in_its_turn() -> None:
    talk = Talk()
    talk.patient = True
    talk.tell(b"TIME tokyo")
    talk.perform(talk.conversation.overlong(NOON))
    talk.tell(b"PING")
    talk.answer(talk.asked[0])
    talk.tell()
    assert [reply[:4] for reply in talk.said] == [b"250 ", b"552 ", b"200 "]


def test_only_what_any_session_would_be_told_may_be_kept() -> None:
    talk = Talk()
    talk.tell(b"TIME Asia/Tokyo", b"TIME 1", b"MENU", b"brazil")
    assert [ask.keep for ask in talk.asked] == [True, False, False, False]


@given(st.lists(st.one_of(st.binary(max_size=60), st.text(max_size=30).map(str.encode)), max_size=8))
def test_nothing_that_a_peer_sends_raises_and_every_line_of_a_reply_is_whole(lines: list[bytes]) -> None:
    talk = Talk()
    for line in lines:
        talk.tell(line.replace(b"\n", b""))
    for reply in talk.said:
        assert reply.endswith(b"\r\n")
        for text in reply[:-2].split(b"\r\n"):
            assert len(text) <= 1000
            assert not set(text) & {0x0A, 0x0D, 0x1B, 0x00}
            assert text[:3].isdigit() or text.startswith(b"{")


@given(st.sampled_from(["TEXT", "JSON"]), st.text(max_size=80))
def test_what_is_echoed_has_no_character_that_a_terminal_obeys(form: str, text: str) -> None:
    talk = Talk(Conversation(the_setting(), the_voices()[form]))
    talk.tell(b"TIME " + text.encode("utf-8", "replace").replace(b"\n", b""))
    said = b"".join(talk.said).decode()
    assert not any(character in said for character in "\u202e\u2066\u200f\ufeff\u2028\x9b\x07")
