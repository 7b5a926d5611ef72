"""The breaker: it keeps a failing source from being asked, and lets one question find out whether it is well.

After M. Nygard, Release It! (2007). Instants are nanoseconds of the steady clock, and come as arguments.
"""

from __future__ import annotations

from collections import deque

SECOND_NS = 1_000_000_000
FAILURES_IN_ROW = 5
WINDOW_SECONDS = 30  # in which half of the requests, when there are LEAST_REQUESTS, are too many failures
LEAST_REQUESTS = 10
FIRST_REST_NS = 30 * SECOND_NS
LONGEST_REST_NS = 300 * SECOND_NS
LEAST_WAIT_NS = 1 * SECOND_NS  # whoever asks us to wait is not asked again at once
LONGEST_WAIT_NS = 3600 * SECOND_NS


class Breaker:
    """Closed, all may ask; open, nobody; when the rest is over, one trial decides between the two."""

    def __init__(self) -> None:
        """Start closed."""
        self.failures_in_row = 0
        self._counts: deque[tuple[int, list[int]]] = deque()  # (second, [answers, failures]), oldest first
        self._until_ns: int | None = None  # when the rest ends; None while it is closed
        self._waits = False  # the rest is one that the source has asked for
        self._doublings = 0
        self._trying = False

    @property
    def closed(self) -> bool:
        """Whether all may ask."""
        return self._until_ns is None

    @property
    def doublings(self) -> int:
        """How often the rest has been lengthened since the breaker was closed last."""
        return self._doublings

    def rest_ns(self, now_ns: int) -> int:
        """For how long nobody may ask, in nanoseconds; 0 where somebody may."""
        return 0 if self._until_ns is None else max(self._until_ns - now_ns, 0)

    def admits_a_trial(self, now_ns: int) -> bool:
        """Whether the rest is over, and the one question that may then be asked is not under way."""
        return self._until_ns is not None and now_ns >= self._until_ns and not self._trying

    def sent(self, now_ns: int) -> None:
        """A request was sent; when the rest is over, it is the trial."""
        self._trying = self._until_ns is not None and now_ns >= self._until_ns

    def let_go(self) -> None:
        """A request was cancelled, and tells nothing: another one may be the trial."""
        self._trying = False

    def succeeded(self, now_ns: int) -> None:
        """A good answer came: the breaker closes, unless the source has asked us to wait for longer."""
        if self._until_ns is None:
            self._count(now_ns, 0)
            self.failures_in_row = 0
        elif not self._waits or now_ns >= self._until_ns:
            self._close()

    def failed(self, now_ns: int, wait_ns: int = 0) -> bool:
        """A request failed; True where the breaker opens by that.

        `wait_ns` is for how long the source has asked us to wait; it is obeyed, up to an hour. Requests that
        were under way together and fail together lengthen the rest once.
        """
        wait_ns = min(max(wait_ns, LEAST_WAIT_NS), LONGEST_WAIT_NS) if wait_ns > 0 else 0
        self.failures_in_row += 1
        if self._until_ns is None:
            self._count(now_ns, 1)
            if wait_ns:
                self._rest(now_ns + wait_ns, waits=True)
            elif self.failures_in_row >= FAILURES_IN_ROW or self._half_failed():
                self._lengthen(now_ns, wait_ns)
            return self._until_ns is not None
        if now_ns >= self._until_ns:
            self._lengthen(now_ns, wait_ns)
        elif wait_ns:
            self._rest(max(self._until_ns, now_ns + wait_ns), waits=True)
        return False

    def resume(self, until_ns: int, doublings: int) -> None:
        """Go on with a rest from before a restart: until when, and how often it had been lengthened."""
        self._doublings = doublings
        self._rest(until_ns, waits=True)

    def _close(self) -> None:
        self.failures_in_row = 0
        self._counts.clear()
        self._until_ns = None
        self._waits = False
        self._doublings = 0
        self._trying = False

    def _lengthen(self, now_ns: int, wait_ns: int) -> None:
        rest_ns = min(FIRST_REST_NS << min(self._doublings, 10), LONGEST_REST_NS)
        self._doublings += 1
        self._rest(now_ns + max(rest_ns, wait_ns), waits=wait_ns > 0)

    def _rest(self, until_ns: int, *, waits: bool) -> None:
        self._until_ns = until_ns
        self._waits = waits
        self._trying = False
        self._counts.clear()

    def _count(self, now_ns: int, failed: int) -> None:
        second = now_ns // SECOND_NS
        while self._counts and self._counts[0][0] <= second - WINDOW_SECONDS:
            self._counts.popleft()
        if not self._counts or self._counts[-1][0] != second:
            self._counts.append((second, [0, 0]))
        self._counts[-1][1][failed] += 1

    def _half_failed(self) -> bool:
        answers, failures = (sum(counts[kind] for _, counts in self._counts) for kind in (0, 1))
        return answers + failures >= LEAST_REQUESTS and failures >= answers
