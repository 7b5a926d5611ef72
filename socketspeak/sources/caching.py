"""Whether an answer came out of a cache: then its time is only a lower bound.

Its headers may say so; and a clock that runs never shows the same twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

CACHE_HEADERS = ("cache-status", "cf-cache-status", "x-cache", "x-cache-status", "x-proxy-cache")

_KEPT = re.compile(
    r"\b(hit|stale|updating|revalidated)\b"
)  # what caches write of an answer that they had kept


def from_a_cache(age: Sequence[str], said: Sequence[str]) -> bool:
    """Judge by the values of the Age header, and by those of the headers in which caches speak (RFC 9211).

    An age that is not a number is no reason to believe that the answer is new.
    """
    return any(value.strip() not in {"", "0"} for value in age) or any(
        _KEPT.search(value.lower()) for value in said
    )


class Stamps:
    """The last stamp of each source and zone: a cache that says nothing gives one of them again."""

    def __init__(self) -> None:
        """Start with none."""
        self._stamps: dict[str, dict[str, int]] = {}

    def again(self, source: str, zone: str, stamp_ns: int) -> bool:
        """Take note of a stamp; whether the source has given it before, for this zone or another."""
        stamps = self._stamps.setdefault(source, {})
        before = stamp_ns in stamps.values()
        stamps[zone] = stamp_ns
        return before
