"""The other client: it asks every ten milliseconds, whatever goes on, and tells how long each answer took.

A process of its own (`python -m tests.kit.asker --port N --pid N`), for it must wait for nobody but the
daemon. It sends when it is time, answered or not: an answer that comes late delays no later question. What a
busy machine adds, and not the daemon, is told beside: the time in which the daemon or the asker was ready to
run, and another process had the processor.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path

EVERY_SECONDS = 0.01
REQUEST = b"TIME Asia/Tokyo\n"
NS = 1_000_000_000
PATIENCE_SECONDS = 10.0  # for the answers that are still to come at the end


@dataclass
class Asked:
    """What the asker found: seconds from each question to its answer, and of them those of the machine."""

    waits: list[float]
    machine: list[float]
    unanswered: int = 0

    @property
    def judged(self) -> list[float]:
        """The seconds that are the daemon's, in order."""
        return sorted(max(0.0, wait - lost) for wait, lost in zip(self.waits, self.machine, strict=True))

    @property
    def worst(self) -> float:
        """The longest of them; endless where an answer did not come."""
        return float("inf") if self.unanswered else self.judged[-1]

    def share(self, part: float) -> float:
        """The seconds within which that part of the answers came."""
        return self.judged[min(int(part * len(self.judged)), len(self.judged) - 1)]


def kept_waiting_ns(pid: int | str) -> int:
    """For how long a process has been ready to run and had no processor; 0 where the kernel does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0


class Asker:
    """Asks over one connection, from the address that it is given."""

    def __init__(self, port: int, pid: int, source: str = "127.0.0.1") -> None:
        self._pid = pid
        self._peer = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS, (source, 0))
        self._peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sent: deque[tuple[float, int]] = deque()
        self._heard = b""
        self.found = Asked([], [])

    def run(self, seconds: float) -> Asked:
        """Ask for so many seconds."""
        greeting = b""
        while b"\n220 " not in greeting or not greeting.endswith(b"\n"):
            greeting += self._peer.recv(65_536)
        self._peer.setblocking(False)
        poll = select.poll()
        poll.register(self._peer, select.POLLIN)
        begun = time.monotonic()
        ticks, end = 0, begun + seconds
        while ticks * EVERY_SECONDS < seconds or (self._sent and time.monotonic() < end + PATIENCE_SECONDS):
            due = begun + ticks * EVERY_SECONDS
            now = time.monotonic()
            if now >= due and due < end:
                self._sent.append((now, self._lost_ns()))
                self._peer.send(REQUEST)
                ticks += 1
            elif poll.poll(max(0.0, (due - now) * 1000) if due < end else 100):
                self._hear()
        self.found.unanswered = len(self._sent)
        self._peer.close()
        return self.found

    def _lost_ns(self) -> int:
        return kept_waiting_ns(self._pid) + kept_waiting_ns("self")

    def _hear(self) -> None:
        self._heard += self._peer.recv(65_536)
        *whole, self._heard = self._heard.split(b"\n")
        now, lost_ns = time.monotonic(), self._lost_ns()
        for line in whole:
            sent, lost_before_ns = self._sent.popleft()
            if not line.startswith(b"250 "):
                raise SystemExit(f"the asker was told {line!r}")
            self.found.waits.append(now - sent)
            self.found.machine.append((lost_ns - lost_before_ns) / NS)


def main(arguments: list[str]) -> None:
    """Ask, and print what was found as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.kit.asker", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True, help="of the daemon")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--source", default="127.0.0.1", help="the address to ask from")
    options = parser.parse_args(arguments)
    found = Asker(options.port, options.pid, options.source).run(options.seconds)
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main(sys.argv[1:])
