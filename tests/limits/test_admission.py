"""How many may be in."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.limits.admission import Admission, Refused

GROUPS = st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::/64", "local"])


@given(st.integers(1, 8), st.integers(1, 4), st.lists(GROUPS, max_size=40))
def test_never_more_are_in_than_may_be_and_when_all_have_left_nothing_is_kept(
    most: int, most_per_group: int, comers: list[str]
) -> None:
    admission = Admission(most, most_per_group)
    inside: list[str] = []
    for group in comers:
        if admission.refused(group) is None:
            admission.enter(group)
            inside.append(group)
        counted = Counter(inside)
        assert len(inside) <= most
        assert max(counted.values(), default=0) <= most_per_group
        assert admission.groups == len(counted)
        assert admission.crowded == (len(inside) > 0.8 * most)
        if len(inside) > 2:
            admission.leave(inside.pop(0))
    for group in inside:
        admission.leave(group)
    assert (admission.groups, admission.crowded) == (0, False)
    assert admission.refused("192.0.2.1") is None


def test_it_says_which_limit_it_is() -> None:
    admission = Admission(3, 2)
    admission.enter("192.0.2.1")
    admission.enter("192.0.2.1")
    assert admission.refused("192.0.2.1") is Refused.ADDRESS
    assert admission.refused("192.0.2.2") is None
    admission.enter("192.0.2.2")
    assert admission.refused("192.0.2.3") is Refused.FULL
    assert admission.refused("192.0.2.1") is Refused.FULL


def test_it_is_crowded_when_more_than_four_fifths_are_in() -> None:
    admission = Admission(10, 10)
    for _ in range(8):
        admission.enter("192.0.2.1")
    assert not admission.crowded
    admission.enter("192.0.2.1")
    assert admission.crowded


def test_nobody_leaves_who_was_not_in() -> None:
    admission = Admission(1, 1)
    with pytest.raises(KeyError):
        admission.leave("192.0.2.1")
    assert admission.refused("192.0.2.1") is None
