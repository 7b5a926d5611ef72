"""Offsets from UTC as people write them, and as SocketSpeak does."""

from __future__ import annotations

import re

_WRITTEN = re.compile(
    r"(?:UTC|GMT)? ?(?P<sign>[+\-\u2212])(?P<hours>[0-9]{1,2})"
    r"(?::?(?P<minutes>[0-5][0-9])(?::?(?P<seconds>[0-5][0-9]))?)?",
    re.IGNORECASE | re.ASCII,
)


def read_offset(text: str) -> int | None:
    """The offset that a text states, in seconds east of UTC, or None where it states none.

    `UTC+5:30`, `GMT-3`, `utc-0330` and `+05:30` are such texts; east is positive, the minus sign may be
    U+2212, and less than 24 hours can be stated.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None or int(written["hours"]) >= 24:
        return None
    size = int(written["hours"]) * 3600 + int(written["minutes"] or 0) * 60 + int(written["seconds"] or 0)
    return size if written["sign"] == "+" else -size


def offset_name(offset: int) -> str:
    """The name of the place that is an offset, given in seconds east of UTC: `UTC+05:30`, `UTC-00:44:30`."""
    minutes, seconds = divmod(abs(offset), 60)
    ending = f":{seconds:02}" if seconds else ""
    return f"UTC{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}{ending}"
