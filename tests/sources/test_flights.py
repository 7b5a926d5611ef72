"""Flights, with a fetcher that answers when it is told to, and a clock that the test turns."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock

from socketspeak.sources.flights import LINGER_SECONDS, Flights
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.conftest import LoggedFailures

LAB = SourceSpec("lab", "worldtimeapi", "http://10.0.0.5:8083/api")
SAME_HOST = SourceSpec("twin", "worldtimeapi", "http://10.0.0.5:8083/other")
ELSEWHERE = SourceSpec("far", "worldtimeapi", "http://10.0.0.6/api")
FAULT = Fault(FaultKind.STATUS, "it answers with status 500")


def sample(zone: str) -> ZoneSample:
    return ZoneSample("lab", zone, zone, 1, 1, 0, 1, cacheable=False, offset=0)


@dataclass
class ByHand:
    """A fetcher whose answers the test gives."""

    asked: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    waiting: dict[str, Deferred[Outcome]] = field(default_factory=dict)
    at_once: Outcome | Exception | None = None

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        self.asked.append(zone)
        if isinstance(self.at_once, Exception):
            return fail(self.at_once)
        if self.at_once is not None:
            return succeed(self.at_once)
        self.waiting[zone] = Deferred(lambda _: self.cancelled.append(zone))
        return self.waiting[zone]

    def close(self) -> Deferred[None]:
        return succeed(None)

    def answer(self, zone: str, outcome: Outcome | None = None) -> None:
        self.waiting.pop(zone).callback(outcome or sample(zone))


@dataclass
class Tower:
    """Hears what the flights say."""

    open: bool = True
    landings: list[tuple[str, Outcome]] = field(default_factory=list)
    starts: int = 0
    gone: int = 0

    def may_start(self, source: SourceSpec, zone: str) -> bool:
        return self.open

    def started(self, source: SourceSpec) -> None:
        self.starts += 1

    def let_go(self, source: SourceSpec) -> None:
        self.gone += 1

    def landed(self, source: SourceSpec, zone: str, outcome: Outcome) -> None:
        self.landings.append((zone, outcome))
        self.open = self.open and isinstance(outcome, ZoneSample)


class Airfield:
    """Flights, and all around them."""

    def __init__(self) -> None:
        self.clock, self.fetches, self.tower = Clock(), ByHand(), Tower()
        self.flights = Flights(self.fetches, self.tower, self.clock)
        self.told: list[Outcome] = []


@pytest.fixture
def airfield() -> Airfield:
    return Airfield()


def test_two_who_ask_the_same_share_one_request(airfield: Airfield) -> None:
    for _ in range(2):
        airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append)
    airfield.fetches.answer("Asia/Tokyo")
    assert airfield.fetches.asked == ["Asia/Tokyo"]
    assert airfield.told == [sample("Asia/Tokyo")] * 2
    assert len(airfield.tower.landings) == 1


def test_who_asks_after_the_answer_asks_anew(airfield: Airfield) -> None:
    for _ in range(2):
        airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append)
        airfield.fetches.answer("Asia/Tokyo")
    assert airfield.tower.starts == 2


def test_four_fly_at_once_to_a_host_and_the_others_wait_for_their_turn(airfield: Airfield) -> None:
    zones = [f"Zone/{number}" for number in range(9)]
    for zone in zones:
        airfield.flights.board(LAB if zone < "Zone/5" else SAME_HOST, zone, airfield.told.append)
    assert airfield.fetches.asked == zones[:4]
    airfield.flights.board(ELSEWHERE, "Zone/far", airfield.told.append)
    assert airfield.fetches.asked == [*zones[:4], "Zone/far"]
    for zone in zones:
        airfield.fetches.answer(zone)
        assert len(airfield.fetches.waiting) <= 5
    assert len(airfield.told) == 9


def test_what_waits_for_its_turn_is_not_asked_of_a_source_that_rests_by_then(airfield: Airfield) -> None:
    for number in range(600):
        airfield.flights.board(LAB, f"Zone/{number}", airfield.told.append)
    for number in range(4):
        airfield.fetches.answer(f"Zone/{number}", FAULT)
    assert len(airfield.fetches.asked) == 4
    assert len(airfield.told) == 600
    assert [outcome for outcome in airfield.told if outcome != FAULT] == [
        Fault(FaultKind.RESTING, "resting after a failure")
    ] * 596


def test_the_last_to_leave_takes_the_request_along(airfield: Airfield) -> None:
    one, other = (airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append) for _ in range(2))
    one.leave()
    one.leave()
    assert airfield.fetches.cancelled == []
    other.leave()
    assert airfield.fetches.cancelled == ["Asia/Tokyo"]
    assert (airfield.told, airfield.tower.landings, airfield.tower.gone) == ([], [], 1)


def test_who_leaves_is_not_told(airfield: Airfield) -> None:
    airfield.flights.board(LAB, "Asia/Tokyo", lambda _: pytest.fail("told")).leave()
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append)
    airfield.fetches.answer("Asia/Tokyo")
    assert len(airfield.told) == 1


def test_a_request_left_while_it_waits_for_its_turn_is_never_sent(airfield: Airfield) -> None:
    for number in range(4):
        airfield.flights.board(LAB, f"Zone/{number}", airfield.told.append)
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append).leave()
    airfield.fetches.answer("Zone/0")
    assert "Asia/Tokyo" not in airfield.fetches.asked
    assert airfield.tower.gone == 0


def test_a_cancelled_request_makes_room(airfield: Airfield) -> None:
    seats = [airfield.flights.board(LAB, f"Zone/{number}", airfield.told.append) for number in range(5)]
    seats[0].leave()
    assert airfield.fetches.asked[-1] == "Zone/4"


def test_whom_patience_left_lets_the_request_run_for_a_second(airfield: Airfield) -> None:
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append).leave(linger=LINGER_SECONDS)
    airfield.clock.advance(0.999)
    assert airfield.fetches.cancelled == []
    airfield.clock.advance(0.001)
    assert airfield.fetches.cancelled == ["Asia/Tokyo"]
    ((_, outcome),) = airfield.tower.landings
    assert isinstance(outcome, Fault)
    assert outcome.kind is FaultKind.ABANDONED


def test_an_answer_within_that_second_is_taken_note_of(airfield: Airfield) -> None:
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append).leave(linger=LINGER_SECONDS)
    airfield.clock.advance(0.5)
    airfield.fetches.answer("Asia/Tokyo")
    assert airfield.tower.landings == [("Asia/Tokyo", sample("Asia/Tokyo"))]
    assert airfield.clock.getDelayedCalls() == []


def test_who_boards_within_that_second_keeps_the_request(airfield: Airfield) -> None:
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append).leave(linger=LINGER_SECONDS)
    airfield.clock.advance(0.5)
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append)
    airfield.clock.advance(5)
    airfield.fetches.answer("Asia/Tokyo")
    assert len(airfield.told) == 1
    assert airfield.tower.starts == 1


def test_one_who_goes_away_after_patience_left_another_ends_the_request_at_once(airfield: Airfield) -> None:
    patient, gone = (airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append) for _ in range(2))
    patient.leave(linger=LINGER_SECONDS)
    gone.leave()
    assert airfield.fetches.cancelled == ["Asia/Tokyo"]
    assert airfield.clock.getDelayedCalls() == []


def test_an_answer_that_is_there_at_once_is_told_later(airfield: Airfield) -> None:
    airfield.fetches.at_once = FAULT
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append)
    assert airfield.told == []
    airfield.clock.advance(0)
    assert airfield.told == [FAULT]


def test_grounding_cancels_all_and_tells_nobody(airfield: Airfield) -> None:
    for number in range(6):
        airfield.flights.board(LAB, f"Zone/{number}", airfield.told.append)
    airfield.flights.ground()
    assert sorted(airfield.fetches.cancelled) == [f"Zone/{number}" for number in range(4)]
    assert len(airfield.fetches.asked) == 4
    assert airfield.told == []


def test_a_fetcher_with_a_bug_is_a_fault_and_logged_once(
    airfield: Airfield, logged_failures: LoggedFailures
) -> None:
    airfield.fetches.at_once = ZeroDivisionError()
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append)
    airfield.clock.advance(0)
    (outcome,) = airfield.told
    assert isinstance(outcome, Fault)
    assert outcome.kind is FaultKind.INTERNAL
    assert len(logged_failures.flush(ZeroDivisionError)) == 1


def test_one_who_breaks_as_he_is_told_does_not_keep_it_from_the_others(
    airfield: Airfield, logged_failures: LoggedFailures
) -> None:
    def broken(outcome: Outcome) -> None:
        raise ZeroDivisionError

    airfield.flights.board(LAB, "Asia/Tokyo", broken)
    airfield.flights.board(LAB, "Asia/Tokyo", airfield.told.append)
    airfield.fetches.answer("Asia/Tokyo")
    assert len(airfield.told) == 1
    assert logged_failures.flush(ZeroDivisionError)
