"""The daemon's log as operators handle it: moved away, rotated, in JSON, nowhere to be written, printable."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

from tests.kit.daemon import END_SECONDS, TWISTD, Daemon, until

JSON_LOG = "--logger=socketspeak.app.logs.json_log"
EMBEDDED = ("--source", "embedded", "--listen", "tcp:0:interface=127.0.0.1")


def refused(here: Path, *twistd: str) -> str:
    """The one line of a daemon that does not start."""
    done = subprocess.run(
        [TWISTD, *twistd, "socketspeak", *EMBEDDED],
        cwd=here,
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).splitlines()
    assert "Traceback" not in line
    return line


def assert_printable(log: Path) -> None:
    text = log.read_bytes().decode("utf-8")
    assert text
    assert all(each.isprintable() or each in "\n\t" for each in text)


def test_a_log_that_was_moved_away_is_opened_anew(here: Path) -> None:
    log, old = here / "speak.log", here / "speak.log.1"
    with Daemon(here, twistd=(f"--logfile={log}",)) as daemon:
        until(lambda: log.exists() and "listening on" in log.read_text(), END_SECONDS)
        log.rename(old)
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: log.exists() and "reloaded the log, the options, tzdb " in log.read_text(), END_SECONDS)
        size = old.stat().st_size
        assert daemon.stop() == -signal.SIGTERM
        assert log.read_text().count(" stopped\n") == 1
        assert old.stat().st_size == size


def test_a_log_that_cannot_be_opened_anew_stays_in_use(here: Path) -> None:
    folder = here / "log"
    folder.mkdir()
    with Daemon(here, twistd=("--logfile=log/speak.log",)) as daemon:
        log = folder / "speak.log"
        until(lambda: log.exists() and "listening on" in log.read_text(), END_SECONDS)
        folder.rename(here / "away")
        log = here / "away" / "speak.log"
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: "reloaded the options" in log.read_text(), END_SECONDS)
        told = "not reloaded, what was before stays: the log cannot be opened: No such file or directory\n"
        assert told in log.read_text()
        daemon.process.send_signal(signal.SIGUSR1)
        assert daemon.stop() == -signal.SIGTERM
        assert log.read_text().count(" stopped\n") == 1


def test_in_the_background_usr1_rotates_the_log_and_term_ends_it_all(here: Path) -> None:
    log, pidfile = here / "speak.log", here / "speak.pid"
    command = [TWISTD, "--logfile=speak.log", "--pidfile=speak.pid", "socketspeak", *EMBEDDED]
    subprocess.run(command, cwd=here, check=True, timeout=END_SECONDS, stdin=subprocess.DEVNULL)
    until(lambda: "listening on" in log.read_text(), END_SECONDS)
    process = int(pidfile.read_text())
    os.kill(process, signal.SIGUSR1)
    until((here / "speak.log.1").exists, END_SECONDS)
    os.kill(process, signal.SIGHUP)
    until(lambda: "reloaded the log" in log.read_text(), END_SECONDS)
    os.kill(process, signal.SIGTERM)
    until(lambda: not pidfile.exists(), END_SECONDS)
    assert "listening on" in (here / "speak.log.1").read_text()
    assert "stopped" in log.read_text()


def test_a_log_in_json_has_an_object_a_line(here: Path) -> None:
    with Daemon(here, twistd=(JSON_LOG,)) as daemon:
        assert daemon.ask("PING") == ["200 PONG"]
        assert daemon.stop() == -signal.SIGTERM
        lines = [json.loads(line) for line in daemon.log.splitlines()]
    told = [line["message"] for line in lines if line["logger"] == "socketspeak.app.daemon.Daemon"]
    assert told[0].startswith("SocketSpeak ")
    assert told[-1] == "stopped"
    start = next(line for line in lines if line["message"].startswith("SocketSpeak "))
    assert (start["level"], start["zones"] > 400, start["time"][-6:]) == ("info", True, "+00:00")


def test_a_log_that_cannot_be_written_is_one_line(here: Path) -> None:
    for where in ((), ("-n", "--pidfile=")):
        line = refused(here, *where, "--logfile=no/where.log")
        assert line == "twistd: --logfile 'no/where.log' cannot be used: No such file or directory"


def test_whoever_named_things_the_log_is_printable(here: Path) -> None:
    name = "a\x1b[31mred\r\u202eder\n2026-11-24 forged"
    folder = here / name
    folder.mkdir()
    options = ("--listen", f"unix:{name}/speak.sock", "--state", f"{folder}/state.json")
    (folder / "state.json").write_text("no JSON")
    with Daemon(here, "--config", f"{folder}/c.toml", *options) as daemon:
        assert daemon.process.wait(END_SECONDS) == 1
        assert "No such file" in daemon.log
    assert_printable(daemon.log_path)
    (folder / "c.toml").touch()
    with Daemon(here, "--config", f"{folder}/c.toml", *options) as daemon:
        assert daemon.ask("\x1b]0;title\x07", "\u202etokyo", "TIME \u2066x")[0].startswith("5")
        (folder / "c.toml").write_text("\x1b = '\u202e'\n")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: "not reloaded" in daemon.log, END_SECONDS)
        (folder / "speak.sock").unlink()
        daemon.stop()
    assert_printable(daemon.log_path)
    assert not any(line.startswith("2026-11-24 forged") for line in daemon.log.splitlines())
