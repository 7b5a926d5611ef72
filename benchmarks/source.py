"""A source of time for the daemon under test: a small HTTP server that speaks as worldtimeapi does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_OFFSETS = {"Asia/Tokyo": ("JST", 9), "Etc/UTC": ("UTC", 0)}


class _Clock(BaseHTTPRequestHandler):
    """Answers for the zones of _OFFSETS, none of which has daylight saving time."""

    def do_GET(self) -> None:
        """Give a zone's time, or 404."""
        zone = self.path.partition("/timezone/")[2]
        known = _OFFSETS.get(zone)
        if known is None:
            self.send_error(404)
            return
        abbreviation, hours = known
        now = datetime.now(UTC)
        body = json.dumps(
            {
                "timezone": zone,
                "datetime": (now.replace(tzinfo=None) + timedelta(hours=hours)).isoformat()
                + f"+{hours:02d}:00",
                "utc_datetime": now.isoformat(),
                "utc_offset": f"+{hours:02d}:00",
                "abbreviation": abbreviation,
                "dst": False,
                "raw_offset": hours * 3600,
                "dst_offset": 0,
                "dst_from": None,
                "dst_until": None,
                "unixtime": int(now.timestamp()),
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing a request."""


def main() -> None:
    """Serve on a free port of 127.0.0.1, and print it, until the process is ended."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Clock) as server:
        print(f"listening on 127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
