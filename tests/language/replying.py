"""Replies of every kind, made up by hypothesis, and what each reads as after it was written in JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st

from socketspeak.language.catalog import Catalog, Message
from socketspeak.language.printable import shown
from socketspeak.language.reading import MESSAGE_CHARACTERS
from socketspeak.language.replies import (
    AreaEntry,
    Areas,
    Capabilities,
    Clock,
    Clocks,
    Conversion,
    Entry,
    Listing,
    Plain,
    Reply,
)
from socketspeak.language.statuses import Source, Status
from socketspeak.language.voice import voices
from tests.language.reckonings import reckonings

JSON = voices(Catalog())["JSON"]
US_NS = 1000

NAMES = st.text(max_size=60).map(shown)
MAYBE_NAMES = st.none() | NAMES
INSTANTS = st.integers(-62_135_500_000 * 10**9, 253_402_200_000 * 10**9)  # the years 1 to 9999, days aside
SECONDS = INSTANTS.map(lambda unix_ns: unix_ns // 10**9)
OFFSETS = st.integers(-86_399, 86_399)
COUNTS = st.integers(0, 10**9)
AGES = st.none() | COUNTS
BOUNDS = st.none() | st.integers(0, 10**15)
SPANS = st.none() | st.floats(0, 10**6)
MESSAGES = st.builds(Message, NAMES.map(lambda text: text.replace("{", "").replace("}", "")))

CLOCKS = st.builds(
    Clock,
    INSTANTS,
    NAMES,
    OFFSETS,
    NAMES,
    st.booleans(),
    BOUNDS,
    NAMES,
    NAMES,
    MAYBE_NAMES,
    AGES,
    MAYBE_NAMES,
)
ENTRIES = st.lists(
    st.builds(Entry, COUNTS, NAMES, OFFSETS, INSTANTS, NAMES, MAYBE_NAMES, MAYBE_NAMES), max_size=4
).map(tuple)
UNASKED = st.builds(Source, NAMES, NAMES, disagreements=COUNTS)
ASKED = st.builds(
    Source,
    *(NAMES, NAMES, NAMES, SPANS, SPANS, MAYBE_NAMES, COUNTS, COUNTS, SPANS, COUNTS),
    offset=st.none() | st.integers(-(10**12), 10**12).map(lambda microseconds: microseconds / 10**6),
    agrees=st.none() | st.booleans(),
    contradictions=COUNTS,
)


@st.composite
def _clocks(draw: st.DrawFn) -> Clocks:
    """Clocks of one reply are all read at the same instant."""
    clocks = draw(st.lists(CLOCKS, min_size=1, max_size=3))
    return Clocks(tuple(replace(clock, unix_ns=clocks[0].unix_ns) for clock in clocks))


@st.composite
def _areas(draw: st.DrawFn) -> Areas:
    rows = draw(st.lists(st.tuples(NAMES, COUNTS), max_size=4))
    return Areas(tuple(AreaEntry(number, *row) for number, row in enumerate(rows, 1)))


OF_THEIR_OWN = {
    150,
    211,
    212,
    250,
    251,
    252,
    253,
    254,
    255,
    334,
    350,
}  # codes whose objects are no plain messages

KINDS: dict[str, st.SearchStrategy[Reply]] = {
    "clocks": _clocks(),
    "list": st.builds(Listing, ENTRIES),
    "choice": st.builds(Listing, ENTRIES, st.just(350), MESSAGES),
    "areas": _areas(),
    "plain": st.builds(
        Plain,
        st.integers(100, 599).filter(lambda code: code not in OF_THEIR_OWN),
        MESSAGES,
        st.dictionaries(st.sampled_from(["place", "verb", "format"]), NAMES),
        st.none() | st.lists(NAMES, max_size=5).map(tuple),
    ),
    "status": st.builds(
        Status,
        NAMES,
        st.floats(0, 10**9),
        NAMES,
        NAMES,
        BOUNDS,
        st.lists(UNASKED | ASKED, max_size=3).map(tuple),
        st.dictionaries(NAMES, COUNTS, max_size=3),
    ),
    "capabilities": st.builds(
        Capabilities,
        st.lists(NAMES, max_size=3).map(tuple),
        st.lists(NAMES, max_size=3).map(tuple),
        st.booleans(),
        st.lists(NAMES, max_size=3).map(tuple),
        COUNTS,
    ),
}
KINDS |= reckonings(CLOCKS, NAMES, OFFSETS, SECONDS)
ANY = st.one_of(*KINDS.values())


def written(reply: Reply) -> bytes:
    """The reply as its line of JSON, without the line's end."""
    line = JSON.render(reply)
    assert line.endswith(b"\r\n")
    assert b"\n" not in line[:-2]
    return line[:-2]


def as_read(reply: Reply) -> Reply:
    """The same reply as far as JSON tells: instants to the microsecond, bounds rounded up to it."""
    if isinstance(reply, Clocks):
        return Clocks(tuple(map(_clock, reply.clocks)))
    if isinstance(reply, Conversion):
        second = reply.second and _clock(reply.second)
        return Conversion(_clock(reply.source), tuple(map(_clock, reply.targets)), reply.gap, second)
    if isinstance(reply, Listing):
        return replace(reply, entries=tuple(map(_at, reply.entries)), why=reply.why and _said(reply.why))
    if isinstance(reply, Plain):
        return replace(reply, message=_said(reply.message))
    if isinstance(reply, Status):
        return replace(reply, uptime=round(reply.uptime, 3), bound_ns=_up(reply.bound_ns))
    return reply


Moment = TypeVar("Moment", Clock, Entry)


def _at(clock: Moment) -> Moment:
    return replace(clock, unix_ns=clock.unix_ns // US_NS * US_NS)


def _clock(clock: Clock) -> Clock:
    return replace(_at(clock), bound_ns=_up(clock.bound_ns))


def _up(bound_ns: int | None) -> int | None:
    return None if bound_ns is None else -(-bound_ns // US_NS) * US_NS


def _said(message: Message) -> Message:
    return Message(shown(Catalog().say(message), MESSAGE_CHARACTERS))
