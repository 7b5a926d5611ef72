"""What a proxy says first: for whom it speaks (HAProxy's PROXY protocol, versions 1 and 2).

Twisted has parsers of its own, but they are private, take any word for an address, raise what nobody expects,
and want the first sixteen octets in one piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

FIRST_OCTETS = 107  # the longest line of version 1, with its end
SECOND_OCTETS = 4096  # addresses take 232 at most; the rest is for what else a proxy likes to tell
MOST_PORT = 65_535

PREFIX = b"PROXY "
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
END = b"\r\n"
COMMAND_AT, FAMILY_AT, LENGTH_AT, ADDRESSES_AT = 12, 13, 14, 16  # in a header of version 2
LOCAL, PROXY = 0x20, 0x21
INET, INET6, UNIX = 0x11, 0x21, 0x31  # each over a stream
ADDRESS_OCTETS = {INET: 12, INET6: 36, UNIX: 216}
MOST_FAMILY, MOST_TRANSPORT = 3, 2

_WORDS = re.compile(rb"PROXY (TCP[46]) ([0-9A-Fa-f:.]+) ([0-9A-Fa-f:.]+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})")


@dataclass(frozen=True, slots=True)
class Client:
    """Whom a proxy speaks for; `host` is an address in its shortest form, IPv4 where it can be."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class ProxyHeader:
    """A header that is whole, and how many octets it takes.

    Without a client the proxy speaks for itself, as when it looks after our health, or for somebody on its
    own host (a UNIX socket, loopback): its own address counts.
    """

    client: Client | None
    octets: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """What came can never be a header; `why` is for the log, and holds nothing that came."""

    why: str


def read_header(data: bytes) -> ProxyHeader | Malformed | None:
    """The header that a connection begins with; None as long as more of it has to come.

    Nothing is raised. However the octets are cut in pieces, the first answer that is not None is the same.
    """
    if data.startswith(PREFIX):
        return _first(data)
    if data.startswith(SIGNATURE):
        return _second(data)
    if PREFIX.startswith(data) or SIGNATURE.startswith(data):
        return None
    return Malformed("there is none")


def plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An address as IPv4 where it is one in IPv6's clothes (`::ffff:192.0.2.1`)."""
    return address if isinstance(address, IPv4Address) else address.ipv4_mapped or address


def _first(data: bytes) -> ProxyHeader | Malformed | None:
    end = data.find(END, 0, FIRST_OCTETS)
    if end < 0:
        return Malformed("its line does not end") if len(data) >= FIRST_OCTETS else None
    line, octets = data[:end], end + len(END)
    if line == b"PROXY UNKNOWN" or line.startswith(b"PROXY UNKNOWN "):
        return ProxyHeader(None, octets)
    words = _WORDS.fullmatch(line)
    if words is None:
        return Malformed("its line is not of the form that it must have")
    family, source, target, port, target_port = (word.decode("ascii") for word in words.groups())
    read = IPv4Address if family == "TCP4" else IPv6Address
    try:
        address = read(source)
        read(target)
    except AddressValueError:
        return Malformed("an address in it is none")
    if max(int(port), int(target_port)) > MOST_PORT:
        return Malformed("a port in it is none")
    return ProxyHeader(_client(address, int(port)), octets)


def _second(data: bytes) -> ProxyHeader | Malformed | None:
    why = _wrong(data[COMMAND_AT:ADDRESSES_AT])
    if why is not None:
        return Malformed(why)
    if len(data) < ADDRESSES_AT:
        return None
    octets = ADDRESSES_AT + int.from_bytes(data[LENGTH_AT:ADDRESSES_AT], "big")
    if len(data) < octets:
        return None
    if data[COMMAND_AT] == LOCAL:
        return ProxyHeader(None, octets)
    return ProxyHeader(_named(data[FAMILY_AT], data[ADDRESSES_AT:octets]), octets)


def _wrong(begun: bytes) -> str | None:
    """Why a block cannot be one, as far as its command, family and length have come."""
    command, family, length = begun[:1], begun[1:2], begun[2:4]
    if command and command[0] not in (LOCAL, PROXY):
        return "its version or command is not known"
    local = command and command[0] == LOCAL  # then nothing else counts but the length
    if family and not local and (family[0] >> 4 > MOST_FAMILY or family[0] & 0xF > MOST_TRANSPORT):
        return "its family or transport is not known"
    if len(length) == 2:
        needed = 0 if local else ADDRESS_OCTETS.get(family[0], 0)
        if not needed <= int.from_bytes(length, "big") <= SECOND_OCTETS - ADDRESSES_AT:
            return "its length is out of range"
    return None


def _named(family: int, block: bytes) -> Client | None:
    """The source in an address block: source, target, source's port, target's port."""
    if family == INET:
        return _client(IPv4Address(block[:4]), int.from_bytes(block[8:10], "big"))
    if family == INET6:
        return _client(IPv6Address(block[:16]), int.from_bytes(block[32:34], "big"))
    return None


def _client(address: IPv4Address | IPv6Address, port: int) -> Client | None:
    """A client, unless its address means something on the proxy's host only."""
    address = plain(address)
    return None if address.is_loopback else Client(str(address), port)
