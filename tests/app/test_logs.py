"""The log's two looks, text and JSON: one event a line, and nothing in it that a terminal would obey."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import FileLogObserver, ILogObserver, Logger, LogLevel, LogPublisher
from twisted.python import log as old_log
from twisted.python.failure import Failure

from socketspeak.app.logs import json_line, json_log, printable, text_log

# Of every kind that ends lines, moves cursors, turns directions, or has no meaning at all.
HOSTILE = (
    "\r\n\x00\x07\x08\x1b[2J\x7f\x85\x9b\u061c\u200b\u200e\u2028\u2029\u202e\u2066\ufeff\udc80\U000e0001"
)
strange = st.text(st.sampled_from(HOSTILE) | st.characters(), max_size=60)


def lines_of(what: Any) -> tuple[str, str]:
    """What the two logs have after something was logged."""
    text, jsons = io.StringIO(), io.StringIO()
    both = LogPublisher(text_log(text), FileLogObserver(jsons, json_line))
    what(Logger(namespace="test", observer=both))
    return text.getvalue(), jsons.getvalue()


def assert_safe(text: str) -> None:
    assert text.endswith("\n")
    assert all(each.isprintable() or each in "\n\t" for each in text)
    first, *more = text[:-1].split("\n")
    assert first
    assert all(line.startswith("\t") for line in more), "a stranger could write lines of his own"


def failure(text: str) -> Failure:
    """An exception with that text."""
    return Failure(ValueError(text))


@given(strange, strange)
def test_whatever_is_logged_both_logs_are_printable(one: str, other: str) -> None:
    for text, jsons in (
        lines_of(lambda log: log.info("source {name} fails: {reason}", name=one, reason=other)),
        lines_of(lambda log: log.failure("asking {name} broke", failure(other), name=one)),
        lines_of(lambda log: log.warn(one.replace("{", "").replace("}", ""))),
        lines_of(lambda log: log.info("{thing}", thing=[one, {other: 1}], log_system=other)),
    ):
        for each in (text, jsons):
            if each:  # Twisted writes nothing of an event that says nothing
                assert_safe(each)
        for line in jsons.splitlines():
            assert isinstance(json.loads(line), dict)


@given(strange)
def test_lines_of_the_old_log_are_printable_too(text: str) -> None:
    io_log = io.StringIO()
    publisher = old_log.LogPublisher(publishPublisher=LogPublisher(text_log(io_log)))
    publisher.msg(text, system=text)
    assert all(each.isprintable() or each in "\n\t" for each in io_log.getvalue())


def test_what_is_not_printable_can_still_be_told_apart() -> None:
    assert printable("São Paulo 東京") == "São Paulo 東京"
    assert printable("a\r\x1b\u202e\udc80b") == r"a\r\x1b\u202e\udc80b"


def test_a_line_in_json_has_what_happened_with_its_fields() -> None:
    _, line = lines_of(lambda log: log.warn("source {name} fails", name="l\u202eab", rest=2.5))
    found = json.loads(line)
    assert found["message"] == "source l\u202eab fails"
    assert (found["level"], found["logger"], found["name"], found["rest"]) == (
        "warn",
        "test",
        "l\u202eab",
        2.5,
    )
    assert "\u202e" not in line
    assert found["time"].endswith("+00:00")


def test_a_failure_in_json_has_its_traceback() -> None:
    _, line = lines_of(lambda log: log.failure("it broke", failure("so")))
    assert "ValueError: so" in json.loads(line)["error"]


def test_a_novel_is_cut() -> None:
    text, _ = lines_of(lambda log: log.info("{novel}", novel="x" * 100_000))
    assert len(text) < 17_000
    assert text.endswith("…\n")


def test_json_log_is_a_factory_that_twistd_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.__stdout__", out)
    observer = json_log()
    assert ILogObserver.providedBy(observer)
    for level in (LogLevel.debug, LogLevel.info):
        Logger(namespace="test", observer=observer).emit(level, "said {it}", it=7)
    (line,) = out.getvalue().splitlines()
    assert json.loads(line)["message"] == "said 7"
