"""The register's calendar: a sweep looks at those alone whose time it is, and keeps nobody who has left."""

from __future__ import annotations

import gc
import weakref

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from socketspeak.language.questions import Setting
from socketspeak.limits.counts import Counts
from socketspeak.limits.patience import Patience
from socketspeak.server.register import SOON, Register


class Sitter:
    """A session that does nothing but be looked at."""

    group = "127.0.0.1"
    alarm = SOON

    def look(self, tick: int, patience: Patience) -> None:
        """Nothing is over."""

    def renew(self, setting: Setting) -> None:
        """Nothing changes."""

    def drain(self) -> None:
        """Nothing was asked."""

    def abort(self) -> None:
        """Nothing is open."""


def a_register() -> Register:
    return Register(Counts(), Clock())


def swept(register: Register) -> list[object]:
    """Who is due at the next sweep."""
    register.tick += 1
    return list(register.due())


def test_who_has_come_is_looked_at_by_the_next_sweep_and_then_at_its_alarm() -> None:
    register, sitter = a_register(), Sitter()
    register.opened(sitter)
    assert [swept(register), swept(register)] == [[sitter], []]
    register.remind(sitter, 5)
    assert [swept(register) for _ in range(4)] == [[], [], [sitter], []]


def test_an_alarm_that_is_moved_does_not_ring_twice() -> None:
    register, sitter = a_register(), Sitter()
    register.opened(sitter)
    register.remind(sitter, 2)
    register.remind(sitter, 3)
    assert [swept(register) for _ in range(4)] == [[], [], [sitter], []]
    register.remind(sitter, 9)
    register.remind(sitter)
    assert swept(register) == [sitter]


def test_everyone_can_be_looked_at_out_of_turn_and_nobody_twice() -> None:
    register, sitters = a_register(), [Sitter(), Sitter()]
    for at, sitter in enumerate(sitters):
        register.opened(sitter)
        register.remind(sitter, 5 + at)
    register.tick += 1
    assert set(register.due(everyone=True)) == set(sitters)
    for sitter in sitters:
        register.remind(sitter, 3)
    assert swept(register) == []
    assert set(swept(register)) == set(sitters)


@given(st.lists(st.integers(0, 20), max_size=5), st.booleans())
def test_who_has_left_is_kept_nowhere_and_not_looked_at(alarms: list[int], is_late: bool) -> None:
    register, sitter = a_register(), Sitter()
    register.opened(sitter)
    for alarm in alarms:
        register.remind(sitter, alarm)
    register.closed(sitter)
    if is_late:
        register.remind(sitter, 7)
    assert [swept(register) for _ in range(22)] == [[]] * 22
    gone = weakref.ref(sitter)
    del sitter
    gc.collect()
    assert gone() is None
