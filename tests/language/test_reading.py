"""Reading replies: what the server writes is read back, and what no server writes is never believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.catalog import Catalog, message
from socketspeak.language.messages import HELP_HEAD
from socketspeak.language.printable import shown
from socketspeak.language.reading import NotAReply, Read, read_object, read_text_line
from socketspeak.language.replies import (
    Change,
    Clock,
    Clocks,
    Conversion,
    Difference,
    Entry,
    Greeting,
    Help,
    Listing,
    LocalSpan,
    Plain,
    Reply,
    Shown,
    Slot,
    Slots,
    Transitions,
)
from socketspeak.language.stamps import NS, local_time
from socketspeak.language.verbs import ROWS
from socketspeak.language.voice import voices
from tests.language.replying import ANY, ENTRIES, KINDS, NAMES, as_read, written

ENGLISH = voices(Catalog())["TEXT"]
CLOCK = (
    b'{"code":250,"clocks":[{"datetime":"2026-11-23T15:04:05.123456-03:00","zone":"America/Sao_Paulo",'
    b'"abbreviation":"-03","utc_offset":"-03:00","offset_seconds":-10800,"dst":false,'
    b'"unixtime":1795457045.123456,"error_bound":0.004,"source":"timeapi","age":null,"asked":null,'
    b'"place":"S\xc3\xa3o Paulo","country":"BR"}]}'
)


# --- What the server writes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(data=st.data())
def test_what_was_written_is_read_back_to_the_microsecond(kind: str, data: st.DataObject) -> None:
    reply = data.draw(KINDS[kind])
    assert read_object(written(reply)) == as_read(reply)


def test_the_contract_s_example_of_a_clock_is_read() -> None:
    reply = read_object(CLOCK)
    assert isinstance(reply, Clocks)
    (clock,) = reply.clocks
    assert (clock.unix_ns, clock.offset, clock.bound_ns) == (1_795_457_045_123_456_000, -10_800, 4_000_000)
    assert (clock.zone, clock.place, clock.country, clock.source) == (
        "America/Sao_Paulo",
        "São Paulo",
        "BR",
        "timeapi",
    )


def test_the_contract_s_examples_of_reckoning_are_read() -> None:
    difference = b'{"code":252,"difference_seconds":43200,"from":"America/Sao_Paulo","to":"Asia/Tokyo"}'
    names = ("America/Sao_Paulo", "Asia/Tokyo")
    assert read_object(difference) == Difference(43_200, *names, *names)
    transitions = (
        b'{"code":253,"transitions":[{"at":"2027-03-28T01:00:00Z","unixtime":1806195600,'
        b'"zone":"Europe/Lisbon","from":{"offset_seconds":0,"abbreviation":"WET","dst":false},'
        b'"to":{"offset_seconds":3600,"abbreviation":"WEST","dst":true}}]}'
    )
    change = Change(1_806_195_600, Shown(0, "WET", False), Shown(3600, "WEST", True))
    assert read_object(transitions) == Transitions("Europe/Lisbon", "Europe/Lisbon", change.at, (change,))
    meeting = (
        b'{"code":254,"slots":[],"compromise":{"start":"2026-11-23T09:30:00Z","end":"2026-11-23T10:30:00Z",'
        b'"local":[{"zone":"Asia/Tokyo","start":"2026-11-23T18:30:00+09:00","end":"2026-11-23T19:30:00+09:00"},'
        b'{"zone":"Etc/UTC","start":"2026-11-23T09:30:00Z","end":"2026-11-23T10:30:00Z"}],"out":["Asia/Tokyo"]}}'
    )
    spans = (
        LocalSpan("Asia/Tokyo", "Asia/Tokyo", 32_400, 32_400, inside=False),
        LocalSpan("Etc/UTC", "Etc/UTC", 0, 0),
    )
    assert read_object(meeting) == Slots((), Slot(1_795_426_200, 1_795_429_800, spans))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'"difference_seconds":43200', b'"difference_seconds":172800'),
        (b'"difference_seconds":43200', b'"difference_seconds":43200.5'),
        (b'"fold":true', b'"fold":false'),
        (b'"gap":false', b'"gap":null'),
        (b'"unixtime":1806195600', b'"unixtime":1806195601'),
        (b'"offset_seconds":3600', b'"offset_seconds":86400'),
        (b'"inside":true', b'"inside":"yes"'),
        (b'"start":"2026-11-23T18:30:00+09:00"', b'"start":"2026-11-23T18:30:00+08:00"'),
        (b'"end":"2026-11-23T10:30:00Z"', b'"end":"2026-11-23T10:30:00"'),
        (b'"compromise":null', b'"compromise":[]'),
        (b'"since":"1970-01-01T00:00:00Z"', b'"since":"0001-01-01T00:00:00+01:00"'),
        (
            b'"at":"2027-03-28T01:00:00Z","unixtime":1806195600',
            b'"at":"9999-12-31T23:30:00Z","unixtime":253402299000',
        ),
        (
            b'"at":"2027-03-28T01:00:00Z","unixtime":1806195600',
            b'"at":"0001-01-01T00:30:00Z","unixtime":-62135595000',
        ),
    ],
)
def test_a_reckoning_that_cannot_be_is_no_reply(right: bytes, wrong: bytes) -> None:
    clock = Clock(0, "Etc/UTC", 0, "UTC", False, 0, "embedded", "UTC")
    span = LocalSpan("Asia/Tokyo", "Tokyo", 32_400, 32_400)
    replies: list[Reply] = [
        Difference(43_200, "Etc/UTC", "Asia/Tokyo", "UTC", "Tokyo"),
        Conversion(clock, (clock,), second=clock),
        Transitions(
            "Europe/Lisbon",
            "Lisbon",
            0,
            (Change(1_806_195_600, Shown(-3600, "", False), Shown(3600, "", True)),),
        ),
        Slots((Slot(1_795_426_200, 1_795_429_800, (span,)),)),
    ]
    (line,) = [line for line in map(written, replies) if right in line]
    read_object(line)
    with pytest.raises(NotAReply):
        read_object(line.replace(right, wrong))


@given(NAMES, NAMES, ENTRIES)
def test_replies_without_a_value_of_their_own_come_whole_as_plain_ones(
    version: str, host: str, menu: Any
) -> None:
    for reply in (Greeting(version, host, menu), Help(ROWS, message(HELP_HEAD))):
        read = read_object(written(reply))
        assert isinstance(read, Plain)
        assert read.code == reply.code
        everything = {"code": read.code, **read.extras}
        if isinstance(reply, Help):
            everything["message"] = Catalog().say(read.message)
        assert everything == json.loads(written(reply))


@given(st.text(max_size=80))
def test_a_message_is_said_as_it_was_read_whatever_braces_it_holds(text: str) -> None:
    reply = read_object(json.dumps({"code": 550, "message": text}).encode())
    assert isinstance(reply, Plain)
    assert Catalog().say(reply.message) == shown(text, most=1000)


def test_names_and_messages_lose_what_a_terminal_would_obey() -> None:
    hostile = "\\u001b]0;owned\\u0007\\u009b2J\\u202etxt\\ud800"
    clock = read_object(CLOCK.replace(b"timeapi", hostile.encode()))
    assert isinstance(clock, Clocks)
    assert clock.clocks[0].source == "]0;owned2Jtxt"
    failure = read_object(f'{{"code":550,"message":"{hostile}","suggestions":["{hostile}"]}}'.encode())
    assert isinstance(failure, Plain)
    assert (failure.message.text, failure.near) == ("]0;owned2Jtxt", ("]0;owned2Jtxt",))


# --- What no server writes ----------------------------------------------------------------------------------

JUNK = st.recursive(
    st.sampled_from(
        [None, True, -1, 0, 10**18, 10**4000, "", "x", "2026-11-23T15:04:05", "9999-12-31T23:59:59Z"]
    )
    | st.floats()
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_whatever_octets_come_they_are_a_reply_or_none(line: bytes) -> None:
    assert_sound(line)


@given(ANY, st.data())
def test_a_reply_with_anything_else_in_any_place_is_a_sound_reply_or_none(
    reply: Reply, data: st.DataObject
) -> None:
    found = json.loads(written(reply))
    holder, key = data.draw(st.sampled_from(list(places_in(found))))
    holder[key] = data.draw(JUNK)
    assert_sound(json.dumps(found).encode())


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or object within, with each index or key that it has."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places_in(value[key])


def assert_sound(line: bytes) -> None:
    """It is refused as no reply, or it is one whose values are what their types say."""
    try:
        reply = read_object(line)
    except NotAReply:
        return
    assert_values(reply)


def assert_values(reply: Read) -> None:
    assert 100 <= reply.code <= 599
    hash(repr(reply))
    moments: list[Clock | Entry] = []
    if isinstance(reply, Clocks):
        moments += reply.clocks
    elif isinstance(reply, Listing):
        moments += reply.entries
    elif isinstance(reply, Conversion):
        moments += (reply.source, *reply.targets, *filter(None, [reply.second]))
    elif isinstance(reply, Transitions | Slots | Difference):
        assert ENGLISH.render(reply).startswith(str(reply.code).encode())
    for moment in moments:
        assert local_time(moment.unix_ns // NS, moment.offset).tzinfo is None
        for text in (moment.zone, moment.place, moment.country or ""):
            assert text == shown(text, most=200)


@pytest.mark.parametrize(
    "number",
    ["1e999999999999999", "-1e999999999999999", "1e-999999999999999", "1e99999", "NaN", "-Infinity", "true"],
)
@pytest.mark.timeout(5)
def test_no_number_takes_long_to_read(number: str) -> None:
    for name in (b'"offset_seconds":-10800', b'"error_bound":0.004', b'"age":null'):
        line = CLOCK.replace(name, name.partition(b":")[0] + b":" + number.encode())
        assert_sound(line)
    with pytest.raises(NotAReply):
        read_object(f'{{"code":{number}}}'.encode())
    with pytest.raises(NotAReply):
        read_object(CLOCK.replace(b"-10800", number.encode()))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"-10800", b"86400"),
        (b"-10800", b'"-10800"'),
        (b"2026-11-23T15:04:05.123456-03:00", b"2026-11-23T15:04:05"),
        (b"2026-11-23T15:04:05.123456-03:00", b"0001-01-01T00:00:00+00:00"),
        (b'"America/Sao_Paulo"', b'["America"]'),
        (b"0.004", b"-0.004"),
        (b'"dst":false', b'"dst":0'),
        (b'"place":"S\xc3\xa3o Paulo"', b'"place":"S\xe3o Paulo"'),
        (b'"zone":', b'"zonk":'),
        (b'"clocks":[', b'"clocks":{"0":['),
    ],
)
def test_a_clock_that_cannot_be_is_no_reply(right: bytes, wrong: bytes) -> None:
    assert right in CLOCK
    with pytest.raises(NotAReply):
        read_object(CLOCK.replace(right, wrong))


def test_a_complaint_does_not_repeat_the_peer_s_text() -> None:
    with pytest.raises(NotAReply) as caught:
        read_object(b'{"code": "\x1b[31m"}')
    assert str(caught.value) == "a reply that cannot be read (JSONDecodeError)"


def test_brackets_without_end_are_no_reply() -> None:
    with pytest.raises(NotAReply):
        read_object(b'{"code":' + b"[" * 500_000)


# --- Lines of text ------------------------------------------------------------------------------------------


def test_a_line_of_text_has_a_code_a_mark_and_its_text() -> None:
    assert read_text_line(b"220-SocketSpeak") == (220, False, "SocketSpeak")
    assert read_text_line(b"421 S\xc3\xa3o \xff") == (421, True, "São \N{REPLACEMENT CHARACTER}")
    assert read_text_line(b"220 ") == (220, True, "")


@pytest.mark.parametrize(
    "line", [b"", b"220", b"22 x", b"2x0 x", b"220x", b" 220 x", b"HTTP/1.1 400", "٢٢٠ x".encode()]
)
def test_a_line_without_a_code_is_no_reply(line: bytes) -> None:
    with pytest.raises(NotAReply):
        read_text_line(line)
