"""The servers that are measured: started on one processor, found by their log, ended whatever happens."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generator import MeasuringError
from benchmarks.machine import tied_to

ROOT = Path(__file__).resolve().parents[1]
REQUEST = "TIME Asia/Tokyo"
START_SECONDS = 30.0
LOOK_SECONDS = 0.002  # between two looks into a starting server's log
TALK_SECONDS = 10.0
END_SECONDS = 2.0  # then a server that was asked to stop is killed

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


def daemon_command(*options: str, profile: Path | None = None) -> list[str]:
    """The daemon as users run it, on a free port of 127.0.0.1."""
    twistd = Path(sysconfig.get_path("scripts")) / "twistd"
    profiling = [] if profile is None else [f"--profile={profile}", "--profiler=cprofile", "--savestats"]
    listen = ("--listen", "tcp:0:interface=127.0.0.1")
    return [sys.executable, str(twistd), "-n", "--pidfile=", *profiling, "socketspeak", *listen, *options]


def bare_command() -> list[str]:
    """The bare receiver; it reads what it is to say from its standard input."""
    return [sys.executable, "-m", "benchmarks.bare"]


@contextmanager
def running(command: Sequence[str], processor: int, say: Words | None = None) -> Iterator[Server]:
    """Start a server on a processor, wait until it answers, and end it at the end; raises MeasuringError.

    With `say` its standard input holds these words.
    """
    given = b"" if say is None else say.greeting + say.answer
    with _listening(command, processor, given) as (pid, port, took):
        yield Server(pid, port, talk(port), took)


@contextmanager
def local_source(processor: int) -> Iterator[str]:
    """Run a source of time while the block runs; gives what `--source` is to be told."""
    with _listening([sys.executable, "-m", "benchmarks.source"], processor) as (_, port, _):
        yield f"local=worldtimeapi:http://127.0.0.1:{port}/api"


@contextmanager
def _listening(
    command: Sequence[str], processor: int, given: bytes = b""
) -> Iterator[tuple[int, int, float]]:
    """A child's process id, the port that it says it listens on, and the seconds until then."""
    with tempfile.TemporaryFile() as log, tempfile.TemporaryFile() as said:
        said.write(given)
        said.seek(0)
        begun = time.monotonic()
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=said,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=tied_to(processor),  # noqa: PLW1509 - no threads here
        )
        try:
            port = _port(child, log.fileno())
            yield child.pid, port, time.monotonic() - begun
        finally:
            _end(child)


def _port(child: subprocess.Popen[bytes], log: int) -> int:
    deadline = time.monotonic() + START_SECONDS
    while True:
        ended = child.poll() is not None
        text = os.pread(log, 65_536, 0)
        found = _LISTENING.search(text)
        if found is not None and b"\n" in text[found.end() :]:
            return int(found[1])
        if ended or time.monotonic() > deadline:
            last = text.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise MeasuringError(f"a server did not start: {last[0]}")
        time.sleep(LOOK_SECONDS)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def talk(port: int) -> Words:
    """Ask a server once; raises MeasuringError where it says anything but a greeting and an answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), TALK_SECONDS) as peer:
            lines = peer.makefile("rb")
            greeting = _reply(lines)
            peer.sendall(REQUEST.encode() + b"\r\n")
            answer = _reply(lines)
    except OSError as error:
        raise MeasuringError(f"a server does not answer: {error}") from None
    if not greeting.startswith(b"220") or not answer.startswith(b"250 "):
        raise MeasuringError(f"a server gave an unexpected answer: {(greeting + answer)[-100:]!r}")
    return Words(greeting, answer)


def _reply(lines: Iterator[bytes]) -> bytes:
    reply = b""
    for line in lines:
        reply += line
        if line[3:4] == b" ":
            break
    return reply
