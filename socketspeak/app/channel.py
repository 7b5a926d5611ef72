"""What the first process and a worker say to each other: lines of JSON, a word and what belongs to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

MOST_OCTETS = 65_536  # of a line; a source's answer takes some five hundred

# From the first process
STOP = "stop"
RELOAD = "reload"
# From a worker
SERVING = "serving"
# From a worker to the others, by way of the first process
OUTCOME = "outcome"  # of a request to a source: its name, the zone, what came
FAILED = "failed"  # a login, from an address

TO_ALL = frozenset({OUTCOME, FAILED})

Heard = Callable[[str, list[Any]], None]


@implementer(IPushProducer)
class Channel(LineOnlyReceiver):
    """One end. What an end that does not read should hear of the others is dropped, and never piles up."""

    delimiter = b"\n"
    MAX_LENGTH = MOST_OCTETS

    def __init__(self, heard: Heard, ended: Callable[[], None]) -> None:
        """`heard` is given each word and what belongs to it; `ended` is called when the other end is gone."""
        self._heard = heard
        self._ended = ended
        self._full = False

    def tell(self, word: str, *rest: object) -> None:
        """Say something."""
        if self.transport is not None and not (self._full and word in TO_ALL):
            self.transport.write(json.dumps([word, *rest]).encode() + self.delimiter)

    def close(self) -> None:
        """Say and hear no more."""
        transport: Any = self.transport
        if transport is not None:
            transport.abortConnection()

    def connectionMade(self) -> None:
        transport: Any = self.transport
        transport.registerProducer(self, True)

    def lineReceived(self, line: bytes) -> None:
        word, *rest = json.loads(line)
        self._heard(word, rest)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.transport = None
        self._ended()

    def pauseProducing(self) -> None:
        self._full = True

    def resumeProducing(self) -> None:
        self._full = False

    def stopProducing(self) -> None:
        self._full = True
