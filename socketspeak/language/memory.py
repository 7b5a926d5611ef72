"""Answers that may be given again, to the very same line, within the second in which they were made.

A clock's answer changes only in its fraction until the next second begins or something new is learnt; so it
is rendered once a second and voice, and joined with new milliseconds for each who asks.
"""

from __future__ import annotations

from collections.abc import Hashable

from socketspeak.language.framing import Pieces
from socketspeak.language.voice import Voice

MOST_LINES = 4096  # a voice; room for every zone in several spellings, at 300 octets each about 1 MiB
KEPT_OCTETS = 4096  # of an answer; sixteen that are given at once are as much as a peer may leave unread

GREETING = b"\n"  # stands for the greeting: no line holds its own end


class Memory:
    """The kept answers of one server, forgotten when the second or the edition of what is known changes."""

    __slots__ = ("_edition", "_second", "_tables")

    def __init__(self) -> None:
        self._second = -1
        self._edition: Hashable = None
        self._tables: dict[Voice, dict[object, Pieces]] = {}

    def table(self, voice: Voice, second: int, edition: Hashable) -> dict[object, Pieces]:
        """The kept answers in that voice, by the raw line that asks for them; `second` is a Unix second."""
        if second != self._second or edition != self._edition:
            self._second = second
            self._edition = edition
            self._tables = {}
        table = self._tables.get(voice)
        if table is None:
            table = self._tables[voice] = {}
        return table

    def keep(self, table: dict[object, Pieces], line: bytes, pieces: Pieces) -> None:
        """Keep an answer in a table that `table` gave out for this second; no long one but the greeting."""
        if line == GREETING or (len(table) < MOST_LINES and sum(map(len, pieces)) <= KEPT_OCTETS):
            table[line] = pieces
