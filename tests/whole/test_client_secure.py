"""The client and the command against the daemon itself: over TLS from the start and midway, and logged in."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from socketspeak.client import (
    CertificateRefused,
    Login,
    LoginFailed,
    LoginRequired,
    connect,
)
from tests.client.loopback import to_port
from tests.kit.daemon import END_SECONDS
from tests.kit.door import NAME, PASSWORD, Door, guarded

COMMAND = str(Path(sys.executable).with_name("socketspeak"))
ALICE = Login(NAME, PASSWORD)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A daemon that lets nobody but alice in."""
    with guarded(tmp_path_factory.mktemp("door"), "--require-login") as found:
        yield found


# --- The API ------------------------------------------------------------------------------------------------

MIDWAY = pytest.mark.parametrize("midway", [False, True], ids=["from the start", "midway"])


@MIDWAY
async def test_who_logs_in_over_tls_is_answered(door: Door, midway: bool) -> None:
    where, encryption = to_port(door.port(midway)), door.encryption(midway)
    async with await connect(where, language="pt-BR", encryption=encryption, login=ALICE) as client:
        tokyo, zones = client.time("tokyo"), client.list("ALL")
        assert (await tokyo)[0].place == "Tóquio"
        assert len(await zones) > 400
        assert client.user == NAME


@MIDWAY
async def test_who_does_not_log_in_is_told_to(door: Door, midway: bool) -> None:
    client = await connect(to_port(door.port(midway)), encryption=door.encryption(midway))
    with pytest.raises(LoginRequired, match="530 "):
        await client.time("tokyo")
    await client.close()


async def test_on_this_machine_a_login_goes_in_clear_as_well(door: Door) -> None:
    async with await connect(to_port(door.clear), login=ALICE) as client:
        assert (await client.time("UTC"))[0].offset == 0


@MIDWAY
async def test_another_name_than_the_certificate_s_is_refused(door: Door, midway: bool) -> None:
    encryption = door.encryption(midway, "clock.example")
    with pytest.raises(CertificateRefused, match=r"it is for localhost, and not for clock\.example"):
        await connect(to_port(door.port(midway)), encryption=encryption)


async def test_a_wrong_password_is_refused_and_leaves_the_daemon_as_it_was(door: Door) -> None:
    with pytest.raises(LoginFailed, match="535 "):
        await connect(to_port(door.clear), login=Login(NAME, "another"))


# --- The command --------------------------------------------------------------------------------------------


def command(door: Door, *more: str) -> list[str]:
    """How alice asks what time it is."""
    ca = ["--ca", str(door.ca)] if {"--tls", "--starttls"} & {*more} else []
    port = door.encrypted if "--tls" in more else door.clear
    return [COMMAND, "time", "tokyo", "--server", f"localhost:{port}", "--user", NAME, *ca, *more]


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a command."""
    return {**{name: value for name, value in os.environ.items() if "SOCKETSPEAK" not in name}, **more}


@pytest.mark.parametrize("how", [["--tls"], ["--starttls"], []])
def test_the_command_logs_in_with_a_password_of_the_environment(door: Door, how: list[str]) -> None:
    done = subprocess.run(
        command(door, *how),
        env=surroundings(SOCKETSPEAK_PASSWORD=PASSWORD),
        capture_output=True,
        timeout=END_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Asia/Tokyo" in done.stdout


def test_the_command_reads_a_password_from_a_pipe(door: Door) -> None:
    done = subprocess.run(
        command(door, "--tls", "--password-file", "/dev/stdin"),
        input=f"{PASSWORD}\n".encode(),
        env=surroundings(),
        capture_output=True,
        timeout=END_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def at_a_terminal(arguments: list[str], *typed: bytes) -> tuple[int, bytes]:
    """How a command exits, and what is seen, when something is typed at its prompt."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(arguments[0], arguments, surroundings(TERM="dumb"))
    seen, left = b"", list(typed)
    try:
        while piece := os.read(terminal, 4096):
            seen += piece
            if b"Password of alice: " in seen and left:
                os.write(terminal, left.pop(0))
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen


def test_at_a_terminal_the_password_is_asked_for_and_not_shown(door: Door) -> None:
    status, seen = at_a_terminal(command(door, "--tls"), f"{PASSWORD}\n".encode())
    assert status == 0
    assert seen.count(b"Password of alice: ") == 1
    assert b"Asia/Tokyo" in seen
    assert PASSWORD.encode() not in seen


@pytest.mark.parametrize(("typed", "status"), [(b"\x03", 130), (b"\x04", 2)], ids=["Ctrl-C", "Ctrl-D"])
def test_who_does_not_type_a_password_has_asked_nothing(door: Door, typed: bytes, status: int) -> None:
    ended, seen = at_a_terminal(command(door, "--tls"), typed)
    assert ended == status
    assert b"Traceback" not in seen
    assert b"Asia/Tokyo" not in seen


def test_no_password_is_in_the_log(door: Door) -> None:
    assert f"'{NAME}' logged in" in door.daemon.log
    assert PASSWORD not in door.daemon.log
