"""What is kept over a restart: the zones' rules, and how the sources are; as a document that people can read.

The steady clock does not survive a restart, so a document's instants are by the host's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from socketspeak.sources.health import Health
from socketspeak.sources.instants import SECOND_NS
from socketspeak.sources.order import Order
from socketspeak.sources.rulebook import Entry, RuleBook
from socketspeak.sources.specification import SourceSpec

FORMAT = 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class KeptHealth:
    """How a source was: nanoseconds since 1970 UTC by the host's clock, None where there is none."""

    spec: SourceSpec
    rest_ns: int  # left
    doublings: int
    last_success_ns: int | None
    last_failure_ns: int | None
    reason: str | None
    round_trip_ns: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is kept, at an instant of the host's clock, in nanoseconds since 1970 UTC."""

    saved_ns: int
    health: tuple[KeptHealth, ...]
    entries: tuple[Entry, ...]
    steady_to_wall_ns: int  # what to add to an instant of the steady clock


def snapshot(order: Order, rulebook: RuleBook, steady_ns: int, wall_ns: int) -> Snapshot:
    """What is to be kept; it is quick, and the document can be made of it elsewhere."""
    shift = wall_ns - steady_ns
    kept = tuple(_kept(spec, order.health[spec.name], steady_ns, shift) for spec in order.sources)
    return Snapshot(wall_ns, kept, rulebook.entries(), shift)


def _kept(spec: SourceSpec, health: Health, steady_ns: int, shift: int) -> KeptHealth:
    def wall(at_ns: int | None) -> int | None:
        return None if at_ns is None else at_ns + shift

    return KeptHealth(
        spec,
        health.breaker.rest_ns(steady_ns),
        health.breaker.doublings,
        wall(health.last_success_ns),
        wall(health.last_failure_ns),
        None if health.last_failure is None else health.last_failure.reason,
        health.round_trip_ns,
    )


def document(kept: Snapshot) -> dict[str, object]:
    """The snapshot in words and figures that JSON has, and that people can read."""
    return {
        "format": FORMAT,
        "saved": _text(kept.saved_ns),
        "sources": {
            health.spec.name: {
                "dialect": health.spec.dialect,
                "base_url": health.spec.base_url,
                "rest": health.rest_ns / SECOND_NS,
                "doublings": health.doublings,
                "last_success": _text(health.last_success_ns),
                "last_failure": _text(health.last_failure_ns),
                "reason": health.reason,
                "round_trip": None if health.round_trip_ns is None else health.round_trip_ns / SECOND_NS,
            }
            for health in kept.health
        },
        "rules": {
            entry.rule.zone: {
                "source": entry.rule.source,
                "fetched": _text(entry.fetched_ns + kept.steady_to_wall_ns),
                "offset": entry.rule.offset,
                "abbreviation": entry.rule.abbreviation,
                "dst": entry.rule.dst,
                "valid_from": _text_of_seconds(entry.rule.valid_from),
                "valid_until": _text_of_seconds(entry.rule.valid_until),
            }
            for entry in kept.entries
        },
    }


def _text(unix_ns: int | None) -> str | None:
    if unix_ns is None:
        return None
    moment = _EPOCH + timedelta(microseconds=unix_ns // 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text_of_seconds(seconds: int | None) -> str | None:
    return None if seconds is None else (_EPOCH + timedelta(seconds=seconds)).isoformat()
