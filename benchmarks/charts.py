"""Line charts as SVG, drawn by the browser's own light or dark colours.

They are few and simple: each library that draws SVG with logarithmic axes is a hundred times their size
(matplotlib takes 165 MB of an environment), or under a licence that we do not take (pygal).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

WIDTH, HEIGHT = 330, 290  # of a chart with its labels, in pixels
LEFT, RIGHT, TOP, BOTTOM = 74, 26, 62, 52
COLUMNS, LEGEND_TOP = 3, 33
DOT, BEYOND = (
    3.5,
    1.15,
)  # a dot's radius; how much of an axis stands before the first value and after the last
STEPS = (1, 2, 5)  # within a power of ten, where an axis has few of them
FEW_POWERS = 2

STYLE = """
svg { font: 12px sans-serif; color-scheme: light dark; }
.paper { fill: #ffffff; } .text { fill: #1f2328; } .axis { stroke: #59636e; } .grid { stroke: #d1d9e0; }
.line { fill: none; stroke-width: 2; } .first { stroke: #0969da; }
.second { stroke: #bc4c00; stroke-dasharray: 6 3; }
circle.first { fill: #0969da; } circle.second { fill: #bc4c00; } .title { font-weight: bold; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; } .text { fill: #e6edf3; } .axis { stroke: #9198a1; } .grid { stroke: #30363d; }
.first { stroke: #58a6ff; } .second { stroke: #f0883e; }
circle.first { fill: #58a6ff; } circle.second { fill: #f0883e; }
}
"""
CLASSES = ("first", "second")

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """One or two lines by name, over axes with their units; both axes are logarithmic."""

    title: str
    across: str
    up: str
    lines: Mapping[str, Points]


@dataclass(frozen=True)
class Scale:
    """From values, all above nought, to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> Iterator[float]:
        """Round values on the axis: powers of ten, and some between where these are few."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        steps = STEPS if last - first <= FEW_POWERS else STEPS[:1]
        for power in range(first, last + 1):
            for step in steps:
                value = step * 10.0**power
                if self.low <= value <= self.high:
                    yield value


def scale(values: Sequence[float], start: float, end: float) -> Scale:
    """A scale that has room for some values."""
    low, high = min(values) / BEYOND, max(values) * BEYOND
    if high / low < STEPS[1] * STEPS[2]:  # so much at least, or noise would fill the chart
        middle = math.sqrt(low * high)
        reach = math.sqrt(STEPS[1] * STEPS[2])
        low, high = middle / reach, middle * reach
    return Scale(low, high, start, end)


def drawn(charts: Sequence[Chart], summary: str) -> str:
    """The charts, three in a row, as one SVG; the summary is for those who cannot see it."""
    width, height = COLUMNS * WIDTH, math.ceil(len(charts) / COLUMNS) * HEIGHT
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", role="img")
    root.set("width", f"{width}")
    root.set("height", f"{height}")
    ET.SubElement(root, "title").text = summary
    ET.SubElement(root, "style").text = STYLE
    ET.SubElement(root, "rect", {"class": "paper", "width": "100%", "height": "100%"})
    for number, chart in enumerate(charts):
        row, column = divmod(number, COLUMNS)
        place = ET.SubElement(root, "g", transform=f"translate({column * WIDTH} {row * HEIGHT})")
        _draw(chart, place)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def _draw(chart: Chart, place: ET.Element) -> None:
    points = [point for line in chart.lines.values() for point in line]
    across = scale([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = scale([y for _, y in points], HEIGHT - BOTTOM, TOP)
    _text(place, WIDTH / 2, 18, chart.title, kind="text title")
    for value in across.ticks():
        _rule(place, (across(value), TOP), (across(value), HEIGHT - BOTTOM), "grid")
        _text(place, across(value), HEIGHT - BOTTOM + 16, told(value))
    for value in up.ticks():
        _rule(place, (LEFT, up(value)), (WIDTH - RIGHT, up(value)), "grid")
        _text(place, LEFT - 6, up(value) + 4, told(value), anchor="end")
    _rule(place, (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM), "axis")
    _rule(place, (LEFT, TOP), (LEFT, HEIGHT - BOTTOM), "axis")
    _text(place, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, chart.across)
    sideways = _text(place, 0, 0, chart.up)
    sideways.set("transform", f"translate(14 {(TOP + HEIGHT - BOTTOM) / 2:.1f}) rotate(-90)")
    for number, (name, line) in enumerate(chart.lines.items()):
        _line(place, [(across(x), up(y)) for x, y in line], CLASSES[number])
        if len(chart.lines) > 1:
            _legend(place, number, name)


def _line(place: ET.Element, pixels: Points, kind: str) -> None:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in pixels)
    ET.SubElement(place, "polyline", {"class": f"line {kind}", "points": path})
    for x, y in pixels:
        ET.SubElement(place, "circle", {"class": kind, "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{DOT}"})


def _legend(place: ET.Element, number: int, name: str) -> None:
    y = LEGEND_TOP + number * 16  # above the axes, where no line can come
    _line(place, [(LEFT + 8, y), (LEFT + 32, y)], CLASSES[number])
    _text(place, LEFT + 40, y + 4, name, anchor="start")


def _rule(place: ET.Element, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
    (x1, y1), (x2, y2) = start, end
    ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    ET.SubElement(place, "line", {"class": kind, **ends})


def _text(
    place: ET.Element, x: float, y: float, text: str, *, kind: str = "text", anchor: str = "middle"
) -> ET.Element:
    where = {"x": f"{x:.1f}", "y": f"{y:.1f}", "class": kind, "text-anchor": anchor}
    made = ET.SubElement(place, "text", where)
    made.text = text
    return made


def told(value: float) -> str:
    """A value of an axis in few characters."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
