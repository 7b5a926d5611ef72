"""What hostile peers say: names that are none, and lines of any octets at all."""

from __future__ import annotations

import random
from collections.abc import Iterator

PATHS = (
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "Etc/../UTC",
        "Europe/../Europe/Lisbon",
        "./Europe/Lisbon",
        "Etc//UTC",
    ),
    *(
        "posixrules",
        "leapseconds",
        "tzdata.zi",
        "zone.tab",
        "iso3166.tab",
        "posix/UTC",
        "right/UTC",
        "Factory/",
    ),
    *(
        "..",
        ".",
        "/",
        "\\\\host\\share",
        "Europe\\Lisbon",
        "C:\\Windows",
        "~root",
        "$HOME",
        "`id`",
        "%2e%2e/UTC",
    ),
    *("file:///etc/passwd", "UTC/" * 200, "a" * 990, "-" * 990, "UTC+" + "9" * 980, "1" * 990),
)
ALIKE = (
    *("Еurope/London", "Europe/Lοndon", "Ｅｕｒｏｐｅ/London", "Europe∕London", "Asia⁄Tokyo", "toкyo"),
    *("UTC\u200b", "\ufeffUTC", "U\u00adTC", "to\u2060kyo", "tokyo\u3164", "\u2800"),
)
DIRECTED = (
    *("\u202egpj.exe", "tokyo\u202d", "\u2066lisbon\u2069", "\u200e\u200f", "\u061cUTC", "\u202a" * 300),
    *(
        "e" + "\u0301" * 400,
        "Z\u0351\u036b\u0343\u036a" * 80,
        "\u0e49" * 300,
        "\U000e0001\U000e0041",
        "\U0001f1e7\U0001f1f7",
    ),
    *("\ufff9a\ufffab\ufffb", "\ufffe", "\U0010ffff", "\ue000", "\u2028", "\u2029", "\u0085", "\u009b31m"),
)
NAMES = (*PATHS, *ALIKE, *DIRECTED)
NOT_TEXT = (
    *(
        b"\xc0\xaf",
        b"\xc0\x80",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
    ),
    *(
        b"\xf8\x88\x80\x80\x80",
        b"\x80",
        b"tok\xc3yo",
        b"\xc3",
        b"\xe2\x82",
        b"UTC\0",
        b"\x1b[31m",
        b"\x07\x08\x7f",
        b"a\rb",
    ),
)
OTHER_PROTOCOLS = (
    *(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /a HTTP/1.0\r\nContent-Length: 9\r\n\r\nTIME utc\n"),
    *(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"CONNECT x:443 HTTP/1.1\r\n\r\n", b"OPTIONS * HTTP/1.1\r\n\r\n"),
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\n" * 9,
)
ANY_OCTET = bytes(each for each in range(256) if each not in b"\n\xff")  # no end of a line, nothing of TELNET


def random_lines(count: int, seed: int) -> Iterator[bytes]:
    """Lines of octets that chance has drawn, none of which is blank or ends before its end."""
    dice = random.Random(seed)
    for number in range(count):
        size = 1 + int(dice.expovariate(1 / 30)) if number % 500 else dice.randrange(900, 1200)
        octets = ANY_OCTET[33:] if number % 3 else ANY_OCTET
        yield bytes([*dice.choices(octets, k=size), 33]).replace(b"\r\0", b"\0\r")
