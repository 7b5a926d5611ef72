"""Finds the zones whose names hold a text, best match first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that can be found: its `place_key`, and the zones that it gives, in order."""

    key: str
    zones: tuple[str, ...]


def matching_zones(entries: Iterable[Entry], key: str) -> Iterator[str]:
    """The zones of the entries that hold a key, each once.

    The same name comes first, then names that begin so, names of which a word begins so, and names that hold
    it anywhere; in the order of the entries where all else is equal.
    """
    matches = ((_distance(entry.key, key), entry) for entry in entries if key in entry.key)
    ranked = sorted(matches, key=lambda match: match[0])
    return iter(dict.fromkeys(zone for _, entry in ranked for zone in entry.zones))


def _distance(name: str, key: str) -> int:
    if name == key:
        return 0
    if name.startswith(key):
        return 1
    return 2 if f" {key}" in name.replace("/", " ") else 3
