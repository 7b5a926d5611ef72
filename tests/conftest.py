"""What every test can rely on: a time limit, a clean reactor, no swallowed error, no silent skip.

A test that waits is a plain `async def`; it runs on the reactor, within ten seconds or as many as
`@pytest.mark.limit(seconds)` allows.
"""

from __future__ import annotations

import functools
import gc
import inspect
import os
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from typing import Any

import hypothesis
import pytest
import pytest_twisted
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IListeningPort, ITCPTransport
from twisted.internet.task import deferLater
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

LIMIT_SECONDS = 10.0  # a hundred times what the slowest honest test on loopback takes
SETTLING_TURNS = 10  # of the reactor: both ends of a loopback connection notice a close in three
NOTHING_MAY_SKIP = bool(os.environ.get("SOCKETSPEAK_NOTHING_MAY_SKIP"))

hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile(
    "ci", deadline=None, print_blob=True, max_examples=100, derandomize=True, database=None
)
hypothesis.settings.load_profile("ci" if NOTHING_MAY_SKIP or os.environ.get("CI") else "here")

AsyncTest = Callable[..., Coroutine[Any, Any, None]]


# --- A time limit for tests that wait -----------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Hand pytest-twisted, which runs the test, a coroutine test that ends in time."""
    mark = pyfuncitem.get_closest_marker("limit")
    seconds = mark.args[0] if mark else LIMIT_SECONDS
    given = getattr(pyfuncitem.obj, "hypothesis", None)
    if given is not None:
        # pytest-twisted wraps the inner test anew for every parameter set: give it the original each time.
        original = vars(given).setdefault("as_written", given.inner_test)
        given.inner_test = _limited(original, seconds) if inspect.iscoroutinefunction(original) else original
    elif inspect.iscoroutinefunction(pyfuncitem.obj):
        pyfuncitem.obj = _limited(pyfuncitem.obj, seconds)


def _limited(test: AsyncTest, seconds: float) -> Callable[..., Deferred[None]]:
    @functools.wraps(test)
    def call(*args: Any, **kwargs: Any) -> Deferred[None]:
        from twisted.internet import reactor

        return Deferred.fromCoroutine(test(*args, **kwargs)).addTimeout(seconds, reactor)

    return call


# --- Nothing left behind ------------------------------------------------------------------------------------


@implementer(ILogObserver)
class LoggedFailures:
    """The failures that were logged during a test and that it has not yet claimed."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []

    def __call__(self, event: LogEvent) -> None:
        failure = event.get("log_failure")
        if failure is not None:
            self._failures.append(failure)

    def flush(self, *kinds: type[BaseException]) -> list[Failure]:
        """Claim, and so forgive, the failures of these kinds; all of them where no kind is named."""
        gc.collect()  # a Deferred says that nobody handled its failure only when it is thrown away
        claimed = [f for f in self._failures if not kinds or f.check(*kinds)]
        self._failures = [f for f in self._failures if f not in claimed]
        return claimed


@pytest.fixture
def logged_failures(request: pytest.FixtureRequest) -> Iterator[LoggedFailures]:
    """Fail the test if it leaves a logged failure unclaimed.

    Trial's own cases watch the log themselves and have `flushLoggedErrors`: they are left alone.
    """
    logged = LoggedFailures()
    if request.cls is not None and issubclass(request.cls, SynchronousTestCase):
        yield logged
        return
    globalLogPublisher.addObserver(logged)
    yield logged
    globalLogPublisher.removeObserver(logged)
    unclaimed = logged.flush() if _waits(request.node) else logged._failures
    if unclaimed:
        pytest.fail(
            "logged and not claimed:\n" + "\n".join(f.getTraceback() for f in unclaimed), pytrace=False
        )


@pytest.fixture(autouse=True)
def clean_reactor(request: pytest.FixtureRequest, logged_failures: LoggedFailures) -> Iterator[None]:
    """Fail the test if it leaves a timer, a port or a connection in the reactor, and clear them away."""
    reactor: Any = sys.modules.get("twisted.internet.reactor")
    if reactor is None:
        yield
        return
    before = _held(reactor)
    yield
    for _ in range(SETTLING_TURNS):
        if not _held(reactor) - before:
            break
        pytest_twisted.blockon(deferLater(reactor, 0))
    left = _held(reactor) - before
    descriptions = "\n".join(sorted(map(str, left)))
    for thing in left:
        _let_go(reactor, thing)
    if left:
        pytest.fail(f"left in the reactor:\n{descriptions}", pytrace=False)


def _held(reactor: Any) -> set[Any]:
    """What the reactor still waits for, its own wake-up pipes aside."""
    descriptors = {*reactor.getReaders(), *reactor.getWriters()} - reactor._internalReaders
    return {*descriptors, *reactor.getDelayedCalls()}


def _let_go(reactor: Any, thing: Any) -> None:
    """Clear away what a test left, so that the next one is not blamed."""
    if IDelayedCall.providedBy(thing):
        thing.cancel()
        return
    if ITCPTransport.providedBy(thing):
        thing.abortConnection()
    elif IListeningPort.providedBy(thing):
        thing.stopListening()
    reactor.removeReader(thing)
    reactor.removeWriter(thing)
    pytest_twisted.blockon(deferLater(reactor, 0))


def _waits(item: pytest.Item) -> bool:
    """Whether a test runs on the reactor; only then is it worth looking for Deferreds thrown away."""
    test = getattr(item, "function", None)
    given = getattr(test, "hypothesis", None)
    return inspect.iscoroutinefunction(
        test if given is None else vars(given).get("as_written", given.inner_test)
    )


def pytest_collection_finish() -> None:
    """Set all that the tests import aside, so that collecting garbage after a test is quick."""
    gc.collect()
    gc.freeze()


# --- Nothing may skip, where that is asked for --------------------------------------------------------------


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Turn a skipped test into a failed one."""
    report = yield
    return _unskipped(report)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Turn a skipped file into a failed one."""
    report = yield
    return _unskipped(report)


def _unskipped(report: Any) -> Any:
    if NOTHING_MAY_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\n(a skip is a failure where SOCKETSPEAK_NOTHING_MAY_SKIP is set)"
    return report
