"""How a transport treats its producer: it pauses while much is unsent, and goes on once nothing is."""

from __future__ import annotations

from twisted.internet.interfaces import IPushProducer

PRODUCER_OCTETS = 65_536  # what Twisted's transports take before they ask their producer to pause


class Consumer:
    """The side of a transport in memory that is written to."""

    _producer: IPushProducer | None = None
    _paused = False

    def registerProducer(self, producer: IPushProducer, streaming: bool) -> None:
        assert streaming
        assert self._producer is None
        self._producer = producer

    def unregisterProducer(self) -> None:
        self._producer = None

    def _fills(self, octets: int) -> None:
        """So much is unsent now."""
        if self._producer is not None and not self._paused and octets > PRODUCER_OCTETS:
            self._paused = True
            self._producer.pauseProducing()

    def _drained(self) -> None:
        """Nothing is unsent any more."""
        if self._paused:
            self._paused = False
            if self._producer is not None:
                self._producer.resumeProducing()
