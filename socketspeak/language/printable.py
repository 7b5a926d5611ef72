"""Strangers' text made safe to show: no control, escape or direction-changing character, and not endless."""

from __future__ import annotations

SHOWN_CHARACTERS = (
    60  # of a stranger's text that is echoed: enough to recognise it, on one line of a terminal
)


def shown(text: str, most: int = SHOWN_CHARACTERS) -> str:
    """The text without characters that a terminal or a log would obey, cut to `most` characters."""
    safe = text if text.isprintable() else "".join(filter(str.isprintable, text))
    return safe if len(safe) <= most else f"{safe[: most - 1]}…"
