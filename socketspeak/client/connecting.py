"""Connecting: from an endpoint to a client that has been greeted, within a time limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import wrapClientTLS
from twisted.internet.interfaces import IAddress, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

from socketspeak.client.api import Client
from socketspeak.client.deadlines import within
from socketspeak.client.encrypting import Encryption, Guard
from socketspeak.client.errors import CannotConnect
from socketspeak.client.login import Login, log_in
from socketspeak.client.protocol import Connection
from socketspeak.client.requesting import language_request
from socketspeak.language.printable import shown

CONNECT_SECONDS = 10.0  # to connect and to be greeted; a name that resolves slowly takes five
WHY_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class _Wish:
    """How the client is to be, once it is there."""

    language: str | None
    encryption: Encryption | None
    login: Login | None


def connect(
    endpoint: IStreamClientEndpoint,
    *,
    timeout: float | None = CONNECT_SECONDS,
    clock: IReactorTime | None = None,
    language: str | None = None,
    encryption: Encryption | None = None,
    login: Login | None = None,
) -> Deferred[Client]:
    """Connect to a server; fires with a Client once it has greeted and speaks JSON.

    `timeout`, in seconds, limits all of that; None leaves it to the endpoint, and to the server. `clock`
    times it, and whatever is timed later: the reactor, most often. Without one it is the reactor of the
    transport, and the endpoint alone limits how long it takes to make the connection (Twisted's: 30 s).
    `language` is the one that the server is to speak, English where none is given: see Client.language.

    With an `encryption` nothing is asked, and nobody logged in, before TLS stands with the right server; the
    endpoint is one without TLS of its own. With a `login` the client is logged in once the Deferred fires.

    Fails with CannotConnect (EncryptionFailed, CertificateRefused), NoAnswerInTime, ServerClosing (the server
    lets nobody in), ProtocolBroken (it is no SocketSpeak server, or cannot prove that it knows the password),
    ConnectionLost, what Client.language fails with, or with what the server says to the login: LoginFailed,
    TooManyLogins, TooManyRequests, EncryptFirst, NotKnown, NotNow, Disabled. Raises ValueError, at once, for
    what is no language's tag. Cancelling it lets go of the connection.
    """
    if language is not None:
        language_request(language)
    wish = _Wish(language, encryption, login)
    connecting = Deferred.fromCoroutine(_connect(endpoint, timeout, clock, wish))

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
    endpoint: IStreamClientEndpoint, timeout: float | None, clock: IReactorTime | None, wish: _Wish
) -> Client:
    connection = await _connection(endpoint, clock, wish.encryption)
    opening = Deferred.fromCoroutine(_opened(connection, wish))
    if timeout is not None and clock is None and not opening.called:
        within(timeout, connection.clock, opening)
    return await opening


async def _connection(
    endpoint: IStreamClientEndpoint, clock: IReactorTime | None, encryption: Encryption | None
) -> Connection:
    """A connection that stands, if not yet its TLS."""
    guard = None if encryption is None else Guard(encryption)
    starttls = encryption is not None and encryption.starttls
    if guard is not None and not starttls:
        endpoint = wrapClientTLS(guard, endpoint)
    try:
        return cast(Connection, await endpoint.connect(_Connections(clock, guard, starttls)))
    except Exception as wrong:
        why = shown(" ".join(str(wrong).split()), WHY_CHARACTERS) or type(wrong).__name__
        raise CannotConnect(f"cannot connect: {why}") from wrong


async def _opened(connection: Connection, wish: _Wish) -> Client:
    """A client, once the server has greeted, speaks the language, and has let us in."""
    client = Client(connection, await connection.ready)
    try:
        if wish.language is not None:
            await client.language(wish.language)
        if wish.login is not None:
            return Client(connection, client.greeting, await log_in(connection, wish.login))
    except Exception:
        connection.abort()  # nobody has a client to close
        raise
    return client


class _Connections(Factory):
    """Makes the one connection; Twisted's endpoints want a factory."""

    noisy = False

    def __init__(self, clock: IReactorTime | None, guard: Guard | None, starttls: bool) -> None:
        self._clock = clock
        self._guard = guard
        self._starttls = starttls

    def buildProtocol(self, addr: IAddress | None) -> Connection:
        return Connection(self._clock, self._guard, starttls=self._starttls)
