"""Connecting: from an endpoint to a client that has been greeted, within a time limit."""

from __future__ import annotations

from typing import cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IAddress, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

from socketspeak.client.api import Client, within
from socketspeak.client.errors import CannotConnect
from socketspeak.client.protocol import Connection
from socketspeak.client.requesting import language_request
from socketspeak.language.printable import shown

CONNECT_SECONDS = 10.0  # to connect and to be greeted; a name that resolves slowly takes five
WHY_CHARACTERS = 200


def connect(
    endpoint: IStreamClientEndpoint,
    *,
    timeout: float | None = CONNECT_SECONDS,
    clock: IReactorTime | None = None,
    language: str | None = None,
) -> Deferred[Client]:
    """Connect to a server; fires with a Client once it has greeted and speaks JSON.

    `timeout`, in seconds, limits all of that; None leaves it to the endpoint, and to the server. `clock`
    times it, and whatever is timed later: the reactor, most often. Without one it is the reactor of the
    transport, and the endpoint alone limits how long it takes to make the connection (Twisted's: 30 s).
    `language` is the one that the server is to speak, English where none is given: see Client.language.

    Fails with CannotConnect, NoAnswerInTime, ServerClosing (the server lets nobody in), ProtocolBroken (it
    is no SocketSpeak server), ConnectionLost, or what Client.language fails with. Raises ValueError, at once,
    for what is no language's tag. Cancelling it lets go of the connection.
    """
    if language is not None:
        language_request(language)
    connecting = Deferred.fromCoroutine(_connect(endpoint, timeout, clock, language))

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
    return wanted if timeout is None or clock is None else within(timeout, clock, wanted)


async def _connect(
    endpoint: IStreamClientEndpoint,
    timeout: float | None,
    clock: IReactorTime | None,
    language: str | None,
) -> Client:
    try:
        connection = cast(Connection, await endpoint.connect(_Connections(clock)))
    except Exception as wrong:
        why = shown(" ".join(str(wrong).split()), WHY_CHARACTERS) or type(wrong).__name__
        raise CannotConnect(f"cannot connect: {why}") from wrong
    opening = Deferred.fromCoroutine(_opened(connection, language))
    if timeout is not None and clock is None and not opening.called:
        within(timeout, connection.clock, opening)
    return await opening


async def _opened(connection: Connection, language: str | None) -> Client:
    """A client, once the server has greeted and speaks the language."""
    client = Client(connection, await connection.ready)
    if language is not None:
        try:
            await client.language(language)
        except Exception:
            connection.abort()  # nobody has a client to close
            raise
    return client


class _Connections(Factory):
    """Makes the one connection; Twisted's endpoints want a factory."""

    noisy = False

    def __init__(self, clock: IReactorTime | None) -> None:
        self._clock = clock

    def buildProtocol(self, addr: IAddress | None) -> Connection:
        return Connection(self._clock)
