"""Answers of world-time servers that the decoders are given, and whether they believed them."""

from __future__ import annotations

import json
from typing import Any

from socketspeak.sources.sample import Exchange, Fault, FaultKind, Outcome, ZoneSample
from tests.sources.rig import is_fault

GONE = object()  # a field that is not there


def asking(zone: str, content_type: str | None = "application/json; charset=utf-8") -> Exchange:
    """An exchange in which a source was asked for a zone."""
    return Exchange("lab", zone, sent_ns=5, received_ns=9, content_type=content_type)


def linked(one: str, other: str) -> bool:
    """Names alike but for their case, and one link."""
    targets = {"us/eastern": "america/new_york"}
    return targets.get(one.lower(), one.lower()) == targets.get(other.lower(), other.lower())


def with_fields(body: bytes, fields: dict[str, Any]) -> bytes:
    """An answer with other fields."""
    answer = {**json.loads(body), **fields}
    return json.dumps({name: value for name, value in answer.items() if value is not GONE}).encode()


def is_believed(outcome: Outcome, expected: dict[str, Any]) -> None:
    """Assert that an answer was believed, and what is known by it."""
    assert isinstance(outcome, ZoneSample), outcome
    assert {name: getattr(outcome, name) for name in expected} == expected


def is_refused(outcome: Outcome, reason: str) -> None:
    """Assert that an answer was not believed, and why."""
    is_fault(outcome, FaultKind.ANSWER)
    assert isinstance(outcome, Fault)
    assert reason in outcome.reason
