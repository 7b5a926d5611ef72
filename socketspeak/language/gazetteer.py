"""What a conversation needs of the zones: the shape of the atlas, as the language sees it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from socketspeak.zones.values import Area, Found, Lacking, Place, Several, Unknown


class Gazetteer(Protocol):
    """Finds places by what people type. All methods are pure, and quick enough for the reactor."""

    def resolve(self, text: str, unix_seconds: int) -> Found | Several | Unknown | Lacking:
        """The place that a text names, as clocks are at that instant."""

    def find(self, text: str, most: int = 20) -> tuple[Place, ...]:
        """The places that match, best first."""

    def near(self, text: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
        """Up to five near spellings; the extra words compete."""

    def areas(self) -> tuple[Area, ...]:
        """The areas, with how many zones each holds."""

    def listing(self, text: str) -> tuple[Place, ...] | Unknown:
        """The places of an area, a country, ALL or LINKS."""
