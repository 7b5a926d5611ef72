"""What one client can do to another: how long that one waits while the first attacks the daemon."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.table import Paint, aligned
from tests.kit.attacks import ATTACKS
from tests.kit.daemon import Daemon, until
from tests.kit.fairness import Found, asked_meanwhile

SECONDS = 2.0  # of asking, for each attack
AFTERWARDS_SECONDS = 15.0  # for all that the attack has left to end
MOST_SECONDS = 0.1  # the promise
MOST_SECONDS_OF_99 = 0.02  # for 99 % of the questions
MB = 1_000_000
MS = 1000  # in a second


def fairness_table(paint: Paint) -> tuple[str, bool]:
    """A row for each attack, and whether the promise was kept in all of them."""
    rows = [["", "median", "99 %", "longest", "machine", "memory", "sent", "read", ""]]
    good = True
    with (
        tempfile.TemporaryDirectory() as directory,
        Daemon(Path(directory), "--connections-per-address", "1000") as daemon,
    ):
        daemon.ask("TIME Asia/Tokyo", "FORMAT JSON", "LIST ALL", "MEET tokyo, lisbon")
        for name in ATTACKS:
            found = asked_meanwhile(daemon, name, SECONDS)
            until(lambda: "sessions=1 " in " ".join(daemon.ask("STATUS")), AFTERWARDS_SECONDS)
            kept = found.asked.worst <= MOST_SECONDS and found.asked.share(0.99) <= MOST_SECONDS_OF_99
            good = good and kept
            rows.append([name, *_figures(found), paint.verdict(kept)])
    targets = f"targets: 99 % within {MOST_SECONDS_OF_99 * MS:.0f} ms, all within {MOST_SECONDS * MS:.0f} ms"
    return f"{aligned(rows, paint)}\n{targets}", good


def _figures(found: Found) -> list[str]:
    asked = found.asked
    waits = (asked.share(0.5), asked.share(0.99), asked.worst, max(asked.machine))
    return [
        *(f"{seconds * MS:.1f} ms" for seconds in waits),
        f"{found.kib_a_connection:.0f} KiB",
        f"{found.sent / MB:.1f} MB",
        f"{found.read / MB:.1f} MB",
    ]
