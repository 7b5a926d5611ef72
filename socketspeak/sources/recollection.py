"""What was kept over a restart, read back from a document: all of it is checked, and doubted.

The host's clock may have been set meanwhile: what would then be younger than it is is not believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from socketspeak.language.printable import shown
from socketspeak.sources.breaker import LONGEST_WAIT_NS
from socketspeak.sources.instants import SECOND_NS, checked_offset, read_stamp
from socketspeak.sources.keeping import FORMAT
from socketspeak.sources.order import Order
from socketspeak.sources.rulebook import STALE_NS
from socketspeak.sources.sample import Fault, FaultKind, ZoneSample
from socketspeak.sources.specification import SourceSpec

REASON_CHARACTERS = 200

_T = TypeVar("_T")


class StateError(ValueError):
    """A document is none of ours, or says what cannot be."""


class Recollection:
    """A document, read: the sources' health and the rules that are young enough. All of it is checked."""

    def __init__(self, found: object, order: Order, steady_ns: int, wall_ns: int) -> None:
        """Read a document. Raises StateError where it is none of ours, or something in it cannot be."""
        self._fields = _Fields(found, "the document")
        if self._fields.take("format", int) != FORMAT:
            raise StateError(f"its format is not {FORMAT}")
        self._order = order
        self._steady_ns = steady_ns
        self._wall_ns = wall_ns
        saved_ns = self._fields.instant("saved")
        if saved_ns is None:
            raise StateError("saved is missing")
        self._since_ns = wall_ns - saved_ns
        sources = self._fields.table("sources")
        same = (spec for spec in order.sources if _is_same(spec, sources.get(spec.name)))
        self._sources = {spec.name: sources[spec.name] for spec in same}
        self._kept = {name: _health(fields) for name, fields in self._sources.items()}
        self.samples: tuple[ZoneSample, ...] = tuple(self._read_rules())

    @property
    def from_the_future(self) -> bool:
        """Whether the host's clock was set back: nobody knows then how old the rules are."""
        return self._since_ns < 0

    def restore_health(self) -> None:
        """Let the sources that rested rest on; whoever asked to be left alone is."""
        for name, (rest_ns, doublings, fields) in self._kept.items():
            health = self._order.health[name]
            left_ns = min(rest_ns - max(self._since_ns, 0), LONGEST_WAIT_NS)
            if left_ns > 0:
                health.breaker.resume(self._steady_ns + left_ns, doublings)
            health.last_success_ns = self._past(fields.instant("last_success"))
            health.last_failure_ns = self._past(fields.instant("last_failure"))
            reason = fields.take("reason", str)
            if health.last_failure_ns is not None and reason is not None:
                health.last_failure = Fault(FaultKind.STATUS, shown(reason, REASON_CHARACTERS))

    def _past(self, unix_ns: int | None) -> int | None:
        """An instant on the steady clock, None for one that has not been yet."""
        if unix_ns is None or unix_ns > self._wall_ns:
            return None
        return self._steady_ns - (self._wall_ns - unix_ns)

    def _read_rules(self) -> Iterator[ZoneSample]:
        for zone, fields in self._fields.table("rules").items():
            sample = self._sample(zone, fields)
            age_ns = self._steady_ns - sample.received_ns
            if not self.from_the_future and sample.source in self._sources and 0 <= age_ns < STALE_NS:
                yield sample

    def _sample(self, zone: str, fields: _Fields) -> ZoneSample:
        fetched_ns, offset = fields.instant("fetched"), fields.take("offset", int)
        source = fields.take("source", str)
        if fetched_ns is None or offset is None or source is None:
            raise StateError(f"{fields.what} lacks fetched, offset or source")
        at_ns = self._steady_ns - (self._wall_ns - fetched_ns)
        start, end = fields.instant("valid_from"), fields.instant("valid_until")
        return ZoneSample(
            source=source,
            asked=zone,
            zone=zone,
            stamp_ns=fetched_ns,
            quantum_ns=1,
            sent_ns=at_ns,
            received_ns=at_ns,
            cacheable=True,
            offset=fields.checked(offset, checked_offset),
            abbreviation=fields.take("abbreviation", str),
            dst=fields.take("dst", bool),
            valid_from=None if start is None else start // SECOND_NS,
            valid_until=None if end is None else end // SECOND_NS,
        )


def _is_same(spec: SourceSpec, fields: _Fields | None) -> bool:
    """Whether a name still stands for the same server."""
    return fields is not None and (spec.dialect, spec.base_url) == (
        fields.take("dialect", str),
        fields.take("base_url", str),
    )


def _health(fields: _Fields) -> tuple[int, int, _Fields]:
    rest, doublings = fields.take("rest", float), fields.take("doublings", int)
    if rest is None or doublings is None or not (0 <= rest <= 3600 and 0 <= doublings < 1000):
        raise StateError(f"{fields.what} rests for no number of seconds")
    for name in ("last_success", "last_failure"):
        fields.instant(name)
    fields.take("reason", str)
    return round(rest * SECOND_NS), doublings, fields


class _Fields:
    """The fields of an object of the document, each of the type that it should have."""

    def __init__(self, found: object, what: str) -> None:
        if not isinstance(found, dict):
            raise StateError(f"{shown(what)} is not an object")
        self._found: Mapping[str, Any] = found
        self.what = shown(what)

    def take(self, name: str, kind: type[_T]) -> _T | None:
        """Give a value, None where it is missing; raises StateError where it is of another type."""
        value = self._found.get(name)
        if value is None or type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return self.checked(value, kind)
        raise StateError(f"{name} of {self.what} is of another type")

    def table(self, name: str) -> dict[str, _Fields]:
        """Give a table of objects by their names."""
        found = self.take(name, dict) or {}
        return {key: _Fields(value, key) for key, value in found.items()}

    def instant(self, name: str) -> int | None:
        """Give an instant in nanoseconds since 1970 UTC."""
        text = self.take(name, str)
        if text is None:
            return None
        stamp = self.checked(text, read_stamp)
        if stamp.offset is None:
            raise StateError(f"{name} of {self.what} has no offset")
        return stamp.local_ns - stamp.offset * SECOND_NS

    def checked(self, value: Any, reader: Callable[[Any], _T]) -> _T:
        """Give what `reader` makes of a value; raises StateError where it cannot."""
        try:
            return reader(value)
        except (ValueError, OverflowError) as wrong:
            raise StateError(f"{self.what}: {shown(str(wrong), REASON_CHARACTERS)}") from None
