"""The rows of the table of faults: how a good source turns bad, and what may be told then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.task import deferLater

from socketspeak.sources.dialects import DIALECTS
from tests.kit import certificates
from tests.kit.bodies import BODIES, bomb
from tests.kit.faults import FAULTS
from tests.kit.faulty import Behaviour, FaultySource
from tests.kit.names import HANGS, LOOPBACK, Names
from tests.kit.replying import honest, honest_once

NAME, GONE, SILENT = "time.invalid", "gone.invalid", "silent.invalid"
EMBEDDED, LAB = frozenset({"embedded"}), frozenset({"lab"})
EITHER = EMBEDDED | LAB

Turn = Callable[[FaultySource, Names], Awaitable[None]]


@dataclass(frozen=True)
class Row:
    """A fault: how a good source turns bad, and whose rule may be answered then.

    `kept` has the fault meet the connection of the good answer. A source that is alone may be `believed`
    though its time is far off the host's; but then STATUS says so.
    """

    name: str
    turn: Turn
    via: frozenset[str] = EMBEDDED
    scheme: str = "http"
    host: str = LOOPBACK
    kept: bool = False
    heard: bool = True  # whether the source may be told anything, once it is bad
    believed: bool = False
    dialect: str = "worldtimeapi"

    def __str__(self) -> str:
        return f"{self.name} ({self.dialect})"

    async def open(self, reactor: Any) -> FaultySource:
        """The source, still good."""
        source = FaultySource(reactor, self.dialect, honest if self.kept else honest_once)
        await source.listen(certificates.issued(NAME) if self.scheme == "https" else None)
        return source

    def spec(self, source: FaultySource, name: str = "lab") -> str:
        """The source, as an operator writes it."""
        return f"{name}={self.dialect}:{self.scheme}://{self.host}:{source.port}/api"


# --- How a source turns bad ---


def behaving(behaviour: Behaviour) -> Turn:
    """Behave otherwise from now on."""

    async def turn(source: FaultySource, names: Names) -> None:
        source.behaviour = behaviour

    return turn


async def refused(source: FaultySource, names: Names) -> None:
    """Refuse connections."""
    await source.refuse()


async def black_hole(source: FaultySource, names: Names) -> None:
    """Let connections hang."""
    await source.swallow()


async def unknown_name(source: FaultySource, names: Names) -> None:
    """Have no address any more."""
    del names.known[GONE]
    source.cut()


async def hanging_look_up(source: FaultySource, names: Names) -> None:
    """Have a name server that does not answer."""
    names.known[SILENT] = HANGS
    source.cut()


async def kept_and_closed(source: FaultySource, names: Names) -> None:
    """Close the idle connection."""
    source.hang_up()


async def closed_in_the_same_breath(source: FaultySource, names: Names) -> None:
    """Close idle connections, and accept no more."""
    source.hang_up()
    await source.refuse()


async def frozen(source: FaultySource, names: Names) -> None:
    """Give the first stamp again and again, by now so old that it shows."""
    source.behaviour = FAULTS["same stamp twice"]
    await deferLater(source.reactor, 0.3)


def armed(behaviour: Behaviour) -> Turn:
    """Behave otherwise, with a bomb that has been made before the question comes."""

    async def turn(source: FaultySource, names: Names) -> None:
        bomb()
        source.behaviour = behaviour

    return turn


def showing(make: certificates.Make) -> Turn:
    """Show another certificate from now on."""

    async def turn(source: FaultySource, names: Names) -> None:
        source.cut()
        await source.listen(make())

    return turn


# --- The table ---

VIA = {
    "nothing at all": LAB,
    "another case of the zone": LAB,
    "controls in the abbreviation": LAB,
    "kept connection reset as it is used": LAB,
    "another answer after the answer": LAB,
    "another answer long after the answer": LAB,
    "noise after the answer": LAB,
    "controls in a header's name": EITHER,
    "5,000-digit integer that nobody needs": EITHER,
    "deep JSON in a field": EITHER,
    "five years off": EITHER,
    "same stamp twice": EITHER,
    "no UTF-8 in the age": EITHER,
    "no UTF-8 in the date": EITHER,
    "no UTF-8 in a cookie": EITHER,
}
KEPT = {
    "kept connection reset as it is used",
    "another answer after the answer",
    "another answer long after the answer",
    "noise after the answer",
    "silence",
    "reset in the body",
    "300 MB without a length",
}
BELIEVED = {
    "five years off",
    "another answer long after the answer",  # it can pass for the next one
}
IN_EACH_DIALECT = {
    *BODIES,
    "nothing at all",
    "HTML with 200",
    "wrong content type",
    "404",
    "429 with Retry-After",
    "redirect loop",
    "same stamp twice",
}

CERTIFICATES: Mapping[str, certificates.Make] = {
    "self-signed": partial(certificates.self_signed, NAME),
    "by a stranger": partial(certificates.by_a_stranger, NAME),
    "expired": partial(certificates.expired, NAME),
    "wrong name": partial(certificates.issued, "elsewhere.invalid"),
    "no name": partial(certificates.nameless, NAME),
}


def _table() -> Iterator[Row]:
    for name, behaviour in FAULTS.items():
        for dialect in DIALECTS if name in IN_EACH_DIALECT else ("worldtimeapi",):
            yield Row(
                name,
                frozen if name == "same stamp twice" else (armed if "bomb" in name else behaving)(behaviour),
                via=VIA.get(name, EMBEDDED),
                kept=name in KEPT,
                believed=name in BELIEVED,
                dialect=dialect,
            )
    yield Row("refused", refused)
    yield Row("refused after a kept connection", closed_in_the_same_breath, kept=True)
    yield Row("black hole", black_hole)
    yield Row("kept connection closed between requests", kept_and_closed, via=LAB, kept=True)
    # An address may be remembered for a while; then the source is as good as before.
    yield Row("name that does not resolve", unknown_name, via=EITHER, host=GONE)
    yield Row("look-up that hangs", hanging_look_up, via=EITHER, host=SILENT)
    for name, make in CERTIFICATES.items():
        yield Row(f"TLS, {name}", showing(make), scheme="https", host=NAME, heard=False)
    renewed = showing(partial(certificates.issued, NAME))
    yield Row("TLS, nothing wrong", renewed, via=LAB, scheme="https", host=NAME)


ROWS = tuple(_table())
