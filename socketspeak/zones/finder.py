"""Finds the places whose names hold a text, best match first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from socketspeak.zones.values import Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that can be found: its `place_key`, the places that it gives, in order, and their people.

    `people` is how many the biggest city among the places has.
    """

    key: str
    places: tuple[Place, ...]
    people: int = 0


def matching_places(entries: Iterable[Entry], key: str) -> Iterator[Place]:
    """The places of the entries that hold a key, some more than once.

    The same name comes first, then names that begin so, names of which a word begins so, and names that hold
    it anywhere; among these the place with more people, and in the order of the entries where all else is
    equal.
    """
    matches = ((_distance(entry.key, key), entry) for entry in entries if key in entry.key)
    ranked = sorted(matches, key=lambda match: (match[0], -match[1].people))
    return (place for _, entry in ranked for place in entry.places)


def _distance(name: str, key: str) -> int:
    if name == key:
        return 0
    if name.startswith(key):
        return 1
    return 2 if f" {key}" in name.replace("/", " ") else 3
