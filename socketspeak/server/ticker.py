"""The one ticker of a server: at each whole second it tells everybody who watches what the clocks show.

A clock's line is rendered once for all who watch it in the same voice, a tick once for all who watch the same
places. So a tick costs what its sessions cost, and not sessions by zones by formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from socketspeak.clock.values import State
from socketspeak.language.acts import Outcome, StartWatch
from socketspeak.language.framing import Pieces
from socketspeak.language.questions import clock_of, zones_of
from socketspeak.language.stamps import NS
from socketspeak.language.voice import Voice
from socketspeak.server.audience import SLICE, Audience, Watcher
from socketspeak.zones.values import Place

REFRESH_SECONDS = 10  # so often it is seen to that the rules of watched zones are fresh
# To tell a crowd takes a while. From so long on its middle falls on the second, and not its beginning: then
# nobody is told so late, and nobody earlier than others are told late.
CROWD_SECONDS = 0.02
MOST_AHEAD_SECONDS = 0.0499  # that the first are told early
CALMING = 8  # once telling is quicker again, it is reckoned with an eighth less of the difference each tick
STEP_SECONDS = 0.5  # by more than this the agreed clock does not move against the steady one, but when set

DISTURBED = frozenset({State.DISRUPTED, State.DISAGREE})

_Key = tuple[Voice, tuple[Place, ...], int, int]  # the last two: every so many seconds, at this remainder


class Tells(Protocol):
    """What the ticker needs of the desk."""

    def unix_ns(self) -> int:
        """What the time is, in Unix nanoseconds."""

    def at(self, zones: Sequence[str], unix_ns: int) -> Outcome:
        """The rules of zones at an instant, and how sure the clock is now."""

    def refresh(self, zones: Sequence[str]) -> None:
        """See to it that the rules of zones stay fresh; nobody waits for that."""


class Ticker:
    """Ticks while anybody watches, and costs nothing while nobody does."""

    def __init__(self, desk: Tells, clock: IReactorTime) -> None:
        self._desk = desk
        self._clock = clock
        self._groups: dict[_Key, Audience] = {}
        self._keys: dict[Watcher, _Key] = {}
        self._second = 0  # the last that was ticked
        self._at = 0.0  # when that was, by the steady clock
        self._next: IDelayedCall | None = None
        self._target = 0  # the second that is told next
        self._took = 0.0  # seconds to tell all of them, at the longest of late
        self._ahead_ns = 0  # so much before it the telling begins

    def watch(self, watcher: Watcher, what: StartWatch) -> None:
        """Tick for a watcher from the next whole second on, in place of what it watched before."""
        now = max(self._desk.unix_ns() // NS, self._second if self._keys else 0)
        old = self._keys.get(watcher)
        same = old is not None and old[1:3] == (what.places, what.every)
        phase = old[3] if same and old is not None else (now + 1) % what.every
        skipped = self.unwatch(watcher)
        key = (what.voice, what.places, what.every, phase)
        self._keys[watcher] = key
        self._groups.setdefault(key, Audience()).add(watcher, skipped if same else 0)
        self._desk.refresh(zones_of(what.places))
        if self._next is None:
            self._second, self._at = now, self._clock.seconds()
            self._took, self._ahead_ns = 0.0, 0
            self._schedule()

    def unwatch(self, watcher: Watcher) -> int:
        """Tick no more for a watcher; how many ticks it had skipped."""
        key = self._keys.pop(watcher, None)
        if key is None:
            return 0
        skipped = self._groups[key].remove(watcher)
        if not self._groups[key]:
            del self._groups[key]
        if not self._keys and self._next is not None and self._next.active():
            self._next.cancel()
            self._next = None
        return skipped

    def detour(self, watcher: Watcher) -> None:
        """Something that was said to somebody who watches is unsent: its ticks have to wait behind that."""
        key = self._keys.get(watcher)
        if key is not None:
            self._groups[key].detour(watcher)

    # -- within

    def _schedule(self) -> None:
        """Wake for the next whole second of the agreed clock."""
        now_ns = self._desk.unix_ns()
        second = now_ns // NS
        if second + 1 < self._second:
            self._second, self._at = second, self._clock.seconds()  # the clock was set back
        self._target = max(second, self._second) + 1
        self._next = self._clock.callLater(max(0, self._left_ns(now_ns)) / NS, self._wake)

    def _left_ns(self, now_ns: int) -> int:
        """The nanoseconds until the telling begins."""
        return self._target * NS - self._ahead_ns - now_ns

    def _wake(self) -> None:
        now_ns, at = self._desk.unix_ns(), self._clock.seconds()
        left_ns = self._left_ns(now_ns)
        if 0 < left_ns <= STEP_SECONDS * NS:
            self._schedule()  # the timer came a moment early
            return
        second = now_ns // NS if left_ns > 0 else max(self._target, now_ns // NS)
        moved = second - self._second
        if abs(moved - (at - self._at)) > 1 + STEP_SECONDS or moved < 1:
            moved = 1  # the clock was set right: what it jumped over was no time
        self._left_out(second - moved + 1, second)
        self._second, self._at = second, at
        self._go_on(self._ticks(second))

    def _go_on(self, ticks: Iterator[None]) -> None:
        """Tell one slice of the watchers; the next one after others have had their turn."""
        for _ in ticks:
            self._next = self._clock.callLater(0, self._go_on, ticks)
            return
        self._next = None
        self._learn(self._clock.seconds() - self._at)
        if self._keys:
            self._schedule()

    def _learn(self, took: float) -> None:
        """To tell all of them took so many seconds: begin early enough next time.

        Where other work comes to the machine, telling takes longer from one moment to the next, and for
        seconds. So the longest of late counts.
        """
        self._took = max(took, self._took + (took - self._took) / CALMING)
        ahead = min(self._took / 2, MOST_AHEAD_SECONDS) if took > CROWD_SECONDS else 0.0
        self._ahead_ns = round(ahead * NS)

    def _left_out(self, start: int, end: int) -> None:
        """Nobody was told of the seconds from `start` to before `end`: the process was held up."""
        if start == end:
            return
        for (_voice, _places, every, phase), audience in self._groups.items():
            missed = sum(second % every == phase for second in range(start, end))
            if missed:
                audience.miss(missed)

    def _ticks(self, second: int) -> Iterator[None]:
        """Tell all that watch at this second, with a pause after each slice."""
        lines: dict[tuple[Voice, Place], Pieces] = {}
        told = 0
        due = [key for key in self._groups if second % key[2] == key[3]]
        for key in due:
            voice, places, _every, _phase = key
            audience = self._groups.get(key)
            if audience is None:
                continue  # they have gone meanwhile
            if second % REFRESH_SECONDS == 0:
                self._desk.refresh(zones_of(places))
            clocks, disturbed = self._clocks(voice, places, second, lines)
            for few in audience.tell(partial(_tick, voice, clocks, disturbed)):
                told += few
                if told >= SLICE:
                    told = 0
                    yield

    def _clocks(
        self, voice: Voice, places: tuple[Place, ...], second: int, lines: dict[tuple[Voice, Place], Pieces]
    ) -> tuple[list[Pieces], str | None]:
        """What the places' clocks show, each rendered once a tick, and whether the clock is disturbed."""
        outcome = self._desk.at(zones_of(places), second * NS)
        state = outcome.reading.state
        disturbed = state.value if state in DISTURBED else None
        for place in places:
            if (voice, place) not in lines:
                lines[voice, place] = voice.format.ticked(clock_of(place, outcome), voice.catalog, disturbed)
        return [lines[voice, place] for place in places], disturbed


def _tick(voice: Voice, clocks: list[Pieces], disturbed: str | None, skipped: int) -> bytes:
    """What is said to who has skipped so many ticks."""
    return voice.format.tick(clocks, skipped, disturbed)
