"""WATCH and UNWATCH: what may be watched, how often, and what is said of it."""

from __future__ import annotations

import json

import pytest

from socketspeak.language.acts import StartWatch, StopWatch
from socketspeak.language.conversation import Conversation
from socketspeak.language.reading import read_object
from socketspeak.language.replies import Tick, Watched
from tests.kit.world import Talk, the_setting, the_voices


def started(talk: Talk) -> list[tuple[list[str], int]]:
    """The watches that were begun: zones and seconds."""
    return [
        ([place.zone for place in act.places], act.every) for act in talk.other if isinstance(act, StartWatch)
    ]


@pytest.mark.parametrize(
    ("line", "zones", "every"),
    [
        (b"WATCH tokyo", ["Asia/Tokyo"], 1),
        (b"watch tokyo, lisbon every 60", ["Asia/Tokyo", "Europe/Lisbon"], 60),
        (b"WATCH UTC+5:30 EVERY 3600", ["UTC+05:30"], 3600),
        (b"WATCH 1, 2", ["America/Sao_Paulo", "America/Maceio"], 1),
        (b"WATCH tokyo, tokyo", ["Asia/Tokyo", "Asia/Tokyo"], 1),
    ],
)
def test_a_watch_is_255_and_begins(line: bytes, zones: list[str], every: int) -> None:
    talk = Talk()
    words = "a tick every second" if every == 1 else f"a tick every {every} s"
    assert talk.tell(line) == f"255 {' '.join(zones)} every={every}s; {words}\n"
    assert started(talk) == [(zones, every)]
    assert talk.conversation.watching
    assert talk.conversation.at_rest


@pytest.mark.parametrize("every", [b"0", b"3601", b"-1", b"1.5", b"99999", b"", "１".encode()])
def test_another_number_of_seconds_is_501(every: bytes) -> None:
    talk = Talk()
    assert talk.tell(b"WATCH tokyo EVERY " + every).startswith(("501 ", "550 "))
    assert started(talk) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"WATCH", 501),
        (b"WATCH lisbom", 550),
        (b"WATCH tokyo,", 501),
        (b"WATCH San Jose", 350),
        (b"WATCH EVERY 1", 501),
    ],
)
def test_what_names_no_one_place_is_answered_as_for_time(line: bytes, code: int) -> None:
    talk = Talk()
    assert talk.tell(line).startswith(f"{code}")
    assert not talk.conversation.watching


def test_more_places_than_the_limit_are_501_and_the_first_watch_goes_on() -> None:
    talk = Talk(Conversation(the_setting(watches=2), the_voices()["TEXT"]))
    talk.tell(b"WATCH tokyo, lisbon")
    said = talk.tell(b"WATCH tokyo, lisbon, paris")
    assert said == "501 3 places are too many: a session can watch 2\n"
    assert len(started(talk)) == 1
    assert talk.conversation.watching


def test_unwatch_ends_it_and_says_so_also_where_nothing_was_watched() -> None:
    talk = Talk()
    talk.tell(b"WATCH tokyo")
    assert talk.tell(b"UNWATCH") == "255 no ticks\n"
    assert isinstance(talk.other[-1], StopWatch)
    assert not talk.conversation.watching
    assert talk.tell(b"UNWATCH") == "255 no ticks\n"


def test_ctrl_c_is_unwatch_and_without_a_watch_it_has_no_reply() -> None:
    talk = Talk()
    assert talk.conversation.interrupted() == ()
    talk.tell(b"WATCH tokyo")
    before = len(talk.said)
    talk.perform(talk.conversation.interrupted())
    assert talk.heard_since(before) == "255 no ticks\n"


def test_ticks_follow_the_format_and_the_language_of_the_session() -> None:
    talk = Talk()
    talk.tell(b"WATCH tokyo EVERY 5", b"FORMAT JSON", b"LANG es", b"PING")
    voices = [act.voice for act in talk.other if isinstance(act, StartWatch)]
    assert [(voice.format.name, voice.catalog.language) for voice in voices] == [
        ("TEXT", "en"),
        ("JSON", "en"),
        ("JSON", "es"),
    ]
    assert started(talk) == [(["Asia/Tokyo"], 5)] * 3


def test_in_json_it_is_an_object_and_read_back() -> None:
    talk = Talk(Conversation(the_setting(), the_voices()["JSON"]))
    said = talk.tell(b"WATCH tokyo, lisbon")
    assert json.loads(said) == {"code": 255, "watching": ["Asia/Tokyo", "Europe/Lisbon"], "every": 1}
    assert read_object(said.encode()) == Watched(("Asia/Tokyo", "Europe/Lisbon"), 1)
    assert read_object(talk.tell(b"UNWATCH").encode()) == Watched(())


def test_a_tick_in_json_is_read_back_as_the_same_value() -> None:
    voice = the_voices()["JSON"]
    read = read_object(Talk(Conversation(the_setting(), voice)).tell(b"TIME tokyo, lisbon").encode())
    clocks = read.clocks  # type: ignore[union-attr]
    for tick in (Tick(clocks), Tick(clocks, skipped=3), Tick(clocks, disturbed="disrupted")):
        assert read_object(voice.render(tick)) == tick


@pytest.mark.parametrize("line", [b"OBSERVA tokyo CADA 5", b"WATCH tokyo EVERY 5"])
@pytest.mark.parametrize("language", ["pt-BR", "es"])
def test_other_languages_have_words_for_it(language: str, line: bytes) -> None:
    talk = Talk()
    talk.tell(f"LANG {language}".encode())
    assert talk.tell(line).startswith("255 Asia/Tokyo every=5s; ")
    assert talk.tell(b"PARAR").startswith("255 ")


def test_encrypting_ends_a_watch() -> None:
    talk = Talk()
    talk.tell(b"WATCH tokyo")
    assert isinstance(talk.conversation.secured()[0], StopWatch)
    assert not talk.conversation.watching
