"""Figures three lines high, so that a clock can be read from across the room."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROWS = 3

_FACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "0": ("┏━┓", "┃ ┃", "┗━┛"),
        "1": (" ╺┓", "  ┃", "  ╹"),
        "2": ("╺━┓", "┏━┛", "┗━╸"),
        "3": ("╺━┓", " ━┫", "╺━┛"),
        "4": ("╻ ╻", "┗━┫", "  ╹"),
        "5": ("┏━╸", "┗━┓", "╺━┛"),
        "6": ("┏━╸", "┣━┓", "┗━┛"),
        "7": ("╺━┓", "  ┃", "  ╹"),
        "8": ("┏━┓", "┣━┫", "┗━┛"),
        "9": ("┏━┓", "┗━┫", "╺━┛"),
        ":": ("╻", " ", "╹"),
    }
)
LETTERS = "".join(sorted({letter for face in _FACES.values() for row in face for letter in row}))


def large(text: str) -> tuple[str, ...]:
    """Figures and colons as three lines of the same width."""
    return tuple(" ".join(_FACES[letter][row] for letter in text) for row in range(ROWS))
