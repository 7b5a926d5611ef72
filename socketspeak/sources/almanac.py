"""The almanac: what the clocks of zones show, and what the time is, by the sources and from memory.

The room's face towards the servers. It calls back and hands out no Deferred: it stands on the hot path.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.values import Host, Reading, State, Voter
from socketspeak.sources.budget import RetryBudget
from socketspeak.sources.caching import Stamps
from socketspeak.sources.flights import Fetches, Flights
from socketspeak.sources.health import PROBE
from socketspeak.sources.keeping import Snapshot, snapshot
from socketspeak.sources.probes import Probes
from socketspeak.sources.recollection import Recollection
from socketspeak.sources.roster import Roster, SourceStatus, Tell
from socketspeak.sources.rulebook import RuleBook, Standing
from socketspeak.sources.sample import Outcome, ZoneSample
from socketspeak.sources.search import Chain, Search, Waiting
from socketspeak.sources.specification import SourceSpec
from socketspeak.sources.timekeeper import Timekeeper
from socketspeak.zones.values import Rule

SECOND_NS = 1_000_000_000

__all__ = ["PROBE", "Almanac", "SourceStatus", "Standing", "Waiting"]


class Almanac:
    """Answers from memory, asks the sources for what it does not know, and lets nobody wait for long."""

    _log = Logger()

    def __init__(
        self,
        *,
        sources: Sequence[SourceSpec],
        embedded: Callable[[str, int], Rule],
        fetcher: Fetches,
        discipline: Discipline,
        rulebook: RuleBook,
        reactor: IReactorTime,
        steady_ns: Callable[[], int],
        wall_ns: Callable[[], int],
        patience: float,
        host: Callable[[], Host] | None = None,
        jitter: Callable[[], float] = random.random,
        tell: Tell | None = None,
    ) -> None:
        """Know nothing, and ask nothing before `start`.

        `sources` come in order of preference; `embedded` among them is never asked, for it is always at
        hand: `embedded(zone, unix_seconds)` is the tz database's rule. `steady_ns` and `wall_ns` read the
        clocks, in nanoseconds, and `host` tells what the kernel knows of them, if it can be asked; `patience`
        is how many seconds a client waits for sources at most; `jitter` gives a random number from 0 to 1, by
        which refreshes and probes are spread. `tell` is told what came of each request, for others' `hear`.
        """
        self.edition = 0  # changes whenever an answer from memory could, but by the passing of time
        self.changes = 0  # to what is kept over a restart
        self._recalled: tuple[int, int] | None = None  # when, and what was then added to make the host's time
        self._embedded = embedded
        self._fetcher = fetcher
        self._timekeeper = Timekeeper(discipline, steady_ns, wall_ns, host)
        self._rulebook = rulebook
        self._reactor = reactor
        self._steady_ns = steady_ns
        self._wall_ns = wall_ns
        self._patience = patience
        self._jitter = jitter
        self._roster = Roster(sources, steady_ns, self._learn, self._moved, tell)
        self._flights = Flights(fetcher, self._roster, reactor)
        self._chain = Chain(self._roster, self._flights, RetryBudget(), reactor)
        self._probes = Probes(self._roster, self._flights, reactor, jitter)
        self._stamps = Stamps()
        self._sourced = bool(self._roster.sources)
        self._asks = self._sourced
        self._behind: dict[str, Search] = {}  # zone -> the search for it that nobody waits for
        self._waiting: set[Waiting] = set()

    def now(self) -> Reading:
        """What the time is, and how far that can be off."""
        return self._timekeeper.now()

    def unix_ns(self) -> int:
        """What the time is, as `now` has it, for those who need nothing else: it stands on the hot path."""
        return self._timekeeper.unix_ns()

    def drift_ns(self, elapsed_ns: int) -> int:
        """How much wider the clock's bound can get in so many nanoseconds."""
        return self._timekeeper.drift_ns(elapsed_ns)

    def look(self) -> None:
        """Look at the host's clocks: was one set, is it synchronised by now, did the machine sleep?

        To be called once a second or so; so long a sleep can go unnoticed.
        """
        edition = self._timekeeper.edition
        slept_ns = self._timekeeper.look()
        self.edition += self._timekeeper.edition != edition
        if slept_ns and self._asks:
            self._rulebook.grow_older(slept_ns, self._steady_ns())
            self._probes.ask_again()

    def standing(self, zone: str, unix_ns: int) -> Standing:
        """A zone's rule at an instant, from memory; it asks nobody.

        Where no source's rule is known to hold, as far as the clock's bound tells, it is the tz database's,
        and says so. Raises KeyError for a zone that the database does not have.
        """
        if self._sourced:
            steady_ns = self._steady_ns()
            bound_ns = self._timekeeper.bound_ns() or 0
            low, high = (unix_ns - bound_ns) // SECOND_NS, (unix_ns + bound_ns) // SECOND_NS
            standing = self._rulebook.look(zone, low, high, steady_ns)
            if standing is not None:
                return standing
        return Standing(self._embedded(zone, unix_ns // SECOND_NS))

    def ask(self, zones: Sequence[str], done: Callable[[], None]) -> Waiting | None:
        """See to it that the rules of zones are in memory.

        None where nobody has to wait: they are there (what is due is fetched behind), or no source is fit
        to be waited for. Else `done` is called once, later: when all are there, when no source has them, or
        when patience is spent; unless the client goes away and `leave` is called on what is returned.
        """
        if not self._asks:
            return None
        steady_ns = self._steady_ns()
        now = self.unix_ns() // SECOND_NS
        due = [zone for zone in zones if self._rulebook.due(zone, now, steady_ns)]
        if not due:
            return None
        missing = {zone for zone in due if not self._rulebook.holds(zone, now, steady_ns)}
        return self._ask_sources(dict.fromkeys(due), missing, done)

    def refresh(self, zones: Iterable[str]) -> None:
        """Fetch, behind, the rules of zones that are due; for those who are told without asking."""
        if self._asks:
            now, steady_ns = self.unix_ns() // SECOND_NS, self._steady_ns()
            for zone in zones:
                if self._rulebook.due(zone, now, steady_ns):
                    self._ask_behind(zone)

    def start(self) -> None:
        """Ask each source what time it is, so that nobody waits later for one that cannot be reached."""
        self.look()
        self._probes.start()

    def stop(self) -> Deferred[None]:
        """Ask nothing any more, and cancel what is under way; fires when all connections are closed.

        Whoever still waits is told that it is done, and finds what is in memory.
        """
        self._asks = False
        self._behind.clear()
        self._probes.stop()
        self._flights.ground()
        for waiting in tuple(self._waiting):
            waiting.spent()
        return self._fetcher.close()

    def hear(self, source: str, zone: str, outcome: Outcome) -> None:
        """Learn what came of a request of another process on this host, as if it were one's own."""
        if self._asks:
            self._roster.landed_elsewhere(source, zone, outcome)

    def status(self) -> tuple[SourceStatus, ...]:
        """How the sources are that can be asked, in order of preference; `embedded` is always ready."""
        return self._roster.status(self._rulebook.disagreements(self._steady_ns()))

    def voters(self) -> tuple[Voter, ...]:
        """Each clock that has said what the time is, beside the agreed one; the host's is the last."""
        return self._timekeeper.voters()

    def contradictions(self) -> dict[str, int]:
        """By source: how often its clock has said what cannot be true with what it had said before."""
        return self._timekeeper.contradictions()

    def _ask_sources(self, due: Iterable[str], missing: set[str], done: Callable[[], None]) -> Waiting | None:
        waiting = Waiting(done, self._waiting.discard)
        searches = []
        for zone in due:
            if zone in missing and self._patience > 0:
                search = Search(zone, self._chain, waiting.ended, waited=True)
                if search.begin():
                    searches.append(search)
                    continue
            self._ask_behind(zone)
        if not searches:
            return None
        waiting.begin(searches, self._reactor, self._patience)
        self._waiting.add(waiting)
        return waiting

    def _ask_behind(self, zone: str) -> None:
        if zone not in self._behind:
            search = Search(zone, self._chain, self._came_behind, waited=False)
            if search.begin():
                self._behind[zone] = search

    def _came_behind(self, search: Search) -> None:
        self._behind.pop(search.zone, None)

    def renew(self, embedded: Callable[[str, int], Rule], patience: float, trust: str) -> None:
        """Go on with another edition of the tz database, and other settings, as at the start.

        It must have every zone that the old one had. What sources said of a zone for which it has another
        rule now was put together with the old one's, and is asked for anew.
        """
        before, now = self._embedded, self.unix_ns() // SECOND_NS
        self._rulebook.forget(lambda zone: before(zone, now) != embedded(zone, now))
        self._rulebook.trust(trust)
        self._timekeeper.trust(host=trust != "source")
        self._embedded = embedded
        self._patience = patience
        self.edition += 1
        self.changes += 1
        self.look()

    def snapshot(self) -> Snapshot:
        """What is to be kept over a restart; it changes with `changes`, and by the passing of time."""
        return snapshot(self._roster.order, self._rulebook, self._steady_ns(), self._wall_ns())

    def recall(self, found: object) -> Recollection:
        """Know again what was kept, before `start`. Raises StateError, and then knows nothing of it.

        How old the rules are is taken from the host's clock, until a source has said what the time is.
        """
        steady_ns, wall_ns = self._steady_ns(), self._wall_ns()
        recollection = Recollection(found, self._roster.order, steady_ns, wall_ns)
        recollection.restore_health()
        for sample in recollection.samples:
            with suppress(KeyError):  # a zone that the database has no longer
                self._remember(sample)
        self._recalled = steady_ns, wall_ns - steady_ns
        return recollection

    def _moved(self, source: SourceSpec) -> None:
        self.changes += 1
        self._probes.moved(source)

    def _learn(self, sample: ZoneSample) -> None:
        self.look()  # a sleep while it was under way is taken note of first
        if self._stamps.again(sample.source, sample.asked, sample.stamp_ns):
            sample = replace(sample, cacheable=True)
        self._timekeeper.learn(sample)
        if self._recalled is not None and self.now().state not in {State.LOCAL, State.DISRUPTED}:
            at_ns, to_wall_ns = self._recalled
            self._recalled = None
            self._rulebook.grow_older(self.unix_ns() - self._steady_ns() - to_wall_ns, at_ns)
        self._remember(sample)

    def _remember(self, sample: ZoneSample) -> None:
        embedded = self._embedded(sample.asked, sample.stamp_ns // SECOND_NS)
        news = self._rulebook.remember(sample, embedded, self._jitter())
        if news is not None:
            self._log.warn(
                "source {name} gives {zone} the offset {offset} s, the tz database {embedded} s",
                name=news.source,
                zone=news.zone,
                offset=news.offset,
                embedded=news.embedded_offset,
            )
        self.edition += 1
