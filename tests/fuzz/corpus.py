"""The seeds of each target: a file of Python's bytes literals, one a line, so that a change can be read."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")
MOST_OCTETS = 200 * 1024  # of all files together
MOST_WORDS = 400

_WORD = re.compile(rb"[A-Za-z][A-Za-z0-9_+/-]{2,30}|[0-9][0-9:.+TZ-]{3,40}|\xff[\xf0-\xfe].?", re.DOTALL)


def seeds_of(target: str) -> list[bytes]:
    """The seeds of a target; none where it has no file."""
    path = FOLDER / f"{target}.txt"
    if not path.exists():
        return []
    return [ast.literal_eval(line) for line in path.read_text(encoding="ascii").splitlines()]


def write_seeds(target: str, seeds: Iterable[bytes]) -> None:
    """Keep these seeds and no others, the short ones first."""
    ordered = sorted(set(seeds), key=lambda seed: (len(seed), seed))
    text = "".join(f"{seed!r}\n" for seed in ordered)
    (FOLDER / f"{target}.txt").write_text(text, encoding="ascii")


def unpack(target: str, folder: Path) -> None:
    """Put each seed of a target into a file of its own, as the fuzzer has them."""
    for seed in seeds_of(target):
        (folder / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)


def pack(folder: Path) -> list[bytes]:
    """The seeds that are in a folder, a file each."""
    return [path.read_bytes() for path in folder.iterdir()]


def dictionary(target: str) -> str:
    """Words that are in the seeds, as the fuzzer reads them: it puts them wherever it likes."""
    words = sorted({word for seed in seeds_of(target) for word in _WORD.findall(seed)})[:MOST_WORDS]
    return "".join(f'"{_escaped(word)}"\n' for word in words)


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{octet:02x}" for octet in word)
