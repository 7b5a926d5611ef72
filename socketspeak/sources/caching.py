"""Whether an answer came out of a cache, by what its headers say: then its time is only a lower bound."""

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
