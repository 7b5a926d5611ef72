"""How figures are compared, judged and told."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import layers, scaling
from benchmarks.__main__ import report
from benchmarks.building import MeasuringError
from benchmarks.cases import CASES, DAEMON, FLOOR, ONE_AT_A_TIME, THREADED, Case, Row, Side, zones
from benchmarks.commands import floor
from benchmarks.figures import Figure, Found
from benchmarks.fleet import YARDSTICKS, lacking
from benchmarks.generator import Generator
from benchmarks.machine import processors
from benchmarks.plot import PAGE, PICTURE, publish
from benchmarks.rounds import Compared, Figures, Measure, compare
from benchmarks.scaling import Point
from benchmarks.servers import running
from benchmarks.table import Paint
from benchmarks.workers import _figures
from tests.benchmarks.test_programs import WORDS
from tests.kit.worldtime import ZONES

MARKED = "".join(
    f"<!-- {name}: written by python -m benchmarks.plot -->\nold\n<!-- end of {name} -->\nkept\n"
    for name in ("report", "scaling", "layers")
)


def figures(cpu_us: float, p99_us: float = 1.0) -> Figures:
    """One run."""
    return Figures(cpu_us, 1e6 / cpu_us, p99_us, {})


def compared(target: float, *, p99: bool = False) -> Compared:
    """Three rounds in which the daemon takes half of the processor time, and three times as long."""
    side = Side(DAEMON, ONE_AT_A_TIME)
    row = Row("a title", side, side, target, "p99" if p99 else "processor time")
    return Compared(row, "request", [figures(20, 100)] * 3, [figures(10, 300)] * 3)


def test_a_row_is_judged_by_the_processor_time_or_by_the_slowest_answers() -> None:
    assert compared(2.0).reached
    assert not compared(2.1).reached
    assert compared(0.3, p99=True).reached
    assert not compared(1.0, p99=True).reached


def test_one_odd_round_decides_nothing() -> None:
    slow, fast = compared(2.0), compared(2.1)
    slow.ours[0], fast.ours[0] = figures(1000), figures(1)
    assert slow.reached
    assert not fast.reached


def test_a_missed_target_and_a_fault_are_told_and_not_good() -> None:
    figure = Figure("memory", [3.0, 1.0, 2.0], "KiB", most=2.0)
    good = Found(speed=[compared(2.0)], figures=[figure])
    assert good.good
    assert report(good, Paint(False)).count("pass") == 2
    assert not Found(figures=[Figure("memory", [2.1], "KiB", most=2.0)]).good
    assert not Found(figures=[Figure("times", [1.6], "times", least=1.7)]).good
    faulty = Found(faults=["it broke"], left_out=["TLS: not there"])
    assert not faulty.good
    assert report(faulty, Paint(False)).endswith("left out: TLS: not there\nFAIL it broke")


def test_every_side_of_every_case_is_a_server_that_can_be_started() -> None:
    named = {side.server for case in CASES for side in case.sides}
    assert {DAEMON, FLOOR, THREADED} <= named
    assert {name for name in named if not name.startswith("SocketSpeak")} <= YARDSTICKS.keys()
    assert len(zones()) == len(set(zones())) == len(ZONES)


def test_what_the_daemon_does_not_know_is_said() -> None:
    assert lacking("listen", "source") == ""
    assert lacking("listen", "hovercraft") == "this daemon has no --hovercraft"


def test_rounds_visit_each_side_in_turn_and_a_failing_server_ends_them(generator: Generator) -> None:
    said: list[str] = []
    how = Measure(generator, 2, 0.1, said.append)
    row = Row("floor", Side("one", ONE_AT_A_TIME), Side("two", ONE_AT_A_TIME))
    with running(floor(), processors().server, WORDS) as server:
        (found,) = compare(Case("a case", (row,)), {"one": server, "two": server}, how)
    assert [line.partition(": ")[2] for line in said] == [
        f"round {number} of 2, {name}" for number in (1, 2) for name in ("two", "one")
    ]
    assert found.share.low > 0
    with pytest.raises(MeasuringError, match="the load generator found faults"):
        compare(Case("a case", (row,)), {"one": server, "two": server}, how)


def test_a_layer_is_what_a_server_takes_more_than_the_one_below_it() -> None:
    one = {name: [float(rank + 1)] * 3 for rank, name in enumerate(layers.SERVERS)}
    told = {row[0]: row[1:] for row in layers.rows(dict.fromkeys(layers.LOADS, one))}
    assert told["all of it: the daemon"] == ["8.00", "8.00"]
    assert told["the same calls from Python"] == ["1.00", "1.00"]
    assert told["cutting the stream into lines"] == ["2.00", "2.00"]  # what is beside the ladder is left out


def points() -> list[Point]:
    """Measured, with every number different."""
    found = list(scaling.points(10_000))
    for rank, point in enumerate(found, 1):
        for values in (point.per_second, point.cpu_us, point.p99_us, point.steady_p99_us, point.mib):
            values.append(rank * 1000.0)
    return found


def test_a_file_of_figures_becomes_a_table_and_a_picture(tmp_path: Path) -> None:
    (tmp_path / PAGE).write_text(MARKED, encoding="utf-8")
    values = {"machine": "a machine", "scaling": scaling.as_json(points()), "report": "the report"}
    assert publish(json.loads(json.dumps(values)), tmp_path) == ["report", "scaling"]
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert page.count("kept") == 3
    assert page.count("old") == 1  # of the layers, of which there was nothing
    assert "```text\nthe report\n```" in page
    assert "| 10,000 | 1 | 5,000 | 5000.0 µs | 5.00 ms | 5.00 ms | 5,000.0 MiB |" in page
    text = {element.text for element in ElementTree.parse(tmp_path / PICTURE).iter()}
    assert {"connections", "requests/s", "ms", "MiB", "as fast as it goes", "at 5,000 requests/s"} <= text
    again = page
    publish(values, tmp_path)
    assert (tmp_path / PAGE).read_text(encoding="utf-8") == again


def test_a_page_without_its_marks_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / PAGE).write_text("# Figures\n", encoding="utf-8")
    with pytest.raises(ValueError, match="the page does not have <!-- report"):
        publish({"machine": "a machine", "report": "the report"}, tmp_path)
    assert (tmp_path / PAGE).read_text(encoding="utf-8") == "# Figures\n"
    with pytest.raises(ValueError, match="none of report, scaling, layers"):
        publish({"machine": "a machine"}, tmp_path)


def test_the_page_has_the_marks() -> None:
    docs = Path(__file__).parents[2] / "docs"
    text = (docs / PAGE).read_text(encoding="utf-8")
    for name in ("report", "scaling", "layers"):
        assert text.count(f"<!-- {name}: written by python -m benchmarks.plot -->\n") == 1
        assert text.count(f"<!-- end of {name} -->") == 1


def test_what_the_load_takes_of_the_workers_processors_is_left_out() -> None:
    one = [Figures(10.0, 100_000, 1.0, {"own_cpu": 0.2})]
    two = [Figures(10.0, 150_000, 1.0, {"own_cpu": 0.5})]
    judged, shared, load = _figures(one, two)
    assert judged.values == [2.0]
    assert judged.reached
    assert (shared.values, load.values) == ([1.5], [25.0])
