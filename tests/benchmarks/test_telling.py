"""What watchers cost: a real crowd that is told, and how its figures are judged."""

from __future__ import annotations

import pytest

from benchmarks.building import MeasuringError
from benchmarks.cases import ADDRESSES
from benchmarks.machine import processors
from benchmarks.table import Paint
from benchmarks.telling import KINDS, ONE_ZONE, OTHERS, cost, telling_table

FEW, MANY = 1000, 8000


def test_a_crowd_of_all_kinds_is_told_and_costs_something() -> None:
    firsts = [kind[0] for kind in KINDS.values()]
    assert 0 < cost(processors(), ADDRESSES + 6, [*firsts, KINDS[OTHERS[-1]][-1]], 1) < 1000


def test_who_is_not_let_watch_is_a_fault_and_no_figure() -> None:
    with pytest.raises(MeasuringError, match="550"):
        cost(processors(), 1, ["WATCH nowhere at all\r\nQUIT\r\n"], 1)


def table(zones_cost: float) -> tuple[str, bool]:
    """What is told of watchers that cost 10 µs each, and more with many lines."""
    found = {kind: {count: [count / 100] for count in (FEW, MANY)} for kind in KINDS}
    found[OTHERS[-1]] = {FEW: [FEW / 100 + 20], MANY: [MANY / 100 + zones_cost]}
    return telling_table(found, Paint(False))


def test_lines_that_cost_the_same_for_few_and_many_are_added() -> None:
    text, good = table(20)
    assert good
    assert text.splitlines()[1].split()[-2:] == ["10.0", "80.0"]
    assert text.splitlines()[-2].split()[-4:] == ["30.0", "100.0", "100.0", "pass"]


def test_lines_that_cost_more_with_each_watcher_fail() -> None:
    text, good = table(20 * MANY / FEW)
    assert not good
    assert text.splitlines()[-2].split()[-4:] == ["30.0", "240.0", "100.0", "FAIL"]
    assert ONE_ZONE in text
