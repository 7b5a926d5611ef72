"""The cities of the table of places, found by any of their names or by a part of one."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from socketspeak.zones.placefile import City

_KEY = re.compile(rb"[^\t\n]+")


class Cities:
    """Cities and their names, which stay one piece of memory: as objects they would take ten times as much.

    `cities` and `names` are as a PlaceFile has them.
    """

    def __init__(self, cities: Sequence[City], names: bytes) -> None:
        self._cities = tuple(cities)
        self._names = names
        self._lines = array("I", _starts(names))
        self._sorted = array("I", sorted(_keys(names), key=self._key_at))

    def __iter__(self) -> Iterator[City]:
        """All cities, biggest first."""
        return iter(self._cities)

    def named(self, key: str) -> tuple[City, ...]:
        """The cities that have a name of that `place_key`, biggest first."""
        wanted = key.encode()
        at = bisect_left(self._sorted, wanted, key=self._key_at)
        found = []
        while at < len(self._sorted) and self._key_at(self._sorted[at]) == wanted:
            found.append(self._cities[self._number(self._sorted[at])])
            at += 1
        return tuple(found)  # in the order of the lines, since sorting left equal keys in theirs

    def holding(self, key: str) -> Iterator[City]:
        """The cities of which a name holds a key, some more than once.

        First come those of which a name begins so, then a word of one, each biggest first; then those that
        hold it anywhere, in scripts other than Latin: of 33,000 names, many hold any four letters by chance,
        and most such scripts have no spaces.
        """
        part = key.encode()
        for pattern in (b"\t" + part, b" " + part, *(() if key.isascii() else (part,))):
            at = self._names.find(pattern)
            while at >= 0:
                number = self._number(at)
                yield self._cities[number]
                if number + 1 == len(self._lines):
                    break
                at = self._names.find(pattern, self._lines[number + 1])

    def _key_at(self, start: int) -> bytes:
        return self._names[start : self._names.index(b"\t", start)]

    def _number(self, at: int) -> int:
        return bisect_right(self._lines, at) - 1


def _starts(names: bytes) -> Iterator[int]:
    """Where each line begins."""
    at = 0
    while at < len(names):
        yield at
        at = names.find(b"\n", at) + 1 or len(names)


def _keys(names: bytes) -> Iterator[int]:
    """Where each key begins."""
    return (found.start() for found in _KEY.finditer(names))
