"""How a source is: whether it ever answered, whether it rests after a failure, and what it has been asked."""

from __future__ import annotations

from enum import StrEnum

from socketspeak.sources.sample import Fault

SECOND_NS = 1_000_000_000
FIRST_REST_NS = 1 * SECOND_NS
LONGEST_REST_NS = 30 * SECOND_NS
UNKNOWN_ZONE_REST_NS = 3600 * SECOND_NS  # a source learns new zones when its database is renewed


class Word(StrEnum):
    """A source's health in one word."""

    UNTRIED = "untried"  # nothing is known yet
    OK = "ok"
    FAILING = "failing"  # its last request failed; it is asked again
    RESTING = "resting"  # it failed lately, and is not asked


class Health:
    """One source's health. Instants are nanoseconds of the steady clock, and come as arguments."""

    def __init__(self) -> None:
        """Start untried."""
        self.answered = False
        self.failures_in_row = 0
        self.requests = 0
        self.failures = 0
        self.last_success_ns: int | None = None
        self.last_failure_ns: int | None = None
        self.last_failure: Fault | None = None
        self.round_trip_ns: int | None = None
        self._resting_until_ns: int | None = None
        self._unknown: dict[str, int] = {}  # zone -> until when it is not asked for

    def asked(self) -> None:
        """Count a request."""
        self.requests += 1

    def succeeded(self, now_ns: int, round_trip_ns: int) -> bool:
        """A good answer came; True where that is news."""
        news = not self.answered or self.failures_in_row > 0
        self.answered = True
        self.failures_in_row = 0
        self._resting_until_ns = None
        self.last_success_ns = now_ns
        self.round_trip_ns = round_trip_ns
        return news

    def failed(self, now_ns: int, fault: Fault) -> bool:
        """A request failed; True where that is news.

        The source rests for a second, and twice as long after each further failure, up to 30 s. Requests that
        were under way together and fail together lengthen the rest once.
        """
        news = self.failures_in_row == 0
        self.failures += 1
        self.last_failure_ns = now_ns
        self.last_failure = fault
        if not self.resting(now_ns):
            rest = min(FIRST_REST_NS << min(self.failures_in_row, 5), LONGEST_REST_NS)
            self.failures_in_row += 1
            self._resting_until_ns = now_ns + rest
        return news

    def refused(self, zone: str, now_ns: int, fault: Fault) -> None:
        """The source, which is well, does not know a zone: it is not asked for that one for an hour."""
        self.failures += 1
        self.last_failure_ns = now_ns
        self.last_failure = fault
        self._unknown[zone] = now_ns + UNKNOWN_ZONE_REST_NS

    def resting(self, now_ns: int) -> bool:
        """Whether it rests after a failure."""
        return self._resting_until_ns is not None and now_ns < self._resting_until_ns

    def available(self, zone: str, now_ns: int) -> bool:
        """Whether it may be asked for a zone."""
        return not self.resting(now_ns) and now_ns >= self._unknown.get(zone, now_ns)

    def word(self, now_ns: int) -> Word:
        """The source's health in one word."""
        if self.resting(now_ns):
            return Word.RESTING
        if self.failures_in_row:
            return Word.FAILING
        return Word.OK if self.answered else Word.UNTRIED
