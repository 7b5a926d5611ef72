"""How the lines of a reply in text are framed: `CODE SP text`, `CODE-text` for each line but the last."""

from __future__ import annotations

from collections.abc import Iterable

END = "\r\n"
Pieces = tuple[
    bytes, ...
]  # of a rendered reply: in the gaps between them stand a clock's fractions of a second


def framed(code: int, lines: Iterable[str]) -> str:
    """The lines of one reply, each with its code and end."""
    *most, last = lines
    return "".join(f"{code}-{line}{END}" for line in most) + f"{code} {last}{END}"
