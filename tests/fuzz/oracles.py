"""What holds of everything that is said to people and to logs, and how streams are cut."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from tests.kit.chopping import chopped

MOST_CUTS = 5
LONGEST_LINE = 200_000  # octets: LIST ALL in JSON is the longest reply, and has 64 KiB
REPLY = re.compile(r"\d{3}[- ]|\{\"code\":\d{3}[,}]")


def pieces_of(data: bytes) -> list[bytes]:
    """The data in pieces, cut where its own checksum wants."""
    dice = random.Random(zlib.crc32(data))
    return chopped(data, [dice.randrange(len(data) + 1) for _ in range(dice.randrange(MOST_CUTS + 1))])


def check_line(line: str) -> None:
    """Whether a line can be shown on any terminal and stand in any log, and is not endless."""
    assert line.isprintable(), f"not printable: {line!r}"
    assert len(line) < LONGEST_LINE


def check_said(said: bytes) -> list[str]:
    """Whether octets are whole lines of replies, which they are given back as."""
    text = said.decode()
    assert not text or text.endswith("\r\n"), f"no end of a line: {text[-80:]!r}"
    lines = text.split("\r\n")[:-1]
    for line in lines:
        check_line(line)
        assert REPLY.match(line), f"no reply: {line!r}"
    return lines


def check_texts(value: object) -> None:
    """Whether all texts within a value can be shown."""
    for text in texts_in(value):
        assert text.isprintable(), f"not printable: {text!r}"


def texts_in(value: object) -> Iterator[str]:
    """All texts within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts_in(key)
            yield from texts_in(inner)
    elif isinstance(value, tuple | list | frozenset):
        for inner in value:
            yield from texts_in(inner)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
