"""What systemd is told of the daemon's life, where it wants to know (sd_notify(3), `Type=notify`).

The protocol is a datagram of a few words, so there is no library for it here.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

US = 1_000_000  # microseconds in a second
OFTEN = 2  # signs of life in the time after which systemd misses them; its manual asks for two


class Supervisor:
    """Tells whoever supervises the process how it is; without one, nothing is done."""

    log = Logger()

    def __init__(self, clock: IReactorTime, environment: Mapping[str, str] = os.environ) -> None:
        self._where = environment.get("NOTIFY_SOCKET", "")
        seconds = _watchdog_seconds(environment) if self._where else None
        self._life = LoopingCall(self._tell, "WATCHDOG=1")
        self._life.clock = clock
        self._interval = None if seconds is None else seconds / OFTEN

    def ready(self) -> None:
        """Everything is open, be it for the first time or anew."""
        self._tell("READY=1")
        if self._interval is not None and not self._life.running:
            looping = self._life.start(self._interval)
            looping.addErrback(lambda failure: self.log.failure("telling the supervisor broke", failure))

    def reloading(self) -> None:
        """Settings are being read again; `ready` follows."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The end has begun."""
        if self._life.running:
            self._life.stop()
        self._tell("STOPPING=1")

    def _tell(self, words: str) -> None:
        if not self._where:
            return
        address = f"\0{self._where[1:]}" if self._where.startswith("@") else self._where
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as peer:
                peer.setblocking(False)
                peer.sendto(words.encode(), address)
        except OSError:
            pass  # it does not listen: there is nobody to tell that, either


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    """After how many seconds of silence the supervisor takes us for dead; None where it does not care."""
    text = environment.get("WATCHDOG_USEC", "")
    if not (text.isascii() and text.isdecimal() and int(text)):
        return None
    if environment.get("WATCHDOG_PID", f"{os.getpid()}") != f"{os.getpid()}":
        return None
    return int(text) / US
