"""What the dialects have in common: an answer is JSON, its fields have types, and its instants must agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from socketspeak.language.printable import shown
from socketspeak.sources.instants import EARLIEST, LATEST, SECOND_NS, Stamp, checked_offset, read_stamp
from socketspeak.sources.sample import Exchange, Fault, FaultKind, Outcome, SameZone, ZoneSample

REASON_CHARACTERS = 200  # of a fault's reason: one line of a log

_T = TypeVar("_T")

Read = Callable[["Answer", Exchange, SameZone], ZoneSample]


def decoded(body: bytes, exchange: Exchange, same_zone: SameZone, read: Read) -> Outcome:
    """What `read` makes of an answer's fields, or a fault where it raises ValueError; whatever bytes come."""
    try:
        return read(Answer(_object(body, exchange.content_type)), exchange, same_zone)
    except (ValueError, OverflowError, RecursionError) as error:
        return Fault(FaultKind.ANSWER, shown(f"bad answer: {error}", REASON_CHARACTERS))


def is_json(content_type: str | None) -> bool:
    """Whether a Content-Type header names JSON, its parameters aside."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    return kind in {"application/json", "text/json"} or (
        kind.startswith("application/") and kind.endswith("+json")
    )


class RefusedError(ValueError):
    """An answer that cannot be believed, and why."""


def _object(body: bytes, content_type: str | None) -> dict[str, object]:
    if not is_json(content_type):
        raise RefusedError(f"its content type is {content_type or 'not given'}")
    try:
        found = json.loads(body.decode("utf-8-sig"), parse_constant=_no_such_number)
    except RecursionError:
        raise RefusedError("it is nested too deeply") from None
    except UnicodeDecodeError:
        raise RefusedError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise RefusedError(f"it is not JSON: {error.msg} at {error.pos}") from None
    except RefusedError:
        raise
    except ValueError:  # what int() says of thousands of digits
        raise RefusedError("it holds a number that is too long") from None
    if not isinstance(found, dict):
        raise RefusedError("it is not an object")
    return found


def _no_such_number(word: str) -> NoReturn:
    raise RefusedError(f"it holds {word}")


class Answer:
    """The fields of an answer, each of the type that it should have; null is as good as missing."""

    def __init__(self, fields: dict[str, object]) -> None:
        self._fields = fields

    def take(self, name: str, kind: type[_T]) -> _T | None:
        """Give a field's value; raises ValueError where it is of another type."""
        value: Any = self._fields.get(name)
        if value is None or type(value) is kind:  # a bool is an int to isinstance
            return value
        raise RefusedError(f"{name} is not {_NAMES[kind]}")

    def read(self, name: str, reader: Callable[[str], _T]) -> _T | None:
        """Give a text field as `reader` reads it; raises ValueError where it cannot."""
        text = self.take(name, str)
        try:
            return None if text is None else reader(text)
        except ValueError as error:
            raise RefusedError(f"{name} {shown(text or '')!r}: {error}") from None

    def offset(self, name: str) -> int | None:
        """Give a field that counts seconds east; raises ValueError where it is over 26 hours."""
        seconds = self.take(name, int)
        if seconds is None:
            return None
        try:
            return checked_offset(seconds)
        except ValueError as error:
            raise RefusedError(f"{name}: {error}") from None


_NAMES = {str: "a text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is, by the source: its stamp in UTC and the quantum, in nanoseconds."""

    stamp_ns: int
    quantum_ns: int


def answered_zone(answer: Answer, exchange: Exchange, same_zone: SameZone) -> str:
    """The zone that an answer is of, the one asked where it does not say; raises RefusedError for another."""
    zone = answer.take("timezone", str)
    if zone is not None and not same_zone(exchange.asked, zone):
        raise RefusedError(f"it is of another zone, {shown(zone)!r}")
    return exchange.asked if zone is None else zone


def moment(local: Stamp | None, utc: Stamp | None, unix: int | None, offset: int) -> Moment:
    """The instant, from the finest field that has it; raises RefusedError where two of them differ."""
    moments = [Moment(stamp.local_ns - offset * SECOND_NS, stamp.quantum_ns) for stamp in some(local)]
    moments += [Moment(_utc_ns(stamp), stamp.quantum_ns) for stamp in some(utc)]
    moments += [Moment(seconds * SECOND_NS, SECOND_NS) for seconds in some(unix)]
    if not moments:
        raise RefusedError("it has no instant")
    finest = min(moments, key=lambda moment: moment.quantum_ns)
    for each in moments:
        # Two readings of one clock can fall on either side of a second; where an offset is wrong, local time
        # less UTC is whole minutes off.
        if not -SECOND_NS < finest.stamp_ns - each.stamp_ns < SECOND_NS + each.quantum_ns:
            raise RefusedError("its instants differ, or local time less UTC is not the offset")
    if not EARLIEST <= finest.stamp_ns // SECOND_NS < LATEST:
        raise RefusedError("its instant is not in 2020-2100")
    return finest


def some(value: _T | None) -> tuple[_T, ...]:
    """The value where there is one."""
    return () if value is None else (value,)


def _utc_ns(stamp: Stamp) -> int:
    """The instant of a stamp that is in UTC where it does not say otherwise."""
    return stamp.local_ns - (stamp.offset or 0) * SECOND_NS


def validity(answer: Answer, now: int, dst: bool | None) -> tuple[int | None, int | None]:
    """The last edge of daylight saving up to now, and the next one, in Unix seconds.

    Outside daylight saving time `dst_from` is the next and `dst_until` the last; so the edges are told
    apart by where they lie. Raises RefusedError where it is daylight saving time and `now` is not between.
    """
    start, end = (answer.read(name, read_stamp) for name in ("dst_from", "dst_until"))
    edges = [-(-_utc_ns(stamp) // SECOND_NS) for stamp in (*some(start), *some(end))]
    if dst and ((start is not None and edges[0] > now) or (end is not None and edges[-1] <= now)):
        raise RefusedError("it is daylight saving time, and not between dst_from and dst_until")
    return (
        max((edge for edge in edges if edge <= now), default=None),
        min((edge for edge in edges if edge > now), default=None),
    )
