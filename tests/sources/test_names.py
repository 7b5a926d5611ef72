"""The resolver of names: what it remembers, and that a look-up which hangs holds nobody."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from threading import Event
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IResolutionReceiver
from twisted.internet.task import Clock
from zope.interface import implementer

from socketspeak.sources.names import Found, Names, system_look_up
from socketspeak.sources.sample import FaultKind, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.laws.tree import ROOT
from tests.sources.rig import fetching, is_fault, serving, the_reactor, until

S = 1_000_000_000
ONE: Found = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
OTHER: Found = ((socket.AF_INET, "192.0.2.2"),)


@implementer(IResolutionReceiver)
class Receiver:
    """Who wants to know."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self.complete = 0

    def resolutionBegan(self, resolutionInProgress: Any) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.found.append(address)

    def resolutionComplete(self) -> None:
        self.complete += 1


class Town:
    """A resolver whose threads are real, with a clock that the test turns and answers that it gives."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.calls: list[Any] = []
        self.asked: list[str] = []
        self.may_answer = Event()
        self.answer: Found = ONE
        self.clock.callFromThread = lambda *call: self.calls.append(call)  # type: ignore[attr-defined]
        self.names = Names(self.clock, lambda: round(self.clock.seconds() * S), self._look_up)

    def _look_up(self, name: str) -> Found:
        self.asked.append(name)
        self.may_answer.wait(10)
        return self.answer

    def ask(self, name: str = "time.example") -> Receiver:
        receiver = Receiver()
        self.names.resolveHostName(receiver, name, 8083)
        return receiver

    def let_answer(self, found: Found, threads: int = 1) -> None:
        """Let the look-ups end that are under way, and the reactor hear of it."""
        self.answer = found
        self.may_answer.set()
        deadline = time.monotonic() + 5
        while len(self.calls) < threads:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        self.may_answer.clear()
        calls, self.calls = self.calls, []
        for function, *arguments in calls:
            function(*arguments)


def test_the_addresses_of_a_name_are_told_with_the_port() -> None:
    town = Town()
    receiver = town.ask()
    assert receiver.complete == 0
    town.let_answer(ONE)
    assert receiver.found == [IPv4Address("TCP", "192.0.2.1", 8083), IPv6Address("TCP", "2001:db8::1", 8083)]
    assert receiver.complete == 1
    assert town.clock.getDelayedCalls() == []


def test_all_who_ask_for_a_name_share_a_look_up() -> None:
    town = Town()
    receivers = [town.ask() for _ in range(50)]
    town.let_answer(ONE)
    assert town.asked == ["time.example"]
    assert all(receiver.complete == 1 for receiver in receivers)


def test_an_address_is_remembered_and_looked_up_again_behind_after_a_minute() -> None:
    town = Town()
    town.ask()
    town.let_answer(ONE)
    town.clock.advance(59)
    assert len(town.ask().found) == 2
    assert len(town.asked) == 1
    town.clock.advance(1)
    assert len(town.ask().found) == 2  # at once
    town.let_answer(OTHER)
    assert len(town.asked) == 2
    assert town.ask().found == [IPv4Address("TCP", "192.0.2.2", 8083)]


def test_a_resolver_that_fails_does_no_harm_for_an_hour() -> None:
    town = Town()
    town.ask()
    town.let_answer(ONE)
    town.clock.advance(3599)
    assert len(town.ask().found) == 2
    town.let_answer(())
    town.clock.advance(1)
    receiver = town.ask()
    town.let_answer(())
    assert (receiver.found, receiver.complete) == ([], 1)


def test_a_look_up_that_hangs_holds_nobody_for_more_than_a_second() -> None:
    town = Town()
    receiver = town.ask()
    town.clock.advance(0.999)
    assert receiver.complete == 0
    town.clock.advance(0.001)
    assert (receiver.found, receiver.complete) == ([], 1)
    town.clock.advance(1)
    later = town.ask()
    assert (later.found, later.complete, len(town.asked)) == ([], 1, 1)
    town.let_answer(ONE)
    assert receiver.complete == 1
    assert len(town.ask().found) == 2


def test_one_name_that_hangs_does_not_starve_another() -> None:
    town = Town()
    for _ in range(100):
        town.ask("hangs.example")
        town.clock.advance(0.1)
    receiver = town.ask()
    town.let_answer(ONE, threads=2)
    assert len(receiver.found) == 2
    assert sorted(town.asked) == ["hangs.example", "time.example"]


def test_a_look_up_that_hangs_is_begun_again_after_half_a_minute_and_threads_are_few() -> None:
    town = Town()
    for second in range(1200):
        town.ask()
        town.clock.advance(1)
        assert len(town.asked) <= min(1 + second // 30, 8)
    assert len(town.asked) == 8
    town.let_answer(ONE, threads=8)
    assert len(town.ask().found) == 2


def test_who_goes_away_is_told_nothing() -> None:
    town, receiver = Town(), Receiver()
    town.names.resolveHostName(receiver, "time.example").cancel()
    town.let_answer(ONE)
    assert receiver.complete == 0


@pytest.mark.parametrize("name", ["", "a" * 300, "no.such.name.invalid", "\x00", "ü" * 70])
def test_a_name_that_cannot_be_has_no_address(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never_outside(host: str, *arguments: object, **more: object) -> Any:
        host.encode("idna")
        raise socket.gaierror

    monkeypatch.setattr("socketspeak.sources.names.getaddrinfo", never_outside)
    assert system_look_up(name) == ()


def test_the_system_knows_localhost() -> None:
    assert (socket.AF_INET, "127.0.0.1") in system_look_up("localhost")


async def test_a_source_is_found_by_its_name_and_not_while_the_look_up_hangs() -> None:
    may_answer = Event()

    def look_up(name: str) -> Found:
        may_answer.wait(10)
        return ((socket.AF_INET, "127.0.0.1"),)

    usual = the_reactor().installNameResolver(Names(the_reactor(), time.monotonic_ns, look_up))
    try:
        async with serving() as server, fetching() as fetcher:
            source = SourceSpec("lab", "worldtimeapi", f"http://time.invalid:{server.port}/api")
            is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.NAME)
            may_answer.set()
            names = the_reactor().nameResolver
            await until(lambda: names._threads == 0)
            assert isinstance(await fetcher.fetch(source, "Etc/UTC"), ZoneSample)
    finally:
        may_answer.set()
        the_reactor().installNameResolver(usual)


HANGING = """
import time
from twisted.internet import reactor
from socketspeak.sources.names import Names

class Receiver:
    def resolutionBegan(self, resolution): pass
    def addressResolved(self, address): pass
    def resolutionComplete(self): reactor.stop()

names = Names(reactor, time.monotonic_ns, lambda name: time.sleep(60))
names.resolveHostName(Receiver(), "time.example")
reactor.run()
"""


def test_a_look_up_that_hangs_does_not_hold_the_exit() -> None:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", HANGING], cwd=ROOT, check=True, timeout=30)
    assert time.monotonic() - begun < 10
