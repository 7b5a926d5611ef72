"""What systemd does for a socket unit: it opens sockets, and hands them to the daemon that it starts."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from types import TracebackType

# The first socket is descriptor 3 in the daemon, the others follow. LISTEN_PID has to be that of the process
# that runs the daemon, which is known only there.
LAUNCH = """
import fcntl, os, sys
held, command = sys.argv[1].split(","), sys.argv[2:]
aside = [fcntl.fcntl(int(descriptor), fcntl.F_DUPFD, 100) for descriptor in held]
for place, descriptor in enumerate(aside, 3):
    os.dup2(descriptor, place)
    os.close(descriptor)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(held)),
                  LISTEN_FDNAMES=":".join(["socketspeak.socket"] * len(held)))
os.execv(command[0], command)
"""


class Activation:
    """Sockets that are open whether a daemon runs or not."""

    def __init__(self, *sockets: socket.socket) -> None:
        self._sockets = sockets

    def __enter__(self) -> Activation:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for each in self._sockets:
            each.close()

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the child has to inherit."""
        return tuple(each.fileno() for each in self._sockets)

    def launching(self, command: Sequence[str]) -> list[str]:
        """The command that runs another with the sockets where it looks for them."""
        held = ",".join(map(str, self.descriptors))
        return [sys.executable, "-c", LAUNCH, held, *command]
