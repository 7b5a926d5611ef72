"""Each law fails where the clock is broken on purpose: a law that cannot fail says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clock import laws
from tests.clock.laws import EXAMPLES_TO_FIND_OUT, Law
from tests.clock.rooms import broken

INTERVAL, AGREEMENT, TESTIMONY = "interval.py", "agreement.py", "testimony.py"
HOSTVOTE, DISCIPLINE = "hostvote.py", "discipline.py"
MUTANTS: dict[str, tuple[Law, str, str, str]] = {
    "half_a_round_trip_at_the_lower_end": (
        laws.holds_the_truth,
        INTERVAL,
        "low = sample.stamp_ns - sample.received_ns",
        "low = sample.stamp_ns - (sample.sent_ns + sample.received_ns) // 2",
    ),
    "half_a_round_trip_at_the_upper_end": (
        laws.holds_the_truth,
        INTERVAL,
        "sample.quantum_ns - sample.sent_ns + drift",
        "sample.quantum_ns - (sample.sent_ns + sample.received_ns) // 2 + drift",
    ),
    "no_quantum": (
        laws.holds_the_truth,
        INTERVAL,
        "sample.stamp_ns + sample.quantum_ns - sample.sent_ns",
        "sample.stamp_ns - sample.sent_ns",
    ),
    "no_drift_within_the_round_trip": (
        laws.one_source_is_as_wide_as_it_must_be,
        INTERVAL,
        "- sample.sent_ns + drift(round_trip, ppm)",
        "- sample.sent_ns",
    ),
    "drift_once_too_often": (
        laws.one_source_is_as_wide_as_it_must_be,
        INTERVAL,
        "low = sample.stamp_ns - sample.received_ns",
        "low = sample.stamp_ns - sample.received_ns - drift(round_trip, ppm)",
    ),
    "no_drift_in_ageing": (
        laws.holds_the_truth,
        INTERVAL,
        "grown = drift(at - interval.at, ppm)",
        "grown = 0",
    ),
    "no_drift_in_reading": (
        laws.holds_the_truth,
        DISCIPLINE,
        "grown = drift(elapsed, self._ppm) if elapsed > 0 else 0",
        "grown = 0",
    ),
    "half_of_the_drift": (
        laws.ageing_never_narrows,
        INTERVAL,
        "-(-elapsed_ns * ppm // (1_000_000 - ppm))",
        "-(-elapsed_ns * ppm // (2_000_000 - ppm))",
    ),
    "maximum_overlap": (
        laws.holds_the_truth,
        AGREEMENT,
        "needed = len(old) // 2 + 1",
        "needed = max(sum(one.low <= other.low <= one.high for one in old) for other in old)",
    ),
    "half_is_a_majority": (
        laws.three_with_one_an_hour_off_are_never_led_astray,
        AGREEMENT,
        "needed = len(old) // 2 + 1",
        "needed = (len(old) + 1) // 2",
    ),
    "the_first_region_and_not_the_hull": (
        laws.the_majority_is_the_hull,
        AGREEMENT,
        "elif ends > 0 and holding == needed - 1:",
        "elif ends > 0 and holding == needed - 1 and not high:",
    ),
    "the_preferred_source_alone": (
        laws.three_with_one_an_hour_off_are_never_led_astray,
        DISCIPLINE,
        "interval = majority(list(votes.values()), self._ppm)",
        "interval = majority(list(votes.values())[:1], self._ppm)",
    ),
    "the_newest_sample_alone": (
        laws.a_sample_never_widens,
        TESTIMONY,
        "self._intervals[source] = both",
        "self._intervals[source] = new",
    ),
    "no_floor": (
        laws.never_goes_back,
        DISCIPLINE,
        "return max(before.floor_ns, before.middle + steady_ns)",
        "return 0",
    ),
    "a_floor_that_is_forgotten": (
        laws.never_goes_back,
        DISCIPLINE,
        "return max(before.floor_ns, before.middle + steady_ns)",
        "return before.middle + steady_ns",
    ),
    "a_floor_that_costs_nothing": (
        laws.holds_the_truth,
        DISCIPLINE,
        "shown.half + grown + held_back",
        "shown.half + grown",
    ),
    "half_of_the_width_rounded_down": (
        laws.one_source_is_as_wide_as_it_must_be,
        DISCIPLINE,
        "_Shown(interval, middle, interval.high - middle, state, heard_ns)",
        "_Shown(interval, middle, middle - interval.low, state, heard_ns)",
    ),
    "reading_that_writes": (
        laws.reading_is_pure,
        DISCIPLINE,
        "        unix_ns = shown.middle + steady_ns\n        held_back = 0\n",
        "        unix_ns = shown.middle + steady_ns\n        held_back = 0\n"
        "        self._shown = replace(shown, floor_ns=max(unix_ns, shown.floor_ns))\n",
    ),
    "samples_that_survive_a_sleep": (
        laws.sleep_is_not_slept_through,
        DISCIPLINE,
        "self._disrupted = self._testimony.forget() or self._disrupted",
        "self._disrupted = True",
    ),
    "a_sample_that_was_slept_through": (
        laws.sleep_is_not_slept_through,
        DISCIPLINE,
        "sample.sent_ns >= self._awake_since",
        "sample.received_ns >= self._awake_since",
    ),
    "a_host_that_is_believed_after_a_step": (
        laws.a_step_of_the_host_changes_no_answer,
        DISCIPLINE,
        "elif self._host.stepped and self._shown is not None:",
        "elif False:",
    ),
    "a_source_that_is_doubted_for_the_hosts_step": (
        laws.a_step_of_the_host_changes_no_answer,
        DISCIPLINE,
        "before.state is not State.DISAGREE and self._continues(before, interval)",
        "before.state is State.DISAGREE",
    ),
    "an_error_of_the_host_that_counts_on_one_side_only": (
        laws.holds_the_truth_with_the_host_among_the_voters,
        HOSTVOTE,
        "return Interval(offset - error, offset",
        "return Interval(offset, offset",
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_law_fails_where_the_clock_is_broken(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    law, file, old, new = MUTANTS[name]
    monkeypatch.syspath_prepend(tmp_path)
    room = broken(tmp_path / f"broken_{name}", file, old, new)
    with pytest.raises(AssertionError):
        law(room, EXAMPLES_TO_FIND_OUT)


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_a_copy_that_is_not_broken_keeps_the_law(
    law: Law, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = "needed = len(old) // 2 + 1"
    monkeypatch.syspath_prepend(tmp_path)
    law(broken(tmp_path / f"whole_{law.__name__}", AGREEMENT, same, same), 20)


def test_every_law_has_a_mutant_that_it_finds_out() -> None:
    assert {law for law, *_ in MUTANTS.values()} == set(laws.LAWS)
