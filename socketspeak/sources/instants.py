"""Instants and offsets as the APIs write them: RFC 3339, and what its neighbours do differently."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

SECOND_NS = 1_000_000_000
MOST_OFFSET = 26 * 3600  # seconds either side; no clock on land has been further than 16 h from UTC
EARLIEST = 1_577_836_800  # 2020-01-01T00:00Z; no source was set up before
LATEST = 4_133_980_800  # 2101-01-01T00:00Z; the first instant that is too late

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET = r"[Zz]|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?"
_STAMP = re.compile(
    rf"(\d{{4}})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{{1,9}}))?({_OFFSET})?", re.ASCII
)
_OFFSETS = re.compile(_OFFSET, re.ASCII)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date and time as it was written.

    `local_ns` is what the clock's face shows, in nanoseconds as if since 1970; `quantum_ns` what its last
    digit is worth; `offset` seconds east of UTC, None where none was written.
    """

    local_ns: int
    quantum_ns: int
    offset: int | None


def read_stamp(text: str) -> Stamp:
    """Read a date and time with none to nine digits of a second, and an offset or none.

    Raises ValueError where it is none.
    """
    match = _STAMP.fullmatch(text)
    if match is None:
        raise ValueError("not a date and time")
    *parts, digits, offset = match.groups()
    year, month, day, hour, minute, second = map(int, parts)
    face = datetime(year, month, day, hour, minute, second, tzinfo=UTC) - _EPOCH
    digits = digits or ""
    whole_ns = (face.days * 86_400 + face.seconds) * SECOND_NS
    return Stamp(
        local_ns=whole_ns + int(digits.ljust(9, "0")),
        quantum_ns=10 ** (9 - len(digits)),
        offset=None if offset is None else read_offset(offset),
    )


def read_offset(text: str) -> int:
    """Read `Z`, `+HH`, `+HH:MM` or `+HH:MM:SS` as seconds east of UTC.

    Raises ValueError where it is none, or over 26 hours.
    """
    if not _OFFSETS.fullmatch(text):
        raise ValueError("not an offset")
    if text in "Zz":
        return 0
    digits = text[1:].replace(":", "").ljust(6, "0")
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if minutes > 59 or seconds > 59:
        raise ValueError("not an offset")
    return checked_offset((hours * 3600 + minutes * 60 + seconds) * (-1 if text[0] == "-" else 1))


def checked_offset(seconds: int) -> int:
    """The same offset; raises ValueError where it is over 26 hours."""
    if abs(seconds) > MOST_OFFSET:
        raise ValueError("over 26 hours")
    return seconds
