"""The servers by name: how each is started, and whether it can be had here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import commands
from benchmarks.building import has_tls
from benchmarks.cases import AGAIN, BARE, DAEMON, FLOOR, SOURCED, THREADED, TLS
from benchmarks.machine import Processors
from benchmarks.servers import Server, Words, local_source, running

NEEDS_TLS = "listen-tls"

YARDSTICKS: Mapping[str, Callable[[], list[str]]] = {
    BARE: commands.bare,
    AGAIN: commands.bare,
    THREADED: commands.threaded,
    FLOOR: commands.floor,
}


@dataclass(frozen=True)
class Fleet:
    """Starts servers on their processors; what is started ends with the stack that it is given."""

    given: Processors

    def start(self, name: str, stack: ExitStack, words: Words | None) -> Server:
        """A server by its name; a yardstick says the words. Raises MeasuringError where it does not start."""
        say = words if name in YARDSTICKS else None
        command = self._command(name, stack)
        return stack.enter_context(running(command, self.given.server, say, tls=name == TLS))

    def _command(self, name: str, stack: ExitStack) -> list[str]:
        if name == TLS:
            certificate = stack.enter_context(commands.certified())
            return commands.daemon(*commands.EMBEDDED, *certificate, listen=commands.ENCRYPTED)
        if name == SOURCED:
            return commands.daemon("--source", stack.enter_context(local_source(self.given.load)))
        if name == DAEMON:
            return commands.daemon(*commands.EMBEDDED)
        return YARDSTICKS[name]()


def lacking(*options: str) -> str:
    """What is missing for some options of the daemon, in words; nothing where all is there."""
    missing = [f"--{name}" for name in options if name not in commands.options_of_the_daemon()]
    if missing:
        return f"this daemon has no {', '.join(missing)}"
    if NEEDS_TLS in options and not has_tls():
        return "the load generator was compiled without OpenSSL"
    return ""
