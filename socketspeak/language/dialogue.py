"""The client's side of a session as a pure machine: requests and lines of bytes go in, acts come out.

The dialogue speaks JSON: its first request is FORMAT JSON, and whatever is asked meanwhile is sent right
behind it, for a server takes requests before its greeting has been read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from socketspeak.language.catalog import Catalog
from socketspeak.language.printable import shown
from socketspeak.language.reading import NotAReply, Read, read_object, read_text_line
from socketspeak.language.replies import Greeting, Plain
from socketspeak.language.requests import Request, render_request

SWITCHED = 200  # what a server says to FORMAT JSON
CLOSING = 421  # unsolicited: the server closes
GREETING_OCTETS = 65_536  # a menu of six hundred zones fits; who greets for longer does not mean to stop
SAID_CHARACTERS = 200  # of what a server says, in an error
ENGLISH = Catalog()  # a message that was read is said as it was read


@dataclass(frozen=True, slots=True)
class Send:
    """Send this line."""

    line: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """The request with this ticket has its reply."""

    ticket: int
    reply: Read


@dataclass(frozen=True, slots=True)
class Ready:
    """The server has greeted, with this text, and speaks JSON now."""

    greeting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will serve no more: its code and what it said. Nothing that is pending will be answered."""

    code: int
    why: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The peer does not speak this protocol."""

    why: str


ClientAct = Send | Answered | Ready | Refused | Broken


class Dialogue:
    """One session, seen from its client. Every method returns the acts to perform, in order."""

    __slots__ = ("_greeting", "_greeting_octets", "_next", "_over", "_pending", "_stage")

    def __init__(self) -> None:
        self._greeting: list[str] = []
        self._greeting_octets = 0
        self._pending: deque[int] = deque()
        self._next = 0
        self._stage: Callable[[bytes], tuple[ClientAct, ...]] = self._greeted
        self._over = False

    def opened(self) -> tuple[ClientAct, ...]:
        """The connection stands: switch to JSON."""
        return (Send(render_request(Request("FORMAT", "JSON"))),)

    def ask(self, request: Request) -> tuple[int, tuple[ClientAct, ...]]:
        """Ask; gives the ticket that its Answered will carry. Raises ValueError for what is no request."""
        line = render_request(request)
        ticket = self._next
        self._next += 1
        self._pending.append(ticket)
        return ticket, (Send(line),)

    def heard(self, line: bytes) -> tuple[ClientAct, ...]:
        """A line came, without its end. After a Refused or a Broken nothing is listened to."""
        if self._over:
            return ()
        try:
            return self._stage(line)
        except NotAReply as wrong:
            return self._broken(str(wrong))

    def _greeted(self, line: bytes) -> tuple[ClientAct, ...]:
        code, last, text = read_text_line(line)
        self._greeting_octets += len(line)
        if self._greeting_octets > GREETING_OCTETS:
            raise NotAReply(f"a greeting of more than {GREETING_OCTETS} octets")
        self._greeting.append(shown(text, SAID_CHARACTERS))
        if not last:
            return ()
        if code != Greeting.code:
            return self._refused(code, text)
        self._stage = self._switched
        return ()

    def _switched(self, line: bytes) -> tuple[ClientAct, ...]:
        if line.startswith(b"{"):
            reply = read_object(line)
            if not isinstance(reply, Plain):
                raise NotAReply("an answer before anything was asked")
            code, text = reply.code, ENGLISH.say(reply.message)
        else:  # a server that closes at once, or one that knows no JSON
            code, _last, text = read_text_line(line)
        if 400 <= code < 500:
            return self._refused(code, text)
        if code != SWITCHED or not line.startswith(b"{"):
            return self._broken(f"it does not speak JSON, but says {code} {shown(text, SAID_CHARACTERS)}")
        self._stage = self._answered
        return (Ready(tuple(self._greeting)),)

    def _answered(self, line: bytes) -> tuple[ClientAct, ...]:
        reply = read_object(line)
        if isinstance(reply, Plain) and reply.code == CLOSING:
            return self._refused(reply.code, ENGLISH.say(reply.message))
        if reply.code < 200:  # a tick: unsolicited, and nothing here has asked for one
            return ()
        if not self._pending:
            raise NotAReply("a reply to nothing that was asked")
        return (Answered(self._pending.popleft(), reply),)

    def _refused(self, code: int, why: str) -> tuple[ClientAct, ...]:
        self._over = True
        return (Refused(code, shown(why, SAID_CHARACTERS)),)

    def _broken(self, why: str) -> tuple[ClientAct, ...]:
        self._over = True
        return (Broken(why),)
