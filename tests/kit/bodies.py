"""What a faulty source says of a zone: the truth, in either dialect, and what is wrong with it."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

from tests.kit.worldtime import SECOND_NS, described

FIVE_YEARS_NS = 5 * 365 * 86_400 * SECOND_NS
HOUR = 3600
DEPTH = 20_000  # of an answer within 64 KiB that is nested
DIGITS = 5_000  # Python itself refuses to read more than 4,300
BOMB_OCTETS = 60_000_000  # zeros, of which gzip leaves less than 64 KiB
CONTROLS = (
    "\x1b[2J\x1b]0;owned\x07\r\n\x00\x9b\u202e\u2066\u200f"  # clears, renames, and turns the line around
)
SAME_CLOCK = {"Asia/Tokyo": "Asia/Seoul"}  # another zone, in which nothing but the name is wrong

Fields = dict[str, object]


@dataclass(frozen=True)
class Question:
    """What a source is asked: the zone, the dialect, and when it is by the source's clock."""

    dialect: str
    zone: str
    now_ns: int


def question(dialect: str, target: str) -> Question:
    """What a request's target asks, now."""
    parts = urlsplit(target)
    if dialect == "timeapi":
        return Question(dialect, parse_qs(parts.query)["timeZone"][0], time.time_ns())
    return Question(dialect, unquote(parts.path).partition("/timezone/")[2], time.time_ns())


def fields_of(asked: Question, wrong_offset: int | None = None) -> Fields:
    """The true fields of an answer; `wrong_offset` is a lie to tell."""
    fields = described(asked.zone, asked.now_ns, wrong_offset)
    return _in_timeapi(fields) if asked.dialect == "timeapi" else fields


def _in_timeapi(told: Mapping[str, object]) -> Fields:
    raw, saving = int(str(told["raw_offset"])), int(str(told["dst_offset"]))
    return {
        "timezone": told["timezone"],
        "current_utc_offset_seconds": raw + saving,
        "standard_utc_offset_seconds": raw,
        "dst_utc_offset_seconds": raw + saving if told["dst"] else None,
        "has_dst": told["dst"],
        "dst_offset_seconds": saving,
        "dst_active": told["dst"],
        "dst_from": told["dst_from"],
        "dst_until": told["dst_until"],
        "local_time": told["datetime"],
        "day_of_week": "Wednesday",
        "utc_time": told["utc_datetime"],
        "unix_timestamp": told["unixtime"],
    }


def truth(asked: Question) -> bytes:
    """The true answer."""
    return json.dumps(fields_of(asked)).encode()


def _with(asked: Question, field: str, raw: bytes) -> bytes:
    """The truth, with one field written as these octets."""
    return json.dumps({**fields_of(asked), field: "@"}).encode().replace(b'"@"', raw)


def _second(asked: Question) -> str:
    return "unix_timestamp" if asked.dialect == "timeapi" else "unixtime"


def _hour_off(asked: Question) -> bytes:
    honest = described(asked.zone, asked.now_ns)
    return json.dumps(
        fields_of(asked, int(str(honest["raw_offset"])) + int(str(honest["dst_offset"])) + HOUR)
    ).encode()


def _elsewhere(asked: Question) -> bytes:
    return truth(Question(asked.dialect, SAME_CLOCK.get(asked.zone, "America/Sao_Paulo"), asked.now_ns))


def _other_case(asked: Question) -> bytes:
    return json.dumps({**fields_of(asked), "timezone": asked.zone.swapcase()}).encode()


def later(asked: Question, by_ns: int) -> bytes:
    """What would be true at another time."""
    return truth(Question(asked.dialect, asked.zone, asked.now_ns + by_ns))


def stray(asked: Question) -> bytes:
    """An answer that names no zone, five years off: whoever takes it for his own is badly deceived."""
    future = Question(asked.dialect, asked.zone, asked.now_ns + FIVE_YEARS_NS)
    return json.dumps(
        {name: value for name, value in fields_of(future).items() if name != "timezone"}
    ).encode()


@cache
def bomb() -> bytes:
    """A gzip stream that fits into the limit and inflates to a thousand times of it."""
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1_000_000)
    return b"".join([packer.compress(block) for _ in range(BOMB_OCTETS // len(block))] + [packer.flush()])


BODIES: Mapping[str, Callable[[Question], bytes]] = {
    "empty": lambda asked: b"",
    "truncated JSON": lambda asked: truth(asked)[:-20],
    "deep JSON": lambda asked: b"[" * DEPTH + b"]" * DEPTH,
    "deep JSON in a field": lambda asked: _with(asked, "extra", b'{"a":' * 9_000 + b"1" + b"}" * 9_000),
    "deep JSON without end": lambda asked: b'{"a":[' * 10_000,
    "NaN": lambda asked: _with(asked, _second(asked), b"NaN"),
    "infinity": lambda asked: _with(asked, _second(asked), b"1e999"),
    "5,000-digit integer": lambda asked: _with(asked, _second(asked), b"9" * DIGITS),
    "5,000-digit integer that nobody needs": lambda asked: _with(asked, "extra", b"9" * DIGITS),
    "bad UTF-8": lambda asked: _with(asked, "timezone", b'"\xff\xfe\xc0\xaf"'),
    "a list": lambda asked: b"[" + truth(asked) + b"]",
    "wrong zone": _elsewhere,
    "another case of the zone": _other_case,
    "five years off": lambda asked: later(asked, FIVE_YEARS_NS),
    "an hour off in offset": _hour_off,
    "controls in the zone": lambda asked: _with(asked, "timezone", json.dumps(CONTROLS).encode()),
    "controls in the instant": lambda asked: _with(
        asked, "local_time" if asked.dialect == "timeapi" else "datetime", json.dumps(CONTROLS).encode()
    ),
    "controls in the abbreviation": lambda asked: _with(asked, "abbreviation", json.dumps(CONTROLS).encode()),
}
