"""A session whose server is given other places, languages and settings while it talks."""

from __future__ import annotations

from dataclasses import replace

from socketspeak.app.catalogs import load_catalogs
from socketspeak.language.conversation import Conversation
from socketspeak.language.questions import Setting
from socketspeak.language.voice import voices
from tests.kit.world import Talk, the_setting, the_voices, the_world


def renewed(setting: Setting) -> Setting:
    """The same with voices of its own, and a menu that is turned round."""
    spoken = {tag: voices(catalog) for tag, catalog in load_catalogs(the_world().atlas).items()}
    return replace(setting, voices=spoken, menu=tuple(reversed(setting.menu)))


def test_numbers_select_from_the_list_that_was_shown_until_another_is() -> None:
    talk = Talk()
    first = talk.tell(b"1")
    talk.conversation.renewed(renewed(the_setting()))
    assert talk.tell(b"1") == first
    assert " Etc/UTC " in talk.tell(b"MENU", b"1").splitlines()[-1]


def test_the_language_and_the_format_stay_and_their_voices_are_the_new_ones() -> None:
    talk = Talk()
    talk.tell(b"LANG pt", b"FORMAT JSON")
    new = renewed(the_setting())
    talk.conversation.renewed(new)
    assert talk.conversation.voice is new.voices["pt-BR"]["JSON"]
    assert '"place":"Tóquio"' in talk.tell(b"TIME tokyo")


def test_after_starttls_a_session_begins_in_the_new_voice() -> None:
    conversation = Conversation(the_setting(), the_voices()["TEXT"])
    new = renewed(the_setting())
    conversation.renewed(new)
    conversation.secured()
    assert conversation.voice is new.voices["en"]["TEXT"]


def test_a_question_that_was_under_way_is_answered() -> None:
    talk = Talk()
    talk.patient = True
    assert talk.tell(b"TIME tokyo") == ""
    talk.conversation.renewed(renewed(the_setting()))
    talk.answer(talk.asked[-1])
    assert " Asia/Tokyo JST " in talk.heard_since(0)
