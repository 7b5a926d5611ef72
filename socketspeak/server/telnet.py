"""TELNET commands taken out of a byte stream (RFC 854, 855, 860), as a pure machine."""

from __future__ import annotations

from enum import Enum

IAC, DONT, DO, WONT, WILL, SB, IP, SE = 255, 254, 253, 252, 251, 250, 244, 240
MARK = b"\xff"  # what every command begins with

_REFUSALS = {DO: WONT, WILL: DONT}


class Signal(Enum):
    """What a TELNET command means to a session."""

    INTERRUPT = "IAC IP, Ctrl-C in telnet"


class _State(Enum):
    DATA = "data"
    COMMAND = "after IAC"
    OPTION = "after IAC and DO, DONT, WILL or WONT"
    SUB = "inside a sub-negotiation"
    SUB_COMMAND = "after IAC inside a sub-negotiation"


class TelnetFilter:
    """Separates a peer's text from its TELNET commands.

    Every option that is offered or asked for is refused, each time; acknowledgements of a refusal get no
    answer, so two refusing sides do not loop. DO TIMING-MARK is refused like the rest, which is the mark all
    the same (RFC 860).
    """

    __slots__ = ("_state", "_verb", "unfinished")

    def __init__(self) -> None:
        self._state = _State.DATA
        self._verb = 0
        self.unfinished = 0  # octets of a sub-negotiation that has not ended

    @property
    def idle(self) -> bool:
        """Whether no command has been begun, so that the filter may be forgotten."""
        return self._state is _State.DATA

    def feed(self, data: bytes) -> tuple[list[bytes | Signal], bytes]:
        """The text and signals in the data, in order, and what is to be sent back at once."""
        found: list[bytes | Signal] = []
        reply = bytearray()
        at = 0
        while at < len(data):
            if self._state in (_State.DATA, _State.SUB):
                at = self._run(data, at, found)
            else:
                self._octet(data[at], found, reply)
                at += 1
        return found, bytes(reply)

    def _run(self, data: bytes, at: int, found: list[bytes | Signal]) -> int:
        """Take what stands before the next IAC, and the IAC; the place behind it."""
        end = data.find(MARK, at)
        stop = len(data) if end < 0 else end
        if self._state is _State.SUB:
            self.unfinished += stop - at
        elif stop > at:
            found.append(data[at:stop])
        if end >= 0:
            self._state = _State.COMMAND if self._state is _State.DATA else _State.SUB_COMMAND
        return stop + 1

    def _octet(self, octet: int, found: list[bytes | Signal], reply: bytearray) -> None:
        state, self._state = self._state, _State.DATA
        if state is _State.OPTION:
            refusal = _REFUSALS.get(self._verb)
            if refusal is not None:
                reply += bytes((IAC, refusal, octet))
        elif state is _State.SUB_COMMAND:
            self.unfinished = 0 if octet == SE else self.unfinished + 2
            self._state = _State.DATA if octet == SE else _State.SUB
        elif octet == IAC:
            found.append(MARK)
        elif octet == IP:
            found.append(Signal.INTERRUPT)
        elif octet in (DO, DONT, WILL, WONT):
            self._state, self._verb = _State.OPTION, octet
        elif octet == SB:
            self._state = _State.SUB
