"""PROXY headers, as proxies write them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from socketspeak.limits.proxyheader import LOCAL, PROXY, SIGNATURE

Address = IPv4Address | IPv6Address
US = (IPv4Address("198.51.100.1"), 8082)
NOBODY = SIGNATURE + bytes((LOCAL, 0, 0, 0))  # a proxy's look after our health


def first(host: str, port: int = 40_000) -> bytes:
    """A line of version 1."""
    family = "TCP6" if ":" in host else "TCP4"
    ours = "2001:db8::1" if ":" in host else str(US[0])
    return f"PROXY {family} {host} {ours} {port} {US[1]}\r\n".encode()


def second(address: Address, port: int = 40_000, tail: bytes = b"") -> bytes:
    """A block of version 2, and after the addresses what else a proxy has to say."""
    ours = US[0] if address.version == 4 else IPv6Address("2001:db8::1")
    block = address.packed + ours.packed + port.to_bytes(2, "big") + US[1].to_bytes(2, "big") + tail
    return headed(PROXY, 0x11 if address.version == 4 else 0x21, block)


def headed(command: int, family: int, block: bytes) -> bytes:
    """A block of version 2, right or wrong."""
    return SIGNATURE + bytes((command, family)) + len(block).to_bytes(2, "big") + block
