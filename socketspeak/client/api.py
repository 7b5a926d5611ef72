"""The client: connect, ask, close. Every answer is a Deferred, to be awaited or called back.

A request is sent when its method is called, not when its Deferred is awaited: so any number can be under way.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, TypeVar, cast, overload

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IAddress, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

from socketspeak.client.errors import CannotConnect, NoAnswerInTime, failure_in
from socketspeak.client.protocol import Connection
from socketspeak.client.requesting import areas_request, find_request, list_request, time_request
from socketspeak.language.printable import shown
from socketspeak.language.reading import Read
from socketspeak.language.replies import AreaEntry, Areas, Clock, Clocks, Entry, Listing, Plain, Status
from socketspeak.language.requests import Request

CONNECT_SECONDS = 10.0  # to connect and to be greeted; a name that resolves slowly takes five
WHY_CHARACTERS = 200

Kind = TypeVar("Kind", Clocks, Listing, Areas, Plain, Status)
Answer = TypeVar("Answer")


class Client:
    """A connection on which questions are asked; what `connect` gives.

    Each method sends at once and gives a Deferred. Answers come in the order of the questions, each to its
    own Deferred; one that is cancelled keeps its place, and its answer is dropped. `timeout`, in seconds,
    limits the wait for one answer; None waits until the connection goes.

    The Deferreds fail with a SocketSpeakError: Failed and its kinds for what the server says,
    ConnectionLost, ServerClosing or ProtocolBroken for all that is pending when the connection ends, and
    NoAnswerInTime. An argument that cannot be sent raises ValueError, at once, and nothing is sent.

    `async with await connect(...) as client:` closes it at the end.
    """

    def __init__(self, connection: Connection, greeting: tuple[str, ...]) -> None:
        self._connection = connection
        self.greeting = greeting

    def time(self, *places: str, timeout: float | None = None) -> Deferred[tuple[Clock, ...]]:
        """What time it is in each place, all read at the same instant.

        A place is anything that people type: a zone, a country, a city, `UTC+5:30`. One that
        fails fails the request: NoSuchPlace, or SeveralPlaces to choose from.
        """
        return self._ask(time_request(*places), Clocks, timeout).addCallback(self._clocks, len(places))

    @overload
    def list(self, *, timeout: float | None = None) -> Deferred[tuple[AreaEntry, ...]]: ...
    @overload
    def list(self, what: str, *, timeout: float | None = None) -> Deferred[tuple[Entry, ...]]: ...
    def list(self, what: str | None = None, *, timeout: float | None = None) -> Any:
        """The areas, with how many zones each holds; or the zones of an area or a country, ALL or LINKS.

        Fails with NoSuchPlace for what is none of these.
        """
        if what is None:
            return self._ask(areas_request(), Areas, timeout).addCallback(lambda reply: reply.areas)
        return self._ask(list_request(what), Listing, timeout).addCallback(_entries)

    def find(self, text: str, *, timeout: float | None = None) -> Deferred[tuple[Entry, ...]]:
        """The places that match, best first, at most 20. Fails with NoSuchPlace where none does."""
        return self._ask(find_request(text), Listing, timeout).addCallback(_entries)

    def status(self, *, timeout: float | None = None) -> Deferred[Status]:
        """How the server is: its version, its clock, its sources."""
        return self._ask(Request("STATUS"), Status, timeout)

    def ping(self, *, timeout: float | None = None) -> Deferred[None]:
        """Fires when everything that was asked before has been answered, and the server lives."""
        return self._ask(Request("PING"), Plain, timeout).addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        """Say goodbye; fires when the connection is gone, five seconds later at most, and never fails.

        What was asked before is answered first. It may be called again; cancelling it hangs up at once.
        """
        return self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _ask(self, request: Request, kind: type[Kind], timeout: float | None) -> Deferred[Kind]:
        answer = self._connection.ask(request).addCallback(self._of_kind, kind)
        return answer if timeout is None else _within(timeout, self._connection.clock, answer)

    def _of_kind(self, reply: Read, kind: type[Kind]) -> Kind:
        failure = failure_in(reply)
        if failure is not None:
            raise failure
        if isinstance(reply, kind):
            return reply
        raise self._connection.broken(f"it answers with a {reply.code} that was not asked for")

    def _clocks(self, reply: Clocks, asked: int) -> tuple[Clock, ...]:
        if len(reply.clocks) != asked:
            raise self._connection.broken(f"it answers {asked} places with {len(reply.clocks)} clocks")
        return reply.clocks


def connect(
    endpoint: IStreamClientEndpoint,
    *,
    timeout: float | None = CONNECT_SECONDS,
    clock: IReactorTime | None = None,
) -> Deferred[Client]:
    """Connect to a server; fires with a Client once it has greeted and speaks JSON.

    `timeout`, in seconds, limits all of that; None leaves it to the endpoint, and to the server. `clock`
    times it, and whatever is timed later: the reactor, most often. Without one it is the reactor of the
    transport, and the endpoint alone limits how long it takes to make the connection (Twisted's: 30 s).

    Fails with CannotConnect, NoAnswerInTime, ServerClosing (the server lets nobody in), ProtocolBroken (it
    is no SocketSpeak server) or ConnectionLost. Cancelling it lets go of the connection.
    """
    connecting = Deferred.fromCoroutine(_connect(endpoint, timeout, clock))

    def cancel(wanted: Deferred[Client]) -> None:
        # Said here, for endpoints say it in many ways: a name that was being looked up "is not found".
        wanted.errback(CancelledError())
        connecting.cancel()

    def settle(result: Client | Failure) -> None:
        if not wanted.called:
            wanted.callback(result)  # a Failure is passed on as one
        elif isinstance(result, Client):
            result.close()

    wanted: Deferred[Client] = Deferred(cancel)
    connecting.addBoth(settle)
    return wanted if timeout is None or clock is None else _within(timeout, clock, wanted)


async def _connect(
    endpoint: IStreamClientEndpoint, timeout: float | None, clock: IReactorTime | None
) -> Client:
    try:
        connection = cast(Connection, await endpoint.connect(_Connections(clock)))
    except Exception as wrong:
        why = shown(" ".join(str(wrong).split()), WHY_CHARACTERS) or type(wrong).__name__
        raise CannotConnect(f"cannot connect: {why}") from wrong
    if timeout is not None and clock is None and not connection.ready.called:
        _within(timeout, connection.clock, connection.ready)
    return Client(connection, await connection.ready)


def _within(seconds: float, clock: IReactorTime, answer: Deferred[Answer]) -> Deferred[Answer]:
    """Cancel what takes longer, and have it fail with NoAnswerInTime."""

    def spent(_result: object, _seconds: float) -> Failure:
        return Failure(NoAnswerInTime(seconds))

    answer.addTimeout(seconds, clock, onTimeoutCancel=spent)
    return answer


def _entries(reply: Listing) -> tuple[Entry, ...]:
    return reply.entries


class _Connections(Factory):
    """Makes the one connection; Twisted's endpoints want a factory."""

    noisy = False

    def __init__(self, clock: IReactorTime | None) -> None:
        self._clock = clock

    def buildProtocol(self, addr: IAddress | None) -> Connection:
        return Connection(self._clock)
