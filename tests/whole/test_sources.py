"""A daemon with a source: one request for any number of answers, right to the millisecond, and honest."""

from __future__ import annotations

import re
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon, until, world_time_server

WITHIN = re.compile(r" within=(\d+)ms ")


def answering(daemon: Daemon, sources: int = 1) -> bool:
    """Whether the sources have answered their probes."""
    return " ".join(daemon.ask("STATUS")).count("state=ok") == sources


@pytest.mark.parametrize("ahead", ["0", "3"])
def test_a_thousand_answers_cost_one_request_and_are_right(ahead: str, tmp_path: Path) -> None:
    with (
        world_time_server(tmp_path, "--delay", "0.04", "--offset", ahead) as url,
        # A second one, since against one alone that is off the kernel's word for the host may stand.
        world_time_server(tmp_path, "--delay", "0.04", "--offset", ahead) as second,
        Daemon(
            tmp_path,
            *("--source", f"lab=worldtimeapi:{url}"),
            *("--source", f"second=worldtimeapi:{second}"),
        ) as daemon,
    ):
        until(lambda: answering(daemon, 2), 10)
        daemon.ask("TIME Asia/Tokyo")
        offs = []
        for _ in range(100):
            before = time.time()
            said = daemon.ask(*["TIME Asia/Tokyo"] * 10)
            after = time.time()
            assert len(said) == 10
            for line in said:
                assert " Asia/Tokyo JST dst=no within=" in line
                assert " via=lab; " in line
                told = datetime.fromisoformat(line[4:33]).timestamp() - float(ahead)
                offs.append(max(before - 0.001 - told, told - after, 0.0))
                within = WITHIN.search(line)
                assert within
                assert 40 <= int(within.group(1)) <= 60  # half of 80 ms, and what a busy machine adds
        assert max(offs) < 0.005
        status = daemon.ask("STATUS")
        assert any("requests=2 failures=0" in line for line in status)  # the probe, and Tokyo


def test_embedded_alone_asks_nothing_outside(tmp_path: Path) -> None:
    with Daemon(tmp_path, "--source", "embedded") as daemon, daemon.connect() as peer:
        with peer.makefile("rb") as stream:
            while not stream.readline().startswith(b"220 "):
                pass
            descriptors = daemon.descriptors()
            peer.sendall(b"TIME tokyo\nSTATUS\n")
            assert b" via=embedded; " in stream.readline()
            while not stream.readline().startswith(b"211 source=embedded state=ready"):
                pass
        assert daemon.descriptors() == descriptors
        assert daemon.threads() == 1  # not even a name was looked up


def test_a_source_that_is_down_from_the_start_makes_nobody_wait(tmp_path: Path) -> None:
    with Daemon(tmp_path, "--source", "down=worldtimeapi:http://127.0.0.1:9/api") as daemon:
        assert daemon.port
        before = time.monotonic()
        said = daemon.ask("TIME tokyo")
        assert " via=embedded; " in said[0]
        assert time.monotonic() - before < 0.8  # the patience
        until(
            lambda: (
                "state=resting" in " ".join(daemon.ask("STATUS"))
                or "state=failing" in " ".join(daemon.ask("STATUS"))
            ),
            5,
        )


def test_when_patience_is_spent_the_embedded_rule_answers(tmp_path: Path) -> None:
    with (
        world_time_server(tmp_path, "--answers", "1", "--mode", "hang") as url,
        Daemon(tmp_path, "--source", f"slow=worldtimeapi:{url}", "--patience", "0.3") as daemon,
    ):
        until(lambda: answering(daemon), 10)
        before = time.monotonic()
        said = daemon.ask("TIME tokyo")
        assert " via=embedded; " in said[0]
        assert 0.3 <= time.monotonic() - before < 2.0
