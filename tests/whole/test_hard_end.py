"""The process is gone in time, whatever hangs: sources, resolvers, passwords, and the reactor itself."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from socketspeak.app.scramfile import put_user
from tests.kit.daemon import Daemon, until, world_time_server
from tests.kit.logins import RIGHT, a_verifier, base64
from tests.kit.tls import certificate_options, write_certificate
from tests.whole.door import Doors

HARD_SECONDS = 2.0  # after the grace
MARGIN_SECONDS = 1.0  # for a machine that has other things to do


def with_broken(what: str) -> tuple[str, ...]:
    """What to run in the place of twistd."""
    return (sys.executable, "-m", "tests.kit.broken", what)


def seconds_to_end(daemon: Daemon) -> float:
    """How long it takes from SIGTERM to the end of the process, by that signal."""
    before = time.monotonic()
    assert daemon.stop() == -signal.SIGTERM
    assert "Traceback" not in daemon.log
    return time.monotonic() - before


@pytest.mark.parametrize("what", ["sources", "reactor"])
def test_where_the_end_itself_hangs_the_process_ends_two_seconds_after_the_grace(
    what: str, here: Path
) -> None:
    with Daemon(here, "--grace", "0.2", program=with_broken(what)) as daemon:
        assert daemon.ask("PING") == ["200 PONG"]
        assert 0.2 < seconds_to_end(daemon) < 0.2 + HARD_SECONDS + MARGIN_SECONDS
        assert daemon.log.endswith("not all has ended within 2 s: ending at once\n")


def test_a_resolver_that_hangs_does_not_hold_the_exit(here: Path) -> None:
    source = "lab=worldtimeapi:http://lab.example/api"
    with Daemon(here, "--source", source, program=with_broken("names")) as daemon:
        assert " via=embedded; " in daemon.ask("TIME tokyo")[0]
        assert daemon.threads() > 1
        assert seconds_to_end(daemon) < HARD_SECONDS


def test_a_source_that_never_answers_does_not_hold_the_exit(here: Path) -> None:
    with (
        world_time_server(here, "--delay", "60") as url,
        Daemon(here, "--source", f"lab=worldtimeapi:{url}", "--patience", "1.5") as daemon,
        daemon.connect() as peer,
    ):
        peer.sendall(b"TIME tokyo\n")
        until(lambda: "source=lab" in " ".join(daemon.ask("STATUS")), 5)  # it is asked from the start on
        assert seconds_to_end(daemon) < 1.5 + HARD_SECONDS


def test_handshakes_and_passwords_under_way_do_not_hold_the_exit(here: Path) -> None:
    put_user(here / "users", a_verifier("alice", "wonderland"))
    options = (
        *certificate_options(write_certificate(here)),
        *("--listen-tls", "tcp:0:interface=127.0.0.1", "--listen", f"unix:{here}/speak.sock"),
        *("--auth", f"scram:{here}/users", "--grace", "1"),
    )
    with Daemon(here, *options, program=with_broken("passwords")) as daemon, ExitStack() as crowd:
        doors = Doors(daemon, here)
        login = crowd.enter_context(doors.into("tls"))
        login.sendall(b"AUTH PLAIN " + base64(RIGHT) + b"\n")
        shaking = [crowd.enter_context(doors.clear("tcp")) for _ in range(20)]
        for peer in shaking:
            peer.sendall(b"STARTTLS\n\x16\x03\x01")
        until(lambda: daemon.threads() > 1, 5)
        assert seconds_to_end(daemon) < 1 + HARD_SECONDS + MARGIN_SECONDS


def test_two_signals_at_once_end_the_process_at_once(here: Path) -> None:
    with Daemon(here, "--grace", "60") as daemon, daemon.connect() as peer:
        peer.sendall(b"LIST ALL\n" * 200)  # and never read
        assert daemon.ask("PING") == ["200 PONG"]
        before = time.monotonic()
        for _ in range(20):  # the system makes one of those that come before the first is heard
            daemon.process.send_signal(signal.SIGTERM)
            time.sleep(0.01)
            if daemon.process.poll() is not None:
                break
        assert daemon.process.wait(5) == -signal.SIGTERM
        assert time.monotonic() - before < 1
        assert "Traceback" not in daemon.log


def test_a_signal_while_it_starts_ends_the_process_at_once_and_without_a_traceback(here: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        for seconds in (0.0, 0.15):
            with Daemon(here) as daemon:
                until(lambda started=daemon: started.ignores(signal.SIGUSR1), 10)  # before, it is but Python
                time.sleep(seconds)
                before = time.monotonic()
                assert daemon.stop(number) == -number
                assert time.monotonic() - before < 1
                assert "Traceback" not in daemon.log
