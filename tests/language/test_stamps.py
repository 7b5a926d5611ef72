"""How instants, offsets and bounds are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.stamps import bound_text, offset_text, stamp, stamp_unix_ns


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "+00:00"), (-10800, "-03:00"), (45900, "+12:45"), (-2670, "-00:44:30"), (50400, "+14:00")],
)
def test_an_offset_has_minutes_and_seconds_where_it_has_any(seconds: int, text: str) -> None:
    assert offset_text(seconds) == text


@pytest.mark.parametrize(
    ("bound_ns", "text"),
    [
        (None, "?"),
        (1, "1ms"),
        (3_999_999, "4ms"),
        (4_000_000, "4ms"),
        (4_000_001, "5ms"),
        (998_000_001, "999ms"),
        (999_000_001, "1.0s"),
        (1_100_000_001, "1.2s"),
        (1_200_000_000, "1.2s"),
    ],
)
def test_a_bound_is_never_rounded_down(bound_ns: int | None, text: str) -> None:
    assert bound_text(bound_ns) == text


@given(
    st.integers(min_value=-(10**9), max_value=4 * 10**9),
    st.integers(0, 999_999),
    st.integers(-50_000, 50_000),
)
def test_a_stamp_tells_its_instant_back(seconds: int, microseconds: int, offset: int) -> None:
    unix_ns = seconds * 10**9 + microseconds * 1000
    assert stamp_unix_ns(stamp(unix_ns, offset)) == unix_ns
