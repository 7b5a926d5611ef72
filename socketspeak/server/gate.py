"""Who is let in, and how those who are not are told: in one line, and not for long."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime, ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from socketspeak.language import messages as m
from socketspeak.language.catalog import Message, message
from socketspeak.language.replies import Plain
from socketspeak.language.voice import Voice
from socketspeak.limits.admission import Admission, Refused
from socketspeak.limits.counts import Counts
from socketspeak.server.lines import LineTransport
from socketspeak.server.sharing import Sharing
from socketspeak.server.splitting import Item

MOST_REFUSALS = 64  # that are being told at once; who comes beyond is not told
REFUSAL_SECONDS = 1.0  # then a peer that was refused is gone, whatever it does


class Gate:
    """Lets connections in, or refuses them."""

    def __init__(
        self,
        admission: Admission,
        counts: Counts,
        clock: IReactorTime,
        voice: Voice,
        *,
        handshake_time: float,
        short_of_descriptors: Callable[[], bool] = lambda: False,
        sharing: Sharing | None = None,
    ) -> None:
        """What is refused is told in this voice; `handshake_time` is in seconds."""
        self.handshake_time = handshake_time
        self.under_way = 0  # refusals
        self.counts = counts
        self.clock = clock
        self.sharing = sharing
        self._admission = admission
        self.voice = voice
        self._short = short_of_descriptors

    def refusal(self, group: str) -> Refusal | None:
        """None where one more of this group may come in; else the protocol that says why not."""
        why = Refused.DESCRIPTORS if self._short() else self._admission.refused(group)
        if why is None:
            return None
        self.count(why)
        return Refusal(self, self.line(why))

    def line(self, why: Refused) -> bytes:
        """What a peer is told that is not let in."""
        return self.voice.render(Plain(421, self._told(why)))

    def count(self, why: Refused) -> None:
        """Count a connection that is not let in."""
        match why:
            case Refused.FULL:
                self.counts.refused_full += 1
            case Refused.ADDRESS:
                self.counts.refused_address += 1
            case Refused.DESCRIPTORS:
                self.counts.refused_descriptors += 1

    def _told(self, why: Refused) -> Message:
        match why:
            case Refused.FULL:
                return message(m.FULL, limit=self._admission.most)
            case Refused.ADDRESS:
                return message(m.FULL_FOR_ADDRESS, limit=self._admission.most_per_group)
            case Refused.DESCRIPTORS:
                return message(m.NO_DESCRIPTORS)


class Refusal(LineTransport):
    """Says one line in place of the greeting, over TLS after its handshake, and is gone."""

    close_seconds = REFUSAL_SECONDS
    _deaf = True  # whatever a peer sends, it is not heard
    _counted = False
    _late: IDelayedCall | None = None

    def __init__(self, gate: Gate, line: bytes) -> None:
        super().__init__(gate.clock, gate.sharing)
        self._gate = gate
        self._line = line

    def connectionMade(self) -> None:
        if self._gate.under_way >= MOST_REFUSALS:
            self._gate.counts.refused_unsaid += 1
            self.transport.abortConnection()
            return
        self._gate.under_way += 1
        self._counted = True
        if ISSLTransport.providedBy(self.transport):
            self._late = self._clock.callLater(self._gate.handshake_time, self.transport.abortConnection)
        super().connectionMade()

    def peerReady(self) -> None:
        self._be_in_time()
        self.transport.write(self._line)
        self.close()

    def itemsReceived(self, items: list[Item]) -> None:
        """Nothing that it asks is answered."""

    def peerFinished(self) -> None:
        """The connection is closing already."""

    def writeConnectionLost(self) -> None:
        """Our half is closed; the peer's time to close its own is running already."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        self._be_in_time()
        if self._counted:
            self._counted = False
            self._gate.under_way -= 1

    def _be_in_time(self) -> None:
        if self._late is not None and self._late.active():
            self._late.cancel()
        self._late = None
