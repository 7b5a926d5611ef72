"""Whatever one client sends or refuses to read, another that asks every ten milliseconds is answered in time.

The promise is 100 ms. What other work on the machine adds is told apart by the kernel's own count of the time
in which a process was ready to run and was not let (`tests/kit/asker.py`); the best of three attempts counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon, until
from tests.kit.fairness import Found, asked_meanwhile

PROMISE_SECONDS = 0.1
PROMISE_KIB = 64.0  # of memory for a connection
ASKING_SECONDS = 0.6
ATTEMPTS = 3
LONGEST = "long answers, nothing read"  # the longest reply of all is 64 KiB itself
TRIED = (  # of the attacks; `python -m benchmarks --fairness` measures all of them
    "line ends",
    "requests, answers read",
    "requests, nothing read",
    LONGEST,
    "octets that drip",
    "dear requests",
    "dear requests of a crowd",
    "TELNET options of a crowd",
    "come and go",
)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that takes as many connections from one address as an attack has."""
    directory: Path = tmp_path_factory.mktemp("busy")
    with Daemon(directory, "--connections-per-address", "1000") as running:
        running.ask("TIME Asia/Tokyo", "FORMAT JSON", "LIST ALL", "MEET tokyo, lisbon")
        yield running


@pytest.mark.parametrize("attack", TRIED)
def test_who_asks_every_ten_milliseconds_is_answered_in_time_whatever_another_does(
    busy: Daemon, attack: str
) -> None:
    found: list[Found] = []
    while len(found) < ATTEMPTS and not (found and found[-1].asked.worst <= PROMISE_SECONDS):
        found.append(asked_meanwhile(busy, attack, ASKING_SECONDS))
        until(lambda: "sessions=1 " in " ".join(busy.ask("STATUS")), 10)
    best = min(found, key=lambda each: each.asked.worst)
    assert best.asked.worst <= PROMISE_SECONDS
    assert best.sent
    assert min(each.kib_a_connection for each in found) <= PROMISE_KIB or attack == LONGEST
    assert "Traceback" not in busy.log
