"""A small server with a door: TLS from the start or midway, and logins; it does as a test tells it."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from socket import SHUT_RDWR
from typing import Any, cast

from scramp import ScramException, ScramMechanism
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IAddress, IStreamServerEndpoint
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.ssl import CertificateOptions
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.protocols.basic import LineReceiver
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure

from socketspeak.client.protocol import Connection
from tests.client.loopback import GREETING, SWITCHED, the_reactor, to_port

NAME, PASSWORD = "alice", "correct horse"
ITERATIONS = 4096


def plain(code: int, message: str = "so it is", **more: object) -> bytes:
    """A reply in JSON."""
    return json.dumps({"code": code, "message": message, **more}).encode()


def challenge(text: str) -> bytes:
    """A 334 in JSON."""
    return plain(334, challenge=b64encode(text.encode()).decode())


def opened(line: bytes) -> bytes:
    """What is in a line, as far as its last word is Base64."""
    try:
        return b64decode(line.rpartition(b" ")[2])
    except ValueError:
        return b""


class Doorman(LineReceiver):
    """One session: what it hears is kept, and answered as the factory's table has it."""

    delimiter = b"\r\n"

    def __init__(self, doorway: Doorway) -> None:
        self.doorway = doorway
        self.scram: Any = None
        self.answer_to_proof: Callable[[bytes], None] = self.prove

    def connectionMade(self) -> None:
        self.transport.write(self.doorway.greeting)  # type: ignore[union-attr]

    def lineReceived(self, line: bytes) -> None:
        self.doorway.heard.append(line)
        if self.scram is not None:
            self.answer_to_proof(line)
            return
        verb = line.partition(b" ")[0].decode()
        answer = self.doorway.answers[verb]
        if isinstance(answer, bytes):
            self.sendLine(answer)
        else:
            answer(self, line)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.doorway.ended.callback(None)

    # -- what it can do

    def say(self, line: bytes) -> None:
        """Say a line."""
        self.sendLine(line)

    def encrypt(self, line: bytes) -> None:
        """Begin TLS, and greet nobody a second time."""
        self.sendLine(b"222 begin")
        self.transport.startTLS(self.doorway.certificate)  # type: ignore[union-attr]

    def log_in(self, line: bytes) -> None:
        """Begin SCRAM."""
        self.scram = ScramMechanism().make_server(self.doorway.verifier)
        self._go_on(lambda: self._first(b64decode(line.split(b" ")[2]).decode()))

    def prove(self, line: bytes) -> None:
        """Go on with it."""
        if not line:
            self.scram = None
            self.sendLine(plain(235, "hello", user="Alice\x1b"))
        else:
            self._go_on(lambda: self._final(b64decode(line).decode()))

    def _first(self, message: str) -> str:
        self.scram.set_client_first(message)
        return str(self.scram.get_server_first())

    def _final(self, message: str) -> str:
        self.scram.set_client_final(message)
        return str(self.scram.get_server_final())

    def _go_on(self, step: Callable[[], str]) -> None:
        try:
            self.sendLine(challenge(step()))
        except ScramException:
            self.scram = None
            self.sendLine(plain(535, "login failed"))

    def leave(self, line: bytes) -> None:
        """Say goodbye, and go."""
        self.leave_with(plain(221, "goodbye") + self.delimiter)

    def leave_with(self, octets: bytes) -> None:
        """Say a last thing, and go."""
        self.transport.write(octets)  # type: ignore[union-attr]
        self.transport.loseConnection()  # type: ignore[union-attr]

    def cut_off(self) -> None:
        """End the connection beneath TLS, which anybody on the way could do."""
        tcp: Any = self.transport
        getattr(tcp, "transport", tcp).socket.shutdown(SHUT_RDWR)


Answer = bytes | Callable[[Doorman, bytes], None]

ANSWERS: Mapping[str, Answer] = {
    "FORMAT": plain(200, format="JSON"),
    "LANG": plain(200),
    "PING": plain(200),
    "QUIT": Doorman.leave,
    "STARTTLS": Doorman.encrypt,
    "AUTH": Doorman.log_in,
}


class Doorway(Factory):
    """Listens for one session; `ended` fires when that is gone, `heard` is what was said in it."""

    noisy = False

    def __init__(
        self,
        certificate: CertificateOptions | None,
        greeting: bytes,
        iterations: int,
        answers: Mapping[str, Answer],
    ) -> None:
        self.certificate = certificate
        self.greeting = greeting
        self.answers = {**ANSWERS, "CAPABILITIES": offering("SCRAM-SHA-256", "PLAIN"), **answers}
        self.heard: list[bytes] = []
        self.ended: Deferred[None] = Deferred()
        self.address = "127.0.0.1:0"
        self.endpoint: TCP4ClientEndpoint
        self._keys = ScramMechanism().make_auth_info(PASSWORD, iterations)

    def buildProtocol(self, addr: IAddress | None) -> Doorman:
        return Doorman(self)

    def verifier(self, name: str) -> tuple[bytes, bytes, bytes, int] | None:
        """What the server knows of a user."""
        return self._keys if name == NAME else None


def offering(*mechanisms: str) -> bytes:
    """The capabilities of a server with these logins."""
    auth, formats = list(mechanisms), ["TEXT", "JSON"]
    return plain(212, version=1, starttls=True, auth=auth, languages=["en"], formats=formats)


@asynccontextmanager
async def doorway(
    certificate: CertificateOptions | None = None,
    *,
    tls: bool = False,
    listening: IStreamServerEndpoint | None = None,
    greeting: bytes = GREETING,
    iterations: int = ITERATIONS,
    **answers: Answer,
) -> AsyncIterator[Doorway]:
    """A server with that certificate, encrypted from the start with `tls`; `answers` replace its own."""
    made = Doorway(certificate, greeting, iterations, answers)
    listening = listening or TCP4ServerEndpoint(the_reactor(), 0, interface="127.0.0.1")
    door: Any = TLSMemoryBIOFactory(cast(Any, certificate), False, made) if tls else made
    port: Any = await listening.listen(door)
    number = getattr(port.getHost(), "port", 0)
    made.endpoint, made.address = to_port(number), f"127.0.0.1:{number}"
    try:
        yield made
    finally:
        await maybeDeferred(port.stopListening)


def to(peer: IAddress) -> Connection:
    """A client's end of a connection to an address, in memory, that has been greeted and speaks JSON."""
    connection = Connection(Clock())
    transport = StringTransportWithDisconnection(peerAddress=peer)
    transport.protocol = connection
    connection.makeConnection(transport)
    connection.dataReceived(GREETING + SWITCHED)
    transport.clear()
    return connection
