"""Log lines that strangers can cause: so many, and then how many more there were."""

from __future__ import annotations

MOST_LINES = 60  # a minute: enough to see who knocks, and a disk is not filled by knocking
MINUTE_SECONDS = 60.0


class Sparing:
    """Says whether one more line may be written. `now` is in seconds and never goes back."""

    __slots__ = ("_began", "_most", "_unsaid", "_written")

    def __init__(self, most: int = MOST_LINES) -> None:
        """`most` lines a minute."""
        self._most = most
        self._began = 0.0
        self._written = 0
        self._unsaid = 0

    def may(self, now: float) -> bool:
        """Whether to write one more; if not, it is counted."""
        self._turn(now)
        if self._written < self._most:
            self._written += 1
            return True
        self._unsaid += 1
        return False

    def unsaid(self, now: float) -> int:
        """Once the minute is over: how many were not written in it, told once."""
        if now - self._began < MINUTE_SECONDS:
            return 0
        unsaid, self._unsaid = self._unsaid, 0
        return unsaid

    def _turn(self, now: float) -> None:
        if now - self._began >= MINUTE_SECONDS:
            self._began = now
            self._written = 0
