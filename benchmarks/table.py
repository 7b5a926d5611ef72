"""The figures as a table for people, and as plain values for programs."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.cases import BARE, DAEMON, IDLE_CONNECTIONS, IDLE_TARGET_KIB
from benchmarks.rounds import Found, Spread, spread

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
    """One line a row: requests a second, processor time a request, the target, and whether it is met."""
    head = ["", "bare/s", "ours/s", "share", "bare CPU", "ours CPU", "share", "(range)", "target", ""]
    rows = [head]
    for each in found.speed:
        bare, ours = (spread([run.per_second for run in runs]).middle for runs in (each.bare, each.ours))
        bare_us, ours_us = (spread([run.cpu_us for run in runs]).middle for runs in (each.bare, each.ours))
        share = each.cpu_share
        rows.append(
            [
                each.row.title,
                f"{bare:,.0f}",
                f"{ours:,.0f}",
                f"{each.rate_share.middle:.2f}",
                f"{bare_us:.2f} µs",
                f"{ours_us:.2f} µs",
                f"{share.middle:.2f}",
                f"({share.low:.2f}-{share.high:.2f})",
                "" if each.row.target is None else f">= {each.row.target:.2f}",
                paint.verdict(each.reached),
            ]
        )
    return aligned(rows, paint)


def fresh_table(found: Found, paint: Paint) -> str:
    """Memory of an idle connection, and the time from a server's start to its listening."""
    rows = [["", "bare", "ours", "(range)", "target", ""]]
    if all(found.idle.values()):
        bare, ours = (spread([octets / 1024 for octets in found.idle[name]]) for name in (BARE, DAEMON))
        title = f"memory of an idle connection, of {IDLE_CONNECTIONS:,}"
        target = f"<= {IDLE_TARGET_KIB:g} KiB"
        rows.append([title, *_three(bare, ours, "KiB"), target, paint.verdict(found.lean)])
    bare, ours = (spread(found.start[name]) for name in (BARE, DAEMON))
    rows.append(["from start to listening", *_three(bare, ours, "s"), "", ""])
    return aligned(rows, paint)


def _three(bare: Spread, ours: Spread, unit: str) -> list[str]:
    return [f"{bare.middle:.2f} {unit}", f"{ours.middle:.2f} {unit}", f"({ours.low:.2f}-{ours.high:.2f})"]


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
