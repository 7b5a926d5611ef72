"""The command as its users run it: in a process of its own, in pipes, on a terminal, and interrupted."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import socketspeak
from socketspeak.app.main import main
from tests.kit.daemon import Daemon

COMMAND = str(Path(sys.executable).with_name("socketspeak"))
RESET = b"\x1b["
END_SECONDS = 20.0  # a slow machine's end, not a promise


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A daemon on its embedded database, as --server names it."""
    with Daemon(tmp_path_factory.mktemp("daemon"), "--source", "embedded") as daemon:
        yield f"127.0.0.1:{daemon.port}"


def environment(**more: str) -> dict[str, str]:
    """The surroundings of a command, without what would colour it or lead it elsewhere."""
    aside = ("FORCE_COLOR", "NO_COLOR", "SOCKETSPEAK_SERVER", "TERM")
    return {**{name: value for name, value in os.environ.items() if name not in aside}, **more}


def ran(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What became of a command whose output goes into pipes."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=END_SECONDS,
        check=False,
    )


def on_a_terminal(*arguments: str, **more: str) -> bytes:
    """What a command writes to a terminal."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [COMMAND, *arguments], env=environment(**{"TERM": "xterm-256color", **more}), stdout=its, stderr=its
    ) as process:
        os.close(its)
        said = b""
        try:
            while piece := os.read(ours, 4096):
                said += piece
        except OSError:  # how Linux says that the other end is closed
            pass
        os.close(ours)
        assert process.wait(END_SECONDS) == 0
    return said


def test_an_answer_exits_with_0_and_is_plain_text_in_a_pipe(server: str) -> None:
    done = ran("time", "tokyo", "são paulo", "--server", server)
    assert (done.returncode, done.stderr) == (0, "")
    tokyo, sao_paulo = done.stdout.splitlines()
    assert tokyo.startswith("Tokyo, JP ")
    assert sao_paulo.startswith("São Paulo, BR  ")
    assert "\x1b" not in done.stdout


def test_a_failure_exits_with_1_and_is_said_on_standard_error(server: str) -> None:
    done = ran("time", "lisbom", "tokyo", "--server", server)
    assert done.returncode == 1
    assert done.stdout.startswith("Tokyo, JP ")
    assert done.stderr == "socketspeak: 550 no such place: lisbom; near: lisbon\n"


def test_wrong_usage_exits_with_2_and_names_the_option_the_value_and_what_is_allowed() -> None:
    done = ran("time", "tokyo", "--timeout", "-1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--timeout: '-1' is not allowed: a number of seconds from 0.05 to 3600" in done.stderr


def test_no_server_exits_with_3_in_one_line() -> None:
    done = ran("time", "tokyo", "--server", "localhost:1")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("socketspeak: localhost:1: cannot connect: ")
    assert done.stderr.count("\n") == 1


def test_json_is_read_by_programs(server: str) -> None:
    done = ran("time", "são paulo", "tokyo", "--json", SOCKETSPEAK_SERVER=server)
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(document["query"], document["zone"]) for document in documents] == [
        ("são paulo", "America/Sao_Paulo"),
        ("tokyo", "Asia/Tokyo"),
    ]
    assert done.stdout.isascii()


def test_its_version_and_its_help_need_no_server() -> None:
    assert ran("--version").stdout == f"SocketSpeak {socketspeak.__version__}\n"
    assert "exit status: 0 answered" in ran("--help").stdout
    assert "PLACE" in ran("time", "--help").stdout


def test_it_runs_as_a_module_too(server: str) -> None:
    command = [sys.executable, "-m", "socketspeak.app.main", "time", "UTC", "--server", server]
    done = subprocess.run(command, capture_output=True, text=True, timeout=END_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# --- Where it writes ----------------------------------------------------------------------------------------


ODD = [  # each shows something that is marked by a colour of its own
    ["convert", "2026-03-29 01:30", "lisbon", "tokyo"],
    ["transitions", "lisbon"],
    ["meeting", "tokyo", "lisbon", "--on", "2026-11-24"],
]


@pytest.mark.parametrize("arguments", [["time", "tokyo"], ["difference", "tokyo", "lisbon"], *ODD])
def test_a_terminal_gets_colours(server: str, arguments: list[str]) -> None:
    assert RESET in on_a_terminal(*arguments, "--server", server)


@pytest.mark.parametrize("arguments", ODD)
def test_neither_a_pipe_nor_who_wants_no_colours_gets_any(server: str, arguments: list[str]) -> None:
    piped = ran(*arguments, "--server", server)
    shown = on_a_terminal(*arguments, "--server", server, NO_COLOR="1").decode()
    assert piped.returncode == 0
    assert "\x1b" not in piped.stdout
    assert shown.replace("\r\n", "\n") == piped.stdout


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_gets_no_colours_where_they_are_not_wanted(server: str, setting: dict[str, str]) -> None:
    said = on_a_terminal("time", "tokyo", "--server", server, **setting)
    assert said.startswith(b"Tokyo, JP ")
    assert b"\x1b[3" not in said


def test_json_has_no_colours_on_a_terminal_either(server: str) -> None:
    assert RESET not in on_a_terminal("time", "tokyo", "--json", "--server", server)


@pytest.mark.parametrize("arguments", [["list", "ALL"], ["list", "ALL", "--json"]])
def test_a_reader_who_has_enough_is_no_trouble(server: str, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:
        done = subprocess.run(
            [COMMAND, *arguments, "--server", server],
            stdout=pipe,
            stderr=subprocess.PIPE,
            timeout=END_SECONDS,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_is_said_and_fails(server: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [COMMAND, "time", "tokyo", "--server", server],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=END_SECONDS,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"socketspeak: cannot write: No space left on device\n")


def test_a_standard_output_that_is_closed_is_no_trouble(server: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"{COMMAND} time tokyo --server {server} >&-"],
        stderr=subprocess.PIPE,
        timeout=END_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_letters_that_the_locale_lacks_become_question_marks(server: str) -> None:
    done = ran("time", "são paulo", "--server", server, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.startswith("S?o Paulo, BR  ")


# --- Interrupted --------------------------------------------------------------------------------------------

HUNG_NAMES = """
import socket, sys, time
socket.getaddrinfo = lambda *_, **__: time.sleep(60)
from socketspeak.app.main import main
sys.exit(main(["time", "tokyo", "--server", "clock.example", "--timeout", sys.argv[1]]))
"""


def interrupted(process: subprocess.Popen[bytes], after: float) -> tuple[int, bytes, float]:
    """Ctrl-C after a while: the exit status, what was said on standard error, and how long it took."""
    with process:
        time.sleep(after)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=END_SECONDS)
        return process.returncode, said, time.monotonic() - begun


def test_ctrl_c_exits_with_130_and_says_nothing() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen([COMMAND, "time", "tokyo", "--server", address], stderr=subprocess.PIPE)
        silent.settimeout(END_SECONDS)
        with closing(silent.accept()[0]):
            status, said, _ = interrupted(process, 0.05)
    assert (status, said) == (130, b"")


def test_ctrl_c_is_quick_while_a_name_is_looked_up() -> None:
    process = subprocess.Popen([sys.executable, "-c", HUNG_NAMES, "60"], stderr=subprocess.PIPE)
    status, said, seconds = interrupted(process, 1.5)
    assert (status, said) == (130, b"")
    assert seconds < 5


def test_the_timeout_holds_while_a_name_is_looked_up() -> None:
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", HUNG_NAMES, "0.2"], stderr=subprocess.PIPE, timeout=END_SECONDS, check=False
    )
    assert (done.returncode, done.stderr) == (3, b"socketspeak: clock.example: no answer within 0.2 s\n")
    assert time.monotonic() - begun < 10


def test_ctrl_c_before_it_has_begun_is_130_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_chosen: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("socketspeak.app.asking.run_command", interrupt)
    assert main(["status"]) == 130
