"""Retry-After: seconds or a date, and what says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.sources.retryafter import wait_of

NOON = 1_795_435_200.0  # 2026-11-23T12:00Z
SENT = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("header", "date", "wait"),
    [
        ("120", None, 120.0),
        (" 5 ", SENT, 5.0),
        ("0", None, None),
        ("-5", None, None),
        ("1.5", None, None),
        ("٥", None, None),
        ("9" * 5000, None, None),
        ("soon", None, None),
        ("", None, None),
        (None, SENT, None),
        ("Mon, 23 Nov 2026 12:02:00 GMT", SENT, 120.0),
        ("Mon, 23 Nov 2026 12:02:00 GMT", None, 120.0),
        ("Mon, 23 Nov 2026 12:02:00 GMT", "nonsense", 120.0),
        ("Monday, 23-Nov-26 12:02:00 GMT", None, 120.0),
        ("Mon Nov 23 12:02:00 2026", None, 120.0),
        ("Mon, 23 Nov 2026 11:58:00 GMT", SENT, None),
        ("Mon, 23 Nov 9999999 12:00:00 GMT", None, None),
    ],
)
def test_what_a_source_means(header: str | None, date: str | None, wait: float | None) -> None:
    assert wait_of(header, date, NOON) == wait


def test_a_date_is_read_by_the_clock_of_the_source_whatever_that_shows() -> None:
    assert wait_of("Wed, 01 Jan 2020 00:01:00 GMT", "Wed, 01 Jan 2020 00:00:00 GMT", NOON) == 60.0


@given(st.none() | st.text(), st.none() | st.text())
def test_no_header_at_all_makes_it_raise(header: str | None, date: str | None) -> None:
    wait = wait_of(header, date, NOON)
    assert wait is None or wait > 0
