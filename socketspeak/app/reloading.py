"""SIGHUP: all that was read at the start is read anew. What is wrong is not taken, and the log says why."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from twisted.logger import Logger
from twisted.python.failure import Failure

from socketspeak.app.config import Config
from socketspeak.app.garbage import setting_aside_what_comes
from socketspeak.app.house import House, Spoken, spoken_in
from socketspeak.app.logfile import ReopenedFile
from socketspeak.app.options import Options, Wrong, said
from socketspeak.app.supervisor import Supervisor
from socketspeak.app.world import World

SHOWN_NAMES = 5  # of zones that a new database lacks
REST_SECONDS = 0.5  # from one reload to the next, for signals can come in heaps
TURN_SECONDS = 0.0005  # Python's is 5 ms

# Reads a file anew: None, or why what it said before is kept. It may take its time: it is called in a thread.
Reload = Callable[[Config], str | None]


@dataclass(slots=True)
class _Found:
    """What came of reading everything: what is to be taken, what was, and what is wrong."""

    config: Config | None = None
    world: World | None = None
    spoken: Spoken | None = None
    done: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    failure: Failure | None = None


class Reloading:
    """Reads files in a thread, so that nobody waits, and takes what was found in one turn of the reactor."""

    _log = Logger()

    def __init__(
        self,
        options: Options,
        house: House,
        *,
        files: Iterable[tuple[str, Reload]],
        log_file: ReopenedFile | None,
        supervisor: Supervisor,
        stopped: Callable[[], bool],
        reactor: Any,
    ) -> None:
        """`files` are read anew beside what the options name, each with what it is called in the log.

        Once the server has `stopped` nothing is taken any more.
        """
        self._options = options
        self._house = house
        self._files = tuple(files)
        self._log_file = log_file
        self._supervisor = supervisor
        self._stopped = stopped
        self._reactor = reactor
        self._reading = False
        self._resting = False
        self._once_more = False

    def reload(self) -> None:
        """Read everything anew; asked again soon or meanwhile, once more then, however often that was."""
        if self._reading or self._resting:
            self._once_more = True
            return
        self._reading = self._resting = True
        self._reactor.callLater(REST_SECONDS, self._rested)
        self._supervisor.reloading()
        found = _Found()
        self._reopen_log(found)
        # Not of the reactor's pool: the end of the process would wait for it.
        threading.Thread(target=self._read, args=(found,), name="reload", daemon=True).start()

    def rotate(self) -> None:
        """Begin a new log file, if the log is a file; the old one gets a number."""
        if self._log_file is not None:
            self._log_file.rotate()

    def _reopen_log(self, found: _Found) -> None:
        """Before anything else, so that all that is said of the rest is in the new file."""
        if self._log_file is None:
            return
        try:
            self._log_file.reopen()
            found.done.append("the log")
        except OSError as problem:
            found.wrong.append(f"the log cannot be opened: {problem.strerror}")

    def _read(self, found: _Found) -> None:
        """In a thread."""
        try:
            with _unobtrusive():
                _read_options(found, self._options, self._house.world)
                for name, reload in self._files:
                    why = reload(found.config or self._house.config)
                    (found.done if why is None else found.wrong).append(why or name)
        except Exception:
            found.failure = Failure()
        self._reactor.callFromThread(self._take, found)

    def _take(self, found: _Found) -> None:
        if self._stopped():
            return
        try:
            self._apply(found)
        except Exception:
            self._log.failure("reloading broke")
        self._reading = False
        self._supervisor.ready()
        self._go_on()

    def _rested(self) -> None:
        self._resting = False
        self._go_on()

    def _go_on(self) -> None:
        if self._once_more and not (self._reading or self._resting or self._stopped()):
            self._once_more = False
            self.reload()

    def _apply(self, found: _Found) -> None:
        if found.failure is not None:
            self._log.failure("reloading broke", found.failure)
        left: tuple[str, ...] = ()
        if found.config is not None and found.world is not None and found.spoken is not None:
            changes = self._house.renew(found.config, found.world, found.spoken)
            left = changes.left
            found.done += ["the options", f"tzdb {found.world.version}"]
            if changes.taken:
                found.done.append(f"changed: {', '.join(changes.taken)}")
        for why in found.wrong:
            self._log.error("not reloaded, what was before stays: {why}", why=why)
        if found.done:
            self._log.info("reloaded {what}", what=", ".join(found.done))
        if left:
            self._log.warn("a restart is needed for {options}", options=", ".join(left))


@contextmanager
def _unobtrusive() -> Iterator[None]:
    """Keep a thread that works hard from holding up the reactor: both have the interpreter in turns.

    The reactor asks for its turn at each system call, several times a request.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        with setting_aside_what_comes():
            yield
    finally:
        sys.setswitchinterval(usual)


def _read_options(found: _Found, options: Options, before: World) -> None:
    try:
        config, world = options.anew()
    except Wrong as wrong:
        found.wrong.append(said(wrong))
        return
    lost = sorted(before.names - world.names)
    if lost:
        names = ", ".join([*lost[:SHOWN_NAMES], *(["…"] if len(lost) > SHOWN_NAMES else [])])
        found.wrong.append(f"--tzdata {config.tzdata!r} lacks zones that sessions may hold: {names}")
    else:
        found.config, found.world, found.spoken = config, world, spoken_in(world)
