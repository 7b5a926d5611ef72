"""The transcripts of the documents, as they are read: who says what, and what happens besides.

A fenced block whose info string begins with `session` is a transcript; what follows names its stage, which
stands in `stages.py`. In it

- `C: text` is a line that the client sends; lines that follow one another are sent at once. `\\xHH` stands
  for that octet, and `text … (1001 octets)` for the text, repeated up to so many octets;
- `S: text` is a line that the server says, `S: …` any number of lines;
- `(the client closes its sending side)`, `(the server is told to stop)`, `(2 seconds pass)` and `(the server
  closes)` are what happens besides.

A transcript that begins with what the client sends leaves the greeting out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tests.laws.documents import Block

ELISION = "…"

CLIENT_FINISHES = "(the client closes its sending side)"
SERVER_STOPS = "(the server is told to stop)"
SERVER_CLOSES = "(the server closes)"

TIME_PASSES = re.compile(r"\((?P<seconds>\d+) seconds? pass(es)?\)")
_REPEATED = re.compile(rf"(?P<text>.+?) ?{ELISION} \((?P<octets>\d+) octets\)")


@dataclass(frozen=True)
class Scene:
    """What the client does at once, and what the server says to it."""

    sent: tuple[bytes, ...]
    stage_directions: tuple[str, ...]
    said: tuple[str, ...]


def scenes(block: Block) -> list[Scene]:
    """The block's scenes, in order: the greeting, and then each thing that the client does."""
    found = [Scene((), (), ())]
    for line in block.lines:
        last = found[-1]
        if line.startswith("S: "):
            found[-1] = replace(last, said=(*last.said, line[3:]))
        elif line == SERVER_CLOSES:
            found[-1] = replace(last, stage_directions=(*last.stage_directions, line))
        else:
            if len(found) == 1 or last.said or SERVER_CLOSES in last.stage_directions:
                found.append(Scene((), (), ()))
            found[-1] = _with(found[-1], line, block)
    return found


def _with(scene: Scene, line: str, block: Block) -> Scene:
    if line in {CLIENT_FINISHES, SERVER_STOPS} or TIME_PASSES.fullmatch(line):
        return replace(scene, stage_directions=(*scene.stage_directions, line))
    assert line.startswith(("C: ", "C:")), f"{block.at}: nobody says {line!r}"
    return replace(scene, sent=(*scene.sent, octets(line[3:])))


def octets(text: str) -> bytes:
    """What a line of a transcript stands for, without its end."""
    repeated = _REPEATED.fullmatch(text)
    if repeated is not None:
        size = int(repeated["octets"])
        return (repeated["text"].encode() * size)[:size]
    parts = re.split(r"(\\x[0-9A-Fa-f]{2})", text)
    return b"".join(bytes([int(part[2:], 16)]) if part[:2] == "\\x" else part.encode() for part in parts)


def matches(said: list[str], wanted: tuple[str, ...]) -> bool:
    """Whether lines are those that were wanted, of which `…` stands for any number."""
    if not wanted:
        return not said
    first, *rest = wanted
    if first == ELISION:
        return any(matches(said[at:], tuple(rest)) for at in range(len(said) + 1))
    return bool(said) and said[0] == first and matches(said[1:], tuple(rest))


def requests_of(block: Block) -> list[bytes]:
    return [line for scene in scenes(block) for line in scene.sent]
