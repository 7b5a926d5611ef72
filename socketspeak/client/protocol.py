"""The client's end of a connection: carries out what its dialogue decides, and tells who asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import (
    IDelayedCall,
    IHandshakeListener,
    IReactorTime,
    ISSLTransport,
    ITCPTransport,
    ITLSTransport,
    ITransport,
)
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from socketspeak.client.encrypting import Guard
from socketspeak.client.errors import (
    CannotConnect,
    ConnectionLost,
    EncryptionFailed,
    ProtocolBroken,
    SocketSpeakError,
    failure_in,
    kind_of,
)
from socketspeak.client.losing import End, end_before_tls, end_by
from socketspeak.client.ticks import Ticks, Watchers
from socketspeak.language.dialogue import (
    Answered,
    Broken,
    ClientAct,
    Dialogue,
    Encrypt,
    Ready,
    Refused,
    Send,
    Ticked,
    Unencrypted,
    Unwatched,
)
from socketspeak.language.reading import Read
from socketspeak.language.replies import Watched
from socketspeak.language.requests import Request

REPLY_OCTETS = 1 << 20  # LIST ALL is the longest reply, a line of 100 kB
CLOSE_SECONDS = 5.0  # a server that does not answer QUIT within is left; patience with sources is 2 s
GOODBYE = 221

Kind = TypeVar("Kind", bound=Read)


@implementer(IHandshakeListener)
class Connection(LineReceiver):
    """One connection to a server. Requests are sent as they are asked; their replies come in that order.

    `guard` begins its TLS, None where there is to be none of ours: with `starttls` it is asked for in clear,
    else the transport has begun it. Nothing is asked before TLS stands.

    `clock` times what has a limit; None stands for the reactor that the transport runs on. A server that
    closes its sending side has said all that it will say: the connection is closed then, as Twisted does for
    a protocol that does not ask for half-closed connections.
    """

    delimiter = b"\n"  # a CR before it is taken off
    MAX_LENGTH = REPLY_OCTETS

    transport: ITransport  # there from connectionMade on
    clock: IReactorTime  # so is this

    def __init__(
        self, clock: IReactorTime | None = None, guard: Guard | None = None, *, starttls: bool = False
    ) -> None:
        self._given_clock = clock
        self._guard = guard
        self._starttls = starttls
        self._dialogue = Dialogue(starttls=starttls)
        self.verified = False  # it is encrypted, and the guard is satisfied with whom
        self._asked: dict[int, Deferred[Read]] = {}
        self._watchers = Watchers(self._unwatch)
        self._end: End | None = None  # once there is one, nothing more is asked
        self._gone = False
        self._leaving: list[Deferred[None]] = []
        self._insist: IDelayedCall | None = None
        self.ready: Deferred[tuple[str, ...]] = Deferred(self._cancelled)

    # -- for those who ask

    @property
    def encrypted(self) -> bool:
        """Whether there is TLS, be it ours or that of an endpoint, who may verify nothing."""
        return ISSLTransport.providedBy(self.transport)

    def ask(self, request: Request, ticks: Ticks | None = None) -> Deferred[Read]:
        """Send a request at once; fires with its reply, or fails with what ended the connection.

        A request that is cancelled keeps its place in the order: its reply is dropped when it comes. `ticks`
        gets those that a WATCH brings. Raises ValueError for what is no request.
        """
        if self._end:
            return fail(self._end(0))
        ticket, acts = self._dialogue.ask(request)
        if ticks is not None:
            self._watchers.add(ticket, ticks)
        return self._awaited(ticket, acts)

    def leave(self, ticks: Ticks) -> None:
        """Nobody wants these ticks any more; the server is told, if they are those that come."""
        self._watchers.leave(ticks)

    def respond(self, octets: bytes) -> Deferred[Read]:
        """Send a response to the challenge that AUTH was answered with, or another response; fires like ask.

        Raises ValueError for a response that is too long.
        """
        return fail(self._end(0)) if self._end else self._awaited(*self._dialogue.respond(octets))

    def of_kind(self, reply: Read, kind: type[Kind]) -> Kind:
        """The reply, if it is of this kind; raises the failure that it tells of, or ends the connection."""
        failure = failure_in(reply)
        if failure is not None:
            raise failure
        if isinstance(reply, kind):
            return reply
        raise self.broken(f"it answers with a {reply.code} that was not asked for")

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

    def handshakeCompleted(self) -> None:
        """TLS stands. If it is ours, who is at its other end has been looked at, or else it does not."""
        if self._guard is None or not self._guard.begun or self._end is not None:
            return
        if not self._guard.satisfied:
            self._cannot_encrypt("nobody has looked at the server's certificate")
        else:
            self.verified = True
            self._perform(self._dialogue.secured() if self._starttls else ())

    def lineLengthExceeded(self, line: bytes) -> None:
        self.broken(f"a reply of more than {REPLY_OCTETS} octets")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._gone = True
        if self._insist is not None and self._insist.active():
            self._insist.cancel()
        if self._guard is not None and self._guard.begun and not self.verified:
            self._finish(end_before_tls(reason, self._guard))
        else:
            self._finish(end_by(reason, self.clearLineBuffer(), self._dialogue.silent))
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
        self._watchers.answered(act.ticket, act.reply)
        if answer is not None:
            answer.callback(act.reply)
        if act.reply.code == GOODBYE:
            self.transport.loseConnection()

    def _encrypt(self, _act: Encrypt) -> None:
        if self.clearLineBuffer():
            self.broken("it says more in clear where TLS was agreed on")
        elif self._guard is None or self.encrypted or not ITLSTransport.providedBy(self.transport):
            self._cannot_encrypt("this kind of connection cannot begin TLS midway")
        else:
            self.transport.startTLS(self._guard)

    def _unencrypted(self, act: Unencrypted) -> None:
        self._cannot_encrypt(f"the server does not begin TLS: {act.code} {act.why}", act.code)

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

    def _awaited(self, ticket: int, acts: tuple[ClientAct, ...]) -> Deferred[Read]:
        answer: Deferred[Read] = Deferred(lambda _: self._forget(ticket))
        self._asked[ticket] = answer
        self._perform(acts)
        return answer

    def _cannot_encrypt(self, why: str, code: int | None = None) -> None:
        self._finish(lambda _: EncryptionFailed(why, code))
        self._hang_up()

    def _unwatch(self) -> Deferred[object]:
        asked = self.ask(Request("UNWATCH")).addCallback(self.of_kind, Watched)
        return asked.addErrback(lambda failure: failure.trap(SocketSpeakError))

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
        self._watchers.lost(end)


_PERFORM: Mapping[type, Callable[[Connection, Any], None]] = MappingProxyType(
    {
        Send: Connection._send,
        Answered: Connection._answered,
        Ticked: lambda connection, act: connection._watchers.ticked(act),
        Unwatched: lambda connection, act: connection._watchers.over(act),
        Encrypt: Connection._encrypt,
        Unencrypted: Connection._unencrypted,
        Ready: Connection._ready,
        Refused: Connection._refused,
        Broken: Connection._broken,
    }
)
