"""TELNET commands taken out of a byte stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.server.telnet import Signal, TelnetFilter
from tests.kit.chopping import chopped


def fed(*pieces: bytes) -> tuple[list[bytes | Signal], bytes]:
    """What a filter finds in a stream, neighbouring text joined, and what it sends back."""
    telnet = TelnetFilter()
    found: list[bytes | Signal] = []
    reply = b""
    for piece in pieces:
        parts, sent = telnet.feed(piece)
        reply += sent
        for part in parts:
            if found and isinstance(part, bytes) and isinstance(found[-1], bytes):
                found[-1] += part
            else:
                found.append(part)
    return found, reply


@pytest.mark.parametrize(
    ("stream", "text", "reply"),
    [
        (b"PING\r\n", b"PING\r\n", b""),
        (b"\xff\xfd\x06PING", b"PING", b"\xff\xfc\x06"),  # DO TIMING-MARK
        (b"PI\xff\xfb\x1fNG", b"PING", b"\xff\xfe\x1f"),  # WILL NAWS
        (b"\xff\xfd\x01\xff\xfd\x01", b"", b"\xff\xfc\x01\xff\xfc\x01"),
        (b"\xff\xfe\x01\xff\xfc\x01", b"", b""),  # DONT and WONT: nothing to refuse
        (b"a\xff\xffb", b"a\xffb", b""),
        (b"a\xff\xfa\x18\x00xterm\xff\xff\xff\xf0b", b"ab", b""),
        (b"a\xff\xf6b\xff\xf1c", b"abc", b""),  # AYT, NOP
    ],
)
def test_commands_are_no_part_of_the_text_and_options_are_refused(
    stream: bytes, text: bytes, reply: bytes
) -> None:
    assert fed(stream) == ([text] if text else [], reply)


def test_an_interrupt_stands_between_what_came_before_and_after() -> None:
    assert fed(b"ab\xff\xf4\xff\xfd\x06cd") == ([b"ab", Signal.INTERRUPT, b"cd"], b"\xff\xfc\x06")


octets = st.lists(
    st.sampled_from([b"\xff", b"\xfa", b"\xf0", b"\xfd", b"\xfb", b"\xf4", b"\x06", b"A", b"\n"])
)


@given(octets.map(b"".join), st.lists(st.integers(0, 60)))
def test_any_split_of_the_stream_is_read_the_same(stream: bytes, cuts: list[int]) -> None:
    assert fed(*chopped(stream, cuts)) == fed(stream)


@given(st.binary(max_size=300))
def test_no_stream_raises_and_what_is_sent_back_is_no_longer_than_what_came(stream: bytes) -> None:
    _, reply = fed(stream)
    assert len(reply) <= len(stream)


def test_an_unfinished_sub_negotiation_is_counted_and_not_kept() -> None:
    telnet = TelnetFilter()
    assert telnet.feed(b"\xff\xfa" + b"x" * 5000) == ([], b"")
    assert telnet.unfinished == 5000
    telnet.feed(b"\xff\xf0")
    assert telnet.unfinished == 0
    assert telnet.idle
