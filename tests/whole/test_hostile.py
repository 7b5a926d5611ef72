"""A daemon, and the command, among strangers: they live, and what they print any terminal can show."""

from __future__ import annotations

import json
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fuzz.oracles import check_said
from tests.kit.bodies import CONTROLS
from tests.kit.daemon import Daemon, until
from tests.kit.hostile import DIRECTED, NAMES, NOT_TEXT, OTHER_PROTOCOLS, random_lines

LINES, LINES_AT_ONCE = 3000, 9  # more than ten bad commands are answered late
COMMAND = str(Path(sys.executable).with_name("socketspeak"))
ENDS_SECONDS = 20.0
ESCAPES = "\x1b]0;owned\x07\x1b[31m\r\n\x9b2J" + "".join(DIRECTED[:5])
TRUE_CLOCK = (
    b'{"datetime":"2026-11-23T15:04:05.123456-03:00","utc_offset":"-03:00","offset_seconds":-10800,"dst":false,'
    b'"unixtime":1795457045.123456,"error_bound":0.004,"age":null}'
)
HELD = dict.fromkeys(("zone", "abbreviation", "source", "asked", "place", "country"), ESCAPES)
CLOCKS = {"code": 250, "clocks": [{**json.loads(TRUE_CLOCK), **HELD}]}


def said_to(daemon: Daemon, octets: bytes) -> bytes:
    """What the daemon says to somebody who says this and no more, behind its greeting."""
    with daemon.connect() as peer:
        peer.sendall(octets)
        peer.shutdown(socket.SHUT_WR)
        with peer.makefile("rb") as stream:
            said = stream.read()
    return said[said.index(b"\r\n220 ") + 2 :].partition(b"\r\n")[2]


def assert_printable(text: str) -> None:
    """Nothing but what can be shown, and ends of lines."""
    assert [line for line in text.split("\n") if not line.replace("\t", "").isprintable()] == []


def test_a_daemon_among_hostile_peers_says_and_logs_only_what_can_be_shown(here: Path) -> None:
    with Daemon(here) as daemon:
        lines = [name.encode() for name in NAMES] + [*NOT_TEXT] + [*random_lines(LINES, seed=7)]
        for at in range(0, len(lines), LINES_AT_ONCE):
            asked = lines[at : at + LINES_AT_ONCE]
            replies = check_said(said_to(daemon, b"".join(b"TIME %b\n" % line for line in asked)))
            assert sum(line[3] == " " for line in replies) == len(asked)
        for stream in OTHER_PROTOCOLS:
            (line,) = check_said(said_to(daemon, stream))
            assert line.startswith("421 ")
        assert said_to(daemon, b"\xff\xfd\x06" * 100_000 + b"PING\n").endswith(b"200 PONG\r\n")
        assert daemon.ask("PING") == ["200 PONG"]
        assert "faults=0" in " ".join(daemon.ask("STATUS"))
        assert_printable(daemon.log)
        assert "Traceback" not in daemon.log


class HostileServer(socketserver.StreamRequestHandler):
    """Greets, switches to JSON, and then answers each request with the same."""

    greeting = b""
    reply = b""

    def handle(self) -> None:
        self.wfile.write(self.greeting)
        for number, _ in enumerate(self.rfile):
            self.wfile.write(b'{"code":200,"message":"JSON"}\r\n' if not number else self.reply)


@contextmanager
def hostile_server(greeting: str, reply: object) -> Iterator[str]:
    """A server that says this, as `--server` names it."""
    said = {
        "greeting": greeting.encode("utf-8", "surrogateescape"),
        "reply": json.dumps(reply, ensure_ascii=False).encode() + b"\r\n",
    }
    handler = type("Handler", (HostileServer,), said)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


HELLO = "220 hello\r\n"
ON_ONE_LINE = ESCAPES.replace("\r", "").replace("\n", "")


@pytest.mark.parametrize(
    ("greeting", "reply", "arguments", "status"),
    [
        (f"220 {ON_ONE_LINE}\r\n", CLOCKS, ["time", "tokyo"], 0),
        (HELLO, CLOCKS, ["time", "--json", "tokyo"], 0),
        (HELLO, {"code": 550, "message": ESCAPES, "suggestions": [ESCAPES]}, ["time", "tokyo"], 1),
        (HELLO, {"code": 421, "message": ESCAPES}, ["time", "tokyo"], 3),
        (f"421 {ON_ONE_LINE}\r\n", {}, ["status"], 3),
        ("\x1b[31m\udcff\r\n", {}, ["status"], 3),
    ],
    ids=["greeting", "clocks", "failure", "end", "refusal", "no greeting"],
)
def test_the_command_shows_nothing_that_a_terminal_obeys_whatever_a_server_says(
    greeting: str, reply: object, arguments: list[str], status: int
) -> None:
    with hostile_server(greeting, reply) as server:
        done = subprocess.run(
            [COMMAND, *arguments, "--server", server],
            capture_output=True,
            timeout=ENDS_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == status, said
    assert said.endswith("\n")
    assert_printable(said)
    assert "Traceback" not in said


class HostileSource(socketserver.StreamRequestHandler):
    """Answers each request with what a terminal would obey, wherever HTTP and JSON have room for it."""

    def handle(self) -> None:
        self.rfile.readline()
        body = json.dumps(
            {"error": CONTROLS, "timezone": ESCAPES, "abbreviation": ESCAPES}, ensure_ascii=False
        )
        self.wfile.write(f"HTTP/1.1 500 {ESCAPES.replace(chr(13), '').replace(chr(10), '')}\r\n".encode())
        self.wfile.write(b"Content-Type: application/json\r\nConnection: close\r\n\r\n" + body.encode())


def test_what_sources_and_proxies_say_is_logged_and_told_only_as_far_as_it_can_be_shown(here: Path) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), HostileSource) as source:
        source.daemon_threads = True
        threading.Thread(target=source.serve_forever, daemon=True).start()
        lab = f"lab=worldtimeapi:http://127.0.0.1:{source.server_address[1]}/api"
        with Daemon(here, "--source", lab, "--trusted-proxy", "127.0.0.1/32") as daemon:
            until(lambda: "source lab fails" in daemon.log, ENDS_SECONDS)
            for name in ("TCP4 ", ESCAPES, "TCP6 \u202e ::1 1 2"):
                with daemon.connect() as proxy:
                    proxy.sendall(f"PROXY {name}\r\nTIME {ESCAPES}\r\n".encode())
                    with pytest.raises(ConnectionResetError):
                        proxy.recv(1)
            with daemon.connect() as proxy:
                proxy.sendall(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nSTATUS\nFORMAT JSON\nSTATUS\nQUIT\n")
                check_said(proxy.makefile("rb").read())
            until(lambda: "PROXY header" in daemon.log, ENDS_SECONDS)
            assert_printable(daemon.log)
        source.shutdown()
