"""A ticker by a turned clock, a desk that tells it the time, and those who watch."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.task import Clock

from socketspeak.clock.values import Reading, State
from socketspeak.language.acts import Outcome, StartWatch, Told
from socketspeak.language.voice import Voice
from socketspeak.server.audience import Send
from socketspeak.server.ticker import Ticker
from socketspeak.zones.values import Found, Place
from tests.kit.world import NOON, the_languages, the_world

NS = 1_000_000_000
TEXT = the_languages()["en"]["TEXT"]
JSON = the_languages()["en"]["JSON"]


def place(name: str) -> Place:
    found = the_world().atlas.resolve(name, NOON)
    assert isinstance(found, Found)
    return found.place


TOKYO, LISBON = place("tokyo"), place("lisbon")


class Times:
    """A desk whose clock is the turned one, set to a time of the test's choice."""

    def __init__(self, clock: Clock, start_ns: int = NOON * NS) -> None:
        self._clock = clock
        self.start_ns = start_ns
        self.state = State.SINGLE
        self.refreshed: list[tuple[str, ...]] = []

    def unix_ns(self) -> int:
        return self.start_ns + round(self._clock.seconds() * NS)

    def at(self, zones: Sequence[str], unix_ns: int) -> Outcome:
        engine = the_world().engine
        rules = {zone: Told(engine.rule(zone, unix_ns // NS)) for zone in zones}
        return Outcome(Reading(unix_ns, 4_000_000, self.state), rules)

    def refresh(self, zones: Sequence[str]) -> None:
        self.refreshed.append(tuple(zones))


class Peer:
    """Who watches, and may not read."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.reads = True

    def straight(self) -> Send | None:
        return None

    def leave(self, rest: bytes) -> None:
        raise AssertionError("it was not asked to send anything")

    def ticked(self, data: bytes) -> bool:
        if self.reads:
            self.got.append(data)
        return self.reads

    @property
    def seconds(self) -> list[str]:
        """The local times that it was told, one a tick."""
        return [data.split(b" ")[1].split(b"T")[1][:12].decode() for data in self.got]


class Rig:
    """A ticker and its clock; the time begins 0.4 s behind a whole second."""

    def __init__(self, start_ns: int = NOON * NS + 400_000_000) -> None:
        self.clock = Clock()
        self.times = Times(self.clock, start_ns)
        self.ticker = Ticker(self.times, self.clock)

    def watch(self, *places: Place, every: int = 1, voice: Voice = TEXT) -> Peer:
        peer = Peer()
        self.ticker.watch(peer, StartWatch(places, every, voice))
        return peer

    def pass_time(self, seconds: float, step: float = 0.1) -> None:
        self.clock.pump([step] * round(seconds / step))
