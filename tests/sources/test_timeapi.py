"""The timeapi dialect: what it takes, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from socketspeak.sources.sample import Fault, Outcome, ZoneSample
from socketspeak.sources.timeapi import decode, path
from tests.sources.answers import GONE, asking, is_believed, is_refused, linked, with_fields

CHICAGO = b'{"timezone":"America/Chicago","current_utc_offset_seconds":-18000,"standard_utc_offset_seconds":-21600,"dst_utc_offset_seconds":-18000,"has_dst":true,"dst_offset_seconds":3600,"dst_active":true,"dst_from":"2026-03-08T08:00:00.000000+00:00","dst_until":"2026-11-01T07:00:00.000000+00:00","local_time":"2026-07-29T16:24:52.929432-05:00","day_of_week":"Wednesday","utc_time":"2026-07-29T21:24:52.929432+00:00","unix_timestamp":1785360292}'  # noqa: E501

STAMP_NS = 1_785_360_292_929_432_000
SPRING, AUTUMN = 1_772_956_800, 1_793_516_400  # 2026-03-08T08:00Z and 2026-11-01T07:00Z


def changed(**fields: Any) -> bytes:
    """Chicago's answer with other fields."""
    return with_fields(CHICAGO, fields)


WINTER: dict[str, Any] = {
    "current_utc_offset_seconds": -21_600,
    "dst_active": False,
    "local_time": "2026-12-01T06:00:00.500000-06:00",
    "utc_time": "2026-12-01T12:00:00.500000+00:00",
    "unix_timestamp": 1_796_126_400,
}


def read(body: bytes, zone: str = "America/Chicago") -> Outcome:
    return decode(body, asking(zone), linked)


def test_the_answer_of_chicago() -> None:
    assert read(CHICAGO) == ZoneSample(
        source="lab",
        asked="America/Chicago",
        zone="America/Chicago",
        stamp_ns=STAMP_NS,
        quantum_ns=1000,
        sent_ns=5,
        received_ns=9,
        cacheable=False,
        offset=-18_000,
        abbreviation=None,  # it gives none, and the tz database knows
        dst=True,
        raw_offset=-21_600,
        dst_offset=3600,
        valid_from=SPRING,
        valid_until=AUTUMN,
    )


def test_in_winter_what_summer_would_add_is_not_added() -> None:
    sample = read(changed(**WINTER))
    assert isinstance(sample, ZoneSample), sample
    assert (sample.offset, sample.dst, sample.raw_offset, sample.dst_offset) == (-21_600, False, -21_600, 0)
    assert (sample.valid_from, sample.valid_until) == (AUTUMN, None)


def test_in_winter_the_next_start_is_the_end() -> None:
    sample = read(changed(**WINTER, dst_from="2027-03-14T08:00:00+00:00", dst_until="2027-11-07T07:00:00Z"))
    assert isinstance(sample, ZoneSample), sample
    assert (sample.valid_from, sample.valid_until) == (None, 1_805_011_200)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"dst_from": None, "dst_until": None}, {"valid_from": None, "valid_until": None}),
        ({"local_time": GONE}, {"stamp_ns": STAMP_NS, "offset": -18_000}),
        ({"utc_time": GONE, "unix_timestamp": GONE}, {"stamp_ns": STAMP_NS}),
        ({"current_utc_offset_seconds": GONE}, {"offset": -18_000}),
        (
            {"local_time": GONE, "utc_time": GONE},
            {"stamp_ns": 1_785_360_292_000_000_000, "quantum_ns": 10**9},
        ),
        ({"local_time": "2026-07-29T16:24:52.929432"}, {"stamp_ns": STAMP_NS}),
        ({"utc_time": "2026-07-29T21:24:52.929432Z"}, {"stamp_ns": STAMP_NS}),
        ({"utc_time": "2026-07-29T21:24:52.9294321Z"}, {"stamp_ns": STAMP_NS + 100, "quantum_ns": 100}),
        ({"timezone": "AMERICA/chicago"}, {"zone": "AMERICA/chicago"}),
        ({"timezone": GONE}, {"zone": "America/Chicago"}),
        ({"dst_active": GONE}, {"dst": None, "dst_offset": None}),
        ({"standard_utc_offset_seconds": None}, {"raw_offset": None, "dst_offset": 3600}),
        ({"dst_offset_seconds": None}, {"raw_offset": -21_600, "dst_offset": 3600}),
        ({"dst_utc_offset_seconds": None}, {"dst_offset": 3600}),
        ({"has_dst": "who knows", "day_of_week": 3, "else": [1]}, {"stamp_ns": STAMP_NS}),
    ],
)
def test_what_may_be_missing_or_otherwise_is_taken(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    is_believed(read(changed(**fields)), expected)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"[]", "not an object"),
        (b'"Invalid Timezone"', "not an object"),
        (changed(current_utc_offset_seconds=GONE, local_time=GONE), "no offset"),
        (changed(local_time=GONE, utc_time=GONE, unix_timestamp=GONE), "no instant"),
        (changed(current_utc_offset_seconds=-21_600), "differ in their offset"),
        (changed(current_utc_offset_seconds=-18_000.0), "is not a whole number"),
        (changed(current_utc_offset_seconds=True), "is not a whole number"),
        (changed(current_utc_offset_seconds=93_601, local_time=GONE), "over 26 hours"),
        (changed(unix_timestamp=1785360292 + 3600), "instants differ"),
        (changed(utc_time="2026-07-29T20:24:52.929432+00:00"), "instants differ"),
        (changed(utc_time="tomorrow"), "utc_time"),
        (changed(unix_timestamp="1785360292"), "unix_timestamp is not a whole number"),
        (changed(unix_timestamp=float("nan")), "NaN"),
        (changed(timezone="America/Denver"), "another zone"),
        (changed(dst_active="true"), "dst_active is not true or false"),
        (changed(dst_active=False), "do not make up the offset"),
        (changed(dst_offset_seconds=7200), "do not make up the offset"),
        (changed(dst_utc_offset_seconds=-14_400), "dst_utc_offset_seconds is not the offset"),
        (changed(dst_until="2026-07-29T07:00:00Z"), "not between dst_from and dst_until"),
        (changed(dst_from=0), "dst_from is not a text"),
        (
            changed(
                unix_timestamp=1_577_836_799,
                local_time=GONE,
                utc_time=GONE,
            ),
            "not in 2020-2100",
        ),
    ],
)
def test_what_cannot_be_believed_is_refused(body: bytes, reason: str) -> None:
    is_refused(read(body), reason)


@pytest.mark.parametrize("content_type", [None, "text/html"])
def test_another_content_type_than_json_is_refused(content_type: str | None) -> None:
    assert isinstance(decode(CHICAGO, asking("America/Chicago", content_type), linked), Fault)


def test_a_path_encodes_what_is_not_plain() -> None:
    assert path("America/Argentina/Buenos_Aires") == "timezone/zone?timeZone=America/Argentina/Buenos_Aires"
    assert path("Etc/GMT+5") == "timezone/zone?timeZone=Etc/GMT%2B5"
    assert path("a b&c#d%é") == "timezone/zone?timeZone=a%20b%26c%23d%25%C3%A9"
