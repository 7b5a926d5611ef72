"""The dialect of worldtimeapi.org and its family (time.now, and SocketSpeak's own HTTP face)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

from socketspeak.language.printable import shown
from socketspeak.sources.instants import (
    EARLIEST,
    LATEST,
    SECOND_NS,
    Stamp,
    checked_offset,
    read_offset,
    read_stamp,
)
from socketspeak.sources.sample import Exchange, Fault, FaultKind, Outcome, SameZone, ZoneSample

REASON_CHARACTERS = 200  # of a fault's reason: one line of a log

_T = TypeVar("_T")


def path(zone: str) -> str:
    """What follows the base URL and a slash to ask for a zone; `+` and the like are percent-encoded."""
    return f"timezone/{quote(zone, safe='/')}"


def decode(body: bytes, exchange: Exchange, same_zone: SameZone) -> Outcome:
    """Read an answer; never raises, whatever bytes come."""
    try:
        return _sample(_Answer(_object(body, exchange.content_type)), exchange, same_zone)
    except (ValueError, OverflowError, RecursionError) as error:
        return Fault(FaultKind.ANSWER, shown(f"bad answer: {error}", REASON_CHARACTERS))


def is_json(content_type: str | None) -> bool:
    """Whether a Content-Type header names JSON, its parameters aside."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    return kind in {"application/json", "text/json"} or (
        kind.startswith("application/") and kind.endswith("+json")
    )


class _RefusedError(ValueError):
    """An answer that cannot be believed, and why."""


def _object(body: bytes, content_type: str | None) -> dict[str, object]:
    if not is_json(content_type):
        raise _RefusedError(f"its content type is {content_type or 'not given'}")
    try:
        found = json.loads(body.decode("utf-8-sig"), parse_constant=_no_such_number)
    except RecursionError:
        raise _RefusedError("it is nested too deeply") from None
    except UnicodeDecodeError:
        raise _RefusedError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _RefusedError(f"it is not JSON: {error.msg} at {error.pos}") from None
    except _RefusedError:
        raise
    except ValueError:  # what int() says of thousands of digits
        raise _RefusedError("it holds a number that is too long") from None
    if not isinstance(found, dict):
        raise _RefusedError("it is not an object")
    return found


def _no_such_number(word: str) -> NoReturn:
    raise _RefusedError(f"it holds {word}")


class _Answer:
    """The fields of an answer, each of the type that it should have; null is as good as missing."""

    def __init__(self, fields: dict[str, object]) -> None:
        self._fields = fields

    def take(self, name: str, kind: type[_T]) -> _T | None:
        """Give a field's value; raises ValueError where it is of another type."""
        value: Any = self._fields.get(name)
        if value is None or type(value) is kind:  # a bool is an int to isinstance
            return value
        raise _RefusedError(f"{name} is not {_NAMES[kind]}")

    def read(self, name: str, reader: Callable[[str], _T]) -> _T | None:
        """Give a text field as `reader` reads it; raises ValueError where it cannot."""
        text = self.take(name, str)
        try:
            return None if text is None else reader(text)
        except ValueError as error:
            raise _RefusedError(f"{name} {shown(text or '')!r}: {error}") from None

    def offset(self, name: str) -> int | None:
        """Give a field that counts seconds east; raises ValueError where it is over 26 hours."""
        seconds = self.take(name, int)
        if seconds is None:
            return None
        try:
            return checked_offset(seconds)
        except ValueError as error:
            raise _RefusedError(f"{name}: {error}") from None


_NAMES = {str: "a text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class _Moment:
    """When it is, by the source: its stamp in UTC, the quantum, and the total offset."""

    stamp_ns: int
    quantum_ns: int
    offset: int


def _sample(answer: _Answer, exchange: Exchange, same_zone: SameZone) -> ZoneSample:
    zone = answer.take("timezone", str)
    if zone is not None and not same_zone(exchange.asked, zone):
        raise _RefusedError(f"it is of another zone, {shown(zone)!r}")
    moment = _moment(answer)
    dst = answer.take("dst", bool)
    raw, saving = _parts(answer, moment.offset, dst)
    start, end = _validity(answer, moment.stamp_ns // SECOND_NS, dst)
    return ZoneSample(
        source=exchange.source,
        asked=exchange.asked,
        zone=exchange.asked if zone is None else zone,
        stamp_ns=moment.stamp_ns,
        quantum_ns=moment.quantum_ns,
        sent_ns=exchange.sent_ns,
        received_ns=exchange.received_ns,
        cacheable=exchange.cacheable,
        offset=moment.offset,
        abbreviation=answer.take("abbreviation", str),
        dst=dst,
        raw_offset=raw,
        dst_offset=saving,
        valid_from=start,
        valid_until=end,
    )


def _moment(answer: _Answer) -> _Moment:
    """The instant and the offset, from the finest field that has them; all that say them must agree."""
    local, utc = answer.read("datetime", read_stamp), answer.read("utc_datetime", read_stamp)
    unix = answer.take("unixtime", int)
    offset = answer.read("utc_offset", read_offset)
    if offset is None:
        offset = None if local is None else local.offset
    if offset is None:
        raise _RefusedError("it has no offset")
    if local is not None and local.offset not in {None, offset}:
        raise _RefusedError("datetime and utc_offset differ in their offset")
    moments = [
        _Moment(stamp.local_ns - offset * SECOND_NS, stamp.quantum_ns, offset) for stamp in _some(local)
    ]
    moments += [_Moment(_utc_ns(stamp), stamp.quantum_ns, offset) for stamp in _some(utc)]
    moments += [_Moment(seconds * SECOND_NS, SECOND_NS, offset) for seconds in _some(unix)]
    if not moments:
        raise _RefusedError("it has no instant")
    finest = min(moments, key=lambda moment: moment.quantum_ns)
    for moment in moments:
        # Two readings of one clock can fall on either side of a second; where an offset is wrong, local time
        # less UTC is whole minutes off.
        if not -SECOND_NS < finest.stamp_ns - moment.stamp_ns < SECOND_NS + moment.quantum_ns:
            raise _RefusedError("its instants differ, or local time less UTC is not the offset")
    if not EARLIEST <= finest.stamp_ns // SECOND_NS < LATEST:
        raise _RefusedError("its instant is not in 2020-2100")
    return finest


def _some(value: _T | None) -> tuple[_T, ...]:
    return () if value is None else (value,)


def _utc_ns(stamp: Stamp) -> int:
    """The instant of a stamp that is in UTC where it does not say otherwise."""
    return stamp.local_ns - (stamp.offset or 0) * SECOND_NS


def _parts(answer: _Answer, offset: int, dst: bool | None) -> tuple[int | None, int | None]:
    """The standard offset and what daylight saving adds, which must make up the total."""
    raw, saving = answer.offset("raw_offset"), answer.offset("dst_offset")
    if raw is None or saving is None or raw + saving == offset:
        return raw, saving
    if saving == offset:  # some give the total in force as dst_offset
        return raw, offset - raw
    if raw == offset and not dst:  # and some what daylight saving would add in summer
        return raw, 0
    raise _RefusedError("raw_offset and dst_offset do not make up the offset")


def _validity(answer: _Answer, now: int, dst: bool | None) -> tuple[int | None, int | None]:
    """The last edge of daylight saving up to now, and the next one, in Unix seconds.

    Outside daylight saving time `dst_from` is the next and `dst_until` the last; so the edges are told
    apart by where they lie.
    """
    start, end = (answer.read(name, read_stamp) for name in ("dst_from", "dst_until"))
    edges = [-(-_utc_ns(stamp) // SECOND_NS) for stamp in (*_some(start), *_some(end))]
    if dst and ((start is not None and edges[0] > now) or (end is not None and edges[-1] <= now)):
        raise _RefusedError("it is daylight saving time, and not between dst_from and dst_until")
    return (
        max((edge for edge in edges if edge <= now), default=None),
        min((edge for edge in edges if edge > now), default=None),
    )
