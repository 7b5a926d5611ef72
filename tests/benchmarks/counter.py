"""A line server in a thread, which keeps what each connection asked, and ticks for those who watch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from socketserver import StreamRequestHandler, ThreadingTCPServer
from types import TracebackType
from typing import cast

GREETING, JSON = b"220-hello\r\n220 ask\r\n", b'{"code":250}\r\n'
PLACES = ("Asia/Tokyo", "Europe/Lisbon", "America/New_York")

Ticks = Callable[[int, datetime], list[bytes]]  # of a watcher's number and a second, what is sent for it


class Counter(ThreadingTCPServer):
    """Answers 250 to TIME, 255 to WATCH and 200 to all else; every connection has a number."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.asked: list[list[str]] = []
        self.ticks: Ticks = lambda _, second: honest(second)
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopped.set()
        self.shutdown()
        self._thread.join()
        super().__exit__(kind, error, trace)

    def handle_error(self, request: object, client_address: object) -> None:
        """Somebody has left: no word about it."""


class _Line(StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        counter = cast(Counter, self.server)
        number = len(counter.asked)
        asked: list[str] = []
        counter.asked.append(asked)
        self.wfile.write(GREETING)
        for line in self.rfile:
            asked.append(line.decode().rstrip("\r\n"))
            if line.startswith(b"WATCH"):
                self.wfile.write(b"255 you watch\r\n")
                self._tick(counter, number)
            answer = JSON if "FORMAT JSON" in asked else b"250 now\r\n"
            self.wfile.write(answer if line.startswith(b"TIME") else b"200 done\r\n")

    def _tick(self, counter: Counter, number: int) -> None:
        second = int(time.time()) + 1
        while not counter.stopped.wait(max(second - time.time(), 0)):
            self.wfile.write(b"".join(counter.ticks(number, datetime.fromtimestamp(second, UTC))))
            second += 1


def honest(second: datetime) -> list[bytes]:
    """One line a place, as the protocol has it; their offsets do not matter here."""
    return [f"150 {second:%Y-%m-%dT%H:%M:%S}.000+00:00 {place} UTC; …\r\n".encode() for place in PLACES]
