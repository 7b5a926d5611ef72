"""The law of tests: none hangs, leaves something behind, swallows an error, or skips where nothing may."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.laws.tree import ROOT

SAMPLES = """
import pytest
from hypothesis import given, strategies as st
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.trial.unittest import SynchronousTestCase

log = Logger()


@pytest.mark.limit(0.2)
async def test_hangs():
    await Deferred()


@pytest.mark.limit(0.2)
@given(st.just(1))
async def test_hangs_in_an_example(number):
    await Deferred()


async def test_leaves_a_timer():
    from twisted.internet import reactor
    reactor.callLater(60, print)


def test_leaves_a_timer_without_waiting():
    from twisted.internet import reactor
    reactor.callLater(60, print)


async def test_leaves_a_port():
    from twisted.internet import reactor
    reactor.listenTCP(0, Factory.forProtocol(Protocol), interface="127.0.0.1")


async def test_leaves_a_connection():
    from twisted.internet import reactor
    port = reactor.listenTCP(0, Factory.forProtocol(Protocol), interface="127.0.0.1")
    where = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
    await where.connect(Factory.forProtocol(Protocol))
    await port.stopListening()


def test_logs_a_failure():
    try:
        raise ValueError("oops")
    except ValueError:
        log.failure("so it went")


async def test_throws_a_failed_deferred_away():
    fail(ValueError("nobody looks"))


def test_skips():
    pytest.skip("not today")


class Case(SynchronousTestCase):
    def test_trial_logs_a_failure(self):
        test_logs_a_failure()

    def test_ok_trial_claims_what_it_logged(self):
        test_logs_a_failure()
        assert self.flushLoggedErrors(ValueError)


def test_ok_claims_what_it_logged(logged_failures):
    test_logs_a_failure()
    assert not logged_failures.flush(KeyError)
    assert logged_failures.flush(ValueError)


async def test_ok_claims_a_deferred_thrown_away(logged_failures):
    fail(ValueError())
    assert logged_failures.flush()


@pytest.mark.parametrize("turn", [1, 2])
@given(st.integers())
async def test_ok_waits_in_every_example(turn, number):
    from twisted.internet import reactor
    await deferLater(reactor, 0)


@pytest.mark.parametrize("turn", [1, 2])
@given(st.integers())
def test_ok_has_examples(turn, number):
    assert number == number


async def test_ok_closes_what_it_opened():
    from twisted.internet import reactor
    port = reactor.listenTCP(0, Factory.forProtocol(Protocol), interface="127.0.0.1")
    where = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
    mine = await where.connect(Factory.forProtocol(Protocol))
    mine.transport.loseConnection()
    await port.stopListening()
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each sample, by name: `passed`, `skipped`, or the text of its complaint."""
    folder = tmp_path_factory.mktemp("samples")
    for name in ("setup.cfg", "tests/conftest.py"):
        (folder / Path(name).name).write_text((ROOT / name).read_text())
    (folder / "test_samples.py").write_text(SAMPLES)
    command = [sys.executable, "-m", "pytest", "-q", "--junitxml=report.xml", "-p", "no:cacheprovider", "."]
    allowing = {**os.environ, "SOCKETSPEAK_NOTHING_MAY_SKIP": "1"}
    ran = subprocess.run(
        command, cwd=folder, env=allowing, capture_output=True, text=True, timeout=60, check=False
    )
    report = folder / "report.xml"
    assert report.exists(), ran.stdout + ran.stderr
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        complaint = "".join(case.itertext()) + "".join(part.get("message") or "" for part in case)
        found[str(case.get("name"))] = (found.get(str(case.get("name")), "") + complaint) or "passed"
    return found


@pytest.mark.parametrize(
    ("sample", "complaint"),
    [
        ("test_hangs", "TimeoutError"),
        ("test_hangs_in_an_example", "TimeoutError"),
        ("test_leaves_a_timer", "left in the reactor"),
        ("test_leaves_a_timer_without_waiting", "left in the reactor"),
        ("test_leaves_a_port", "left in the reactor"),
        ("test_leaves_a_connection", "left in the reactor"),
        ("test_logs_a_failure", "logged and not claimed"),
        ("test_throws_a_failed_deferred_away", "nobody looks"),
        ("test_trial_logs_a_failure", "ValueError"),
        ("test_skips", "not today"),
    ],
)
def test_a_careless_test_fails(outcomes: dict[str, str], sample: str, complaint: str) -> None:
    assert complaint in outcomes[sample]


def test_a_careful_test_passes(outcomes: dict[str, str]) -> None:
    careful = {name: outcome for name, outcome in outcomes.items() if name.startswith("test_ok")}
    assert len(careful) == 8
    assert set(careful.values()) == {"passed"}, careful
