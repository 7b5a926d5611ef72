"""A simulated network: true time, a steady clock that drifts as it may, and sources that are far or lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.clock.rooms import Room

S = 1_000_000_000
DAY = 86_400 * S
EPOCH = 1_795_457_045 * S  # what a right clock shows at the true instant 0
MILLION = 1_000_000
PPM = 200
SOURCES = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True)
class Step:
    """A pause, and then an exchange with a source; nanoseconds of true time.

    `ppm` is by how many millionths the steady clock runs fast meanwhile; a `lie` is how far the source's
    clock is ahead, if the source is a liar.
    """

    source: int
    pause: int
    there: int
    back: int
    quantum: int
    ppm: int
    lie: int


@dataclass
class World:
    """True time, and the steady clock, which stands still while the machine sleeps."""

    room: Room
    true: int = 0
    steady: int = 0
    asleep: int = 0
    _rest: int = field(default=0, repr=False)

    @property
    def utc(self) -> int:
        """What a right clock shows."""
        return EPOCH + self.true

    def wait(self, nanoseconds: int, ppm: int = 0) -> None:
        """Let true time pass, awake."""
        self.true += nanoseconds
        ticks = nanoseconds * (MILLION + ppm) + self._rest
        self.steady += ticks // MILLION
        self._rest = ticks % MILLION

    def sleep(self, nanoseconds: int) -> None:
        """Let true time pass, asleep; waking up takes a nanosecond."""
        if nanoseconds:
            self.true += nanoseconds
            self.asleep += nanoseconds
            self.wait(1)

    def host(self, off: int = 0, error: int | None = None) -> Any:
        """A look at a host whose wall clock is so far ahead, and that the kernel says is so exact."""
        return self.room.Host(self.steady, self.utc + off, error, self.asleep)

    def exchange(self, step: Step, *, lies: bool = False, slept: int = 0) -> Any:
        """Ask and be answered, and sleep in between where that is wanted; the sample."""
        self.wait(step.pause, step.ppm)
        sent = self.steady
        self.wait(step.there, step.ppm)
        clock = self.utc + (step.lie if lies else 0)
        self.sleep(slept)
        self.wait(step.back, -step.ppm)
        stamp = clock // step.quantum * step.quantum
        return self.room.Sample(stamp, step.quantum, sent, self.steady)


@dataclass(frozen=True)
class Script:
    """Sources, of which the first `honest` ones are, and the exchanges with them."""

    names: tuple[str, ...]
    honest: int
    steps: tuple[Step, ...]

    def lies(self, step: Step) -> bool:
        """Whether the source that a step asks is a liar."""
        return step.source >= self.honest

    def exchanges(self, world: World) -> Iterator[tuple[str, Step, Any]]:
        """Each exchange as it ends: whom it was with, and the sample."""
        for step in self.steps:
            yield self.names[step.source], step, world.exchange(step, lies=self.lies(step))


delays = st.one_of(st.integers(0, 3 * S), st.integers(0, S // 10), st.just(0))
lies = st.one_of(st.integers(-4 * S, 4 * S), st.integers(-5 * DAY, 5 * DAY))
pauses = st.one_of(st.integers(0, 30_000 * S), st.integers(0, 10 * S))


def steps(sources: int) -> st.SearchStrategy[Step]:
    """An exchange with one of so many sources."""
    return st.builds(
        Step,
        source=st.integers(0, sources - 1),
        pause=pauses,
        there=delays,
        back=delays,
        quantum=st.sampled_from([1, 1000, MILLION, S]),
        ppm=st.integers(-PPM, PPM),
        lie=lies,
    )


@st.composite
def scripts(draw: st.DrawFn, *, liars: bool = True, most: int = 5) -> Script:
    """Up to `most` sources, fewer than half of them liars; each is asked once, the liars last, then any."""
    sources = draw(st.integers(1, most))
    honest = draw(st.integers(sources // 2 + 1, sources)) if liars else sources
    exchange = steps(sources)
    opening = [draw(exchange) for _ in range(sources)]
    first = [Step(**{**vars(step), "source": at}) for at, step in enumerate(opening)]
    return Script(SOURCES[:sources], honest, (*first, *draw(st.lists(exchange, max_size=6))))
