"""The fetcher: one attempt at a source, within its deadline. Whatever goes wrong comes back as a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from OpenSSL import SSL
from service_identity import CertificateError, VerificationError
from treq.client import HTTPClient
from twisted.internet import error
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web import client
from twisted.web.http_headers import Headers
from twisted.web.iweb import IPolicyForHTTPS, IResponse

from socketspeak.language.printable import shown
from socketspeak.sources.agent import OneExchange, SourceAgent, header
from socketspeak.sources.body import BODY_OCTETS, BodyTooLongError, read_body
from socketspeak.sources.caching import CACHE_HEADERS, from_a_cache
from socketspeak.sources.dialects import DIALECTS
from socketspeak.sources.retryafter import wait_of
from socketspeak.sources.sample import Exchange, Fault, FaultKind, Outcome, SameZone
from socketspeak.sources.specification import SourceSpec

SECOND_NS = 1_000_000_000
DEADLINE_SECONDS = 1.5  # for all of an attempt: name, connection, TLS, headers and body

UNKNOWN_ZONE = {400, 404}  # what the families of APIs say of a zone that they do not have
BUSY = {429, 503}

# In this order: the first that fits.
_FAULTS: tuple[tuple[type[BaseException], FaultKind, str], ...] = (
    (CancelledError, FaultKind.ABANDONED, "nobody waited any more"),
    (BodyTooLongError, FaultKind.SIZE, f"the answer is longer than {BODY_OCTETS // 1024} KiB"),
    (error.DNSLookupError, FaultKind.NAME, "the name of its host does not resolve"),
    (error.TimeoutError, FaultKind.CONNECTION, "no connection within a second"),
    (error.ConnectionRefusedError, FaultKind.CONNECTION, "it refuses connections"),
    (error.ConnectError, FaultKind.CONNECTION, "it cannot be reached"),
    (error.ConnectingCancelledError, FaultKind.ABANDONED, "nobody waited any more"),
    (VerificationError, FaultKind.TLS, "its certificate is another host's"),
    (CertificateError, FaultKind.TLS, "its certificate names no host"),
    (SSL.Error, FaultKind.TLS, "TLS fails; its certificate may not be trusted"),
    (error.ConnectionAborted, FaultKind.SIZE, "the answer has no end"),
    (error.ConnectionClosed, FaultKind.CONNECTION, "the connection was lost before the answer was whole"),
)

_WRAPPERS = (client.ResponseFailed, client.RequestTransmissionFailed)  # they hold what it was


class Fetcher:
    """Asks sources through treq: no redirects, no encodings, no cookies, and no more than a bounded body."""

    _log = Logger()

    def __init__(
        self,
        agent: SourceAgent,
        *,
        steady_ns: Callable[[], int],
        wall_ns: Callable[[], int],
        same_zone: SameZone,
        version: str,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        """`steady_ns` and `wall_ns` read the clocks in nanoseconds; `deadline` is in seconds.

        `same_zone` says whether two names are one zone; `version` is ours, and is told to the sources.
        """
        self._agent = agent
        self._reactor = agent.reactor
        self._steady_ns = steady_ns
        self._wall_ns = wall_ns
        self._same_zone = same_zone
        self._deadline = deadline
        self._headers = Headers({"User-Agent": [f"SocketSpeak/{version}"], "Accept": ["application/json"]})

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        """Ask a source for a zone.

        Cancelling closes the connection at once; the Deferred then fires with a fault.
        """
        attempt: Deferred[Outcome] = Deferred.fromCoroutine(self._attempt(source, zone))
        deadline = self._reactor.callLater(self._deadline, attempt.cancel)
        return attempt.addBoth(self._settled, deadline)

    def believe(self, tls: IPolicyForHTTPS) -> None:
        """Verify servers by another policy from now on."""
        self._agent.believe(tls)

    def renew(self, same_zone: SameZone) -> None:
        """Go on with another edition of the tz database."""
        self._same_zone = same_zone

    def close(self) -> Deferred[None]:
        """Close all connections; fires when they are closed."""
        return self._agent.close()

    def _settled(self, result: Outcome | Failure, deadline: IDelayedCall) -> Outcome | Failure:
        if not deadline.active():
            return Fault(FaultKind.DEADLINE, f"no whole answer within {self._deadline:g} s")
        deadline.cancel()
        return result

    async def _attempt(self, source: SourceSpec, zone: str) -> Outcome:
        try:
            return await self._exchange(source, zone)
        except Exception as problem:
            fault = _fault(problem)
            if fault.kind is FaultKind.INTERNAL:
                self._log.failure("asking {name} for {zone} broke", name=source.name, zone=zone)
            return fault

    async def _exchange(self, source: SourceSpec, zone: str) -> Outcome:
        dialect = DIALECTS[source.dialect]
        once = OneExchange(self._agent, self._steady_ns)
        response = await HTTPClient(once).get(  # a client of its own, so that no cookie outlives the exchange
            f"{source.base_url}/{dialect.path(zone)}",
            headers=self._headers,
            allow_redirects=False,
            unbuffered=True,
            reactor=self._reactor,
        )
        # Also of an answer that is refused: the connection can then be kept.
        body = await read_body(once.raw or response)
        fault = _refusal(response, once.encodings, self._wall_ns() / SECOND_NS)
        if fault is not None:
            return fault
        exchange = Exchange(
            source=source.name,
            asked=zone,
            sent_ns=once.sent_ns,
            received_ns=self._steady_ns(),
            cacheable=_from_a_cache(response),
            content_type=", ".join(header(response, "content-type")) or None,
        )
        return dialect.decode(body, exchange, self._same_zone)


def _refusal(response: IResponse, encodings: tuple[str, ...], unix_seconds: float) -> Fault | None:
    """What is wrong with a response, its body aside."""
    code = response.code
    if code in UNKNOWN_ZONE:
        return Fault(FaultKind.UNKNOWN_ZONE, f"it does not know the zone ({code})")
    if code in BUSY:
        wait = wait_of(_last(header(response, "retry-after")), _last(header(response, "date")), unix_seconds)
        asks = "" if wait is None else f", and asks for {wait:.0f} s to be left alone"
        return Fault(FaultKind.STATUS, f"it answers with status {code}{asks}", wait)
    if 300 <= code < 400:
        return Fault(FaultKind.REDIRECT, f"it redirects ({code}), and no redirect is followed")
    if code != 200:
        return Fault(FaultKind.STATUS, f"it answers with status {code}")
    if any(encoding.strip().lower() not in {"", "identity"} for encoding in encodings):
        return Fault(FaultKind.ENCODING, shown(f"it answers in the encoding {encodings[0]}"))
    return None


def _from_a_cache(response: IResponse) -> bool:
    said = [value for name in CACHE_HEADERS for value in header(response, name)]
    return from_a_cache(header(response, "age"), said)


def _last(values: Sequence[str]) -> str | None:
    return values[-1] if values else None


def _fault(problem: BaseException) -> Fault:
    """What an exception of an attempt means; INTERNAL where no peer can have caused it."""
    within = problem
    while isinstance(
        within, client.ResponseFailed | client.RequestTransmissionFailed | client.RequestGenerationFailed
    ):
        if not within.reasons:
            break
        within = within.reasons[0].value
    for kind_of_problem, kind, reason in _FAULTS:
        if isinstance(within, kind_of_problem):
            return Fault(kind, reason)
    if isinstance(problem, _WRAPPERS):
        return Fault(FaultKind.CONNECTION, "it does not speak HTTP")
    return Fault(FaultKind.INTERNAL, "an internal fault, see the log")
