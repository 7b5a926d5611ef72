"""The other yardstick: the server that people would otherwise write, a thread a connection with zoneinfo.

It is written well: what the standard library has for it, buffered reading, one send an answer, no delay by
Nagle's algorithm, the zones kept by zoneinfo. Standard input holds its greeting; the last line of that is for
servers that always answer the same. The port that it has found is printed the way the daemon's log has it.
"""

from __future__ import annotations

import sys
from datetime import datetime
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import cast
from zoneinfo import ZoneInfo

BACKLOG = 1024  # as the daemon's
MOST_OCTETS = 1000  # of a line


class Threaded(ThreadingTCPServer):
    """Starts a thread for each connection."""

    request_queue_size = BACKLOG
    daemon_threads = True  # the end does not wait for them, and no list of them is kept

    def __init__(self, greeting: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.greeting = greeting

    def handle_error(self, request: object, client_address: object) -> None:
        """Somebody has left: no word about it."""


class Asked(StreamRequestHandler):
    """One connection, in its thread."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Greet, and answer line by line until the client leaves."""
        self.wfile.write(cast(Threaded, self.server).greeting)
        while line := self.rfile.readline(MOST_OCTETS):
            self.wfile.write(answer(line))


def answer(line: bytes) -> bytes:
    """The time in the zone that a line names, in the daemon's form."""
    verb, _, name = line.decode("utf-8", "replace").strip().partition(" ")
    if verb.upper() != "TIME":
        return b"500 unknown command\r\n"
    try:
        now = datetime.now(ZoneInfo(name))
    except (ValueError, OSError, LookupError):
        return b"550 no such place\r\n"
    place = name.rpartition("/")[2].replace("_", " ")
    dst = "yes" if now.dst() else "no"
    told = f"{now.isoformat(timespec='milliseconds')} {name} {now.tzname()} dst={dst} within=? via=zoneinfo"
    return f"250 {told}; {now:%A, %d %B %Y, %H:%M:%S} in {place}\r\n".encode()


def main() -> None:
    """Listen on a free port of 127.0.0.1 and serve until the process is ended."""
    *greeting, _ = sys.stdin.buffer.read().splitlines(keepends=True)
    with Threaded(b"".join(greeting)) as server:
        print(f"listening on 127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
