"""Logging in: SCRAM-SHA-256 (RFC 5802, RFC 7677), and PLAIN (RFC 4616) where a server has nothing better.

With SCRAM the password never goes over the connection, and the server proves that it knows it, too.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Any, cast

from scramp import ScramClient, ScramException
from scramp.utils import saslprep
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorThreads
from twisted.internet.threads import deferToThreadPool

from socketspeak.client.errors import Disabled, EncryptFirst, NotKnown
from socketspeak.client.protocol import Connection
from socketspeak.language.printable import shown
from socketspeak.language.reading import Read
from socketspeak.language.replies import Capabilities, Challenge, Plain
from socketspeak.language.requests import Request

SCRAM, PLAIN = "SCRAM-SHA-256", "PLAIN"
LOGGED_IN = 235
MOST_ITERATIONS = 4_000_000  # of the hash, or 1.5 s of a thread; OWASP asks for 600,000
MOST_OCTETS = 255  # of a name, and of a password: what RFC 4616 wants taken; more does not fit on a line
IN_CLEAR = "a login goes over TLS only, or to this very machine: encrypt the connection"
PASSWORD_IN_CLEAR = "this server takes passwords only as they are: encrypt the connection"


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in, and with which password, which is never shown.

    Raises ValueError, without the password in its message, for what no server can know: a text that is empty,
    longer than 255 octets, or holds characters that SASLprep (RFC 4013) forbids.
    """

    name: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        for what, text in (("name", self.name), ("password", self.password)):
            try:
                prepared = saslprep(text)
            except ScramException as wrong:
                raise ValueError(f"the {what} is not allowed: {wrong.args[0]}") from None
            if not prepared:
                raise ValueError(f"the {what} is empty")
            if len(text.encode()) > MOST_OCTETS:
                raise ValueError(f"the {what} is longer than {MOST_OCTETS} octets")


_UNPROVEN = "it does not prove that it knows the password, and may be an impostor"


async def log_in(connection: Connection, login: Login) -> str:
    """Prove who we are; gives the name under which the server knows us. Raises SocketSpeakError."""
    if not (connection.encrypted or _is_near(connection)):
        raise EncryptFirst(538, IN_CLEAR)
    asked = await connection.ask(Request("CAPABILITIES"))
    offered = connection.of_kind(asked, Capabilities).auth
    if SCRAM in offered:
        return await _scram(connection, login)
    if PLAIN in offered:
        return await _plain(connection, login)
    if offered:
        names = shown(", ".join(offered))
        raise NotKnown(504, f"this server takes only logins that are not known here: {names}")
    raise Disabled(502, "this server takes no logins")


def _is_near(connection: Connection) -> bool:
    """Whether the server is on this machine, as far as the transport tells; a pipe has no addresses."""
    try:
        found = ip_address(cast(Any, connection.transport.getPeer()).host.partition("%")[0])
    except (AttributeError, ValueError):
        return True
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


async def _scram(connection: Connection, login: Login) -> str:
    proof = ScramClient([SCRAM], login.name, login.password)
    asked = await connection.ask(_auth(SCRAM, proof.get_client_first()))
    challenge = connection.of_kind(asked, Challenge)
    try:
        _salt(proof, challenge.octets.decode())
        answer = connection.respond((await _aside(connection, proof.get_client_final)).encode())
    except (ScramException, ValueError) as wrong:
        raise connection.broken(f"its login is not as it must be: {shown(str(wrong))}") from None
    final = await answer
    if isinstance(final, Plain) and final.code == LOGGED_IN:
        raise connection.broken(_UNPROVEN)
    try:
        proof.set_server_final(connection.of_kind(final, Challenge).octets.decode())
    except (ScramException, ValueError):
        raise connection.broken(_UNPROVEN) from None
    return _admitted(connection, login, await connection.respond(b""))


def _salt(proof: ScramClient, message: str) -> None:
    """Take the server's first message, with the salt and the number of iterations."""
    proof.set_server_first(message)
    if int(proof.iterations) > MOST_ITERATIONS:
        raise ValueError(f"{proof.iterations} iterations are too many")


async def _plain(connection: Connection, login: Login) -> str:
    if not connection.verified:
        raise EncryptFirst(538, PASSWORD_IN_CLEAR)
    return _admitted(
        connection, login, await connection.ask(_auth(PLAIN, f"\0{login.name}\0{login.password}"))
    )


def _auth(mechanism: str, initial: str) -> Request:
    return Request("AUTH", f"{mechanism} {b64encode(initial.encode()).decode()}")


def _aside(connection: Connection, work: Callable[[], str]) -> Deferred[str]:
    """Do what takes long in a thread, where the transport's reactor has any."""
    reactor = getattr(connection.transport, "reactor", None)
    if IReactorThreads.providedBy(reactor):
        return deferToThreadPool(reactor, reactor.getThreadPool(), work)
    return succeed(work())


def _admitted(connection: Connection, login: Login, reply: Read) -> str:
    said = connection.of_kind(reply, Plain)
    if said.code != LOGGED_IN:
        raise connection.broken(f"it answers with a {said.code} that was not asked for")
    user = said.extras.get("user")
    return shown(user) if isinstance(user, str) else login.name
