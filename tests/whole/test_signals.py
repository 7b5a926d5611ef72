"""What signals do to a running daemon: HUP reads everything anew, and nobody is dropped."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon, until
from tests.kit.tls import certificate_options, write_certificate
from tests.whole.door import Doors

SYSTEM_ZONES = Path("/usr/share/zoneinfo")
RELOADED = "#info] reloaded "
NOT_RELOADED = "not reloaded, what was before stays: "


@contextmanager
def session(daemon: Daemon) -> Iterator[tuple[socket.socket, BufferedReader]]:
    """A session that has been greeted."""
    with daemon.connect() as peer, peer.makefile("rb") as stream:
        while not stream.readline().startswith(b"220 "):
            pass
        yield peer, stream


def ask(daemon_session: tuple[socket.socket, BufferedReader], line: str) -> str:
    """The last line of the reply to a request."""
    peer, stream = daemon_session
    peer.sendall(f"{line}\n".encode())
    while (said := stream.readline())[3:4] == b"-":
        pass
    return said.decode().rstrip()


def hang_up(daemon: Daemon, told: str) -> None:
    """Send HUP, and wait until the log has one more line that has this in it."""
    before = daemon.log.count(told)
    daemon.process.send_signal(signal.SIGHUP)
    until(lambda: daemon.log.count(told) > before, 10)


@pytest.fixture
def file(here: Path) -> Path:
    """A configuration file."""
    path = here / "socketspeak.toml"
    path.write_text('menu = "tokyo, UTC"\nidle = 60\n')
    return path


def test_hup_takes_the_configuration_file_for_sessions_that_are_there_and_those_that_come(
    here: Path, file: Path
) -> None:
    with Daemon(here, "--config", str(file)) as daemon, session(daemon) as mine:
        file.write_text('menu = "lisbon, UTC"\nlanguage = "pt"\ngrace = 0.5\n')
        hang_up(daemon, RELOADED)
        assert " Asia/Tokyo " in ask(mine, "1"), "the list that it was shown stays its own"
        assert ask(mine, "MENU").startswith("251    2 Etc/UTC ")
        assert " in Lisbon" in ask(mine, "1")
        with session(daemon) as new:
            assert "em Lisboa" in ask(new, "1")
        line = next(line for line in daemon.log.splitlines() if RELOADED in line)
        assert "the options, tzdb 20" in line
        assert line.endswith("changed: menu, grace, language, idle")
        assert daemon.stop() == -signal.SIGTERM
        assert "stopping, with 0.5 s" in daemon.log


def test_hup_takes_limits_for_sessions_that_are_there(here: Path, file: Path) -> None:
    with Daemon(here, "--config", str(file)) as daemon, session(daemon) as mine, session(daemon):
        assert ask(mine, "PING") == "200 PONG"
        time.sleep(0.6)  # by now it is known when to look at them again, which is too late
        file.write_text("idle = 1\nconnections-per-address = 1\n")
        hang_up(daemon, RELOADED)
        with daemon.connect() as third, third.makefile("rb") as stream:
            assert stream.read().startswith(b"421 ")
        assert mine[1].readline().startswith(b"421 ")


def test_what_is_wrong_in_the_file_changes_nothing_and_is_said_once(here: Path, file: Path) -> None:
    with Daemon(here, "--config", str(file)) as daemon, session(daemon) as mine:
        file.write_text('menu = "lisbon"\nidle = 0\n')
        hang_up(daemon, NOT_RELOADED)
        assert " Asia/Tokyo " in ask(mine, "1")
        assert " Asia/Tokyo " in daemon.ask("1")[0]
        (line,) = (line for line in daemon.log.splitlines() if NOT_RELOADED in line)
        assert line.endswith(f"{file}: idle = 0 is not allowed: a number of seconds from 1 to 86400")
        assert RELOADED not in daemon.log


def test_what_takes_a_restart_is_named(here: Path, file: Path) -> None:
    with Daemon(here, "--config", str(file)) as daemon:
        assert daemon.port
        file.write_text('trusted-proxy = ["10.0.0.0/8"]\ndrift = 100\npatience = 0.1\ncertificate = "/c"\n')
        hang_up(daemon, "a restart is needed for ")
        assert "a restart is needed for drift, certificate, trusted-proxy\n" in daemon.log
        hang_up(daemon, "a restart is needed for drift, certificate, trusted-proxy\n")  # and again
        assert daemon.ask("PING") == ["200 PONG"]


def test_the_tz_database_is_read_anew(here: Path) -> None:
    zones = here / "zones"
    zones.mkdir()
    for name, like in (("Here", "Asia/Tokyo"), ("Etc/UTC", "Etc/UTC")):
        (zones / name).parent.mkdir(exist_ok=True)
        (zones / name).write_bytes((SYSTEM_ZONES / like).read_bytes())
    (zones / "version").write_text("2026a\n")
    with Daemon(here, "--tzdata", str(zones), "--menu", "Here") as daemon, session(daemon) as mine:
        assert "+09:00 Here " in ask(mine, "1")
        (zones / "Here").write_bytes((SYSTEM_ZONES / "Asia/Kolkata").read_bytes())
        (zones / "There").write_bytes((SYSTEM_ZONES / "Asia/Tokyo").read_bytes())
        (zones / "version").write_text("2026b\n")
        hang_up(daemon, "reloaded the options, tzdb 2026b")
        assert "+05:30 Here " in ask(mine, "1")
        assert "+09:00 There " in ask(mine, "There")
        assert "tzdb=2026b" in daemon.ask("STATUS")[0]
        (zones / "There").unlink()
        hang_up(daemon, f"{NOT_RELOADED}--tzdata '{zones}' lacks zones that sessions may hold: There")
        assert "+09:00 There " in ask(mine, "There")


def test_another_certificate_is_shown_to_those_who_come_and_a_broken_one_is_not_taken(here: Path) -> None:
    file = write_certificate(here)
    tls = (*certificate_options(file), "--listen-tls", "tcp:0:interface=127.0.0.1")
    with Daemon(here, *tls) as daemon, ExitStack() as crowd:
        doors = Doors(daemon, here)
        before = crowd.enter_context(doors.tls())
        write_certificate(here)
        hang_up(daemon, "reloaded the certificate")
        after = crowd.enter_context(doors.tls())
        assert after.getpeercert(True) != before.getpeercert(True)
        file.write_text("no certificate")
        hang_up(daemon, f"{NOT_RELOADED}--certificate '{file}': there is none in it")
        with doors.tls() as last:
            assert last.getpeercert(True) == after.getpeercert(True)
        before.sendall(b"PING\nQUIT\n")
        with before.makefile("rb") as stream:
            assert stream.read().endswith(b"200 PONG\r\n221 goodbye\r\n")


def test_a_storm_of_signals_is_quick_and_quiet_and_nobody_waits_or_is_dropped(here: Path, file: Path) -> None:
    waits = []
    with Daemon(here, "--config", str(file)) as daemon, ExitStack() as crowd:
        sessions = [crowd.enter_context(session(daemon)) for _ in range(10)]
        file.write_text("idle = 0\n")  # which is soon found out: it could be said a hundred times
        for number in (signal.SIGHUP, signal.SIGUSR1) * 50:
            daemon.process.send_signal(number)
            before = time.monotonic()
            assert ask(sessions[0], "PING") == "200 PONG"
            waits.append(time.monotonic() - before)
            time.sleep(0.005)
        file.write_text("")
        hang_up(daemon, RELOADED)
        assert 2 <= daemon.log.count(NOT_RELOADED) <= 4
        assert max(waits) < 0.1
        assert {ask(each, "PING") for each in sessions} == {"200 PONG"}
        daemon.process.send_signal(signal.SIGHUP)
        before = time.monotonic()
        assert daemon.stop() == -signal.SIGTERM
        assert time.monotonic() - before < 3
        assert "Traceback" not in daemon.log


def test_a_hup_after_the_end_has_begun_changes_nothing(here: Path) -> None:
    with Daemon(here, "--grace", "1") as daemon, daemon.connect() as peer:
        peer.sendall(b"LIST ALL\n" * 200)  # and never read: the whole grace is needed
        assert daemon.ask("PING") == ["200 PONG"]
        daemon.process.send_signal(signal.SIGTERM)
        until(lambda: "stopping, with 1 s" in daemon.log, 10)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.process.send_signal(signal.SIGUSR1)
        assert daemon.process.wait(5) == -signal.SIGTERM
        assert RELOADED not in daemon.log


def test_neither_hup_nor_usr1_ends_a_daemon_that_is_just_starting(here: Path) -> None:
    with Daemon(here) as daemon:
        # Under nohup it ignores HUP from the first: only USR1 tells how far it is.
        until(lambda: daemon.ignores(signal.SIGHUP) and daemon.ignores(signal.SIGUSR1), 10)
        while "listening on" not in daemon.log:
            assert daemon.process.poll() is None
            daemon.process.send_signal(signal.SIGHUP)
            daemon.process.send_signal(signal.SIGUSR1)
            time.sleep(0.002)
        assert daemon.ask("PING") == ["200 PONG"]
