"""The limits of one server, put together from its settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twisted.internet.interfaces import IListeningPort, IReactorTime

from socketspeak.app.config import Config
from socketspeak.app.descriptors import affordable
from socketspeak.language.voice import Voice
from socketspeak.limits.admission import Admission, Refused
from socketspeak.limits.counts import Counts
from socketspeak.limits.patience import Patience
from socketspeak.limits.rates import Rates
from socketspeak.server.gate import Gate
from socketspeak.server.register import Register
from socketspeak.server.reserve import Reserve, guard
from socketspeak.server.sweeper import Sweeper


class Limits:
    """Who is let in, how many, how fast, for how long, and what is done when descriptors are short."""

    def __init__(
        self,
        config: Config,
        counts: Counts,
        voice: Voice,
        clock: IReactorTime,
        *,
        files: int | None = None,
        admission: Callable[[int, int], Admission] = Admission,
    ) -> None:
        """What is refused is told in this voice; `files` is how many may be open, None for no limit."""
        self._files = files
        self._admission = admission(affordable(config.connections, files), config.connections_per_address)
        self.reserve = Reserve(counts, clock)
        self.register = Register(counts, clock, self._admission)
        self.gate = Gate(
            self._admission,
            counts,
            clock,
            voice,
            handshake_time=config.handshake_time,
            short_of_descriptors=self.reserve.short,
            sharing=self.register.sharing,
        )
        self.rates = Rates(config.rate, config.burst)
        self.sweeper = Sweeper(self.register, self._admission, patience_of(config), clock)

    def start(self) -> None:
        """Begin to look after sessions and descriptors."""
        self.reserve.start()
        self.sweeper.start()

    def stop(self) -> None:
        """Leave both alone."""
        self.sweeper.stop()
        self.reserve.stop()

    def guard(self, port: IListeningPort, encrypted: bool) -> None:
        """Have a listening port refuse connections with a line when descriptors are short."""
        guard(port, self.reserve, None if encrypted else partial(self.gate.line, Refused.DESCRIPTORS))

    def look(self) -> None:
        """See how many descriptors are left."""
        self.reserve.look()

    def renew(self, config: Config, voice: Voice) -> None:
        """Take new numbers, and another voice. Who was let in when there was no rate is not held back."""
        self._admission.most = affordable(config.connections, self._files)
        self._admission.most_per_group = config.connections_per_address
        self.gate.handshake_time = config.handshake_time
        self.gate.voice = voice
        self.rates.renew(config.rate, config.burst)
        self.sweeper.renew(patience_of(config))


def patience_of(config: Config) -> Patience:
    """The times of a session, as they are set."""
    return Patience(
        idle=config.idle, line=config.line_time, login=config.login_time, handshake=config.handshake_time
    )
