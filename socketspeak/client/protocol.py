"""The client's end of a connection: carries out what its dialogue decides, and tells who asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IDelayedCall, IReactorTime, ITCPTransport, ITransport
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from socketspeak.client.errors import CannotConnect, ConnectionLost, ProtocolBroken, SocketSpeakError, kind_of
from socketspeak.language.dialogue import Answered, Broken, ClientAct, Dialogue, Ready, Refused, Send
from socketspeak.language.printable import shown
from socketspeak.language.reading import Read
from socketspeak.language.requests import Request

REPLY_OCTETS = 1 << 20  # LIST ALL is the longest reply, a line of 100 kB
CLOSE_SECONDS = 5.0  # a server that does not answer QUIT within is left; patience with sources is 2 s
GOODBYE = 221
WHY_CHARACTERS = 200

End = Callable[[int], SocketSpeakError]  # from how many wait to the exception for each of them


class Connection(LineReceiver):
    """One connection to a server. Requests are sent as they are asked; their replies come in that order.

    `clock` times what has a limit; None stands for the reactor that the transport runs on. A server that
    closes its sending side has said all that it will say: the connection is closed then, as Twisted does for
    a protocol that does not ask for half-closed connections.
    """

    delimiter = b"\n"  # a CR before it is taken off
    MAX_LENGTH = REPLY_OCTETS

    transport: ITransport  # there from connectionMade on
    clock: IReactorTime  # so is this

    def __init__(self, clock: IReactorTime | None = None) -> None:
        self._given_clock = clock
        self._dialogue = Dialogue()
        self._asked: dict[int, Deferred[Read]] = {}
        self._end: End | None = None  # once there is one, nothing more is asked
        self._gone = False
        self._leaving: list[Deferred[None]] = []
        self._insist: IDelayedCall | None = None
        self.ready: Deferred[tuple[str, ...]] = Deferred(self._cancelled)

    # -- for those who ask

    def ask(self, request: Request) -> Deferred[Read]:
        """Send a request at once; fires with its reply, or fails with what ended the connection.

        A request that is cancelled keeps its place in the order: its reply is dropped when it comes. Raises
        ValueError for what is no request.
        """
        if self._end is not None:
            return fail(self._end(0))
        ticket, acts = self._dialogue.ask(request)
        answer: Deferred[Read] = Deferred(lambda _: self._forget(ticket))
        self._asked[ticket] = answer
        self._perform(acts)
        return answer

    def close(self) -> Deferred[None]:
        """Say QUIT and wait until the connection is gone, CLOSE_SECONDS at most; as often as you like.

        What was asked before is answered first. Cancelling it ends the connection at once.
        """
        if self._gone:
            return succeed(None)
        gone: Deferred[None] = Deferred(self._cancelled)
        self._leaving.append(gone)
        if self._end is None:
            self._end = lambda _: ConnectionLost("this client has closed it")
            self._insist_later()
            _ticket, acts = self._dialogue.ask(Request("QUIT"))
            self._perform(acts)
        return gone

    def abort(self) -> None:
        """End at once: nobody gets an answer any more."""
        self._finish(lambda pending: ConnectionLost("this client has ended it", pending))
        self._hang_up()

    def broken(self, why: str) -> ProtocolBroken:
        """The server did what the protocol forbids: end at once. Gives the exception that says so."""
        self._finish(lambda _: ProtocolBroken(why))
        self._hang_up()
        return ProtocolBroken(why)

    # -- from the transport

    def connectionMade(self) -> None:
        clock = self._given_clock or getattr(self.transport, "reactor", None)
        if clock is None:
            self._finish(lambda _: CannotConnect("this kind of connection has no clock: give connect() one"))
            self._hang_up()
            return
        self.clock = clock
        if ITCPTransport.providedBy(self.transport):
            self.transport.setTcpNoDelay(True)  # else a second request waits for an acknowledgement
            self.transport.setTcpKeepAlive(True)
        self._perform(self._dialogue.opened())

    def lineReceived(self, line: bytes) -> None:
        self._perform(self._dialogue.heard(line.removesuffix(b"\r")))

    def lineLengthExceeded(self, line: bytes) -> None:
        self.broken(f"a reply of more than {REPLY_OCTETS} octets")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._gone = True
        if self._insist is not None and self._insist.active():
            self._insist.cancel()
        why = _said(reason)
        self._finish(lambda pending: ConnectionLost(why, pending))
        while self._leaving:
            self._leaving.pop(0).callback(None)

    # -- acts

    def _perform(self, acts: tuple[ClientAct, ...]) -> None:
        for act in acts:
            _PERFORM[type(act)](self, act)

    def _send(self, act: Send) -> None:
        self.transport.write(act.line + b"\r\n")

    def _answered(self, act: Answered) -> None:
        answer = self._asked.pop(act.ticket, None)
        if answer is not None:
            answer.callback(act.reply)
        if act.reply.code == GOODBYE:
            self.transport.loseConnection()

    def _ready(self, act: Ready) -> None:
        self.ready.callback(act.greeting)

    def _refused(self, act: Refused) -> None:
        kind = kind_of(act.code)
        self._finish(lambda _: kind(act.code, act.why))
        self._insist_later()
        self.transport.loseConnection()

    def _broken(self, act: Broken) -> None:
        self.broken(act.why)

    # -- within

    def _forget(self, ticket: int) -> None:
        self._asked.pop(ticket, None)

    def _cancelled(self, waited_for: Deferred[Any]) -> None:
        """Who waits for the connection to open or to close does not want it any longer."""
        if waited_for in self._leaving:
            self._leaving.remove(waited_for)
        self.abort()

    def _insist_later(self) -> None:
        if self._insist is None:
            self._insist = self.clock.callLater(CLOSE_SECONDS, self.abort)

    def _hang_up(self) -> None:
        if not self._gone:
            # A child process's pipes, for one, can only be closed.
            getattr(self.transport, "abortConnection", self.transport.loseConnection)()

    def _finish(self, end: End) -> None:
        """Nothing more is answered: tell everybody who waits. One of them may cancel another meanwhile."""
        self._end = self._end or end
        pending = len(self._asked)
        if not self.ready.called:
            self.ready.errback(end(pending))
        while self._asked:
            self._asked.pop(next(iter(self._asked))).errback(end(pending))


def _said(reason: Failure) -> str:
    if reason.check(ConnectionDone):
        return "the server has closed it"
    return shown(" ".join(reason.getErrorMessage().split()), WHY_CHARACTERS)


_PERFORM: Mapping[type, Callable[[Connection, Any], None]] = MappingProxyType(
    {
        Send: Connection._send,
        Answered: Connection._answered,
        Ready: Connection._ready,
        Refused: Connection._refused,
        Broken: Connection._broken,
    }
)
