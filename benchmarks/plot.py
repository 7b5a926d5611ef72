"""`python -m benchmarks.plot FILE…`: what `--json FILE` has written, into docs/performance.md."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import layers, scaling
from benchmarks.charts import Chart, Points, drawn
from benchmarks.scaling import CONNECTIONS_FOR_ZONES, STEADY_RATE, Point
from benchmarks.servers import ROOT

PAGE, PICTURE = "performance.md", "scaling.svg"
SUMMARY = "Requests a second, delay and memory over the number of connections, and over the number of zones."


def main() -> int:
    """Write into the page, between its marks, what the files hold; exit status 1 where that cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.plot",
        description=f"Put figures into docs/{PAGE}, between its marks for them, and draw docs/{PICTURE}.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what --json FILE has written")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="the folder of the page")
    wanted = parser.parse_args()
    for file in wanted.files:
        try:
            written = publish(json.loads(file.read_text(encoding="utf-8")), wanted.docs)
        except (ValueError, OSError) as fault:
            print(f"benchmarks.plot: {file}: {fault}", file=sys.stderr)
            return 1
        print(f"{file}: {', '.join(written)}")
    return 0


def publish(values: Mapping[str, Any], docs: Path) -> list[str]:
    """Put what was measured into the page; the names of what was written.

    Raises ValueError where the page has no marks for it, or there is nothing that is known.
    """
    known = [name for name in SECTIONS if name in values]
    if not known:
        raise ValueError(f"there is none of {', '.join(SECTIONS)} in it")
    page = docs / PAGE
    text = page.read_text(encoding="utf-8")
    for name in known:
        text = marked(text, name, SECTIONS[name](values, docs))
    page.write_text(text, encoding="utf-8")
    return known


def marked(text: str, name: str, content: str) -> str:
    """A page with what stands between two marks replaced; raises ValueError where they are missing."""
    begin, end = f"<!-- {name}: written by python -m benchmarks.plot -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"(?<={re.escape(begin)}\n).*?(?={re.escape(end)})", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"the page does not have {begin} and {end}, once and in this order")
    return pattern.sub(lambda _: f"\n{content}\n\n", text)


def _report(values: Mapping[str, Any], _docs: Path) -> str:
    return f"```text\n{values['report']}\n```"


def _layers(values: Mapping[str, Any], _docs: Path) -> str:
    head = ["layer", *(f"{load}, µs a request" for load in layers.LOADS)]
    return f"{values['machine']}:\n\n{markdown(head, layers.rows(values['layers']))}"


def _scaling(values: Mapping[str, Any], docs: Path) -> str:
    points = scaling.from_json(values["scaling"])
    (docs / PICTURE).write_text(drawn(charts(points), SUMMARY), encoding="utf-8")
    return (
        f"![{SUMMARY}]({PICTURE})\n\n{values['machine']}:\n\n{markdown(scaling.HEAD, scaling.rows(points))}"
    )


SECTIONS: Mapping[str, Callable[[Mapping[str, Any], Path], str]] = {
    "report": _report,
    "scaling": _scaling,
    "layers": _layers,
}


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def charts(points: Sequence[Point]) -> list[Chart]:
    """Three over connections, three over zones."""
    of_connections = [point for point in points if point.connections != CONNECTIONS_FOR_ZONES]
    of_zones = [point for point in points if point.connections == CONNECTIONS_FOR_ZONES]
    return [
        *_three(of_connections, "connections", lambda point: point.connections),
        *_three(of_zones, f"zones, {CONNECTIONS_FOR_ZONES} connections", lambda point: point.zones),
    ]


def _three(points: Sequence[Point], across: str, x: Callable[[Point], int]) -> list[Chart]:
    def line(y: Callable[[Point], float]) -> Points:
        return [(x(point), y(point)) for point in points]

    delays = {
        "as fast as it goes": line(lambda point: median(point.p99_us) / 1000),
        f"at {STEADY_RATE:,} requests/s": line(lambda point: median(point.steady_p99_us) / 1000),
    }
    return [
        Chart("Speed", across, "requests/s", {"": line(lambda point: median(point.per_second))}),
        Chart("Delay of 99 % of the answers", across, "ms", delays),
        Chart("Memory of the process", across, "MiB", {"": line(lambda point: median(point.mib))}),
    ]


if __name__ == "__main__":
    sys.exit(main())
