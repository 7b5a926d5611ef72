"""Clocks as JSON: the objects of `clocks`, and those of a conversion."""

from __future__ import annotations

from socketspeak.language.catalog import Catalog
from socketspeak.language.framing import Pieces
from socketspeak.language.objects import Object, written
from socketspeak.language.replies import Clock, Clocks, Conversion
from socketspeak.language.stamps import NS, local_time, offset_text


def bound_seconds(bound_ns: int | None) -> float | None:
    """An error bound in seconds, rounded up to the microsecond."""
    return None if bound_ns is None else -(-bound_ns // 1000) / 1e6


def _clock_parts(clock: Clock, catalog: Catalog) -> tuple[str, str, str]:
    seconds = clock.unix_ns // NS
    middle: Object = {
        "zone": clock.zone,
        "abbreviation": clock.abbreviation,
        "utc_offset": offset_text(clock.offset),
        "offset_seconds": clock.offset,
        "dst": clock.dst,
    }
    tail: Object = {
        "error_bound": bound_seconds(clock.bound_ns),
        "source": clock.source,
        "age": clock.age,
        "asked": clock.asked,
        "place": catalog.place(clock.zone, clock.place),
        "country": clock.country,
    }
    return (
        f'{{"datetime":"{local_time(seconds, clock.offset).isoformat()}.',
        f'{offset_text(clock.offset)}",{written(middle)[1:-1]},"unixtime":{seconds}.',
        f",{written(tail)[1:]}",
    )


def clocks_json(reply: Clocks, catalog: Catalog) -> Pieces:
    """The clocks, with a gap where the microseconds of each stand."""
    pieces = [f'{{"code":{reply.code},"clocks":[']
    for number, clock in enumerate(reply.clocks):
        first, middle, last = _clock_parts(clock, catalog)
        pieces[-1] += f",{first}" if number else first
        pieces += (middle, last)
    pieces[-1] += "]}\r\n"
    return tuple(piece.encode() for piece in pieces)


def conversion_json(reply: Conversion, catalog: Catalog) -> str:
    """A conversion; `second` is the clock of the other occurrence."""
    targets = ",".join(clock_json(clock, catalog) for clock in reply.targets)
    second = "null" if reply.second is None else clock_json(reply.second, catalog)
    marks: Object = {"gap": reply.gap, "fold": reply.second is not None}
    return (
        f'{{"code":{reply.code},"from":{clock_json(reply.source, catalog)},"to":[{targets}],'
        f'{written(marks)[1:-1]},"second":{second}}}'
    )


def clock_json(clock: Clock, catalog: Catalog) -> str:
    """One clock's object, whole."""
    return f"{clock.unix_ns % NS // 1000:06d}".join(_clock_parts(clock, catalog))
