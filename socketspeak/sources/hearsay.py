"""What came of a request, written down for another process of this host, and read there.

Both have the same steady clock, so a sample is as good there as here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample


def written(outcome: Outcome) -> Mapping[str, object]:
    """The outcome as values that JSON has."""
    return asdict(outcome)


def read(found: Mapping[str, Any]) -> Outcome:
    """The outcome that was written. Raises ValueError and TypeError for what is none."""
    if "kind" in found:
        return Fault(**{**found, "kind": FaultKind(found["kind"])})
    return ZoneSample(**found)
