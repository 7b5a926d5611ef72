"""twistd with something in it that never ends: `python -m tests.kit.broken WHAT`, and then as twistd.

What hangs is `sources` (letting them go), `reactor` (all of it, when it is told to stop), `names` (looking
them up) or `passwords` (working on them).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

from twisted.internet.defer import Deferred
from twisted.scripts.twistd import run

from socketspeak.app.daemon import Daemon
from socketspeak.server import checking
from socketspeak.sources import names
from socketspeak.sources.almanac import Almanac

FOREVER = 60.0  # seconds; no test waits so long


def _forever(*_: object) -> None:
    time.sleep(FOREVER)


def _sources() -> None:
    Almanac.stop = lambda self: Deferred()  # type: ignore[method-assign]


def _reactor() -> None:
    Daemon.stopService = _forever  # type: ignore[method-assign,assignment]


def _names() -> None:
    names.Names.__init__.__defaults__ = (_forever,)


def _passwords() -> None:
    checking.fits = _forever  # type: ignore[assignment,attr-defined]


BREAK: Mapping[str, Callable[[], None]] = {
    "sources": _sources,
    "reactor": _reactor,
    "names": _names,
    "passwords": _passwords,
}


if __name__ == "__main__":
    BREAK[sys.argv.pop(1)]()
    run()
