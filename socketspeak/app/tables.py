"""Rows of cells as lines with aligned columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.text import Text

GAP = "  "  # between columns
Cell = tuple[str, str]  # what is shown, and rich's style for it


def table(rows: Iterable[Sequence[Cell]]) -> list[Text]:
    """Rows of cells as lines with aligned columns; letters that are two columns wide count as such."""
    rows = list(rows)
    widths = [max(cell_len(text) for text, _style in column) for column in zip(*rows, strict=True)]
    return [_line(row, widths) for row in rows]


def _line(row: Sequence[Cell], widths: Sequence[int]) -> Text:
    line = Text()
    for (text, style), width in zip(row, widths, strict=True):
        line.append(text, style=style)
        line.append(" " * (width - cell_len(text)) + GAP)
    line.rstrip()
    return line
