"""A source of time for the daemon under test: a small HTTP server that speaks as worldtimeapi does."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.kit.worldtime import ZONES, described

_KNOWN = frozenset(ZONES)


def body(path: str) -> bytes | None:
    """What a source answers to the path of a request; None where it knows no such zone."""
    zone = path.partition("/timezone/")[2]
    return json.dumps(described(zone, time.time_ns())).encode() if zone in _KNOWN else None


class _Clock(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Give a zone's time, or 404."""
        answer = body(self.path)
        if answer is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing a request."""


def main() -> None:
    """Serve on a free port of 127.0.0.1, and print it, until the process is ended."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Clock) as server:
        print(f"listening on 127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
