"""The daemon as its users run it: `twistd -n socketspeak` in a process of its own."""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from tests.kit.activation import Activation

LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")
START_SECONDS = 20.0  # a slow machine's start, not a promise
END_SECONDS = 20.0
TWISTD = str(Path(sys.executable).with_name("twistd"))
POLL_SECONDS = 0.01
LEAST_PORT = 10_000  # below it many a service has its own
_WITH_FILES = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
os.execv(sys.argv[3], sys.argv[3:])
"""


class Daemon:
    """A running daemon: its port, its log so far, and its end."""

    def __init__(
        self,
        directory: Path,
        *options: str,
        listen: str = "tcp:0:interface=127.0.0.1",
        environment: Mapping[str, str] | None = None,
        twistd: Sequence[str] = (),
        activation: Activation | None = None,
        program: Sequence[str] = (TWISTD,),
    ) -> None:
        """`twistd` are options of twistd itself; with an `activation` it inherits its sockets.

        `program` is what is run in the place of twistd.
        """
        self.log_path = directory / "daemon.log"
        # No test asks the public servers, which are the default.
        sources = () if "--source" in options else ("--source", "embedded")
        before = [*program, "-n", "--pidfile=", *twistd]
        command = [*before, "socketspeak", "--listen", listen, *sources, *options]
        self._doors = sum(word.startswith("--listen") for word in command)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # So it is for what a shell runs in the background, and so the daemon would inherit it.
            signal.signal(signal.SIGINT, signal.default_int_handler)
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                command if activation is None else activation.launching(command),
                cwd=directory,
                env={**os.environ, **(environment or {})},
                pass_fds=() if activation is None else activation.descriptors,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Daemon:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(END_SECONDS)

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self.log_path.read_text(errors="replace")

    @property
    def port(self) -> int:
        """The port that it listens on; waits until it listens at all of them."""
        until(lambda: self._listens() or self.process.poll() is not None, START_SECONDS)
        found = LISTENING.search(self.log)
        assert found, f"the daemon did not start:\n{self.log}"
        return int(found.group(1))

    def _listens(self) -> bool:
        log = self.log
        return LISTENING.search(log) is not None and log.count("listening on ") >= self._doors

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to stop; how it exited."""
        self.process.send_signal(number)
        return self.process.wait(END_SECONDS)

    def ignores(self, number: int) -> bool:
        """Whether it has said that a signal is to do nothing."""
        found = re.search(r"SigIgn:\s+([0-9a-f]+)", Path(f"/proc/{self.pid}/status").read_text())
        assert found
        return bool(int(found.group(1), 16) & 1 << (number - 1))

    def descriptors(self) -> int:
        """How many files and sockets it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self) -> int:
        """How many threads it has."""
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def resident_kib(self) -> int:
        """How much memory it holds, in KiB."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        assert found
        return int(found.group(1))

    def allow_files(self, number: int | None = None) -> None:
        """Let it have no more files open than this; None for as many as ever."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (hard if number is None else number, hard))

    def processor_seconds(self) -> float:
        """How much processor time it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self) -> socket.socket:
        """A connection to it, not yet greeted."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=END_SECONDS)

    def ask(self, *lines: str) -> list[str]:
        """What it says to these lines, the greeting aside; its own client in seven lines of socket."""
        with self.connect() as peer:
            peer.sendall("".join(f"{line}\n" for line in lines).encode())
            peer.shutdown(socket.SHUT_WR)
            with peer.makefile("rb") as stream:
                said = stream.read().decode().split("\r\n")[:-1]
        return said[next(at for at, line in enumerate(said) if line.startswith("220 ")) + 1 :]


def with_files(soft: int, hard: int) -> tuple[str, ...]:
    """The program of a daemon that begins with these limits to how many files may be open."""
    return (sys.executable, "-c", _WITH_FILES, f"{soft}", f"{hard}", TWISTD)


def lasting_port() -> int:
    """A free port on loopback that a daemon can come back to: the kernel gives it to nobody meanwhile."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(LEAST_PORT, lowest)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def until(true: object, seconds: float) -> None:
    """Look again and again whether something is true; AssertionError where it is not in time."""
    assert callable(true)
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(POLL_SECONDS)


@contextmanager
def world_time_server(directory: Path, *options: str) -> Iterator[str]:
    """A world-time API in a process of its own; its base URL."""
    command: Sequence[str] = [sys.executable, "-m", "tests.kit.sources", "--port", "0", *options]
    root = Path(__file__).parents[2]
    with (directory / "source.log").open("wb") as errors:
        process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().split()[-1]
        yield f"http://127.0.0.1:{port}/api"
    finally:
        process.kill()
        process.wait(END_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
