"""A screen that the tests look at, and clocks to be shown on it."""

from __future__ import annotations

import io

from socketspeak.app.screen import Screen, Stream
from socketspeak.client import Clock

NOON_NS = 1_795_457_045_123_456_000
TOKYO = Clock(NOON_NS, "Asia/Tokyo", 32_400, "JST", False, 3_200_000, "lab", "Tokyo", "JP")
KOLKATA = Clock(
    NOON_NS, "Asia/Kolkata", 19_800, "IST", True, None, "embedded", "Kolkata", "IN", 5400, "Asia/Calcutta"
)


class Shown:
    """A screen that is looked at."""

    def __init__(self) -> None:
        self._out, self._err = io.StringIO(), io.StringIO()
        self.screen = Screen(Stream(self._out), Stream(self._err))

    @property
    def out(self) -> list[str]:
        return self._out.getvalue().splitlines()

    @property
    def err(self) -> list[str]:
        return self._err.getvalue().splitlines()
