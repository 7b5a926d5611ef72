"""Whatever stands behind CONVERT, DIFF, TRANSITIONS and MEET: there is one reply, of a known code."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.conversation import Conversation
from socketspeak.language.reading import Read, read_object
from socketspeak.language.replies import Conversion, Difference, Slots, Transitions
from socketspeak.language.requests import LINE_OCTETS
from tests.kit.world import Talk, the_languages, the_setting, the_voices

VERBS = ["CONVERT", "DIFF", "TRANSITIONS", "MEET"]
CODES = {350, 501, 502, 550, 553}
ANSWERS = {252: Conversion | Difference, 253: Transitions, 254: Slots}

WORDS = st.sampled_from(
    [
        *("lisbon", "Asia/Tokyo", "UTC+14", "UTC-12", "1", "17", "99", "Pacific/Apia", "brazil", "lisbom"),
        *("-23.55,-46.63", "1.5", "91N 200E", "\u221223.5", "now", "15:00", "01:30", "24:00", "23:59:60"),
        *(
            "0001-01-01",
            "9999-12-31",
            "2026-03-29",
            "2026-02-30",
            "2011-12-30",
            "2026-01-01T00:00",
            "0000-00-00",
        ),
        *(
            "9-17",
            "22:00-06:00",
            "0-24",
            "9-9",
            "99-99",
            "0",
            "1",
            "100",
            "101",
            "9999999999",
            "-1",
            "\u0663",
        ),
        *(
            "TO",
            "to",
            "FROM",
            "COUNT",
            "HOURS",
            "ON",
            ",",
            ", ",
            "\u202e",
            "\ufeff",
            "{0}",
            "%s",
            "\U0001f600",
        ),
    ]
)
ARGUMENTS = st.one_of(
    st.text(max_size=80),
    st.lists(WORDS | st.text(max_size=6), max_size=9).map(" ".join),
    st.builds("{} {} TO {}".format, WORDS, WORDS, WORDS),
    st.builds("{} {} {} TO {}, {}".format, WORDS, WORDS, WORDS, WORDS, WORDS),
    st.builds("{} FROM {} COUNT {}".format, WORDS, WORDS, WORDS),
    st.builds("{}, {} HOURS {} ON {}".format, WORDS, WORDS, WORDS, WORDS),
)
TAGS = sorted(the_languages())


@given(st.sampled_from(VERBS), ARGUMENTS, st.sampled_from(TAGS), st.sampled_from(["TEXT", "JSON"]))
def test_there_is_one_reply_of_a_known_kind(verb: str, argument: str, tag: str, form: str) -> None:
    line = f"{verb} {argument}".encode("utf-8", "replace").replace(b"\n", b"")[:LINE_OCTETS]
    talk = Talk(Conversation(the_setting(), the_languages()[tag][form]))
    talk.tell(line)
    (said,) = talk.said
    *lines, end = said.split(b"\r\n")
    assert lines
    assert end == b""
    for text in lines:
        assert text.decode().isprintable()
        assert len(text) <= LINE_OCTETS or text.startswith(b"{")
        assert int(text.removeprefix(b'{"code":')[:3]) in CODES | set(ANSWERS)


@given(st.sampled_from(VERBS), ARGUMENTS)
def test_what_is_said_in_json_is_read_as_the_same_value_again(verb: str, argument: str) -> None:
    talk = Talk(Conversation(the_setting(), the_voices()["JSON"]))
    said = talk.tell(f"{verb} {argument}".encode("utf-8", "replace").replace(b"\n", b"")[:LINE_OCTETS])
    code = json.loads(said)["code"]
    reply: Read = read_object(said.encode())
    assert reply.code == code
    if code in ANSWERS:
        assert isinstance(reply, ANSWERS[code])
        assert the_voices()["JSON"].render(reply).decode() == said.replace("\n", "\r\n")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "word", ["to ", "TO,", "1,", "1.5,", "FROM 1 ", "ON 9 HOURS 9 ", "9", "\u0663", "-", "é"]
)
def test_a_line_as_long_as_may_be_has_its_reply(verb: str, word: str) -> None:
    for head in (f"{verb} ", f"{verb} now lisbon TO ", f"{verb} lisbon, "):
        line = (head + word * LINE_OCTETS).encode()[:LINE_OCTETS].decode("utf-8", "ignore").encode()
        talk = Talk()
        talk.tell(line)
        assert len(talk.said) == 1
        assert not talk.said[0].startswith(b"451")
