"""A daemon that is killed and started again: what it knew it knows, and a broken file stops nobody."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon, until, world_time_server


def answering(daemon: Daemon) -> bool:
    return "state=ok" in " ".join(daemon.ask("STATUS"))


DOWN = "down=worldtimeapi:http://127.0.0.1:9/api"


def rules(state: Path) -> dict[str, object]:
    return dict(json.loads(state.read_text())["rules"]) if state.exists() else {}


def test_what_was_learnt_survives_a_kill_and_nobody_waits_for_it(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with world_time_server(tmp_path, "--answers", "2", "--mode", "hang") as url:
        options = ("--source", f"lab=worldtimeapi:{url}", "--state", str(state))
        with Daemon(tmp_path, *options) as daemon:
            until(lambda: answering(daemon), 10)
            assert " via=lab; " in daemon.ask("TIME Asia/Tokyo")[0]
            changed = time.monotonic()
            until(lambda: "Asia/Tokyo" in rules(state), 10)
            assert time.monotonic() - changed < 5
            assert stat.S_IMODE(state.stat().st_mode) == 0o600
            daemon.stop(signal.SIGKILL)
        with Daemon(tmp_path, *options) as daemon:
            assert daemon.port
            before = time.monotonic()
            assert " via=lab; " in daemon.ask("TIME Asia/Tokyo")[0]
            assert " via=embedded; " in daemon.ask("TIME Asia/Seoul")[0]
            assert time.monotonic() - before < 0.8  # the patience
            assert re.search(r"2 rules from .*state\.json", daemon.log)
    assert sorted(path.name for path in tmp_path.glob("state.json*")) == ["state.json"]


def test_what_was_learnt_last_is_written_at_the_end(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with (
        world_time_server(tmp_path) as url,
        Daemon(tmp_path, "--source", f"lab=worldtimeapi:{url}", "--state", str(state)) as daemon,
    ):
        until(lambda: answering(daemon), 10)
        daemon.ask("TIME Asia/Tokyo")
        daemon.stop()
    assert "Asia/Tokyo" in rules(state)


def _truncated(state: Path) -> None:
    state.write_text('{"format": 1, "saved": "2026-')


def _of_another_version(state: Path) -> None:
    state.write_text('{"format": 99}')


def _no_text(state: Path) -> None:
    state.write_bytes(b"\xff\x00" * 100)


def _nested(state: Path) -> None:
    state.write_text("[" * 200_000)


def _endless(state: Path) -> None:
    with state.open("wb") as file:
        file.truncate(100_000_000)


@pytest.mark.parametrize("breaking", [_truncated, _of_another_version, _no_text, _nested, _endless])
def test_a_file_that_cannot_be_used_is_set_aside_with_one_line(
    breaking: Callable[[Path], None], tmp_path: Path
) -> None:
    state = tmp_path / "state.json"
    breaking(state)
    before = state.read_bytes()[:100]
    with Daemon(tmp_path, "--source", DOWN, "--state", str(state)) as daemon:
        assert daemon.port
        until(lambda: "state.json" in daemon.log, 10)
        lines = [line for line in daemon.log.splitlines() if "state.json" in line]
        assert len(lines) == 1
        assert re.search(r"state\.json cannot be used: .+; it is state\.json\.bad-\w+ now", lines[0])
        until(state.exists, 10)
        (aside,) = tmp_path.glob("state.json.bad-*")
        assert aside.read_bytes()[:100] == before


def test_a_file_from_the_future_is_not_believed(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"format": 1, "saved": "2099-01-01T00:00:00Z"}')
    with Daemon(tmp_path, "--source", DOWN, "--state", str(state)) as daemon:
        assert daemon.port
        until(lambda: "from the future by the host's clock: its rules are not used" in daemon.log, 10)


def test_a_folder_that_is_gone_is_said_once_and_stops_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    options = ("--source", DOWN, "--state", str(folder / "state.json"))
    with Daemon(tmp_path, *options) as daemon:
        assert daemon.port
        folder.rename(tmp_path / "elsewhere")
        until(lambda: "state.json cannot be written: " in daemon.log, 10)
        assert " via=embedded; " in daemon.ask("TIME tokyo")[0]
        time.sleep(3)
        assert daemon.log.count("cannot be written") == 1
        assert daemon.stop() == -signal.SIGTERM


def test_a_disk_that_hangs_holds_neither_an_answer_nor_the_exit(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    os.mkfifo(tmp_path / "state.json.new")  # to open it for writing takes for ever
    with Daemon(tmp_path, "--source", DOWN, "--state", str(state)) as daemon:
        until(lambda: daemon.threads() > 1, 10)
        assert " via=embedded; " in daemon.ask("TIME tokyo")[0]
        before = time.monotonic()
        assert daemon.stop() == -signal.SIGTERM
        assert time.monotonic() - before < 3
        assert not state.exists()
