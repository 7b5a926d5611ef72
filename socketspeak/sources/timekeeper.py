"""The timekeeper: the discipline with real clocks in its hands, and what the log says of it."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.values import Host, Reading, State, Voter
from socketspeak.sources.sample import ZoneSample

SECOND_NS = 1_000_000_000
QUIET_NS = 3600 * SECOND_NS  # what comes again and again is logged once an hour


class Timekeeper:
    """Reads the clocks for the discipline, and says in the log when something is wrong with one of them."""

    _log = Logger()

    def __init__(
        self,
        discipline: Discipline,
        steady_ns: Callable[[], int],
        wall_ns: Callable[[], int],
        host: Callable[[], Host] | None = None,
    ) -> None:
        """Look at nothing yet.

        `steady_ns` and `wall_ns` read the clocks, in nanoseconds; `host` looks at all that the kernel knows
        of them, and without it the host's clock has no bound and the machine never sleeps.
        """
        self._discipline = discipline
        self._steady_ns = steady_ns
        self._wall_ns = wall_ns
        self._host = host or self._plain_host
        self._told: dict[
            str | None, bool
        ] = {}  # clock, None for all of them -> whether the log has it as wrong
        self._said_ns: dict[object, int] = {}  # what the log has been told, and when

    @property
    def edition(self) -> int:
        """Changes whenever the clock says otherwise for another reason than the passing of time."""
        return self._discipline.edition

    def now(self) -> Reading:
        """What the time is, and how far that can be off."""
        return self._discipline.read(self._steady_ns(), self._wall_ns())

    def unix_ns(self) -> int:
        """What the time is, as `now` has it, for those who need nothing else: it stands on the hot path."""
        unix_ns = self._discipline.unix_ns(self._steady_ns())
        return self._wall_ns() if unix_ns is None else unix_ns

    def bound_ns(self) -> int | None:
        """The bound of what the sources say, in nanoseconds; None where they have none."""
        return self._discipline.bound_ns(self._steady_ns())

    def drift_ns(self, elapsed_ns: int) -> int:
        """How much wider a bound can get in so many nanoseconds."""
        return self._discipline.drift_ns(elapsed_ns)

    def voters(self) -> tuple[Voter, ...]:
        """Every clock that has said something, beside the one that is shown."""
        return self._discipline.voters(self._steady_ns(), self._wall_ns())

    def contradictions(self) -> dict[str, int]:
        """By source: samples that could not be true together with what it had said before."""
        return self._discipline.contradictions

    def trust(self, host: bool) -> None:
        """Whose clock is shown where no majority agrees: the host's, if it votes, or the first source's."""
        self._discipline.trust(host)

    def look(self) -> int:
        """Look at the host's clocks: was one set, is it synchronised by now, did the machine sleep?

        To be called once a second or so; so long a sleep can go unnoticed. Returns for how many nanoseconds
        it has slept since the last look.
        """
        slept_ns = self._discipline.look(self._host())
        if slept_ns:
            self._log.warn(
                "the machine slept for {seconds:.1f} s: what the sources said is dropped",
                seconds=slept_ns / SECOND_NS,
            )
        self._say_who_is_wrong()
        return slept_ns

    def learn(self, sample: ZoneSample) -> None:
        """Take in what a sample says about the time."""
        agrees = self._discipline.learn(sample.source, sample.reading(), self._host())
        if not agrees and self._may_say(sample.source):
            self._log.warn("the clock of source {name} contradicts itself", name=sample.source)
        self._say_who_is_wrong()

    def _say_who_is_wrong(self) -> None:
        """Log a disagreement, and each clock that the majority leaves out, when that begins and ends."""
        disagreed = self.now().state is State.DISAGREE
        if self._is_news(None, disagreed):
            if disagreed:
                self._log.warn("no majority of the clocks agrees: no bound is given")
            else:
                self._log.info("the clocks agree again")
        if disagreed:
            return
        for voter in self.voters():
            if voter.agrees is None or not self._is_news(voter.name, not voter.agrees):
                continue
            if voter.agrees:
                self._log.info("the clock of {name} is not off any more", name=voter.name)
            else:
                seconds = voter.offset_ns / SECOND_NS
                self._log.warn(
                    "the clock of {name} is off by {seconds:+.3f} s", name=voter.name, seconds=seconds
                )

    def _is_news(self, name: str | None, wrong: bool) -> bool:
        """Whether it is to be logged that a clock, or all of them, began or ceased to be wrong.

        The same is logged once an hour at most, whatever clock hovers at the edge; what is true after an hour
        is logged then.
        """
        if wrong == self._told.get(name, False) or not self._may_say((name, wrong)):
            return False
        self._told[name] = wrong
        return True

    def _may_say(self, what: object) -> bool:
        """Whether something has not been said for an hour; it is said now, then."""
        now_ns = self._steady_ns()
        before_ns = self._said_ns.get(what)
        if before_ns is not None and now_ns - before_ns < QUIET_NS:
            return False
        self._said_ns[what] = now_ns
        return True

    def _plain_host(self) -> Host:
        return Host(self._steady_ns(), self._wall_ns())
