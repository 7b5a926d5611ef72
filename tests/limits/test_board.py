"""What several processes count together: one table in memory, one writer a row."""

from __future__ import annotations

import pytest

from socketspeak.limits.admission import Refused
from socketspeak.limits.board import Board, SharedAdmission

NAMES = ("requests", "sessions")


def test_what_one_writes_all_read_and_rows_do_not_touch() -> None:
    memory = memoryview(bytearray(Board.octets(3, NAMES)))
    one, other = Board(3, NAMES, memory), Board(3, NAMES, memory)
    one.put(1, {"requests": 2**40, "sessions": -1})
    other.put(2, {"sessions": 7})
    assert (other.get(1, "requests"), other.get(1, "sessions")) == (2**40, -1)
    assert (one.get(2, "requests"), one.get(2, "sessions")) == (0, 7)
    one.clear(1)
    assert (other.get(1, "requests"), other.get(1, "sessions"), other.get(2, "sessions")) == (0, 0, 7)


def two(most: int, most_per_group: int) -> tuple[SharedAdmission, SharedAdmission]:
    """Those of two workers, rows 1 and 2 of three."""
    memory = memoryview(bytearray(SharedAdmission.octets(3)))
    one = SharedAdmission(most, most_per_group, memory, lambda: 1)
    return one, SharedAdmission(most, most_per_group, memory, lambda: 2)


def test_who_has_come_in_at_one_worker_counts_at_the_other() -> None:
    one, other = two(3, 2)
    one.enter("192.0.2.1")
    other.enter("192.0.2.1")
    assert one.refused("192.0.2.1") is other.refused("192.0.2.1") is Refused.ADDRESS
    assert one.refused("192.0.2.2") is None
    one.enter("192.0.2.2")
    assert other.refused("192.0.2.3") is Refused.FULL
    assert other.crowded
    one.leave("192.0.2.1")
    assert other.refused("192.0.2.1") is None
    assert not other.crowded


def test_whoever_was_at_a_worker_that_is_gone_is_not_in_any_more() -> None:
    one, other = two(10, 2)
    one.enter("192.0.2.1")
    one.enter("192.0.2.1")
    other.enter("192.0.2.2")
    other.empty(1)
    assert other.refused("192.0.2.1") is None
    other.enter("192.0.2.2")
    assert other.refused("192.0.2.2") is Refused.ADDRESS


def test_nobody_leaves_a_worker_who_came_in_at_another() -> None:
    one, other = two(10, 2)
    one.enter("192.0.2.1")
    with pytest.raises(KeyError):
        other.leave("192.0.2.1")
    one.enter("192.0.2.1")
    assert other.refused("192.0.2.1") is Refused.ADDRESS
