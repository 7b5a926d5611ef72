"""What is kept over a restart: it comes back older by the time between, and nothing else is believed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from twisted.internet.task import Clock

from socketspeak.clock.discipline import Discipline
from socketspeak.sources.almanac import Almanac, Standing
from socketspeak.sources.keeping import document
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, ZoneSample
from socketspeak.sources.specification import SourceSpec
from socketspeak.zones.values import Rule
from tests.sources.test_flights import LAB, ByHand

S = 1_000_000_000
NOON = 1_795_435_200  # 2026-11-23T12:00Z
HOUR = 3600
TOKYO, SEOUL, NEW_YORK = "Asia/Tokyo", "Asia/Seoul", "America/New_York"
SPRING = NOON + 1000 * HOUR


class Life:
    """One life of an almanac: its steady clock begins anew, and the host's wall clock shows what it will."""

    def __init__(self, wall: float = NOON, source: SourceSpec = LAB, trust: str = "embedded") -> None:
        self.clock, self.fetches = Clock(), ByHand()
        self.wall_at_start = wall
        self.almanac = Almanac(
            sources=[source],
            embedded=self.embedded,
            fetcher=self.fetches,
            discipline=Discipline([source.name]),
            rulebook=RuleBook(trust),
            reactor=self.clock,
            steady_ns=self.steady_ns,
            wall_ns=lambda: round(self.wall_at_start * S) + self.steady_ns(),
            patience=0.8,
            jitter=lambda: 0.0,
        )

    def embedded(self, zone: str, at: int) -> Rule:
        if zone == SEOUL:
            raise KeyError(zone)
        return Rule(zone, 32_400, "JST", dst=False, valid_until=SPRING)

    def steady_ns(self) -> int:
        return round(self.clock.seconds() * S)

    def start(self) -> Life:
        self.almanac.start()
        return self

    def answer(self, zone: str, now: float | None = None, **fields: Any) -> Life:
        """The source answers for a zone that it was asked for; it is `now` by its clock."""
        self.almanac.ask([zone], lambda: None)
        now = self.wall_at_start + self.clock.seconds() if now is None else now
        told: dict[str, Any] = {"abbreviation": "JST", "dst": False, "offset": 32_400, **fields}
        steady_ns = self.steady_ns()
        sample = ZoneSample("lab", zone, zone, round(now * S), 1, steady_ns, steady_ns, False, **told)
        self.fetches.answer(zone, sample)
        return self

    def saved(self) -> Any:
        """What is in the file, as the next life reads it."""
        return json.loads(json.dumps(document(self.almanac.snapshot())))

    def standing(self, zone: str = TOKYO) -> Standing:
        return self.almanac.standing(zone, self.almanac.now().unix_ns)

    def next_life(self, after: float, **settings: Any) -> Life:
        """The life that begins so many seconds later, by the host's clock."""
        life = Life(self.wall_at_start + self.clock.seconds() + after, **settings)
        life.almanac.recall(self.saved())
        return life


@pytest.fixture
def first() -> Life:
    """A life in which the source has answered for Tokyo, ten minutes ago."""
    life = Life().start().answer("Etc/UTC").answer(TOKYO)
    life.clock.advance(600)
    return life


def test_the_document_is_one_that_people_can_read(first: Life) -> None:
    assert first.saved() == {
        "format": 1,
        "saved": "2026-11-23T12:10:00.000Z",
        "sources": {
            "lab": {
                "dialect": "worldtimeapi",
                "base_url": "http://10.0.0.5:8083/api",
                "rest": 0,
                "doublings": 0,
                "last_success": "2026-11-23T12:00:00.000Z",
                "last_failure": None,
                "reason": None,
                "round_trip": 0,
            }
        },
        "rules": {
            zone: {
                "source": "lab",
                "fetched": "2026-11-23T12:00:00.000Z",
                "offset": 32_400,
                "abbreviation": "JST",
                "dst": False,
                "valid_from": None,
                "valid_until": "2027-01-04T04:00:00+00:00",
            }
            for zone in (TOKYO, "Etc/UTC")
        },
    }


def test_a_rule_comes_back_older_by_the_time_between(first: Life) -> None:
    second = first.next_life(60)
    assert second.standing() == Standing(first.standing().rule)
    assert second.almanac.ask([TOKYO], lambda: None) is None
    assert second.fetches.asked == []
    assert first.next_life(HOUR).standing().age == HOUR + 600
    assert first.next_life(24 * HOUR - 601).standing().age == 24 * HOUR - 1
    assert first.next_life(24 * HOUR - 600).standing().rule.source == "embedded"


def test_a_rule_that_came_back_is_fetched_anew_an_hour_after_it_was_fetched(first: Life) -> None:
    second = first.next_life(60).start()
    second.clock.advance(HOUR - 661)
    second.almanac.ask([TOKYO], lambda: None)
    assert TOKYO not in second.fetches.asked
    second.clock.advance(1)
    second.almanac.ask([TOKYO], lambda: None)
    assert TOKYO in second.fetches.asked


def test_a_rule_that_came_back_is_kept_once_more(first: Life) -> None:
    second = first.next_life(60)
    assert second.saved()["rules"] == first.saved()["rules"]


def test_where_the_hosts_clock_was_set_back_no_rule_is_believed(first: Life) -> None:
    second = first.next_life(-1)
    assert second.standing().rule.source == "embedded"
    recollection = Life(NOON).almanac.recall(first.saved())
    assert recollection.from_the_future
    assert recollection.samples == ()


def test_a_rule_is_as_old_as_the_first_answer_shows(first: Life) -> None:
    """The host was off for three days, and its clock has stood still meanwhile."""
    second = first.next_life(0).start()
    assert second.standing().age is None
    second.answer("Etc/UTC", now=NOON + 72 * HOUR)
    assert second.standing().rule.source == "embedded"


def test_a_rule_is_as_young_as_the_first_answer_shows(first: Life) -> None:
    """The host's clock is two hours ahead."""
    second = first.next_life(2 * HOUR).start()
    assert second.standing().age == 2 * HOUR + 600
    second.answer("Etc/UTC", now=NOON + 600)
    assert second.standing().age is None


def test_a_clock_that_was_set_right_between_start_and_first_answer_deceives_nobody(first: Life) -> None:
    second = first.next_life(0).start()
    second.wall_at_start += 72 * HOUR  # chrony has found the time
    second.answer("Etc/UTC", now=NOON + 600 + 72 * HOUR)
    assert second.standing().rule.source == "embedded"


def test_the_rules_of_another_server_under_the_same_name_are_forgotten(first: Life) -> None:
    moved = SourceSpec("lab", "worldtimeapi", "http://10.0.0.6/api")
    assert first.next_life(60, source=moved).standing().rule.source == "embedded"
    other = SourceSpec("lab", "timeapi", LAB.base_url)
    assert first.next_life(60, source=other).standing().rule.source == "embedded"
    renamed = SourceSpec("new", LAB.dialect, LAB.base_url)
    assert first.next_life(60, source=renamed).standing().rule.source == "embedded"


def test_a_rule_is_compared_with_the_database_of_today() -> None:
    first = Life(trust="source").start().answer("Etc/UTC").answer(TOKYO, offset=28_800)
    second = first.next_life(60)
    assert second.standing().rule.source == "embedded"
    assert second.almanac.status()[0].disagreements == 1


def test_a_zone_that_the_database_has_no_longer_is_left_out(first: Life) -> None:
    saved = first.saved()
    saved["rules"][SEOUL] = saved["rules"][TOKYO]
    second = Life(NOON + 700)
    second.almanac.recall(saved)
    assert second.standing().rule.source == "lab"


def test_nobody_waits_for_a_source_that_has_answered_in_an_earlier_life(first: Life) -> None:
    second = first.next_life(60).start()
    assert second.almanac.ask([NEW_YORK], lambda: None) is None
    assert second.almanac.status()[0].state == "untried"
    assert second.almanac.status()[0].last_success == 660


def test_a_source_that_asked_to_be_left_alone_is_also_after_a_restart(first: Life) -> None:
    first.almanac.ask([NEW_YORK], lambda: None)
    first.fetches.answer(NEW_YORK, Fault(FaultKind.STATUS, "busy", 1800.0))
    second = first.next_life(60).start()
    (status,) = second.almanac.status()
    assert (status.state, status.rest, status.reason) == ("resting", 1740, "busy")
    second.almanac.ask([NEW_YORK], lambda: None)
    second.clock.advance(1739)
    assert second.fetches.asked == []
    second.clock.advance(1)
    assert second.fetches.asked == ["Etc/UTC"]
    assert first.next_life(1801).start().fetches.asked == ["Etc/UTC"]
    back = first.next_life(-5000)
    assert back.almanac.status()[0].rest == 1800
