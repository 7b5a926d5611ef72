"""How the daemon starts, refuses to start, and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.kit.daemon import END_SECONDS, TWISTD, Daemon, until, world_time_server

NO_SOCKET = "or its file is no socket"


def refused(here: Path, *options: str) -> str:
    """What is printed by a daemon that does not start; one line, and a status that is not 0."""
    command = [TWISTD, "-n", "--pidfile=daemon.pid", "socketspeak", *options]
    done = subprocess.run(
        command,
        cwd=here,
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr + done.stdout
    assert not (here / "daemon.pid").exists()
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--patience", "nan"], "--patience 'nan' is not allowed: a number of seconds from 0 to 1.5"),
        (["--patience", "2"], "--patience '2' is not allowed: a number of seconds from 0 to 1.5"),
        (["--grace", "inf"], "--grace 'inf' is not allowed: a number of seconds from 0 to 60"),
        (["--grace", "soon"], "--grace 'soon' is not allowed"),
        (["--trust", "nobody"], "--trust 'nobody' is not allowed: embedded or source"),
        (["--tzdata", "missing"], "--tzdata 'missing' is not allowed: package, system or a directory"),
        (["--menu", "tokyo,atlantis"], "--menu 'atlantis' is not allowed: a zone, a city or a country"),
        (["--menu", "tokyo,,lisbon"], "--menu 'tokyo,,lisbon' is not allowed"),
        (["--menu", "brazil"], "--menu 'brazil' is not allowed: one place; several match"),
        (
            ["--source", "lab=sundial:http://x/"],
            "--source 'lab=sundial:http://x/' is not allowed: unknown dialect",
        ),
        (["--source", "nonsense"], "--source 'nonsense' is not allowed: unknown source"),
        (
            ["--source", "a=worldtimeapi:http://x", "--source", "a=worldtimeapi:http://y"],
            "two sources are named",
        ),
        (["--listen", "tpc:8082"], "--listen 'tpc:8082' is not allowed: a Twisted server endpoint"),
        (["--listen", "tcp:eighty"], "--listen 'tcp:eighty' is not allowed: a Twisted server endpoint"),
        (["--listen", "tcp:99999:interface=127.0.0.1"], "--listen 'tcp:99999:interface=127.0.0.1'"),
        (["--listen", "unix:/nowhere/at/all"], "--listen 'unix:/nowhere/at/all' cannot be used"),
        (["--colour", "red"], "option --colour not recognized"),
        (["surplus"], "surplus"),
    ],
)
def test_a_wrong_option_is_one_line_that_says_what_is_allowed(
    options: list[str], told: str, here: Path
) -> None:
    line = refused(here, *options)
    assert line.startswith("twistd socketspeak: ")
    assert told in line


def test_a_port_in_use_is_one_line(daemon: Daemon, here: Path) -> None:
    line = refused(here, "--listen", f"tcp:{daemon.port}:interface=127.0.0.1")
    assert f"--listen 'tcp:{daemon.port}:interface=127.0.0.1' cannot be used: " in line
    assert "in use" in line


def test_a_unix_socket_in_use_is_one_line_and_a_file_that_is_none_is_not_touched(here: Path) -> None:
    listen = f"unix:{here}/speak.sock"
    with Daemon(here, listen=listen) as daemon:
        until(lambda: "listening on" in daemon.log, END_SECONDS)
        told = f"--listen {listen!r} cannot be used: another process listens there, {NO_SOCKET}"
        assert refused(here, "--listen", listen).endswith(told)
    (here / "letter").write_text("dear all")
    assert refused(here, "--listen", f"unix:{here}/letter").endswith(NO_SOCKET)
    assert (here / "letter").read_text() == "dear all"


def test_after_kill_9_it_starts_again_at_once_on_the_same_port_and_socket(here: Path) -> None:
    path = here / "speak.sock"
    with Daemon(here, "--listen", f"unix:{path}") as daemon, ExitStack() as crowd:
        port = daemon.port
        for _ in range(20):  # which all stay behind in TIME_WAIT or FIN_WAIT
            crowd.enter_context(daemon.connect()).sendall(b"TIME tokyo\n")
        daemon.process.kill()
        daemon.process.wait(END_SECONDS)
        lock = Path(f"{path}.lock")
        lock.unlink()
        lock.symlink_to(f"{os.getpid()}")  # its number is another's by now, as in a container
        again = f"tcp:{port}:interface=127.0.0.1"
        with Daemon(here, "--listen", f"unix:{path}", listen=again) as second:
            assert second.ask("PING") == ["200 PONG"]
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(str(path))
            assert second.stop() == -signal.SIGTERM
    assert not path.exists()


def test_a_pidfile_of_a_process_that_is_gone_does_not_prevent_a_start(here: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait(END_SECONDS)
    (here / "speak.pid").write_text(f"{gone.pid}")
    with Daemon(here, twistd=("--pidfile=speak.pid",)) as daemon:
        assert daemon.ask("PING") == ["200 PONG"]
        assert (here / "speak.pid").read_text() == f"{daemon.pid}"


def test_a_socket_that_somebody_removed_does_not_disturb_the_end(here: Path) -> None:
    with Daemon(here, "--listen", f"unix:{here}/speak.sock") as daemon, daemon.connect() as peer:
        with peer.makefile("rb") as stream:
            assert stream.readline().startswith(b"220-")  # all ports are open, and it was accepted
            (here / "speak.sock").unlink()
            daemon.process.send_signal(signal.SIGTERM)
            assert stream.read().endswith(b"421 SocketSpeak is shutting down\r\n")
        assert daemon.process.wait(END_SECONDS) == -signal.SIGTERM
        assert "a port did not close well: [Errno 2] No such file or directory" in daemon.log
        assert "#info] stopped" in daemon.log
        assert "Traceback" not in daemon.log


def test_a_wrong_value_in_the_configuration_file_is_one_line(here: Path) -> None:
    (here / "c.toml").write_text('listen = ["tcp:0:interface=127.0.0.1"]\nburst = 0\n')
    line = refused(here, "--config", "c.toml")
    wrong = "c.toml: burst = 0 is not allowed: a whole number of requests from 1 to 1000000"
    assert line == f"twistd socketspeak: {wrong}"


def test_version_and_help_are_the_projects_own(here: Path) -> None:
    version = subprocess.run(
        [TWISTD, "socketspeak", "--version"], cwd=here, capture_output=True, text=True, check=True
    )
    assert version.stdout.startswith("SocketSpeak ")
    shown = subprocess.run(
        [TWISTD, "socketspeak", "--help"], cwd=here, capture_output=True, text=True, check=True
    )
    for option in ("--listen", "--source", "--patience", "--trust", "--tzdata", "--menu", "--grace"):
        assert option in shown.stdout


def test_the_start_is_told_with_version_database_and_address(here: Path) -> None:
    with Daemon(here) as daemon:
        assert daemon.port
        assert "SocketSpeak " in daemon.log
        assert "tzdb 20" in daemon.log
        assert "can be reached from other machines" not in daemon.log


def test_a_public_address_is_warned_of(here: Path) -> None:
    with Daemon(here, listen="tcp:0") as daemon:
        until(lambda: "can be reached from other machines, and nothing on it is encrypted" in daemon.log, 20)


def test_several_endpoints_are_listened_on(here: Path) -> None:
    with Daemon(here, "--listen", f"unix:{here}/speak.sock") as daemon:
        assert daemon.ask("PING") == ["200 PONG"]
        until(lambda: f"listening on {here}/speak.sock" in daemon.log, 20)
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(END_SECONDS)
            peer.connect(f"{here}/speak.sock")
            peer.sendall(b"PING\nQUIT\n")
            with peer.makefile("rb") as stream:
                assert stream.read().endswith(b"200 PONG\r\n221 goodbye\r\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_tells_idle_sessions_goodbye_and_ends_the_process(number: int, here: Path) -> None:
    with Daemon(here) as daemon, daemon.connect() as peer, peer.makefile("rb") as stream:
        while not stream.readline().startswith(b"220 "):
            pass
        daemon.process.send_signal(number)
        assert stream.readline() == b"421 SocketSpeak is shutting down\r\n"
        assert stream.read() == b""
        peer.close()
        assert daemon.process.wait(END_SECONDS) in (0, -number)
        assert "Traceback" not in daemon.log


def test_what_was_asked_before_the_signal_is_answered(here: Path) -> None:
    with Daemon(here) as daemon, daemon.connect() as peer, peer.makefile("rb") as stream:
        while not stream.readline().startswith(b"220 "):
            pass
        peer.sendall(b"TIME tokyo\n" * 2000)
        daemon.process.send_signal(signal.SIGTERM)
        codes = [line[:4] for line in stream.read().split(b"\r\n")[:-1]]
        assert codes == [b"250 "] * 2000 + [b"421 "]
        assert daemon.process.wait(END_SECONDS) == -signal.SIGTERM


def test_what_waits_for_a_source_when_the_signal_comes_is_answered(here: Path) -> None:
    with (
        world_time_server(here, "--delay", "0.2") as url,
        Daemon(here, "--source", f"lab=worldtimeapi:{url}") as daemon,
    ):
        until(lambda: "state=ok" in " ".join(daemon.ask("STATUS")), 10)
        with daemon.connect() as peer, peer.makefile("rb") as stream:
            while not stream.readline().startswith(b"220 "):
                pass
            peer.sendall(b"TIME tokyo\n")
            until(lambda: "requests=2 failures=0" in " ".join(daemon.ask("STATUS")), 10)
            daemon.process.send_signal(signal.SIGTERM)
            said = stream.read().split(b"\r\n")
            assert b" via=lab; " in said[0]
            assert said[1].startswith(b"421 ")
        assert daemon.process.wait(END_SECONDS) == -signal.SIGTERM


def test_peers_that_never_read_do_not_hold_the_exit(here: Path) -> None:
    with Daemon(here, "--grace", "1") as daemon, daemon.connect() as peer:
        peer.sendall(b"LIST ALL\n" * 200)
        until(lambda: "requests=200" not in " ".join(daemon.ask("STATUS")), 10)
        assert daemon.stop() == -signal.SIGTERM


def test_a_second_signal_ends_the_process_at_once(here: Path) -> None:
    with Daemon(here, "--grace", "60") as daemon, daemon.connect() as peer:
        peer.sendall(b"LIST ALL\n" * 200)
        assert daemon.ask("PING") == ["200 PONG"]
        daemon.process.send_signal(signal.SIGTERM)
        until(lambda: "stopping, with 60 s" in daemon.log, 10)
        assert daemon.stop() == -signal.SIGTERM
        assert "Traceback" not in daemon.log


def test_a_crowd_of_five_hundred_connects_without_waiting(here: Path) -> None:
    with Daemon(here, "--connections-per-address", "1000") as daemon, ExitStack() as crowd:
        assert daemon.port
        daemon.process.send_signal(signal.SIGSTOP)  # nobody is accepted: all of them wait in the kernel
        for _ in range(500):
            crowd.enter_context(socket.create_connection(("127.0.0.1", daemon.port), timeout=0.9))
        daemon.process.send_signal(signal.SIGCONT)
        assert daemon.ask("PING") == ["200 PONG"]


def test_a_daemon_in_the_background_says_why_it_cannot_start(daemon: Daemon, here: Path) -> None:
    command = [TWISTD, "--pidfile=daemon.pid", "--logfile=daemon.log", "socketspeak", "--listen"]
    done = subprocess.run(
        [*command, f"tcp:{daemon.port}:interface=127.0.0.1"],
        cwd=here,
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode != 0
    assert "cannot be used" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout
    # twistd shows the first hundred octets of the reason; the log has it whole, soon after.
    until(lambda: "in use" in (here / "daemon.log").read_text(), END_SECONDS)
    until(lambda: not (here / "daemon.pid").exists(), END_SECONDS)
