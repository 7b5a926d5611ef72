"""Who iterates over ticks in these tests, and how they let seconds pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from twisted.internet.defer import Deferred

from socketspeak.client import Tick, Watch
from tests.kit.world import NOON
from tests.pair.pump import Pair, outcome_of

NS = 1_000_000_000


class Seen:
    """What came of an iteration: the seconds after noon of its ticks, and how it ended."""

    def __init__(self, ticks: AsyncIterator[Tick], most: int = 1_000) -> None:
        self.ticks: list[Tick] = []
        self.running = Deferred.fromCoroutine(self._run(ticks, most))

    async def _run(self, ticks: AsyncIterator[Tick], most: int) -> None:
        async for tick in ticks:
            self.ticks.append(tick)
            if len(self.ticks) == most:
                break

    @property
    def seconds(self) -> list[int]:
        """How many seconds after noon each tick was."""
        return [tick.clocks[0].unix_ns // NS - NOON for tick in self.ticks]


def taken(watch: Watch) -> Tick:
    """The next tick, which is there."""
    tick = outcome_of(anext(watch))
    assert isinstance(tick, Tick)
    return tick


def is_ticking(pair: Pair) -> bool:
    """Whether the server ticks for anybody."""
    calls: Sequence[Any] = pair.clock.getDelayedCalls()
    return any(getattr(call.func, "__self__", None) is pair.desk.ticker for call in calls)


def pass_seconds(pair: Pair, seconds: int) -> None:
    """Let so many seconds pass, and carry over what each of them brings."""
    for _ in range(seconds):
        pair.settle(1)
