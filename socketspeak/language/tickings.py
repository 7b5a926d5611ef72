"""Ticks (150), rendered a clock at a time, so that all who watch a clock in the same voice share its line."""

from __future__ import annotations

from collections.abc import Sequence

from socketspeak.language.catalog import Catalog
from socketspeak.language.clockjson import clock_json
from socketspeak.language.clocktext import clock_parts
from socketspeak.language.framing import END, Pieces
from socketspeak.language.objects import Object, written
from socketspeak.language.replies import Clock, Tick


def ticked_text(clock: Clock, catalog: Catalog, disturbed: str | None) -> Pieces:
    """One clock's tick, with a gap before its phrase, where it is said how many ticks were skipped."""
    marks = () if disturbed is None else (f"clock={disturbed}",)
    before, after = clock_parts(clock, catalog, marks)
    fields, _, phrase = after.partition("; ")
    return f"{Tick.code} {before}000{fields}".encode(), f"; {phrase}{END}".encode()


def tick_text(clocks: Sequence[Pieces], skipped: int, _disturbed: str | None) -> bytes:
    """The ticks of several clocks, each a reply of its own."""
    mark = b" skipped=%d" % skipped if skipped else b""
    return b"".join(map(mark.join, clocks))


def ticked_json(clock: Clock, catalog: Catalog, _disturbed: str | None) -> Pieces:
    """One clock's object."""
    return (clock_json(clock, catalog).encode(),)


def tick_json(clocks: Sequence[Pieces], skipped: int, disturbed: str | None) -> bytes:
    """The ticks of several clocks, which are one object."""
    marks: Object = {}
    if skipped:
        marks["skipped"] = skipped
    if disturbed is not None:
        marks["clock"] = disturbed
    tail = f",{written(marks)[1:]}".encode() if marks else b"}"
    return b'{"code":%d,"clocks":[%b]%b\r\n' % (Tick.code, b",".join(piece for (piece,) in clocks), tail)
