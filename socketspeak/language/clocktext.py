"""Clocks as text (protocol 2.1): the answers to TIME and to CONVERT."""

from __future__ import annotations

from socketspeak.language import messages as m
from socketspeak.language.catalog import Catalog, message
from socketspeak.language.framing import END, Pieces, framed
from socketspeak.language.replies import Clock, Clocks, Conversion
from socketspeak.language.stamps import NS, NS_PER_MS, bound_text, local_time, offset_text


def clock_parts(
    clock: Clock, catalog: Catalog, marks: tuple[str, ...] = (), words: str | None = None
) -> tuple[str, str]:
    """One clock's answer without its code: what stands before its milliseconds, and after.

    `marks` are further pairs of key and value, `words` the message that says it, if it is not the usual one.
    """
    local = local_time(clock.unix_ns // NS, clock.offset)
    pairs = [
        f"dst={'yes' if clock.dst else 'no'}",
        f"within={bound_text(clock.bound_ns)}",
        f"via={clock.source}",
    ]
    if clock.age is not None:
        pairs.append(f"age={clock.age}s")
    if clock.asked is not None:
        pairs.append(f"asked={clock.asked}")
    phrase = message(
        words or (m.AT_OFFSET if clock.is_offset else m.IN_PLACE),
        date=catalog.date(local.date()),
        time=local.time().isoformat("seconds"),
        place=catalog.place(clock.zone, clock.place),
    )
    fields = f"{offset_text(clock.offset)} {clock.zone} {clock.abbreviation} {' '.join((*pairs, *marks))}"
    return f"{local.isoformat()}.", f"{fields}; {catalog.say(phrase)}"


def clocks_text(reply: Clocks, catalog: Catalog) -> Pieces:
    """The clocks, a line each, with a gap where the milliseconds of each stand."""
    pieces = [""]
    for clock in reply.clocks:
        separator = " " if clock is reply.clocks[-1] else "-"
        before, after = clock_parts(clock, catalog)
        pieces[-1] += f"{reply.code}{separator}{before}"
        pieces.append(after + END)
    return tuple(piece.encode() for piece in pieces)


def conversion_text(reply: Conversion, catalog: Catalog) -> str:
    """The source, which says so where its time is skipped or comes twice, and the targets, a line each."""
    marks: tuple[str, ...] = ()
    words = None
    if reply.gap:
        marks, words = ("gap=yes",), m.IN_PLACE_SKIPPED
    elif reply.second is not None:
        marks, words = ("fold=first", f"second={offset_text(reply.second.offset)}"), m.IN_PLACE_TWICE
    lines = [_whole(reply.source, clock_parts(reply.source, catalog, marks, words))]
    return framed(
        reply.code, [*lines, *(_whole(clock, clock_parts(clock, catalog)) for clock in reply.targets)]
    )


def _whole(clock: Clock, parts: tuple[str, str]) -> str:
    return f"{clock.unix_ns % NS // NS_PER_MS:03d}".join(parts)
