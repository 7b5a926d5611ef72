"""TELNET as its RFCs tell it, octet by octet: slow, and plainly right. The real filter is held against it."""

from __future__ import annotations

from dataclasses import dataclass, field

IAC, DONT, DO, WONT, WILL, SB, IP, SE = 255, 254, 253, 252, 251, 250, 244, 240
INTERRUPT = "interrupt"


@dataclass
class PlainTelnet:
    """Hears octets; what it found is text and interrupts in order, and what is to be sent back."""

    found: list[bytes | str] = field(default_factory=list)
    reply: bytes = b""
    state: str = "text"
    verb: int = 0
    unfinished: int = 0

    @property
    def idle(self) -> bool:
        """Whether no command has been begun."""
        return self.state == "text"

    def hear(self, data: bytes) -> None:
        """Octets came."""
        for octet in data:
            self._octet(octet)

    def _octet(self, octet: int) -> None:
        state, self.state = self.state, "text"
        if state == "text":
            if octet == IAC:
                self.state = "command"
            else:
                self._text(octet)
        elif state == "option":
            if self.verb in (DO, WILL):
                self.reply += bytes((IAC, WONT if self.verb == DO else DONT, octet))
        elif state == "command":
            self._command(octet)
        elif state == "sub":
            self.state = "end of sub" if octet == IAC else "sub"
            self.unfinished += octet != IAC
        else:
            self.unfinished = 0 if octet == SE else self.unfinished + 2
            self.state = "text" if octet == SE else "sub"

    def _command(self, octet: int) -> None:
        if octet == IAC:
            self._text(octet)
        elif octet == IP:
            if self.found[-1:] != [INTERRUPT]:
                self.found.append(INTERRUPT)
        elif octet in (DO, DONT, WILL, WONT):
            self.state, self.verb = "option", octet
        elif octet == SB:
            self.state = "sub"

    def _text(self, octet: int) -> None:
        if self.found and isinstance(self.found[-1], bytes):
            self.found[-1] += bytes([octet])
        else:
            self.found.append(bytes([octet]))
