"""Targets that play a peer of the server: its stream, TELNET, one request, a proxy, a login."""

from __future__ import annotations

import ipaddress
import re
from functools import cache

from socketspeak.language.acts import Act, Denied, Garbled, Say
from socketspeak.language.catalog import Catalog
from socketspeak.language.conversation import Conversation
from socketspeak.language.printable import shown
from socketspeak.language.reading import MESSAGE_CHARACTERS, read_object
from socketspeak.language.replies import Challenge, Help, Plain, Reply
from socketspeak.language.requests import LINE_OCTETS, Mistake, Request, parse_request, render_request
from socketspeak.limits.proxyheader import MOST_PORT, Malformed, ProxyHeader, read_header
from socketspeak.server.scram import Exchange
from socketspeak.server.telnet import Signal, TelnetFilter
from socketspeak.server.verifiers import Roll, verifier_of
from tests.fuzz.oracles import check_line, check_said, pieces_of
from tests.fuzz.plain_telnet import INTERRUPT, PlainTelnet
from tests.kit.peer import Peer
from tests.kit.world import Talk, the_setting, the_voices
from tests.language.replying import as_read

REFUSAL = re.compile(rb"\xff[\xfc\xfe].", re.DOTALL)
COUNTED = re.compile(rb"(?<=requests[=:])\d+|(?<=requests\":)\d+")  # in STATUS, as far as they have been read
MOST_SECONDS = 100  # nineteen bad commands are answered within 45 s
BLANKS = b" \t"
LANGUAGES = ("en", "es", "pt-BR")
ENDS_EARLY = ("221 ", "421 ", '{"code":221', '{"code":421')


def telnet(data: bytes) -> None:
    """The filter finds what a plain one does, in whatever pieces, and text without commands as it is."""
    plain = PlainTelnet()
    plain.hear(data)
    fed, reply, telnet = _fed(pieces_of(data))
    assert (fed, reply) == (plain.found, plain.reply)
    assert (telnet.idle, telnet.unfinished) == (plain.idle, plain.unfinished)
    assert len(reply) <= len(data)
    if b"\xff" not in data:
        assert (b"".join(part for part in fed if isinstance(part, bytes)), reply) == (data, b"")


def _fed(pieces: list[bytes]) -> tuple[list[bytes | str], bytes, TelnetFilter]:
    telnet, found, reply = TelnetFilter(), PlainTelnet(), b""
    for piece in pieces:
        parts, sent = telnet.feed(piece)
        reply += sent
        for part in parts:
            if part is Signal.INTERRUPT:
                found.found += [] if found.found[-1:] == [INTERRUPT] else [INTERRUPT]
            else:
                assert isinstance(part, bytes)
                if found.found and isinstance(found.found[-1], bytes):
                    found.found[-1] += part
                else:
                    found.found.append(part)
    return found.found, reply, telnet


def stream(data: bytes) -> None:
    """A session says the same in whatever pieces its stream comes, a reply for each request, and ends."""
    whole = _said_to(data)
    assert _said_to(*pieces_of(data)) == whole
    lines = check_said(whole)
    replies = sum(line.startswith("{") or line[3] == " " for line in lines)
    if b"\xff" not in data:
        asked = _requests_in(data)
        ended = bool(lines) and lines[-1].startswith(ENDS_EARLY)
        assert replies <= asked + 1 if ended else replies == asked, (asked, lines)


def _said_to(*pieces: bytes) -> bytes:
    peer = Peer()
    peer.send(*pieces)
    peer.finish()
    peer.settle()
    for _ in range(MOST_SECONDS):
        if peer.transport.closed:
            break
        peer.turn(1)
        peer.settle()
    assert peer.transport.closed, "it does not end"
    assert peer.desk.counts.faults == 0, "a fault of ours"
    return COUNTED.sub(b"", REFUSAL.sub(b"", peer.transport.sent))


def _requests_in(data: bytes) -> int:
    lines = [line.removesuffix(b"\r") for line in data.replace(b"\r\0", b"\r\n").split(b"\n")]
    return sum(len(line) > LINE_OCTETS or bool(line.strip(BLANKS)) for line in lines)


def request(data: bytes) -> None:
    """A line is read as a request that reads the same when it is written, or as a mistake."""
    found = parse_request(data[:LINE_OCTETS])
    if isinstance(found, Request):
        assert parse_request(render_request(found)) == Request(found.verb, found.argument)
    elif isinstance(found, Mistake):
        assert found.code in (500, 501)


def line(data: bytes) -> None:
    """A line gets one reply at most, which can be shown, and read by clients where it is in JSON."""
    voices = the_voices(LANGUAGES[data[0] % len(LANGUAGES)] if data else "en")
    talk = _Hearing(Conversation(the_setting(), voices["TEXT"]))
    talk.tell(data[1:].replace(b"\n", b" "))
    assert len(talk.replies) <= 1 or talk.parted
    for said in talk.said:
        check_said(said)
    for reply in talk.replies:
        (written,) = check_said(voices["JSON"].render(reply))
        read = read_object(written.encode())
        if isinstance(reply, Plain) and isinstance(read, Plain):
            told = shown(voices["TEXT"].catalog.say(reply.message), MESSAGE_CHARACTERS)
            assert (read.code, Catalog().say(read.message)) == (reply.code, told)
        elif not isinstance(reply, Help) and voices is the_voices():
            assert read == as_read(reply)


class _Hearing(Talk):
    """A talk that keeps the replies, too."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__(conversation)
        self.replies: list[Reply] = []

    def perform(self, acts: tuple[Act, ...]) -> None:
        self.replies += [act.reply for act in acts if isinstance(act, Say)]
        super().perform(acts)


def proxy(data: bytes) -> None:
    """A proxy's header is the same in whatever pieces it comes: an address, or what is wrong with it."""
    found = read_header(data)
    for at in range(len(data) + 1):
        sooner = read_header(data[:at])
        if sooner is not None:
            assert sooner == found
            break
    if isinstance(found, ProxyHeader):
        assert 0 < found.octets <= len(data)
        if found.client is not None:
            assert str(ipaddress.ip_address(found.client.host)) == found.client.host
            assert 0 <= found.client.port <= MOST_PORT
    elif isinstance(found, Malformed):
        check_line(found.why)


def scram(data: bytes) -> None:
    """Whatever a peer sends in the place of its messages, it is not logged in by it."""
    first, _, final = data.partition(b"\n")
    exchange = Exchange(_roll(), nonce="fyko+d2lbbFgONRv9qkxdawL")
    begun = exchange.first(first)
    assert isinstance(begun, Challenge | Denied | Garbled)
    if isinstance(begun, Challenge):
        check_line(begun.octets.decode())
        assert isinstance(exchange.final(final), Denied | Garbled)


@cache
def _roll() -> Roll:
    """One who can log in."""
    return Roll([verifier_of("user", "pencil", 4096, b"salt" * 4)], b"secret")
