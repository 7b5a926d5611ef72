"""The codes of airports, and of cities that have several."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

CODE_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Airport:
    """A code of the IATA: the zone, the ISO 3166 code and the name of the city that it stands for."""

    code: str
    zone: str
    country: str
    city: str


class Airports:
    """Airports by their codes. `lines` are as a PlaceFile has them: sorted by their codes."""

    def __init__(self, lines: bytes) -> None:
        self._lines = lines.split(b"\n")

    def coded(self, text: str) -> Airport | None:
        """The airport, or the city with several, of a three-letter code in any case, or None."""
        code = text.strip().upper()
        if not (len(code) == CODE_LETTERS and code.isascii() and code.isalpha()):
            return None
        wanted = code.encode()
        at = bisect_left(self._lines, wanted)
        if at == len(self._lines) or not self._lines[at].startswith(wanted):
            return None
        return Airport(*self._lines[at].decode().split("\t"))
