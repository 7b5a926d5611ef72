"""The servers that are measured: started on their processors, found by their log, ended whatever happens."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.building import MeasuringError
from benchmarks.cases import REQUEST
from benchmarks.machine import children, tied_to

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 30.0
LOG_OCTETS = 65_536  # of a log's beginning, in which the ports stand
LOOK_SECONDS = 0.002  # between two looks into a starting server's log
TALK_SECONDS = 10.0
END_SECONDS = 3.0  # then a server that was asked to stop is killed

_LISTENING = re.compile(rb"listening on 127\.0\.0\.1:(\d+)")


@dataclass(frozen=True)
class Words:
    """What a server says: its greeting, and its answer to REQUEST, with the ends of their lines."""

    greeting: bytes
    answer: bytes

    @property
    def greeting_lines(self) -> int:
        """How many lines the greeting has."""
        return self.greeting.count(b"\n")


@dataclass(frozen=True)
class Server:
    """A server that listens, what it said, and how long it took from its start to its listening."""

    pid: int
    port: int
    words: Words
    start_seconds: float

    @property
    def pids(self) -> tuple[int, ...]:
        """Its process, and those that it has started."""
        return (self.pid, *children(self.pid))


@contextmanager
def running(
    command: Sequence[str], processors: frozenset[int], say: Words | None = None, *, tls: bool = False
) -> Iterator[Server]:
    """Start a server on its processors, wait until it answers, and end it at the end; raises MeasuringError.

    With `say` its standard input holds these words.
    """
    given = b"" if say is None else say.greeting + say.answer
    with listening(command, processors, given) as (pid, port, took):
        yield Server(pid, port, talk(port, tls=tls), took)


@contextmanager
def local_source(processors: frozenset[int]) -> Iterator[str]:
    """Run a source of time while the block runs; gives what `--source` is to be told."""
    with listening([sys.executable, "-m", "benchmarks.source"], processors) as (_, port, _):
        yield f"local=worldtimeapi:http://127.0.0.1:{port}/api"


@contextmanager
def listening(
    command: Sequence[str], processors: frozenset[int], given: bytes = b"", log: int | None = None
) -> Iterator[tuple[int, int, float]]:
    """A child's process id, the first port that it says it listens on, and the seconds until then.

    What it says goes to a file, which can be given.
    """
    with tempfile.TemporaryFile() as own, tempfile.TemporaryFile() as said:
        into = own.fileno() if log is None else log
        said.write(given)
        said.seek(0)
        begun = time.monotonic()
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=said,
            stdout=into,
            stderr=subprocess.STDOUT,
            preexec_fn=tied_to(processors),  # noqa: PLW1509 - no threads here
        )
        try:
            port = _port(child, into)
            yield child.pid, port, time.monotonic() - begun
        finally:
            _end(child)


def ports_of(log: int) -> list[int]:
    """The ports of 127.0.0.1 that a log tells of, in whole lines."""
    whole = os.pread(log, LOG_OCTETS, 0).rpartition(b"\n")[0]
    return [int(port) for port in _LISTENING.findall(whole)]


def _port(child: subprocess.Popen[bytes], log: int) -> int:
    deadline = time.monotonic() + START_SECONDS
    while True:
        ended = child.poll() is not None
        ports = ports_of(log)
        if ports:
            return ports[0]
        if ended or time.monotonic() > deadline:
            text = os.pread(log, LOG_OCTETS, 0).decode("utf-8", "replace")
            last = text.strip().splitlines()[-1:] or ["it said nothing"]
            raise MeasuringError(f"a server did not start: {last[0]}")
        time.sleep(LOOK_SECONDS)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def talk(port: int, *, tls: bool = False) -> Words:
    """Ask a server once; raises MeasuringError where it says anything but a greeting and an answer."""
    greeting, answer = ask(port, REQUEST, tls=tls)
    if not greeting.startswith(b"220") or not answer.startswith(b"250 "):
        raise MeasuringError(f"a server gave an unexpected answer: {(greeting + answer)[-100:]!r}")
    return Words(greeting, answer)


def ask(port: int, *requests: str, tls: bool = False) -> tuple[bytes, ...]:
    """The greeting of a server, and its replies; raises MeasuringError where it says nothing."""
    try:
        with _connected(port, tls) as peer:
            lines = peer.makefile("rb")
            replies = [_reply(lines)]
            for request in requests:
                peer.sendall(request.encode() + b"\r\n")
                replies.append(_reply(lines))
    except OSError as error:
        raise MeasuringError(f"a server does not answer: {error}") from None
    return tuple(replies)


def _connected(port: int, tls: bool) -> socket.socket:
    peer = socket.create_connection(("127.0.0.1", port), TALK_SECONDS)
    if not tls:
        return peer
    context = ssl.create_default_context()
    context.check_hostname = False  # it was made a moment ago, and nothing vouches for it
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(peer)


def _reply(lines: Iterator[bytes]) -> bytes:
    reply = b""
    for line in lines:
        reply += line
        if line[3:4] == b" ":
            break
    return reply
