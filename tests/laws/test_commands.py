"""The commands of the documents print what the documents show."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon
from tests.laws.documents import Block, blocks_of
from tests.laws.transcripts import matches
from tests.laws.tree import ROOT

README = ROOT / "README.md"
PROTOCOL = ROOT / "docs" / "protocol.md"
OPERATIONS = ROOT / "docs" / "operations.md"
SECONDS = 20


OURS = {"nc", "ncat", "socat", "socketspeak", "twistd"}
VARYING = [
    (re.compile(r"\b((Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"), "Weekday"),
    (
        re.compile(
            r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b"
        ),
        "Month",
    ),
    (re.compile(r"\b((segunda|terça|quarta|quinta|sexta)-feira|sábado|domingo)\b"), "Weekday"),
    (
        re.compile(
            r"\b(janeiro|fevereiro|março|abril|maio|junho"
            r"|julho|agosto|setembro|outubro|novembro|dezembro)\b"
        ),
        "Month",
    ),
    (re.compile(r"\bno DST\b|\bDST\b|\bdst=(no|yes)|\"dst\":(true|false)"), "dst"),
    (re.compile(r"\b[A-Z]{2,3}T\b"), "ABBREVIATION"),
    (re.compile(r"(?<=^220-SocketSpeak )(\S+) \S+", re.MULTILINE), r"\1 HOST"),
    # The bound is the kernel's, where that calls the host's clock synchronised.
    (re.compile(r"\bwithin[= ](\?|[\d.]+m?s)"), "within=BOUND"),
    (re.compile(r"\"error_bound\":(null|[\d.]+)"), '"error_bound":BOUND'),
    (re.compile(r"\d+"), "N"),
    (re.compile(r"[ \t]+"), " "),
]


def normal(text: str) -> str:
    """The text without what differs from one run to the next: figures, days, months, the host, padding."""
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return text.strip()


def programs_of(command: str) -> list[str]:
    """The programs of a pipeline, as far as they are those that are run for real."""
    pipeline = [shlex.split(part) for part in re.split(r"(?<![|\\])\|(?!\|)", command)]
    return [words[0] for words in pipeline if words and words[0] in OURS]


def typed(block: Block) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each command of a console block, with what it prints."""
    command = ""
    printed: list[str] = []
    for line in block.lines:
        if line.startswith("$ "):
            if command:
                yield command, tuple(printed)
            command, printed = line[2:], []
        else:
            printed.append(line)
    if command:
        yield command, tuple(printed)


def shell_cases() -> Iterable[object]:
    """The commands of all pages that can be run: those of our programs that show what they print."""
    for block in blocks_of("console"):
        for command, printed in typed(block):
            programs = programs_of(command)
            if programs and printed:
                yield pytest.param(block, command, printed, id=f"{block.at} {command[:40]}")


@pytest.mark.parametrize(("block", "command", "printed"), list(shell_cases()))
def test_a_command_prints_what_the_document_shows(
    block: Block, command: str, printed: tuple[str, ...], shell_daemon: Daemon, tmp_path: Path
) -> None:
    for program in programs_of(command):
        if program not in {"socketspeak", "twistd"} and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace("8082", str(shell_daemon.port))],
        cwd=tmp_path,
        env=_surroundings(shell_daemon),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        text=True,
        check=False,
    )
    port = str(shell_daemon.port)
    said = [normal(line.replace(port, "8082")) for line in done.stdout.rstrip().splitlines()]
    wanted = [line.strip() if line.strip() == "…" else normal(line) for line in printed]
    assert matches(said, tuple(wanted)), f"{block.at}: it truly prints\n{done.stdout}"


def _surroundings(daemon: Daemon) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "SOCKETSPEAK_SERVER": f"127.0.0.1:{daemon.port}",
        "COLUMNS": "110",
        "LANG": "C.UTF-8",
    }


@pytest.fixture(scope="module")
def shell_daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon with its defaults, for what is typed."""
    with Daemon(tmp_path_factory.mktemp("shell")) as running:
        assert running.port
        yield running
