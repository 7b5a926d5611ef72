"""The machine that is measured on: its processors, its limits, and what it is called in a report."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import twisted

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Processors:
    """One processor for the servers, and another for the load, where there are two."""

    server: frozenset[int]
    load: frozenset[int]

    @property
    def shared(self) -> bool:
        """Whether both must do with the same."""
        return self.server == self.load

    @property
    def both(self) -> frozenset[int]:
        """The two together."""
        return self.server | self.load


def processors() -> Processors:
    """The first and the last processor that this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    return Processors(frozenset(allowed[:1]), frozenset(allowed[-1:]))


def open_files() -> int:
    """Raise the limit of open files, for the children too, and tell what it is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def tied_to(processors: frozenset[int]) -> Callable[[], None]:
    """What a child does before its program starts: use these processors alone, and die with its parent."""
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        os.sched_setaffinity(0, processors)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return prepare


def private_octets(pid: int) -> int:
    """Memory that a process has written to, swapped or not; raises OSError where the process is gone.

    Pages that it only reads are left out: they count as its own or not as other processes come and go.
    """
    octets = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        name, *rest = line.split()
        if name in {"Anonymous:", "Swap:"}:
            octets += int(rest[0]) * 1024
    return octets


def processor_ns(pid: int) -> int:
    """What a process of one thread has taken of the processors, in nanoseconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0])


def descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    """How many threads a process has."""
    return len(os.listdir(f"/proc/{pid}/task"))


def children(pid: int) -> tuple[int, ...]:
    """The processes that a process has started and that have not ended; none where it has ended itself."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return ()
    return tuple(map(int, listed.split()))


def described() -> str:
    """The machine in one line, without its name."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    count = len(os.sched_getaffinity(0))
    return (
        f"{count} processors ({model}), Linux {platform.release().partition('-')[0]}, "
        f"{platform.python_implementation()} {platform.python_version()}, Twisted {twisted.__version__}"
    )
