"""How a source is: whether it ever answered, whether it rests after failures, and what it has been asked."""

from __future__ import annotations

from enum import StrEnum

from socketspeak.sources.breaker import Breaker
from socketspeak.sources.sample import Fault

SECOND_NS = 1_000_000_000
UNKNOWN_ZONE_REST_NS = 3600 * SECOND_NS  # a source learns new zones when its database is renewed
ZONE_FAILURES = 5  # then it is the zone's fault, and the others must not suffer from it
ZONE_REST_NS = 30 * SECOND_NS  # twice as long after each further failure, up to an hour
PROBE = "Etc/UTC"  # asked to find out how a source is: every source has it, and any answer sets the clock


class Word(StrEnum):
    """A source's health in one word."""

    UNTRIED = "untried"  # nothing is known yet
    OK = "ok"
    FAILING = "failing"  # its last request failed; it is asked again
    RESTING = "resting"  # it failed too often, or wants to be left alone, and is not asked
    TRYING = "trying"  # its rest is over, and one request finds out how it is


class Health:
    """One source's health. Instants are nanoseconds of the steady clock, and come as arguments."""

    def __init__(self) -> None:
        """Start untried."""
        self.breaker = Breaker()
        self.answered = False
        self.requests = 0
        self.failures = 0
        self.last_success_ns: int | None = None
        self.last_failure_ns: int | None = None
        self.last_failure: Fault | None = None
        self.round_trip_ns: int | None = None
        self._said = False  # that it fails
        self._zones: dict[str, tuple[int, int]] = {}  # zone -> failures in a row, until when it is not asked

    def asked(self, now_ns: int) -> None:
        """Count a request."""
        self.requests += 1
        self.breaker.sent(now_ns)

    def succeeded(self, zone: str, now_ns: int, round_trip_ns: int) -> bool:
        """A good answer came; True where that is news."""
        self.last_success_ns = now_ns
        self.round_trip_ns = round_trip_ns
        self._zones.pop(zone, None)
        self.breaker.succeeded(now_ns)
        news = (self._said or not self.answered) and self.breaker.closed
        self.answered = True
        self._said = self._said and not news
        return news

    def failed(self, zone: str, now_ns: int, fault: Fault) -> bool:
        """A request failed; True where that is news: the source has never answered, or begins to rest."""
        self._note(now_ns, fault)
        opens = self.breaker.failed(now_ns, round((fault.retry_after or 0) * SECOND_NS))
        count = min(self._zones.get(zone, (0, 0))[0] + 1, ZONE_FAILURES + 7)
        if zone != PROBE:
            rest_ns = 0 if count < ZONE_FAILURES else ZONE_REST_NS << (count - ZONE_FAILURES)
            self._zones[zone] = count, now_ns + min(rest_ns, UNKNOWN_ZONE_REST_NS)
        news = (opens or not self.answered) and not self._said
        self._said = self._said or news
        return news

    def refused(self, zone: str, now_ns: int, fault: Fault) -> None:
        """The source, which is well, does not know a zone: it is not asked for that one for an hour."""
        self._note(now_ns, fault)
        self._zones[zone] = ZONE_FAILURES, now_ns + UNKNOWN_ZONE_REST_NS
        self.breaker.succeeded(now_ns)

    def available(self, zone: str, now_ns: int) -> bool:
        """Whether it may be asked for a zone; when its rest is over, the probe goes first."""
        if not self.breaker.closed:
            return zone == PROBE and self.breaker.admits_a_trial(now_ns)
        return now_ns >= self._zones.get(zone, (0, now_ns))[1]

    def fit(self, zone: str, now_ns: int) -> bool:
        """Whether it may be waited for: it has answered once, and may be asked."""
        return self.answered and self.available(zone, now_ns)

    def word(self, now_ns: int) -> Word:
        """The source's health in one word."""
        if not self.breaker.closed:
            return Word.RESTING if self.breaker.rest_ns(now_ns) else Word.TRYING
        if self.breaker.failures_in_row:
            return Word.FAILING
        return Word.OK if self.answered else Word.UNTRIED

    def _note(self, now_ns: int, fault: Fault) -> None:
        self.failures += 1
        self.last_failure_ns = now_ns
        self.last_failure = fault
