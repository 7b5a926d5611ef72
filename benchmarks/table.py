"""The figures as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Figure, Found
from benchmarks.rounds import Compared, Figures, spread

RED, GREEN, BOLD = "31", "32", "1"
LEFT_COLUMNS = 1


class Paint:
    """Colours on a terminal, and nothing elsewhere."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._on else text

    def verdict(self, reached: bool | None) -> str:
        """`pass`, `FAIL`, or nothing where there is no target."""
        if reached is None:
            return ""
        return self("pass", GREEN) if reached else self("FAIL", RED)


def speed_table(found: Found, paint: Paint) -> str:
    """One line a row: requests a second, what it is judged by, the target, and whether it is met."""
    head = ["", "yardst./s", "ours/s", "share", "yardstick", "ours", "share", "(range)", "target", ""]
    return aligned([head, *(_speed_row(each, paint) for each in found.speed)], paint)


def _speed_row(each: Compared, paint: Paint) -> list[str]:
    share, target = each.share, each.row.target
    return [
        each.row.title,
        *(f"{spread([run.per_second for run in runs]).middle:,.0f}" for runs in (each.yardstick, each.ours)),
        f"{each.rate_share.middle:.2f}",
        *(_time(each, runs) for runs in (each.yardstick, each.ours)),
        f"{share.middle:.2f}",
        f"({share.low:.2f}-{share.high:.2f})",
        "" if target is None else f">= {target:.2f}",
        paint.verdict(each.reached),
    ]


def _time(each: Compared, runs: list[Figures]) -> str:
    middle = spread([run.judged(each.row) for run in runs]).middle
    return f"{middle:,.0f} µs" if each.row.judged == "p99" else f"{middle:.2f} µs"


def figures_table(found: Found, paint: Paint) -> str:
    """One line a figure: its median, its range, its target, and whether it is met."""
    rows = [["", "", "(range)", "target", ""]]
    for each in found.figures:
        told = each.spread
        rows.append(
            [
                each.title,
                f"{told.middle:,.{each.digits}f} {each.unit}",
                f"({told.low:,.{each.digits}f}-{told.high:,.{each.digits}f})" if len(each.values) > 1 else "",
                _target(each),
                paint.verdict(each.reached),
            ]
        )
    return aligned(rows, paint)


def _target(figure: Figure) -> str:
    if figure.most is not None:
        return f"<= {figure.most:g} {figure.unit}"
    return "" if figure.least is None else f">= {figure.least:g} {figure.unit}"


def aligned(rows: Sequence[Sequence[str]], paint: Paint) -> str:
    """Columns as wide as their widest cell, the first to the left and numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = []
    for number, row in enumerate(rows):
        *cells, verdict = row
        padded = [
            cell.ljust(width) if column < LEFT_COLUMNS else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        line = "  ".join([*padded, verdict]).rstrip()
        lines.append(paint(line, BOLD) if number == 0 else line)
    return "\n".join(lines)
