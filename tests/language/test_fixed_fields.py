"""Codes and fields are the same in every language: for any reply, and for any requests."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from socketspeak.language.catalog import message
from socketspeak.language.messages import HELP_HEAD
from socketspeak.language.replies import Greeting, Help, Reply
from socketspeak.language.verbs import ROWS
from tests.kit.world import the_voices
from tests.language.replying import ENTRIES, KINDS, NAMES
from tests.language.test_languages import LANGUAGES, talk_in

FOR_PEOPLE = {"message", "help", "usage", "place", "from_place", "to_place", "suggestions"}
A_LINE = re.compile(r"(?P<head>\d{3}[ -])(?P<text>.*)")
WITH_FIELDS = {"150", "220", "250", "251", "252", "253", "254", "350"}
ALL_FIELDS = {"211", "212"}


def fixed(said: str) -> list[Any]:
    """Of what was said, all that may not depend on the language."""
    found: list[Any] = []
    for line in said.replace("\r\n", "\n").splitlines():
        if line.startswith("{"):
            found.append(without_texts(json.loads(line)))
            continue
        parts = A_LINE.fullmatch(line)
        assert parts
        code, text = parts["head"][:3], parts["text"]
        fields = code in WITH_FIELDS and "; " in text
        found.append((parts["head"], text.partition("; ")[0] if fields or code in ALL_FIELDS else None))
    return found


def without_texts(value: Any) -> Any:
    """A value of JSON without what is for people, but for the names of its keys."""
    if isinstance(value, list):
        return [without_texts(each) for each in value]
    if isinstance(value, dict):
        return {key: None if key in FOR_PEOPLE else without_texts(each) for key, each in value.items()}
    return value


def assert_fixed(*said: str) -> None:
    assert all(fixed(each) == fixed(said[0]) for each in said)


@pytest.mark.parametrize("form", ["TEXT", "JSON"])
@pytest.mark.parametrize("kind", sorted(KINDS))
@given(data=st.data())
def test_codes_and_fields_of_every_kind_of_reply_are_the_same_in_all_languages(
    form: str, kind: str, data: st.DataObject
) -> None:
    reply = data.draw(KINDS[kind])
    assume(getattr(reply, "entries", True) and getattr(reply, "areas", True))  # no list is empty in text
    assert_fixed(*(the_voices(language)[form].render(reply).decode() for language in LANGUAGES))


@pytest.mark.parametrize("form", ["TEXT", "JSON"])
@given(NAMES, ENTRIES, st.lists(st.sampled_from(ROWS), min_size=1, max_size=5))
def test_the_greeting_and_help_are_too(form: str, name: str, menu: Any, verbs: Any) -> None:
    replies: list[Reply] = [Greeting("1.0.0", name, menu), Help(tuple(verbs), message(HELP_HEAD))]
    for reply in replies:
        assert_fixed(*(the_voices(language)[form].render(reply).decode() for language in LANGUAGES))


REQUESTS = (
    *("1", "99", "tokyo", "TIME tokyo, lisbon, UTC+5:30", "Asia/Calcutta", "korea", "lisbom", "tokyo,,x"),
    *("MENU", "LIST", "LIST NZ", "LIST LINKS", "LIST Atlantis", "FIND york", "FIND xyzzy", "FIND", "HELP"),
    *("HELP TIME", "HELP xyzzy", "FORMAT XML", "LANG xx", "STATUS", "CAPABILITIES", "PING x", "NOOP", "TIME"),
    *("WATCH tokyo", "STARTTLS", "???", "MENU please", "TMIE", "CONVERT 15:00 tokyo TO lisbon", "CONVERT x"),
    *("CONVERT 2026-03-29 01:30 lisbon TO UTC", "CONVERT 2026-10-25 01:30 lisbon TO UTC", "CONVERT now JP"),
    *("CONVERT 25:00 tokyo TO lisbon", "DIFF tokyo TO lisbon", "DIFF x", "TRANSITIONS tokyo", "MEET tokyo"),
    *(
        "FORMAT JSON",
        "FORMAT TEXT",
        "TRANSITIONS lisbon FROM 2026-01-01 COUNT 3",
        "MEET tokyo, lisbon",
        "MEET paris, york ON 2026-03-09",
    ),
)


@pytest.mark.parametrize("request_", REQUESTS)
def test_the_same_request_gets_the_same_codes_and_fields_in_all_languages(request_: str) -> None:
    for form in ("TEXT", "JSON"):
        assert_fixed(*(talk_in(language, form).tell(request_.encode()) for language in LANGUAGES))


@given(st.lists(st.sampled_from(REQUESTS) | st.text(max_size=20), max_size=6))
def test_so_do_any_requests_that_follow_one_another(lines: list[str]) -> None:
    talks = [talk_in(language) for language in LANGUAGES]
    words = {word for talk in talks for word in talk.conversation.voice.catalog.vocabulary.verbs}
    for line in lines:
        octets = line.encode("utf-8", "replace").replace(b"\n", b"")
        if line in REQUESTS or not {word.upper() for word in line.split()} & words:
            assert_fixed(*(talk.tell(octets) for talk in talks))
