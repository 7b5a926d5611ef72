"""The agent beneath treq: its connections are few, kept open, bounded in what they take, and let go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    wrapClientTLS,
)
from twisted.internet.interfaces import IDelayedCall, IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.web.client import URI, Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IAgentEndpointFactory, IBodyProducer, IPolicyForHTTPS, IResponse
from zope.interface import implementer

CONNECT_SECONDS = 1.0
GOODBYE_SECONDS = 0.5  # in which a peer may answer the end of TLS; then the connection is aborted
KEPT_PER_HOST = 4
KEPT_SECONDS = 60  # shorter than most servers keep an idle connection
EXCHANGE_OCTETS = (
    96 * 1024
)  # 64 KiB of body, and 32 of headers and chunks: Twisted's parser has no limit of its own
INTERIM_RESPONSES = 8  # such as 100 and 103; Twisted writes a line in the log for each

# Where another status line follows the end of headers
_ANOTHER_STATUS = re.compile(rb"\n\r?\n[^ \r\n]*/[^ \r\n]*\.[^ \r\n]* [+\t]?[01]")
_STATUS_OCTETS = 64
_COOKIES = (b"set-cookie", b"set-cookie2")


@implementer(IAgent, IAgentEndpointFactory)
class SourceAgent:
    """Talks HTTP/1.1 to the sources, over connections that it keeps."""

    def __init__(self, reactor: Any, tls: IPolicyForHTTPS) -> None:
        """`reactor` connects, resolves names and keeps time; `tls` verifies servers."""
        self.reactor = reactor
        self._tls = tls
        self._pool = HTTPConnectionPool(reactor, persistent=True)
        self._pool.maxPersistentPerHost = KEPT_PER_HOST
        self._pool.cachedConnectionTimeout = KEPT_SECONDS
        self._agent: IAgent = Agent.usingEndpointFactory(reactor, self, self._pool)
        self._open: set[_Connection] = set()
        self._closed: Deferred[None] | None = None

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,
    ) -> Deferred[IResponse]:
        """Send a request, as IAgent says."""
        return self._agent.request(method, uri, headers, bodyProducer)

    def believe(self, tls: IPolicyForHTTPS) -> None:
        """Verify servers by another policy; connections that are kept were verified by the old one."""
        self._tls = tls
        self._pool.closeCachedConnections()

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """Where to connect for a URI; an address in figures costs no look-up, hence no thread."""
        host = uri.host.decode("ascii")
        endpoint: IStreamClientEndpoint
        if isIPAddress(host):
            endpoint = TCP4ClientEndpoint(self.reactor, host, uri.port, timeout=CONNECT_SECONDS)
        elif isIPv6Address(host):
            endpoint = TCP6ClientEndpoint(self.reactor, host, uri.port, timeout=CONNECT_SECONDS)
        else:
            endpoint = HostnameEndpoint(self.reactor, host, uri.port, timeout=CONNECT_SECONDS)
        if uri.scheme == b"https":
            endpoint = wrapClientTLS(self._tls.creatorForNetloc(uri.host, uri.port), endpoint)
        return _Endpoint(endpoint, self)

    def close(self) -> Deferred[None]:
        """Close all connections; fires when they are closed, half a second later at most."""
        self._pool.closeCachedConnections()
        for connection in tuple(self._open):
            connection.loseConnection()
        if not self._open:
            return succeed(None)
        if self._closed is None:
            self._closed = Deferred()
        # Each caller has a Deferred of its own, so that none can cancel another's.
        mine: Deferred[None] = Deferred()
        self._closed.chainDeferred(mine)
        return mine

    def opened(self, connection: _Connection) -> None:
        """Note a connection."""
        self._open.add(connection)

    def lost(self, connection: _Connection) -> None:
        """Forget a connection."""
        self._open.discard(connection)
        if self._closed is not None and not self._open:
            closed, self._closed = self._closed, None
            closed.callback(None)


@implementer(IStreamClientEndpoint)
class _Endpoint:
    """Connects as another endpoint does, and keeps hold of the connection."""

    def __init__(self, endpoint: IStreamClientEndpoint, agent: SourceAgent) -> None:
        self._endpoint = endpoint
        self._agent = agent

    def __repr__(self) -> str:
        return repr(self._endpoint)

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        factory = _ConnectionFactory(protocolFactory, self._agent)
        return self._endpoint.connect(factory).addCallback(_wrapped)


def _wrapped(connection: Any) -> IProtocol:
    protocol: IProtocol = connection.wrappedProtocol
    return protocol


class _Connection(ProtocolWrapper):
    """A connection that ends when it is told to, and takes a bounded number of octets for each request."""

    factory: _ConnectionFactory

    def connectionMade(self) -> None:
        self._begin()
        self._insistence: IDelayedCall | None = None
        self.factory.agent.opened(self)

    def _begin(self) -> None:
        """Start to count, for a new request."""
        self._taken = 0
        self._interim = 0
        self._tail = b""

    def write(self, data: bytes) -> None:
        self._begin()
        super().write(data)

    def writeSequence(self, data: Sequence[bytes]) -> None:
        self._begin()
        super().writeSequence(data)

    def dataReceived(self, data: bytes) -> None:
        self._taken += len(data)
        text = self._tail + data
        found = [match for match in _ANOTHER_STATUS.finditer(text) if match.end() > len(self._tail)]
        self._interim += len(found)
        self._tail = text[-_STATUS_OCTETS:]
        if self._taken > EXCHANGE_OCTETS or self._interim > INTERIM_RESPONSES:
            self.abortConnection()
        else:
            super().dataReceived(data)

    def loseConnection(self) -> None:
        """Say goodbye, and insist: over TLS a peer that does not answer would hold the socket for ever."""
        super().loseConnection()
        if self._insistence is None and self in self.factory.protocols:
            self._insistence = self.factory.agent.reactor.callLater(GOODBYE_SECONDS, self.abortConnection)

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        if self._insistence is not None and self._insistence.active():
            self._insistence.cancel()
        super().connectionLost(reason)
        self.factory.agent.lost(self)


class _ConnectionFactory(WrappingFactory[_Connection]):
    protocol = _Connection
    noisy = False

    def __init__(self, wrapped: Any, agent: SourceAgent) -> None:
        super().__init__(wrapped)
        wrapped.noisy = False  # else each connection is two lines in the log
        self.agent = agent


class _Stamped(Headers):
    """Headers that tell when they are written: Twisted has no other sign of the moment of sending."""

    def __init__(self, raw: Mapping[bytes, Sequence[bytes]], written: Callable[[], None]) -> None:
        super().__init__(raw)
        self._written = written

    def getAllRawHeaders(self) -> Iterator[tuple[bytes, Sequence[bytes]]]:
        self._written()
        return super().getAllRawHeaders()


@implementer(IAgent)
class OneExchange:
    """The agent of a single exchange: it sends our headers and no others, and notes what treq would hide.

    `sent_ns` is the instant of the steady clock just before the request was last written, `raw` the response
    as it came, and `encodings` what it says of its content: treq would undo them.
    """

    def __init__(self, agent: IAgent, steady_ns: Callable[[], int]) -> None:
        """Use `agent`; `steady_ns` reads the steady clock, in nanoseconds."""
        self._agent = agent
        self._steady_ns = steady_ns
        self.sent_ns = steady_ns()
        self.encodings: tuple[str, ...] = ()
        self.raw: IResponse | None = None

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,
    ) -> Deferred[IResponse]:
        """Send a request, as IAgent says."""
        ours = _Stamped(dict(headers.getAllRawHeaders()) if headers else {}, self._written)
        ours.setRawHeaders(b"accept-encoding", [b"identity"])  # treq has added gzip
        ours.setRawHeaders(
            b"host", [URI.fromBytes(uri).netloc]
        )  # else the agent takes a copy, without the stamp
        return self._agent.request(method, uri, ours, bodyProducer).addCallback(self._answered)

    def _written(self) -> None:
        self.sent_ns = self._steady_ns()

    def _answered(self, response: IResponse) -> IResponse:
        self.raw = response
        self.encodings = header(response, "content-encoding")
        for name in _COOKIES:  # no cookie is kept, and none of what reads them can be given just any octets
            response.headers.removeHeader(name)
        return response


def header(response: IResponse, name: str) -> tuple[str, ...]:
    """The values of a header, in order; what is no UTF-8 in them is replaced."""
    values: Sequence[bytes] = response.headers.getRawHeaders(name.encode("ascii"), ())
    return tuple(value.decode("utf-8", "replace") for value in values)
