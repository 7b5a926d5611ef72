"""What the discipline says the time is, example by example."""

from __future__ import annotations

import pytest

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.interval import Sample, drift
from socketspeak.clock.values import Host, Reading, State
from tests.clock.examples import MS, UTC, S, taken


def test_without_a_sample_the_time_is_the_hosts_steps_included() -> None:
    discipline = Discipline(["lab"])
    assert discipline.read(5, UTC) == Reading(UTC, None, State.LOCAL)
    assert discipline.read(6, UTC - S) == Reading(UTC - S, None, State.LOCAL)


def test_one_sample_gives_the_middle_and_half_of_round_trip_quantum_and_drift() -> None:
    discipline = Discipline(["lab"])
    sample = taken(10 * S, 10 * S + 80 * MS, quantum=1)
    assert discipline.learn("lab", sample, Host(10 * S + 80 * MS, UTC + 10 * S))
    reading = discipline.read(10 * S + 80 * MS, 0)
    width = 1 + 80 * MS + drift(80 * MS, 200)
    assert width % 2  # the half is rounded up
    assert reading.state is State.SINGLE
    assert reading.bound_ns == -(-width // 2)
    assert abs(reading.unix_ns - (UTC + 10 * S + 80 * MS)) < 20_000


def test_the_bound_grows_by_the_drift_allowance() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), Host(MS, UTC))
    early, late = discipline.read(MS, 0), discipline.read(MS + 1000 * S, 0)
    assert early.bound_ns is not None
    assert late.bound_ns == early.bound_ns + drift(1000 * S, 200)
    assert late.unix_ns - early.unix_ns == 1000 * S


def test_reading_changes_nothing() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), Host(MS, UTC))
    late = discipline.read(MS + S, 0)
    discipline.read(MS + 2 * S, 0)
    assert discipline.read(MS + S, 0) == late
    assert discipline.edition == 1


def test_a_step_of_the_hosts_clock_changes_no_answer() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), Host(MS, UTC))
    assert discipline.read(S, UTC) == discipline.read(S, UTC + 3600 * S) == discipline.read(S, 0)


def test_the_time_shown_waits_for_a_better_sample_and_its_bound_says_so() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, 2 * S, after=2 * S), Host(2 * S, UTC + 2 * S))  # the middle is 1 s ahead
    ahead = discipline.read(2 * S, 0)
    discipline.learn("lab", taken(2 * S, 2 * S + MS), Host(2 * S + MS, UTC + 2 * S))
    held = discipline.read(2 * S + MS, 0)
    later = discipline.read(5 * S, 0)
    assert ahead.unix_ns <= held.unix_ns <= ahead.unix_ns + MS
    assert held.bound_ns is not None
    assert held.unix_ns - held.bound_ns <= UTC + 2 * S + MS
    assert later.unix_ns - UTC - 5 * S == pytest.approx(0, abs=2 * MS)


def test_the_instant_alone_is_that_of_a_whole_reading() -> None:
    discipline = Discipline(["lab"])
    assert discipline.unix_ns(5) is None  # the host's clock shows it
    discipline.learn("lab", taken(0, 80 * MS, after=80 * MS), Host(80 * MS, UTC))  # the middle is 40 ms ahead
    discipline.learn("lab", taken(82 * MS, 102 * MS), Host(102 * MS, UTC))  # and is held back
    for steady in range(102 * MS, S, 7 * MS):
        assert discipline.unix_ns(steady) == discipline.read(steady, 0).unix_ns


def test_a_source_that_contradicts_itself_is_believed_anew_and_counted() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), Host(MS, UTC))
    assert not discipline.learn("lab", taken(S, S + MS, off=-60 * S), Host(S + MS, UTC))
    assert discipline.contradictions == {"lab": 1}
    reading = discipline.read(2 * S, 0)
    assert reading.unix_ns - UTC - 2 * S == pytest.approx(-60 * S, abs=MS)  # not held for a minute
    assert reading.state is State.SINGLE


def test_a_cached_answer_can_only_raise_the_lower_end() -> None:
    discipline = Discipline(["lab"])
    stamp = UTC + 3 * S
    discipline.learn(
        "lab", Sample(stamp - S, S, 3 * S, 3 * S + MS, lower_only=True), Host(4 * S, UTC + 4 * S)
    )
    assert discipline.read(4 * S, UTC).state is State.LOCAL
    discipline.learn("lab", taken(4 * S, 5 * S), Host(5 * S, UTC + 5 * S))
    before = discipline.interval("lab", 7 * S)
    discipline.learn(
        "lab", Sample(UTC + 6 * S, 1000, 6 * S, 6 * S + MS, lower_only=True), Host(7 * S, UTC + 7 * S)
    )
    after = discipline.interval("lab", 7 * S)
    assert before is not None
    assert after is not None
    assert before.low < after.low == pytest.approx(UTC, abs=2 * MS)
    assert after.high <= before.high + 1  # ageing twice rounds up twice


def test_a_cached_answer_from_the_future_leaves_the_source_without_an_interval() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), Host(MS, UTC))
    assert not discipline.learn("lab", Sample(UTC + 99 * S, 1, S, 2 * S, lower_only=True), Host(2 * S, UTC))
    assert discipline.read(3 * S, UTC + 7) == Reading(UTC + 7, None, State.LOCAL)
    assert (discipline.contradictions, discipline.edition) == ({"lab": 1}, 2)


@pytest.mark.parametrize(
    ("off", "state"), [(599, State.SINGLE), (-601, State.DISAGREE), (601, State.DISAGREE)]
)
def test_a_single_source_ten_minutes_from_the_host_has_no_bound(off: int, state: State) -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), Host(MS, UTC + MS + off * S))
    reading = discipline.read(S, UTC)
    assert reading.state is state
    assert (reading.bound_ns is None) == (state is State.DISAGREE)
    assert reading.unix_ns - UTC - S == pytest.approx(0, abs=MS)


def test_a_host_that_was_set_right_is_agreed_with_at_the_next_sample() -> None:
    discipline = Discipline(["lab"])
    discipline.learn("lab", taken(0, MS), Host(MS, UTC + 3600 * S))
    discipline.learn("lab", taken(S, S + MS), Host(2 * S, UTC + 2 * S))
    assert discipline.read(3 * S, UTC).state is State.SINGLE


def test_what_cannot_be_is_our_own_bug() -> None:
    discipline = Discipline(["lab"])
    with pytest.raises(KeyError):
        discipline.learn("unheard-of", taken(0, MS), Host(MS, UTC))
    with pytest.raises(ValueError, match="received at 1000000 ns, and it is 5 ns"):
        discipline.learn("lab", taken(0, MS), Host(5, UTC))
    with pytest.raises(ValueError, match="before it was sent"):
        Sample(UTC, 1, 2, 1)
    with pytest.raises(ValueError, match="positive"):
        Sample(UTC, 0, 1, 2)
