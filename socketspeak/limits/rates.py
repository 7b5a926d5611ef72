"""How fast requests may come from one address: a token bucket for each."""

from __future__ import annotations

MOST_WAIT_SECONDS = (
    2.0  # a request that would wait longer is refused: an answer is promised within two seconds
)
MOST_GROUPS = 65_536  # addresses whose buckets are kept; some eight megabytes


class Rates:
    """Token buckets, by the group of an address (`addresses.group_of`).

    A bucket holds `burst` tokens when it is full and gets `rate` of them a second; a request takes one. Of
    each bucket only the instant is kept at which it will be full, and nothing of a full one. `now` is in
    seconds and never goes back.
    """

    __slots__ = ("_full_at", "_most", "_seconds_each", "_slack")

    def __init__(self, rate: float, burst: int, most: int = MOST_GROUPS) -> None:
        """`rate` is in requests a second, 0 for no limit; `burst` is at least 1; `most` buckets are kept."""
        self._full_at: dict[str, float] = {}  # the group that was charged longest ago is the first
        self._most = most
        self.renew(rate, burst)

    def __len__(self) -> int:
        """How many buckets are kept."""
        return len(self._full_at)

    @property
    def off(self) -> bool:
        """Whether nobody has to wait."""
        return not self._seconds_each

    def renew(self, rate: float, burst: int) -> None:
        """Take other numbers from now on."""
        self._seconds_each = 1 / rate if rate else 0.0
        self._slack = (burst - 1) * self._seconds_each  # so far may the instant lie ahead: a token is there

    def charge(self, group: str, now: float) -> float:
        """A request has come: the seconds until its token is there, 0 where it is.

        It is charged, unless this is more than MOST_WAIT_SECONDS: then it has cost nothing.
        """
        self._forget(now)
        full_at = max(self._full_at.get(group, now), now)
        wait = max(0.0, full_at - now - self._slack)
        if wait > MOST_WAIT_SECONDS:
            return wait
        self._full_at.pop(group, None)
        self._full_at[group] = full_at + self._seconds_each
        if len(self._full_at) > self._most:
            del self._full_at[next(iter(self._full_at))]
        return wait

    def _forget(self, now: float) -> None:
        """Drop full buckets. The first one is full sooner or later, so each has its turn."""
        while self._full_at:
            first = next(iter(self._full_at))
            if self._full_at[first] > now:
                return
            del self._full_at[first]
