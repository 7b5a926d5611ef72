"""Where twistd and twist log to, and the file that is opened anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.logger import jsonFileLogObserver, textFileLogObserver

from socketspeak.app.logfile import KEPT_FILES, LogPlace, ReopenedFile, log_place
from socketspeak.app.logs import json_log, text_log


def twistd(**given: Any) -> dict[str, Any]:
    """twistd's options, as far as the log is concerned."""
    return {"nodaemon": True, "logfile": None, "logger": None, "syslog": 0, "pidfile": "", **given}


def test_in_the_foreground_the_log_is_standard_output_and_no_file() -> None:
    for name in (None, "-"):
        place = log_place(twistd(logfile=name))
        assert place.observer is not None
        assert place.file is None


@pytest.mark.parametrize(
    "command",
    [
        None,
        twistd(logger=jsonFileLogObserver),
        twistd(syslog=1),
        twistd(logfile="-", nodaemon=False),
    ],
)
def test_what_an_operator_has_chosen_otherwise_stands(command: dict[str, Any] | None) -> None:
    assert log_place(command) == LogPlace()


def test_twist_writes_printable_text_where_it_would_write_text() -> None:
    command = {"fileLogObserverFactory": textFileLogObserver}
    assert log_place(command) == LogPlace()
    assert command["fileLogObserverFactory"] is text_log
    json = {"fileLogObserverFactory": jsonFileLogObserver}
    log_place(json)
    assert json["fileLogObserverFactory"] is jsonFileLogObserver


def test_a_file_is_opened_anew_and_where_it_cannot_be_the_old_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    file = ReopenedFile("speak.log", str(folder))
    file.write("one\n")
    (folder / "speak.log").rename(folder / "old.log")
    file.reopen()
    file.write("two\n")
    folder.rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        file.reopen()
    file.write("three\n")
    file.close()
    assert (tmp_path / "away" / "old.log").read_text() == "one\n"
    assert (tmp_path / "away" / "speak.log").read_text() == "two\nthree\n"


def test_a_megabyte_is_a_file_and_ten_of_them_are_kept(tmp_path: Path) -> None:
    file = log_place(twistd(logfile=str(tmp_path / "speak.log"))).file
    assert file is not None
    for number in range(KEPT_FILES + 4):
        file.write(f"{number}" + "x" * 1_000_000 + "\n")
    file.close()
    assert len(list(tmp_path.iterdir())) == KEPT_FILES + 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"logfile": "/no/where.log"}, "--logfile '/no/where.log' cannot be used: No such file or directory"),
        ({"logfile": "/no/\x1b"}, "--logfile '/no/\\x1b' cannot be used: "),
        ({"logfile": "/"}, "--logfile '/' cannot be used: "),
        ({"pidfile": "/no/where.pid"}, "--pidfile '/no/where.pid' cannot be used: No such file or directory"),
        ({"pidfile": "/proc/speak.pid"}, "--pidfile '/proc/speak.pid' cannot be used: "),
        ({"logger": json_log, "nodaemon": False}, "json_log writes to standard output, which"),
    ],
)
def test_what_twistd_would_stumble_over_is_one_line(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(SystemExit) as ended:
        log_place(twistd(**wrong))
    assert str(ended.value).startswith(f"twistd: {told}")
    assert str(ended.value).isprintable()
