"""TELNET commands taken out of a byte stream (RFC 854, 855, 860), as a pure machine."""

from __future__ import annotations

import re
from enum import Enum

IAC, DONT, DO, WONT, WILL, SB, IP, SE = 255, 254, 253, 252, 251, 250, 244, 240
MARK = b"\xff"  # what every command begins with

_BEGIN_SUB, _END_SUB = bytes((IAC, SB)), bytes((IAC, SE))
_REQUESTS = bytes((DO, WILL))
_TO_REFUSALS = bytes.maketrans(_REQUESTS, bytes((WONT, DONT)))

# What a stream is made of. Equal pieces in a row are taken as one, so that a flood of them costs little.
_PIECE = re.compile(
    rb"(?P<text>[^\xff]+)|(?P<mark>(?:\xff\xff)+)|(?P<interrupt>(?:\xff\xf4)+)"
    rb"|(?P<option>(?:\xff[\xfb-\xfe].)+)|(?:\xff[^\xf4\xfa-\xff])+",
    re.DOTALL,
)
_IN_SUB = re.compile(rb"(?:[^\xff]++|\xff[^\xf0])*+", re.DOTALL)  # there an IAC speaks of the next octet


class Signal(Enum):
    """What a TELNET command means to a session."""

    INTERRUPT = "IAC IP, Ctrl-C in telnet"


class TelnetFilter:
    """Separates a peer's text from its TELNET commands.

    Every option that is offered or asked for is refused, each time; acknowledgements of a refusal get no
    answer, so two refusing sides do not loop. DO TIMING-MARK is refused like the rest, which is the mark all
    the same (RFC 860). Interrupts with nothing between them are one.
    """

    __slots__ = ("_begun", "_inside", "unfinished")

    def __init__(self) -> None:
        self._begun = b""  # of a command, or of the end of a sub-negotiation
        self._inside = False  # of a sub-negotiation
        self.unfinished = 0  # octets of a sub-negotiation that has not ended

    @property
    def idle(self) -> bool:
        """Whether no command has been begun, so that the filter may be forgotten."""
        return not (self._begun or self._inside)

    def feed(self, data: bytes) -> tuple[list[bytes | Signal], bytes]:
        """The text and signals in the data, in order, and what is to be sent back at once."""
        data, self._begun = self._begun + data, b""
        found = _Found()
        at = self._skip(data, 0) if self._inside else 0
        while at < len(data):
            piece = _PIECE.match(data, at)
            if piece is not None:
                found.take(piece)
                at = piece.end()
            elif data.startswith(_BEGIN_SUB, at):
                self._inside = True
                at = self._skip(data, at + len(_BEGIN_SUB))
            else:
                self._begun = data[at:]
                break
        return found.all(), bytes(found.reply)

    def _skip(self, data: bytes, at: int) -> int:
        """Leave out what is of a sub-negotiation from a place on; the place behind it."""
        inside = _IN_SUB.match(data, at)
        end = at if inside is None else inside.end()
        self.unfinished += end - at
        if not data.startswith(_END_SUB, end):
            self._begun = data[end:]
            return len(data)
        self._inside = False
        self.unfinished = 0
        return end + len(_END_SUB)


class _Found:
    """What pieces of a stream amount to: text and signals in order, and what is sent back."""

    def __init__(self) -> None:
        self.reply = bytearray()
        self._done: list[bytes | Signal] = []
        self._text: list[bytes] = []

    def take(self, piece: re.Match[bytes]) -> None:
        """One more piece."""
        octets = piece[0]
        if piece.lastgroup == "text":
            self._text.append(octets)
        elif piece.lastgroup == "mark":
            self._text.append(octets[::2])
        elif piece.lastgroup == "interrupt":
            self._done += (*self._joined(), Signal.INTERRUPT)
        elif piece.lastgroup == "option":
            self.reply += _refused(octets)

    def all(self) -> list[bytes | Signal]:
        """All that was found."""
        return self._done + self._joined()

    def _joined(self) -> list[bytes | Signal]:
        text, self._text = self._text, []
        return [b"".join(text)] if text else []


def _refused(commands: bytes) -> bytes:
    """What is said to commands of three octets each that are about options."""
    asked = commands
    if commands[1::3].strip(_REQUESTS):
        asked = b"".join(
            [commands[at : at + 3] for at in range(0, len(commands), 3) if commands[at + 1] in _REQUESTS]
        )
    refusals = bytearray(asked)
    refusals[1::3] = asked[1::3].translate(_TO_REFUSALS)
    return bytes(refusals)
