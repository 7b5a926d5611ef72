"""The client's side of a session as a pure machine: requests and lines of bytes go in, acts come out.

The dialogue speaks JSON: its first request is FORMAT JSON, and whatever is asked meanwhile is sent right
behind it, for a server takes requests before its greeting has been read. Where TLS is to begin midway,
STARTTLS comes before all that, alone: nothing is asked in clear, and nothing that was heard in clear is kept.
While a login is under way nothing else is sent.
"""

from __future__ import annotations

from base64 import b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from socketspeak.language.catalog import Catalog
from socketspeak.language.printable import shown
from socketspeak.language.reading import NotAReply, Read, read_object, read_text_line
from socketspeak.language.replies import Challenge, Greeting, Plain, Tick, Watched
from socketspeak.language.requests import LINE_OCTETS, Request, render_request

SWITCHED = 200  # what a server says to FORMAT JSON
ENCRYPTING = 222  # what it says to STARTTLS, the last in clear
CLOSING = 421  # unsolicited: the server closes
GREETING_OCTETS = 65_536  # a menu of six hundred zones fits; who greets for longer does not mean to stop
SAID_CHARACTERS = 200  # of what a server says, in an error
TO_JSON = render_request(Request("FORMAT", "JSON"))
TO_TLS = render_request(Request("STARTTLS"))
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
class Ticked:
    """A tick came of the watch that the request with this ticket began."""

    ticket: int
    tick: Tick


@dataclass(frozen=True, slots=True)
class Unwatched:
    """The watch that the request with this ticket began is over: no more ticks come of it."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Encrypt:
    """Begin TLS, and call `secured` when it stands. What has come in clear behind is an attack."""


@dataclass(frozen=True, slots=True)
class Unencrypted:
    """The server does not begin TLS: its code and what it said. Nothing more is sent."""

    code: int
    why: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The server has greeted, with this text, and speaks JSON now; without any where it did so in clear."""

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


ClientAct = Send | Answered | Ticked | Unwatched | Encrypt | Unencrypted | Ready | Refused | Broken


class Dialogue:
    """One session, seen from its client. Every method returns the acts to perform, in order."""

    __slots__ = (
        *("_greeting", "_greeting_octets", "_held", "_login", "_next", "_over", "_pending", "_stage"),
        *("_starttls", "_watch"),
    )

    def __init__(self, *, starttls: bool = False) -> None:
        """With `starttls` the connection is in clear, and is to be encrypted before anything is asked."""
        self._starttls = starttls
        self._greeting: list[str] = []
        self._greeting_octets = 0
        self._held: deque[tuple[int, Request, bytes]] = deque()  # asked, and not to be sent yet
        self._pending: deque[int] = deque()  # sent, and not answered yet
        self._login: int | None = None  # the ticket of the AUTH, or of the last response to a challenge
        self._watch: int | None = None  # the ticket of the WATCH whose ticks come now
        self._next = 0
        self._stage: Callable[[bytes], tuple[ClientAct, ...]] = self._greeted
        self._over = False

    @property
    def silent(self) -> bool:
        """Whether the server has not said a word yet."""
        return self._stage == self._greeted and not self._greeting

    def opened(self) -> tuple[ClientAct, ...]:
        """The connection stands: switch to JSON, or to TLS first."""
        return (Send(TO_TLS if self._starttls else TO_JSON),)

    def secured(self) -> tuple[ClientAct, ...]:
        """TLS stands: what was said in clear, by whomever, is forgotten, and the session begins anew."""
        self._starttls = False
        self._greeting.clear()
        self._stage = self._switched
        return (Send(TO_JSON), *self._send())

    def ask(self, request: Request) -> tuple[int, tuple[ClientAct, ...]]:
        """Ask; gives the ticket that its Answered will carry. Raises ValueError for what is no request."""
        ticket = self._ticket()
        self._held.append((ticket, request, render_request(request)))
        return ticket, self._send()

    def respond(self, octets: bytes) -> tuple[int, tuple[ClientAct, ...]]:
        """Respond to the Challenge that AUTH, or a response, was answered with. Gives a ticket, as ask does.

        Raises ValueError for a response that does not fit on a line.
        """
        line = b64encode(octets)
        if len(line) > LINE_OCTETS:
            raise ValueError(f"a response of {len(line)} octets is longer than {LINE_OCTETS}")
        self._login = self._ticket()
        self._pending.append(self._login)
        return self._login, (Send(line),)

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
        self._stage = self._agreed if self._starttls else self._switched
        return ()

    def _agreed(self, line: bytes) -> tuple[ClientAct, ...]:
        code, last, text = read_text_line(line)
        if not last:
            raise NotAReply("a long answer to STARTTLS")
        if code == ENCRYPTING:
            self._stage = self._clear
            return (Encrypt(),)
        if code == CLOSING:
            return self._refused(code, text)
        self._over = True
        return (Unencrypted(code, shown(text, SAID_CHARACTERS)),)

    def _clear(self, _line: bytes) -> tuple[ClientAct, ...]:
        return self._broken("it goes on in clear where TLS was agreed on")

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
        if reply.code < 200:  # unsolicited; what is no tick is of a later version
            return self._ticked(reply)
        if not self._pending:
            raise NotAReply("a reply to nothing that was asked")
        ticket = self._pending.popleft()
        if ticket == self._login and not isinstance(reply, Challenge):
            self._login = None
        over = self._watched(ticket, reply) if isinstance(reply, Watched) else ()
        # What was held goes first: who is answered may ask at once, and would come before it.
        return (*self._send(), *over, Answered(ticket, reply))

    def _ticked(self, reply: Read) -> tuple[ClientAct, ...]:
        if self._watch is None or not isinstance(reply, Tick):
            return ()
        return (Ticked(self._watch, reply),)

    def _watched(self, ticket: int, reply: Watched) -> tuple[ClientAct, ...]:
        """A watch begins, or none is any more; either way the one before is over."""
        over, self._watch = self._watch, ticket if reply.zones else None
        return () if over is None else (Unwatched(over),)

    def _ticket(self) -> int:
        self._next += 1
        return self._next - 1

    def _send(self) -> tuple[ClientAct, ...]:
        """Send what may be sent: nothing before TLS, and nothing while a login is under way."""
        sent: list[ClientAct] = []
        while self._held and self._login is None and not self._starttls:
            ticket, request, line = self._held.popleft()
            self._pending.append(ticket)
            self._login = ticket if request.verb == "AUTH" else None
            sent.append(Send(line))
        return tuple(sent)

    def _refused(self, code: int, why: str) -> tuple[ClientAct, ...]:
        self._over = True
        return (Refused(code, shown(why, SAID_CHARACTERS)),)

    def _broken(self, why: str) -> tuple[ClientAct, ...]:
        self._over = True
        return (Broken(why),)
