"""A search: one asker's way along the chain of sources for a zone, and those who wait for several."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from socketspeak.sources.budget import RetryBudget
from socketspeak.sources.flights import LINGER_SECONDS, Flights, Seat
from socketspeak.sources.roster import Roster
from socketspeak.sources.sample import Outcome, ZoneSample

HEDGE_SECONDS = 0.4  # without an answer; then the next source is asked as well
LOSER_SECONDS = 0.5  # in which the slower of two may still answer; a source that never does so is found out


@dataclass(frozen=True, slots=True)
class Chain:
    """The sources in their order, and what asking one after another takes."""

    roster: Roster
    flights: Flights
    budget: RetryBudget
    reactor: IReactorTime


class Search:
    """Asks one source after another for a zone, until one has answered or none is left.

    The next one is asked when one has failed, as far as the retry budget allows. Where somebody waits, it is
    also asked when none has answered for 0.4 s: the first good answer wins.
    """

    def __init__(self, zone: str, chain: Chain, ended: Callable[[Search], None], *, waited: bool) -> None:
        """Ask nobody yet; `ended` is called once, never inside `begin`, unless the search is left.

        `waited` says that somebody waits for it: then only sources that are fit to be waited for are asked.
        """
        self.zone = zone
        self._chain = chain
        self._ended = ended
        self._waited = waited
        self._tried: frozenset[str] = frozenset()
        self._seats: dict[str, Seat] = {}
        self._hedge: IDelayedCall | None = None

    def begin(self) -> bool:
        """Ask the first source; False where there is none to ask."""
        if not self._ask_next(first=True):
            return False
        self._chain.budget.asked(self._chain.roster.now_ns())
        return True

    def leave(self, linger: float = 0.0) -> None:
        """Wait no longer; a request with nobody left is cancelled, at once or `linger` seconds later."""
        self._stop_hedge()
        seats, self._seats = self._seats, {}
        for seat in seats.values():
            seat.leave(linger)

    def _ask_next(self, *, first: bool = False) -> bool:
        self._stop_hedge()
        source = self._chain.roster.choose(self.zone, self._tried, fit=self._waited)
        if source is None or not (first or self._chain.budget.spend(self._chain.roster.now_ns())):
            return False
        self._tried |= {source.name}
        name = source.name
        self._seats[name] = self._chain.flights.board(
            source, self.zone, lambda outcome: self._told(name, outcome)
        )
        if self._waited:
            self._hedge = self._chain.reactor.callLater(HEDGE_SECONDS, self._ask_next)
        return True

    def _told(self, name: str, outcome: Outcome) -> None:
        del self._seats[name]
        if isinstance(outcome, ZoneSample):
            self.leave(LOSER_SECONDS)
            self._ended(self)
        elif not self._ask_next() and not self._seats:
            self._ended(self)

    def _stop_hedge(self) -> None:
        if self._hedge is not None and self._hedge.active():
            self._hedge.cancel()
        self._hedge = None


class Waiting:
    """Somebody who waits for the rules of zones, for as long as patience lasts."""

    def __init__(self, done: Callable[[], None], released: Callable[[Waiting], None]) -> None:
        """Wait for nothing yet; `released` hears that the wait is over, however it ends, before `done`."""
        self._done = done
        self._released = released
        self._searches: set[Search] = set()
        self._patience: IDelayedCall | None = None

    def begin(self, searches: Iterable[Search], reactor: IReactorTime, patience: float) -> None:
        """Wait for these searches, which have begun, for at most `patience` seconds."""
        self._searches.update(searches)
        self._patience = reactor.callLater(patience, self.spent)

    def ended(self, search: Search) -> None:
        """Hear that a search is over; with the last, so is the wait."""
        self._searches.discard(search)
        if not self._searches:
            self._finish(told=True)

    def leave(self) -> None:
        """The client went away: `done` is not called; requests that nobody else waits for are cancelled."""
        self._finish(told=False)

    def spent(self) -> None:
        """Wait no longer, and say that it is done: patience has ended, or the house closes."""
        self._finish(told=True, linger=LINGER_SECONDS)

    def _finish(self, *, told: bool, linger: float = 0.0) -> None:
        if self._patience is None:
            return
        if self._patience.active():
            self._patience.cancel()
        self._patience = None
        searches, self._searches = self._searches, set()
        for search in searches:
            search.leave(linger)
        self._released(self)
        if told:
            self._done()
