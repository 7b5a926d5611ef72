"""The one timer that looks after the times of all sessions."""

from __future__ import annotations

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from socketspeak.limits.admission import Admission
from socketspeak.limits.patience import Patience
from socketspeak.server.register import Register
from socketspeak.server.timed import TICK_SECONDS


class Sweeper:
    """Sweeps over the sessions of a register, four times a second, and looks at those where it is time to.

    A tick is a sweep, and never shorter than the time that it stands for: where the process was stopped for a
    while, its peers have lost nothing. `patience` may be exchanged.
    """

    log = Logger()

    def __init__(
        self, register: Register, admission: Admission, patience: Patience, clock: IReactorTime
    ) -> None:
        self.patience = patience
        self._register = register
        self._admission = admission
        self._crowded = self._renewed = False
        self._loop = LoopingCall(self._sweep)
        self._loop.clock = clock

    def renew(self, patience: Patience) -> None:
        """Go on with other times, for the sessions that are there as well."""
        self.patience = patience
        self._renewed = True

    def start(self) -> None:
        """Begin to sweep."""
        self._loop.start(TICK_SECONDS, now=False).addErrback(self._broken)

    def stop(self) -> None:
        """Sweep no more."""
        if self._loop.running:
            self._loop.stop()

    def _sweep(self) -> None:
        register = self._register
        register.tick += 1
        crowded = self._admission.crowded
        patience = self.patience.crowded() if crowded else self.patience
        everyone = self._renewed or (crowded and not self._crowded)  # their times may have become shorter
        self._crowded, self._renewed = crowded, False
        for session in register.due(everyone):
            try:
                session.look(register.tick, patience)
            except Exception:
                self.log.failure("looking at a session's times broke")
                session.abort()

    def _broken(self, failure: object) -> None:
        self.log.error("sweeping over the sessions broke: {failure}", failure=failure)
