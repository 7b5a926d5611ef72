"""The programs in C, and the servers that are measured beside the daemon."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest

from benchmarks import building, commands, threaded
from benchmarks.building import MeasuringError
from benchmarks.cases import Load
from benchmarks.generator import Generator
from benchmarks.machine import processors
from benchmarks.rounds import load_options
from benchmarks.rungs import RUNGS
from benchmarks.servers import Server, Words, running
from tests.benchmarks.counter import PLACES, Counter, honest

WORDS = Words(b"220-hello\r\n220 ask\r\n", b"250 2026-11-23T15:04:05.123+09:00 Asia/Tokyo JST; 15:04\r\n")
SECONDS = 10


@pytest.mark.usefixtures("generator")
def test_every_program_in_c_compiles_without_a_warning() -> None:
    for program in (building.linebench(), building.floor(), building.watchers()):
        assert program.exists()


def test_a_warning_is_an_error(generator: Generator) -> None:
    assert generator
    source = building.BUILD / "sloppy.c"
    source.write_text("int main(void) { int unused; }\n", encoding="ascii")
    with pytest.raises(MeasuringError, match="unused"):
        building.compiled("sloppy", str(source))
    source.unlink()


@pytest.mark.parametrize("name", ["floor", "threaded", "bare", *RUNGS])
def test_a_yardstick_answers_every_line_once(name: str, generator: Generator) -> None:
    kinds = {"floor": commands.floor, "threaded": commands.threaded, "bare": commands.bare}
    command = kinds[name]() if name in kinds else commands.rung(name)
    with running(command, processors().server, WORDS) as server:
        load = Load(("-c", "3", "-P", "200", "-n", "20000"))
        with load_options(load, server) as options:
            raw = generator.run(options, server.port)
    assert raw["answers"] == 20_000
    assert raw["us"]["p99"] > 0


@pytest.mark.usefixtures("generator")
def test_the_floor_answers_in_full_who_reads_late() -> None:
    lines = 200_000  # whose answers no socket's buffers hold
    with (
        running(commands.floor(), processors().server, WORDS) as server,
        socket.create_connection(("127.0.0.1", server.port), SECONDS) as peer,
        peer.makefile("rb") as stream,
    ):
        asking = threading.Thread(target=peer.sendall, args=(b"x\n" * lines,))
        asking.start()
        time.sleep(0.1)
        said = stream.read(len(WORDS.greeting) + lines * len(WORDS.answer))
        asking.join()
    assert said == WORDS.greeting + WORDS.answer * lines


def test_the_thread_a_connection_tells_the_time_as_the_daemon_does() -> None:
    told = threaded.answer(b"TIME Asia/Tokyo\r\n").decode()
    assert re.fullmatch(
        r"250 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+09:00 Asia/Tokyo JST dst=no within=\? via=zoneinfo; "
        r"\w+, \d+ \w+ \d{4}, \d\d:\d\d:\d\d in Tokyo\r\n",
        told,
    )
    assert threaded.answer(b"TIME ../../etc/passwd\n").startswith(b"550 ")
    assert threaded.answer(b"DANCE\n").startswith(b"500 ")


def test_what_is_sent_first_and_what_is_expected_are_dealt_in_turn(
    generator: Generator, counter: Counter
) -> None:
    load = Load(
        ("-c", "4", "-n", "40"),
        ("TIME a", "TIME b"),
        ("FORMAT JSON\nLANG es", "PING"),
        ('{"code":250', "250 "),
    )
    with load_options(load, Server(os.getpid(), counter.port, WORDS, 0.0)) as options:
        raw = generator.run(options, counter.port)
    assert raw["answers"] == 40
    began = sorted(asked[: -sum(line.startswith("TIME") for line in asked)] for asked in counter.asked)
    assert began == [["FORMAT JSON", "LANG es"]] * 2 + [["PING"]] * 2
    assert {line for asked in counter.asked for line in asked} >= {"TIME a", "TIME b"}


def test_an_answer_that_was_not_expected_is_a_fault(generator: Generator, counter: Counter) -> None:
    with pytest.raises(MeasuringError, match="'bad': 10"):
        generator.run(["-r", "PING", "-g", "2", "-x", "250 ", "-n", "10"], counter.port)


@pytest.mark.usefixtures("generator")
def test_watchers_see_each_tick_that_is_lost_doubled_or_late(counter: Counter) -> None:
    counter.ticks = lambda number, second: FAULTS[number](honest(second), second)
    options = f"-c 4 -d 2 -l 0 -g 2 -p {len(PLACES)} -P {os.getpid()} -r".split()
    ran = subprocess.run(
        [str(building.watchers()), *options, f"WATCH {', '.join(PLACES)}\r\n", str(counter.port)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    begun, told = ran.stdout.splitlines()
    found = json.loads(told)
    assert (begun, ran.returncode) == ("watching", 1)
    assert found["expected"] == 4 * 2 * len(PLACES)
    assert found["kernel_stamps"] is True
    assert found["lost"] == found["worst_watcher_lost"] == found["doubled"] == len(PLACES)
    assert found["received"] == found["expected"] - found["lost"]
    assert 0.5 < found["near"] < 1
    assert 150 <= found["max_ms"] < 900


def _late(lines: list[bytes], _second: datetime) -> list[bytes]:
    time.sleep(0.15)
    return lines


# What each watcher is sent, by its number: the truth; every other second twice; not at all; everything late.
FAULTS: tuple[Callable[[list[bytes], datetime], list[bytes]], ...] = (
    lambda lines, second: lines,
    lambda lines, second: lines * (1 + second.second % 2),
    lambda lines, second: lines * (second.second % 2),
    _late,
)
