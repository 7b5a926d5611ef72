"""The almanac: what the clocks of zones show, and what the time is, by the sources and from memory.

The room's face towards the servers. It calls back and hands out no Deferred: it stands on the hot path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.values import Reading
from socketspeak.sources.flights import Fetches, Flights
from socketspeak.sources.roster import Roster, SourceStatus
from socketspeak.sources.rulebook import RuleBook, Standing
from socketspeak.sources.sample import Outcome, ZoneSample
from socketspeak.sources.search import Search, Waiting
from socketspeak.sources.specification import SourceSpec
from socketspeak.zones.values import Rule

SECOND_NS = 1_000_000_000
PROBE = "Etc/UTC"  # asked at the start: every source has it, and any answer sets the clock

__all__ = ["Almanac", "SourceStatus", "Standing", "Waiting"]


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
    ) -> None:
        """Know nothing, and ask nothing before `start`.

        `sources` come in order of preference; `embedded` among them is never asked, for it is always at
        hand: `embedded(zone, unix_seconds)` is the tz database's rule. `steady_ns` and `wall_ns` read the
        clocks, in nanoseconds; `patience` is how many seconds a client waits for sources at most.
        """
        self.edition = 0  # changes whenever an answer from memory could, but by the passing of time
        self._embedded = embedded
        self._fetcher = fetcher
        self._discipline = discipline
        self._rulebook = rulebook
        self._reactor = reactor
        self._steady_ns = steady_ns
        self._wall_ns = wall_ns
        self._patience = patience
        self._roster = Roster(sources, steady_ns, self._learn)
        self._flights = Flights(fetcher, self._roster, reactor)
        self._sourced = bool(self._roster.sources)
        self._asks = self._sourced
        self._behind: dict[str, Search] = {}  # zone -> the search for it that nobody waits for
        self._waiting: set[Waiting] = set()

    def now(self) -> Reading:
        """What the time is, and how far that can be off."""
        return self._discipline.read(self._steady_ns(), self._wall_ns())

    def unix_ns(self) -> int:
        """What the time is, as `now` has it, for those who need nothing else: it stands on the hot path."""
        unix_ns = self._discipline.unix_ns(self._steady_ns())
        return self._wall_ns() if unix_ns is None else unix_ns

    def standing(self, zone: str, unix_ns: int) -> Standing:
        """A zone's rule at an instant, from memory; it asks nobody.

        Where no source's rule is known to hold, as far as the clock's bound tells, it is the tz database's,
        and says so. Raises KeyError for a zone that the database does not have.
        """
        if self._sourced:
            steady_ns = self._steady_ns()
            bound_ns = self._discipline.bound_ns(steady_ns) or 0
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
        now = self._discipline.read(steady_ns, self._wall_ns()).unix_ns // SECOND_NS
        due = [zone for zone in zones if self._rulebook.due(zone, now, steady_ns)]
        if not due:
            return None
        missing = {zone for zone in due if not self._rulebook.holds(zone, now, steady_ns)}
        return self._ask_sources(dict.fromkeys(due), missing, done)

    def start(self) -> None:
        """Ask each source what time it is, so that nobody waits later for one that cannot be reached."""
        self._probe(self._roster.sources)

    def stop(self) -> Deferred[None]:
        """Ask nothing any more, and cancel what is under way; fires when all connections are closed.

        Whoever still waits is told that it is done, and finds what is in memory.
        """
        self._asks = False
        self._behind.clear()
        self._flights.ground()
        for waiting in tuple(self._waiting):
            waiting.spent()
        return self._fetcher.close()

    def status(self) -> tuple[SourceStatus, ...]:
        """How the sources are that can be asked, in order of preference; `embedded` is always ready."""
        return self._roster.status(self._rulebook.disagreements(self._steady_ns()))

    def _ask_sources(self, due: Iterable[str], missing: set[str], done: Callable[[], None]) -> Waiting | None:
        waiting = Waiting(done, self._waiting.discard)
        searches = []
        for zone in due:
            if zone in missing and self._patience > 0:
                search = Search(zone, self._roster.choose_proven, self._flights, waiting.ended)
                if search.begin():
                    searches.append(search)
                    continue
            self._ask_behind(zone)
        if not searches:
            return None
        # Another source answers, so that nothing else would ever try these again.
        self._probe(self._roster.unproven())
        waiting.begin(searches, self._reactor, self._patience)
        self._waiting.add(waiting)
        return waiting

    def _ask_behind(self, zone: str) -> None:
        if zone not in self._behind:
            search = Search(zone, self._roster.choose, self._flights, self._came_behind)
            if search.begin():
                self._behind[zone] = search

    def _came_behind(self, search: Search) -> None:
        self._behind.pop(search.zone, None)

    def _probe(self, sources: Iterable[SourceSpec]) -> None:
        for source in sources:
            if self._roster.may_start(source, PROBE) and not self._flights.under_way(source, PROBE):
                self._flights.board(source, PROBE, _thanks)

    def _learn(self, sample: ZoneSample) -> None:
        agrees = self._discipline.learn(sample.source, sample.reading(), self._steady_ns(), self._wall_ns())
        if not agrees:
            self._log.warn("the clock of source {name} contradicts itself", name=sample.source)
        news = self._rulebook.remember(sample, self._embedded(sample.asked, sample.stamp_ns // SECOND_NS))
        if news is not None:
            self._log.warn(
                "source {name} gives {zone} the offset {offset} s, the tz database {embedded} s",
                name=news.source,
                zone=news.zone,
                offset=news.offset,
                embedded=news.embedded_offset,
            )
        self.edition += 1


def _thanks(_outcome: Outcome) -> None:
    """A probe's answer has been taken note of as it landed."""
