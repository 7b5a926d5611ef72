"""The state file: what is kept over a restart, written beside the reactor's way, and read back."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from socketspeak.language.printable import shown
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.keeping import Snapshot, document
from socketspeak.sources.recollection import StateError

LOOK_SECONDS = 2.0  # what has changed is written within that, and the time that writing takes
LAST_SECONDS = 1.0  # for writing at the end; a disk that hangs does not hold the exit
MOST_OCTETS = 4 * 1024 * 1024  # ten times what 600 zones take


class StateFile:
    """Keeps what an almanac has learnt in a file, and gives it back after a restart."""

    _log = Logger()

    def __init__(
        self, path: Path, almanac: Almanac, reactor: Any, writes: Callable[[], bool] = lambda: True
    ) -> None:
        """Touch nothing yet. Writing is done in a thread, which `reactor` hears from.

        `writes` says whether it is this process that writes, of several that read the file.
        """
        self._writes = writes
        self._path = path
        self._almanac = almanac
        self._reactor = reactor
        self._written = -1
        self._timer: IDelayedCall | None = None
        self._writing: Deferred[None] | None = None
        self._failed = False

    def load(self) -> None:
        """Read the file, if there is one. What cannot be read is set aside, with one line in the log."""
        try:
            found = json.loads(_read(self._path))
            recollection = self._almanac.recall(found)
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as wrong:
            self._set_aside(wrong)
            return
        self._written = self._almanac.changes
        if recollection.from_the_future:
            self._log.warn(
                "{path} is from the future by the host's clock: its rules are not used", path=str(self._path)
            )
        else:
            self._log.info("{rules} rules from {path}", rules=len(recollection.samples), path=str(self._path))

    def start(self) -> None:
        """Write what changes, every two seconds at most."""
        self._timer = self._reactor.callLater(LOOK_SECONDS, self._look)

    def stop(self) -> Deferred[None]:
        """Write what has changed since, and no more; fires within a second."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        done: Deferred[None] = Deferred()
        limit = self._reactor.callLater(LAST_SECONDS, done.callback, None)

        def ended(_: object) -> None:
            if limit.active():
                limit.cancel()
                done.callback(None)

        def last(_: object) -> None:
            self._write().addBoth(ended)

        if self._writing is None:
            last(None)
        else:
            self._writing.addBoth(last)
        return done

    def _look(self) -> None:
        self._timer = self._reactor.callLater(LOOK_SECONDS, self._look)
        if self._writing is None:
            self._write()

    def _write(self) -> Deferred[None]:
        """Write what has changed, in a thread; fires when it is on the disk, or could not be."""
        ended: Deferred[None] = Deferred()
        if self._almanac.changes == self._written or not self._writes():
            ended.callback(None)
            return ended
        changes, kept = self._almanac.changes, self._almanac.snapshot()
        self._writing = ended

        def tell(problem: Exception | None) -> None:
            self._writing = None
            self._say(problem)
            if problem is None:
                self._written = changes
            ended.callback(None)

        def work() -> None:
            self._reactor.callFromThread(tell, _attempt(self._path, kept))

        # Not of the reactor's pool: the end of the process would wait for it.
        threading.Thread(target=work, name="state", daemon=True).start()
        return ended

    def _say(self, problem: Exception | None) -> None:
        """Say in the log when writing begins to fail, and when it works again."""
        if problem is not None and not self._failed:
            reason = shown(_reason(problem))
            self._log.warn("{path} cannot be written: {reason}", path=str(self._path), reason=reason)
        elif problem is None and self._failed:
            self._log.info("{path} is written again", path=str(self._path))
        self._failed = problem is not None

    def _set_aside(self, wrong: Exception) -> None:
        when = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        aside = self._path.with_name(f"{self._path.name}.bad-{when}")
        try:
            self._path.rename(aside)
            where = f"it is {aside.name} now"
        except OSError as problem:
            where = f"it cannot be renamed either ({_reason(problem)})"
        self._log.warn(
            "{path} cannot be used: {reason}; {where}",
            path=str(self._path),
            reason=shown(_reason(wrong)),
            where=shown(where),
        )


def _reason(problem: Exception) -> str:
    """What went wrong, without the path that the line has already."""
    return problem.strerror or str(problem) if isinstance(problem, OSError) else str(problem)


def _read(path: Path) -> str:
    """The text of a file; raises OSError, and ValueError where it is too long or no text."""
    with path.open("rb") as file:
        octets = file.read(MOST_OCTETS + 1)
    if len(octets) > MOST_OCTETS:
        raise StateError("it is too long")
    return octets.decode("utf-8")


def _attempt(path: Path, kept: Snapshot) -> Exception | None:
    """Write a snapshot, whole or not at all, so that not even a loss of power leaves half of it."""
    try:
        text = json.dumps(document(kept), indent=1, ensure_ascii=False) + "\n"
        new = path.with_name(f"{path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)  # it may be left over from another time
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except Exception as problem:
        return problem
    return None
