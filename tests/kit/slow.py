"""A server on which looking a place up takes long: the clock moves on by itself meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from twisted.internet.task import Clock

from socketspeak.language.acts import Outcome
from socketspeak.server.desk import Desk
from socketspeak.server.register import Register
from socketspeak.zones.atlas import Atlas
from socketspeak.zones.readings import Answer
from tests.kit.desk import a_desk
from tests.kit.peer import Peer
from tests.kit.world import the_setting, the_world

DEAR_SECONDS = 0.01  # more than a turn has


class SlowAtlas(Atlas):
    """The real atlas, of which each look at a place costs time."""

    def __init__(self, clock: Clock) -> None:
        vars(self).update(vars(the_world().atlas))
        self._clock = clock

    def resolve(self, text: str, unix_seconds: int) -> Answer:
        self._clock.rightNow += DEAR_SECONDS  # no more than time passes: nobody else has a turn meanwhile
        return super().resolve(text, unix_seconds)


class DearDesk(Desk):
    """A desk at which each look at the clock and the rules costs time."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        vars(self).update(vars(desk))
        self._turned = clock

    def outcome(self, zones: Sequence[str]) -> Outcome:
        self._turned.rightNow += DEAR_SECONDS
        return super().outcome(zones)


class SlowServer:
    """A server whose peers share its time."""

    def __init__(self, desk: Desk | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.desk = desk or a_desk(self.clock)
        self.register = Register(self.desk.counts, self.clock)
        self._setting = replace(the_setting(menu=2), gazetteer=SlowAtlas(self.clock))

    def peer(self, address: str = "192.0.2.1") -> Peer:
        """Somebody who has connected from an address."""
        return Peer(self.desk, self.clock, self._setting, self.register, group=address)
