"""Who has a vote on the time, who is right, and what takes a vote away, example by example."""

from __future__ import annotations

import pytest

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.interval import Sample, drift
from socketspeak.clock.values import HOST, Host, Reading, State, Voter
from tests.clock.examples import MS, UTC, S, off_by, taken


def test_two_that_agree_are_synced_and_the_bound_is_what_both_allow() -> None:
    discipline = Discipline(["first", "second"])
    discipline.learn("second", taken(0, 100 * MS), off_by(0, 100 * MS))
    discipline.learn("first", taken(100 * MS, 106 * MS, quantum=1), off_by(0, 106 * MS))
    reading = discipline.read(106 * MS, 0)
    assert reading.state is State.SYNCED
    assert reading.bound_ns == pytest.approx(3 * MS, abs=50_000)


@pytest.mark.parametrize("trust_host", [True, False])
def test_two_that_contradict_each_other_have_no_majority_and_the_preferred_is_shown(
    trust_host: bool,
) -> None:
    discipline = Discipline(["first", "second"], trust_host=trust_host)
    discipline.learn("second", taken(0, MS, off=3600 * S), off_by(0, MS))
    discipline.learn("first", taken(MS, 2 * MS), off_by(0, 2 * MS))
    reading = discipline.read(S, 0)
    assert (reading.bound_ns, reading.state) == (None, State.DISAGREE)
    assert reading.unix_ns - UTC - S == pytest.approx(0, abs=MS)


@pytest.mark.parametrize(("trust_host", "off"), [(True, 0), (False, 60)])
def test_against_a_synchronised_host_trust_decides_whose_time_is_shown(trust_host: bool, off: int) -> None:
    discipline = Discipline(["lab"], trust_host=trust_host)
    discipline.learn("lab", taken(0, MS, off=60 * S), off_by(0, MS, error=MS))
    reading = discipline.read(MS, 0)
    assert (reading.bound_ns, reading.state) == (None, State.DISAGREE)
    assert reading.unix_ns - UTC - MS == pytest.approx(off * S, abs=MS)


def test_a_host_that_is_synchronised_agrees_with_a_source_that_is_right() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, 6 * MS), off_by(0.1, 6 * MS, error=16 * MS))
    reading = discipline.read(6 * MS, 0)
    assert reading.state is State.SYNCED
    assert reading.bound_ns == pytest.approx(3 * MS, abs=10_000)


def test_the_error_of_the_host_is_never_believed_to_be_under_a_quarter_of_a_second() -> None:
    discipline = Discipline([])
    discipline.look(off_by(0, S, error=0))
    assert discipline.read(S, UTC + S) == Reading(UTC + S, 250 * MS, State.LOCAL)


def test_a_synchronised_host_alone_has_a_bound_until_its_clock_is_set() -> None:
    discipline = Discipline([])
    discipline.look(off_by(0, S, error=300 * MS))
    later = discipline.read(11 * S, UTC + 11 * S)
    assert later == Reading(UTC + 11 * S, 300 * MS + drift(10 * S, 200), State.LOCAL)
    moved = discipline.read(11 * S, UTC + 11 * S + 100 * MS)
    assert moved.bound_ns == 400 * MS + drift(10 * S, 200)
    assert discipline.read(11 * S, UTC + 3600 * S) == Reading(UTC + 3600 * S, None, State.LOCAL)


def test_of_three_the_one_that_is_off_is_named_with_its_offset() -> None:
    discipline = Discipline(["first", "second", "third"])
    for name, off in (("first", 0), ("second", -3600 * S), ("third", MS // 4)):
        discipline.learn(name, taken(0, MS, off=off), off_by(0, MS))
    voters = discipline.voters(MS, UTC + MS + 7 * S)
    assert [(voter.name, voter.agrees) for voter in voters] == [
        ("first", True),
        ("second", False),
        ("third", True),
        (HOST, None),
    ]
    assert voters[1].offset_ns == pytest.approx(-3600 * S, abs=MS)
    assert voters[2].offset_ns == pytest.approx(MS // 8, abs=2000)
    assert voters[2].bound_ns == pytest.approx(MS // 2, abs=2000)
    assert voters[3] == Voter(HOST, voters[3].offset_ns, None, None)
    assert voters[3].offset_ns == pytest.approx(7 * S, abs=MS)


def test_a_first_word_of_a_new_voter_can_widen_what_the_others_agreed_on() -> None:
    discipline = Discipline(["first", "second", "third"])
    discipline.learn("first", taken(0, 10 * MS, after=0), off_by(0, 10 * MS))
    discipline.learn("second", taken(0, 10 * MS, after=10 * MS), off_by(0, 10 * MS))
    narrow = discipline.read(10 * MS, 0).bound_ns
    discipline.learn("third", taken(0, 10 * MS, after=5 * MS), off_by(0, 10 * MS))
    wide = discipline.read(20 * MS, 0).bound_ns
    assert narrow is not None
    assert wide is not None
    assert wide > 100 * narrow  # true all the same: any two of the three may be the honest ones


def test_what_nobody_has_confirmed_for_an_hour_runs_free() -> None:
    discipline = Discipline(["first", "second"])
    for name in ("first", "second"):
        discipline.learn(name, taken(0, MS), off_by(0, MS))
    assert discipline.read(MS + 3600 * S, 0).state is State.SYNCED
    reading = discipline.read(MS + 3600 * S + 1, 0)
    assert reading.state is State.FREE_RUNNING
    assert reading.bound_ns == pytest.approx(720 * MS, abs=2 * MS)
    discipline.learn("second", taken(3700 * S, 3700 * S + MS), off_by(0, 3700 * S + MS))
    assert discipline.read(3701 * S, 0).state is State.SYNCED


def test_a_cached_answer_confirms_nothing() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), off_by(0, MS))
    cached = Sample(UTC + 3600 * S, 1, 3700 * S, 3700 * S + MS, lower_only=True)
    discipline.learn("lab", cached, off_by(0, 3700 * S + MS))
    assert discipline.read(3700 * S + MS, 0).state is State.FREE_RUNNING


def test_after_a_sleep_the_hosts_clock_is_shown_until_a_source_has_answered_anew() -> None:
    discipline = Discipline(["lab"])
    discipline.look(off_by(0, 0, error=MS))
    discipline.learn("lab", taken(0, MS), off_by(0, MS, error=MS))
    edition = discipline.edition
    awake = Host(2 * S, UTC + 3602 * S, MS, asleep_ns=3600 * S)
    assert discipline.look(awake) == 3600 * S
    assert discipline.edition == edition + 1
    assert discipline.read(2 * S, UTC + 5) == Reading(UTC + 5, None, State.DISRUPTED)
    assert discipline.look(awake) == 0
    assert not discipline.voters(2 * S, UTC)
    late = Sample(UTC + S, 1000, S, 3 * S)  # asked before the sleep, and answered after
    assert discipline.learn("lab", late, Host(3 * S, UTC + 3603 * S, MS, 3600 * S))
    assert discipline.read(3 * S, UTC + 5).state is State.DISRUPTED
    fresh = taken(3 * S, 3 * S + MS, off=3600 * S)
    discipline.learn("lab", fresh, Host(3 * S + MS, UTC + 3603 * S, MS, 3600 * S))
    assert discipline.read(3 * S + MS, 0).state is State.SYNCED  # with the host, which a source confirms


def test_a_sleep_before_the_first_sample_leaves_the_clock_local_and_the_host_without_a_bound() -> None:
    discipline = Discipline([])
    discipline.look(off_by(0, 0, error=MS))
    discipline.look(off_by(0, S, error=MS, asleep=MS))
    assert discipline.read(S, UTC + S) == Reading(UTC + S, None, State.LOCAL)


def test_a_host_that_was_stepped_has_a_vote_again_once_it_meets_the_sources() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), off_by(0, MS, error=MS))
    discipline.look(off_by(3600, S, error=MS))
    assert discipline.read(S, 0).state is State.SINGLE
    assert discipline.voters(S, UTC + 3601 * S)[-1].agrees is None
    discipline.look(off_by(0.2, 2 * S, error=MS))
    assert discipline.read(2 * S, 0).state is State.SYNCED


def test_a_host_that_becomes_synchronised_without_a_step_has_a_vote() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), off_by(60, MS))
    discipline.look(off_by(60, S, error=MS))
    assert discipline.read(S, 0).state is State.DISAGREE


def test_a_look_that_finds_nothing_new_changes_no_edition() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), off_by(0, MS))
    discipline.look(off_by(0, S))
    discipline.look(off_by(9, 2 * S))
    assert discipline.edition == 1
