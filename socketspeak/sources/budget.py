"""The retry budget: how many questions may be put a second time, so that a failure never doubles the load."""

from __future__ import annotations

SECOND_NS = 1_000_000_000
SHARE = 0.2  # of the questions asked
A_SECOND = 1.0  # besides, so that a quiet server can always retry
MOST = 10.0  # saved up at most: a burst of failures costs no more


class RetryBudget:
    """A purse that each question, and each second, adds to, and each retry takes one from."""

    def __init__(self) -> None:
        """Start with a full purse."""
        self._left = MOST
        self._at_ns: int | None = None

    def asked(self, now_ns: int) -> None:
        """Count a question that is asked for the first time, at an instant of the steady clock."""
        self._pass(now_ns)
        self._left = min(self._left + SHARE, MOST)

    def spend(self, now_ns: int) -> bool:
        """Whether a question may be put once more; takes one from the purse if so."""
        self._pass(now_ns)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    def _pass(self, now_ns: int) -> None:
        if self._at_ns is not None:
            self._left = min(self._left + (now_ns - self._at_ns) / SECOND_NS * A_SECOND, MOST)
        self._at_ns = now_ns
