"""What was found: figures with their targets, and whether they meet them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.rounds import Compared, Spread, spread


@dataclass(frozen=True)
class Figure:
    """A figure by itself, round by round, and the most or the least that it may be."""

    title: str
    values: Sequence[float]
    unit: str
    most: float | None = None
    least: float | None = None
    digits: int = 2

    @property
    def spread(self) -> Spread:
        """The median of the rounds, and between which values it stands."""
        return spread(list(self.values))

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        middle = self.spread.middle
        if self.most is None and self.least is None:
            return None
        return (self.most is None or middle <= self.most) and (self.least is None or middle >= self.least)


@dataclass
class Found:
    """All that was measured, what went wrong, and what this machine or daemon has not."""

    speed: list[Compared] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing went wrong, and every target that was measured is met."""
        verdicts = [row.reached for row in self.speed] + [figure.reached for figure in self.figures]
        return not self.faults and False not in verdicts
