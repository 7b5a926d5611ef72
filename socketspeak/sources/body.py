"""The bounded body reader: at most so many bytes, and a way to let go that closes the connection."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.iweb import UNKNOWN_LENGTH, IResponse

BODY_OCTETS = 64 * 1024  # a hundred times what an honest answer takes


class BodyTooLongError(Exception):
    """A body is longer than the limit; its connection is closed."""


def read_body(response: IResponse, limit: int = BODY_OCTETS) -> Deferred[bytes]:
    """Read a response's body, at most `limit` octets.

    Cancelling the Deferred closes the connection. Fails with BodyTooLongError as soon as more is announced
    or has come, and with what the connection was lost for where it ends early. A body without a length ends
    with its connection.
    """
    reader = _Reader(limit)
    response.deliverBody(reader)
    if response.length is not UNKNOWN_LENGTH and response.length > limit:
        reader.refuse()
    return reader.done


def _close(transport: ITransport | None) -> None:
    if transport is not None:
        transport.loseConnection()


class _Reader(Protocol):
    """Collects the body; closes its connection where it will not have it."""

    def __init__(self, limit: int) -> None:
        self.done: Deferred[bytes] = Deferred(lambda _: _close(self.transport))
        self._left = limit
        self._parts: list[bytes] = []

    def refuse(self) -> None:
        """Take no more."""
        if not self.done.called:
            self._parts.clear()
            _close(self.transport)
            self.done.errback(BodyTooLongError())

    def dataReceived(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            self.refuse()
        else:
            self._parts.append(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self.done.called:
            return
        if reason.check(ResponseDone, PotentialDataLoss):
            self.done.callback(b"".join(self._parts))
        else:
            self.done.errback(reason)
