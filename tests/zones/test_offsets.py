"""Offsets from UTC, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.zones.offsets import offset_name, read_offset


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("UTC+5:30", 19_800),
        ("UTC-0330", -12_600),
        ("utc+14", 50_400),
        ("GMT-3", -10_800),
        ("gmt+12:45", 45_900),
        ("+05:30", 19_800),
        ("-3", -10_800),
        ("\u22123:30", -12_600),
        ("UTC\u22123", -10_800),
        ("UTC +5", 18_000),
        ("UTC+530", 19_800),
        ("UTC-00:44:30", -2_670),
        ("UTC+00:00", 0),
        ("UTC+23:59:59", 86_399),
        ("UTC+24", None),
        ("UTC+5:60", None),
        ("UTC+5:30:60", None),
        ("UTC+5:3", None),
        ("UTC5", None),
        ("UTC", None),
        ("5:30", None),
        ("UTC+٥", None),
        ("UTC+5:30 lisbon", None),
        ("EST+5", None),
        ("", None),
    ],
)
def test_an_offset_is_read_as_people_write_it(text: str, offset: int | None) -> None:
    assert read_offset(text) == offset


@given(st.integers(-86_399, 86_399))
def test_the_name_of_an_offset_is_read_as_that_offset(offset: int) -> None:
    assert read_offset(offset_name(offset)) == offset


@pytest.mark.parametrize(
    ("offset", "name"),
    [(19_800, "UTC+05:30"), (-10_800, "UTC-03:00"), (0, "UTC+00:00"), (-2_670, "UTC-00:44:30")],
)
def test_an_offset_is_named_as_in_the_protocol(offset: int, name: str) -> None:
    assert offset_name(offset) == name
