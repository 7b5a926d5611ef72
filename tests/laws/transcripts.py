"""The transcripts of the documents, read and acted out: who says what, on which stage, and the grammar.

A fenced block whose info string begins with `session` is a transcript; a second word names its stage. In it

- `C: text` is a line that the client sends; lines that follow one another are sent at once. `\\xHH` stands
  for that octet, and `text … (1001 octets)` for the text, repeated up to so many octets;
- `S: text` is a line that the server says, `S: …` any number of lines;
- `(the client closes its sending side)`, `(the server is told to stop)` and `(the server closes)` are what
  happens besides.

A transcript that begins with what the client sends leaves the greeting out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

import socketspeak
from socketspeak.clock.discipline import Discipline
from socketspeak.language.answering import Setting
from socketspeak.server.desk import About, Desk
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.kit.desk import LAB
from tests.kit.peer import Peer
from tests.kit.world import HOST, NOON_NS, the_setting, the_world
from tests.laws.tree import ROOT

ELISION = "…"
UPTIME_SECONDS = 12.3
ROUND_TRIP_NS = 6_000_000
QUANTUM_NS = 1000  # the API's six digits
STALE_SECONDS = 5400
TZDB = "2026f"
SECOND_NS = 1_000_000_000

CLIENT_FINISHES = "(the client closes its sending side)"
SERVER_STOPS = "(the server is told to stop)"
SERVER_CLOSES = "(the server closes)"

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_REPEATED = re.compile(rf"(?P<text>.+?) ?{ELISION} \((?P<octets>\d+) octets\)")


# --- What stands in the documents ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """One fenced block of a document: where it begins, its info string, and its lines."""

    at: str
    info: str
    lines: tuple[str, ...]


def pages() -> list[Path]:
    """The README, the change log and everything in docs/."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


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


# --- The scenes of a transcript -----------------------------------------------------------------------------


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
    if line in {CLIENT_FINISHES, SERVER_STOPS}:
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


# --- The stages: a whole server end, at one frozen instant --------------------------------------------------


class Moment:
    """The steady clock of a stage, which stands still: nothing takes time there."""

    def __init__(self) -> None:
        self.steady_ns = 0

    def wall_ns(self) -> int:
        """The host's clock, right to the nanosecond."""
        return NOON_NS + self.steady_ns


class FrozenSource:
    """A source that tells the truth at once, from 6 ms away; or one that refuses connections."""

    def __init__(self, moment: Moment, refuses: bool) -> None:
        self._moment = moment
        self._refuses = refuses

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        """Ask for a zone."""
        if self._refuses:
            return succeed(Fault(FaultKind.CONNECTION, "it refuses connections"))
        stamp_ns = self._moment.wall_ns() - ROUND_TRIP_NS // 2 - QUANTUM_NS // 2
        rule = the_world().engine.rule(zone, stamp_ns // SECOND_NS)
        return succeed(
            ZoneSample(
                source=source.name,
                asked=zone,
                zone=zone,
                stamp_ns=stamp_ns,
                quantum_ns=QUANTUM_NS,
                sent_ns=self._moment.steady_ns - ROUND_TRIP_NS,
                received_ns=self._moment.steady_ns,
                cacheable=False,
                offset=rule.offset,
                abbreviation=rule.abbreviation,
                dst=rule.dst,
            )
        )

    def close(self) -> Deferred[None]:
        """There is nothing to close."""
        return succeed(None)


class Stage:
    """A desk at the instant of the contract's examples, and the sessions that it serves."""

    def __init__(self, *, source: bool = False, stale: bool = False, refuses: bool = False) -> None:
        self.clock = Clock()
        moment = Moment()
        self._almanac = Almanac(
            sources=(LAB,) if source else (),
            embedded=the_world().engine.rule,
            fetcher=FrozenSource(moment, refuses),
            discipline=Discipline([LAB.name]),
            rulebook=RuleBook(),
            reactor=self.clock,
            steady_ns=lambda: moment.steady_ns,
            wall_ns=moment.wall_ns,
            patience=0.8,
        )
        self._desk = Desk(self._almanac, About(socketspeak.__version__, TZDB), self.clock)
        moment.steady_ns = -STALE_SECONDS * SECOND_NS if stale else 0
        self._almanac.start()
        self.clock.advance(0)
        if stale:
            self._almanac.ask(["Asia/Tokyo"], lambda: None)
            self.clock.advance(0)
        moment.steady_ns = 0
        self.clock.advance(UPTIME_SECONDS)

    def peer(self) -> Peer:
        """Someone who has just connected and been greeted."""
        setting = the_setting()
        ours = Setting(setting.gazetteer, setting.menu, setting.voices, socketspeak.__version__, HOST)
        return Peer(desk=self._desk, clock=self.clock, setting=ours, greeted=True)


STAGES: Mapping[str, Callable[[], Stage]] = {
    "": Stage,  # the embedded database alone
    "lab": lambda: Stage(source=True),
    "stale": lambda: Stage(source=True, stale=True),  # what lab said 90 minutes ago
    "down": lambda: Stage(source=True, refuses=True),
}


def acted_out(block: Block) -> Iterator[tuple[Scene, list[str]]]:
    """Each scene with what a server truly says in it, line by line; wrong ends are AssertionErrors.

    A greeting that the transcript leaves out is left out here, too.
    """
    peer = STAGES[block.info.partition(" ")[2]]().peer()
    for number, scene in enumerate(scenes(block)):
        if scene.sent:
            peer.send(b"".join(line + b"\n" for line in scene.sent))
        if CLIENT_FINISHES in scene.stage_directions:
            peer.finish()
        if SERVER_STOPS in scene.stage_directions:
            peer.register.drain(10.0)
            for _ in range(5):
                peer.clock.advance(0.01)
        peer.settle()
        said = peer.transport.sent.decode()
        peer.transport.sent = b""
        closed = peer.transport.write_closed or peer.transport.closed
        assert closed == (SERVER_CLOSES in scene.stage_directions), f"{block.at}: closed is {closed}"
        assert not said or said.endswith("\r\n")
        lines = said.split("\r\n")[:-1]
        if number or scene.said:
            yield scene, lines


# --- The grammar: the ABNF of docs/protocol.md, as regular expressions --------------------------------------

_CORE = {
    "SP": rb"[ ]",
    "DQUOTE": rb"[\x22]",
    "HTAB": rb"\t",
    "DIGIT": rb"[0-9]",
    "ALPHA": rb"[A-Za-z]",
    "CR": rb"\r",
    "LF": rb"\n",
    "CRLF": rb"(?:\r\n)",
}
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>%s"[^"]*"|"[^"]*")|(?P<range>%x[0-9A-F]+(?:-[0-9A-F]+|(?:\.[0-9A-F]+)+)?)"""
    r"""|(?P<repeat>\d*\*\d*|\d+)(?=[^\s])|(?P<name>[A-Za-z][\w-]*)|(?P<mark>[()\[\]/]))"""
)


class Grammar:
    """ABNF without recursion (RFC 5234, and RFC 7405's `%s` strings), over octets."""

    def __init__(self, text: str) -> None:
        text = re.sub(r";[^\n]*", "", re.sub(r'"[^"\n]*"', lambda found: found[0].replace(";", "\0"), text))
        folded = re.sub(r"\n[ \t]+", " ", text.replace("\0", ";"))
        rules = (line.partition("=") for line in folded.splitlines() if line.strip())
        self.rules = {name.strip(): rule for name, _, rule in rules}
        self._read: dict[str, bytes] = dict(_CORE)

    def fits(self, name: str, octets_of_line: bytes) -> bool:
        """Whether the whole text is what the rule of that name says."""
        return re.fullmatch(self.expression(name), octets_of_line, re.DOTALL) is not None

    def expression(self, name: str) -> bytes:
        """A rule as a regular expression."""
        if name not in self._read:
            self._read[name] = b"(?:" + b"".join(self._pieces(self.rules[name])) + b")"
        return self._read[name]

    def _pieces(self, rule: str) -> Iterator[bytes]:
        quantifier = b""
        at = 0
        closing: list[bytes] = []
        while rule[at:].strip():
            found = _TOKEN.match(rule, at)
            assert found, f"no ABNF: {rule[at:]!r}"
            at = found.end()
            if found["repeat"]:
                quantifier = _quantifier(found["repeat"])
                continue
            mark = found["mark"]
            if mark == "/":
                yield b"|"
            elif mark in ("(", "["):
                closing.append(b")" + (b"?" if mark == "[" else quantifier))
                yield b"(?:"
            elif mark:
                yield closing.pop()
            else:
                yield self._element(found) + quantifier
            quantifier = b""

    def _element(self, found: re.Match[str]) -> bytes:
        if found["name"]:
            return self.expression(found["name"])
        if found["range"]:
            first, dash, last = found["range"][2:].partition("-")
            if dash:
                return b"[\\x%s-\\x%s]" % (first.zfill(2).encode(), last.zfill(2).encode())
            return b"(?:" + b"".join(b"\\x%s" % part.zfill(2).encode() for part in first.split(".")) + b")"
        text = found["string"]
        exact = text.startswith("%s")
        return (b"(?:" if exact else b"(?i:") + re.escape(text.removeprefix("%s")[1:-1].encode()) + b")"


def _quantifier(repeat: str) -> bytes:
    low, star, high = repeat.partition("*")
    return f"{{{low or 0},{high}}}".encode() if star else f"{{{low}}}".encode()
