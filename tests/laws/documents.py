"""What stands in the documents: their pages, and the fenced blocks in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.laws.tree import ROOT

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block of a document: where it begins, its info string, and its lines."""

    at: str
    info: str
    lines: tuple[str, ...]


def pages() -> list[Path]:
    """The README in both languages, the change log and everything in docs/."""
    return [
        ROOT / "README.md",
        ROOT / "README.pt-BR.md",
        ROOT / "CHANGELOG.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    ]


@cache
def blocks(path: Path) -> tuple[Block, ...]:
    """The fenced blocks of one page."""
    text = path.read_text(encoding="utf-8")
    return tuple(
        Block(
            f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}",
            found["info"].strip(),
            tuple(found["body"].splitlines()),
        )
        for found in _FENCE.finditer(text)
    )


def blocks_of(kind: str) -> list[Block]:
    """The blocks of every page whose info string begins with that word."""
    return [block for page in pages() for block in blocks(page) if block.info.split()[:1] == [kind]]


def prose(path: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


def id_of(block: Block) -> str:
    return block.at


def every(kind: str) -> pytest.MarkDecorator:
    """One test for each block of a kind."""
    return pytest.mark.parametrize("block", blocks_of(kind), ids=id_of)
