"""A search: one asker's way through the sources for a zone, and those who wait for several."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from socketspeak.sources.flights import LINGER_SECONDS, Flights, Seat
from socketspeak.sources.sample import Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec

Choose = Callable[[str, frozenset[str]], SourceSpec | None]  # zone, names that were tried -> whom to ask next


class Search:
    """Asks one source after another for a zone, until one has answered or none is left."""

    def __init__(self, zone: str, choose: Choose, flights: Flights, ended: Callable[[Search], None]) -> None:
        """Ask nobody yet; `ended` is called once, never inside `begin`, unless the search is left."""
        self.zone = zone
        self._choose = choose
        self._flights = flights
        self._ended = ended
        self._tried: frozenset[str] = frozenset()
        self._seat: Seat | None = None

    def begin(self) -> bool:
        """Ask the first source; False where there is none to ask."""
        source = self._choose(self.zone, self._tried)
        if source is None:
            return False
        self._tried |= {source.name}
        self._seat = self._flights.board(source, self.zone, self._told)
        return True

    def leave(self, linger: float = 0.0) -> None:
        """Wait no longer; a request with nobody left is cancelled, at once or `linger` seconds later."""
        if self._seat is not None:
            self._seat.leave(linger)

    def _told(self, outcome: Outcome) -> None:
        self._seat = None
        if isinstance(outcome, ZoneSample) or not self.begin():
            self._ended(self)


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
