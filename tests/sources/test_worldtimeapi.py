"""The worldtimeapi dialect: what it takes, what it refuses, and that nothing makes it raise."""

from __future__ import annotations

from typing import Any

import pytest

from socketspeak.sources.sample import Fault, Outcome, ZoneSample
from socketspeak.sources.worldtimeapi import decode, path
from tests.sources.answers import GONE, asking, is_believed, is_refused, linked, with_fields

NEW_YORK = b'{"utc_offset":"-04:00","timezone":"America/New_York","day_of_week":3,"day_of_year":274,"datetime":"2025-10-01T06:38:40.795123-04:00","utc_datetime":"2025-10-01T10:38:40.795123+00:00","unixtime":1759315120,"raw_offset":-18000,"week_number":40,"dst":true,"abbreviation":"EDT","dst_offset":3600,"dst_from":"2025-03-09T07:00:00+00:00","dst_until":"2025-11-02T06:00:00+00:00","client_ip":"192.0.2.58"}'  # noqa: E501
DUBLIN = b'{"utc_offset":"+01:00","timezone":"Europe/Dublin","day_of_week":3,"day_of_year":274,"datetime":"2025-10-01T11:42:40.406940+01:00","utc_datetime":"2025-10-01T10:42:40.406940+00:00","unixtime":1759315360,"raw_offset":3600,"week_number":40,"dst":false,"abbreviation":"IST","dst_offset":0,"dst_from":null,"dst_until":null,"client_ip":"192.0.2.58"}'  # noqa: E501
LONDON = b'{"abbreviation":"BST","datetime":"2023-10-05T14:30:00.123456+01:00","day_of_week":4,"day_of_year":278,"dst":true,"dst_offset":3600,"timezone":"Europe/London","unixtime":1696512600,"utc_offset":"+01:00","week_number":40}'  # noqa: E501

STAMP_NS = 1_759_315_120_795_123_000
SPRING, AUTUMN = 1_741_503_600, 1_762_063_200  # 2025-03-09T07:00Z and 2025-11-02T06:00Z


def changed(**fields: Any) -> bytes:
    """New York's answer with other fields."""
    return with_fields(NEW_YORK, fields)


def read(body: bytes, zone: str = "America/New_York") -> Outcome:
    return decode(body, asking(zone), linked)


def test_the_answer_of_new_york() -> None:
    assert read(NEW_YORK) == ZoneSample(
        source="lab",
        asked="America/New_York",
        zone="America/New_York",
        stamp_ns=STAMP_NS,
        quantum_ns=1000,
        sent_ns=5,
        received_ns=9,
        cacheable=False,
        offset=-14_400,
        abbreviation="EDT",
        dst=True,
        raw_offset=-18_000,
        dst_offset=3600,
        valid_from=SPRING,
        valid_until=AUTUMN,
    )


def test_the_answer_of_dublin_whose_standard_time_is_in_summer() -> None:
    sample = read(DUBLIN, "Europe/Dublin")
    assert isinstance(sample, ZoneSample)
    assert (sample.offset, sample.abbreviation, sample.dst) == (3600, "IST", False)
    assert (sample.raw_offset, sample.dst_offset) == (3600, 0)
    assert (sample.valid_from, sample.valid_until) == (None, None)


def test_the_answer_of_london_that_leaves_much_out() -> None:
    sample = read(LONDON, "Europe/London")
    assert isinstance(sample, ZoneSample)
    assert (sample.stamp_ns, sample.quantum_ns) == (1_696_512_600_123_456_000, 1000)
    assert (sample.offset, sample.dst, sample.raw_offset) == (3600, True, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"client_ip": GONE, "raw_offset": GONE, "dst_offset": GONE},
            {"raw_offset": None, "dst_offset": None},
        ),
        ({"utc_datetime": GONE}, {"stamp_ns": STAMP_NS}),
        ({"unixtime": GONE}, {"stamp_ns": STAMP_NS}),
        ({"datetime": GONE}, {"stamp_ns": STAMP_NS, "offset": -14_400}),
        (
            {"datetime": GONE, "utc_datetime": GONE},
            {"stamp_ns": 1_759_315_120_000_000_000, "quantum_ns": 10**9},
        ),
        ({"utc_offset": GONE}, {"offset": -14_400}),
        ({"utc_offset": None, "unixtime": None, "dst": None, "abbreviation": None}, {"dst": None}),
        ({"timezone": GONE}, {"zone": "America/New_York"}),
        ({"timezone": "AMERICA/new_york"}, {"zone": "AMERICA/new_york"}),
        ({"timezone": "US/Eastern"}, {"zone": "US/Eastern"}),
        ({"utc_offset": "-04"}, {"offset": -14_400}),
        ({"utc_offset": "-0400"}, {"offset": -14_400}),
        ({"utc_offset": "-04:00:00"}, {"offset": -14_400}),
        ({"datetime": "2025-10-01T06:38:40-04:00"}, {"stamp_ns": STAMP_NS}),
        ({"datetime": "2025-10-01T06:38:40-04:00", "utc_datetime": GONE}, {"quantum_ns": 10**9}),
        ({"datetime": "2025-10-01T06:38:40.7951234-04"}, {"quantum_ns": 100, "stamp_ns": STAMP_NS + 400}),
        ({"datetime": "2025-10-01T06:38:40.795123456-04:00"}, {"quantum_ns": 1, "stamp_ns": STAMP_NS + 456}),
        ({"datetime": "2025-10-01 06:38:40.795123"}, {"stamp_ns": STAMP_NS}),
        ({"utc_datetime": "2025-10-01T10:38:40.795123Z"}, {"stamp_ns": STAMP_NS}),
        ({"utc_datetime": "2025-10-01T10:38:40.795123"}, {"stamp_ns": STAMP_NS}),
        ({"dst_offset": -14_400}, {"raw_offset": -18_000, "dst_offset": 3600}),
        (
            {"dst_from": "2025-03-09T07:00:00Z", "dst_until": None},
            {"valid_from": SPRING, "valid_until": None},
        ),
        ({"anything": [{"else": [1, None, 1e300]}]}, {"stamp_ns": STAMP_NS}),
    ],
)
def test_what_members_of_the_family_do_differently_is_taken(
    fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    is_believed(read(changed(**fields)), expected)


WINTER: dict[str, Any] = {
    "dst": False,
    "utc_offset": "-05:00",
    "datetime": GONE,
    "raw_offset": -18_000,
    "dst_offset": 0,
    "unixtime": GONE,
}


@pytest.mark.parametrize(
    ("now", "start", "end", "valid"),
    [
        ("2025-12-01", "2026-03-08T07:00:00Z", "2025-11-02T06:00:00Z", (AUTUMN, 1_772_953_200)),
        ("2025-01-01", "2025-03-09T07:00:00Z", "2025-11-02T06:00:00Z", (None, SPRING)),
        ("2025-12-01", "2025-03-09T07:00:00Z", "2025-11-02T06:00:00Z", (AUTUMN, None)),
    ],
)
def test_outside_daylight_saving_time_the_next_start_is_the_end(
    now: str, start: str, end: str, valid: tuple[int | None, int | None]
) -> None:
    sample = read(changed(**WINTER, utc_datetime=f"{now}T12:00:00Z", dst_from=start, dst_until=end))
    assert isinstance(sample, ZoneSample), sample
    assert (sample.valid_from, sample.valid_until) == valid


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b'{"error":"unknown location"}', "no offset"),
        (b"[" * 65_000, "nested too deeply"),
        (b'{"a":' * 13_000, "nested too deeply"),
        (changed().replace(b"1759315120", b"9" * 5000), "too long"),
        (changed().replace(b"1759315120", b"9" * 4000), "instants differ"),
        (changed(unixtime=float("nan")), "NaN"),
        (changed(other=float("inf")), "Infinity"),
        (changed(utc_offset=GONE, datetime=GONE), "no offset"),
        (changed(datetime=GONE, utc_datetime=GONE, unixtime=GONE), "no instant"),
        (changed(datetime=5), "datetime is not a text"),
        (changed(datetime="yesterday"), "datetime"),
        (changed(datetime="2025-13-01T06:38:40-04:00"), "datetime"),
        (changed(datetime="2025-10-01T06:38:60-04:00"), "datetime"),
        (changed(datetime="2025-10-01T06:38:40.1234567890-04:00"), "datetime"),
        (changed(datetime="2025-10-01T06:38:40.795123-04:00x"), "datetime"),
        (changed(datetime="٢٠٢٥-10-01T06:38:40-04:00"), "datetime"),
        (changed(unixtime=1759315120.5), "unixtime is not a whole number"),
        (changed(unixtime="1759315120"), "unixtime is not a whole number"),
        (changed(unixtime=True), "unixtime is not a whole number"),
        (changed(raw_offset=False), "raw_offset is not a whole number"),
        (changed(dst=1), "dst is not true or false"),
        (changed(dst="true"), "dst is not true or false"),
        (changed(abbreviation=5), "abbreviation is not a text"),
        (changed(timezone=["America/New_York"]), "timezone is not a text"),
        (changed(timezone="America/Chicago"), "another zone"),
        (changed(timezone="../../etc/passwd"), "another zone"),
        (changed(utc_offset="-05:00"), "differ in their offset"),
        (changed(utc_offset="+26:01", datetime=GONE), "over 26 hours"),
        (changed(utc_offset="-04:60"), "utc_offset"),
        (changed(utc_offset="4"), "utc_offset"),
        (changed(raw_offset=10**30), "over 26 hours"),
        (changed(raw_offset=-14_400), "do not make up the offset"),
        (changed(unixtime=1759315120 + 3600), "instants differ"),
        (changed(unixtime=1759315120 - 2), "instants differ"),
        (changed(unixtime=1759315120 + 2), "instants differ"),
        (changed(utc_datetime="2025-10-01T11:38:40.795123Z"), "instants differ"),
        (changed(datetime="2025-10-01T05:38:40.795123-04:00"), "instants differ"),
        (changed(datetime=GONE, utc_datetime=GONE, unixtime=1_577_836_799), "not in 2020-2100"),
        (changed(datetime=GONE, utc_datetime=GONE, unixtime=4_133_980_800), "not in 2020-2100"),
        (changed(dst_from="2025-10-02T07:00:00Z"), "not between dst_from and dst_until"),
        (changed(dst_until="2025-10-01T07:00:00Z"), "not between dst_from and dst_until"),
        (changed(dst_from=1741503600), "dst_from is not a text"),
    ],
)
def test_what_cannot_be_believed_is_refused(body: bytes, reason: str) -> None:
    is_refused(read(body), reason)


@pytest.mark.parametrize("content_type", [None, "", "text/html", "text/plain; json", "application/jsonp"])
def test_another_content_type_than_json_is_refused(content_type: str | None) -> None:
    assert isinstance(decode(NEW_YORK, asking("America/New_York", content_type), linked), Fault)


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON;charset=x", "text/json", "application/hal+json"]
)
def test_json_by_any_of_its_names_is_taken(content_type: str) -> None:
    assert isinstance(decode(NEW_YORK, asking("America/New_York", content_type), linked), ZoneSample)


def test_a_reason_is_one_short_line_that_no_terminal_obeys() -> None:
    outcome = read(changed(timezone="\x1b[2J\u202e\ud800" + "x" * 5000))
    assert isinstance(outcome, Fault)
    assert outcome.reason.isprintable()
    assert len(outcome.reason) <= 200


def test_a_path_encodes_what_is_not_plain() -> None:
    assert path("America/Argentina/Buenos_Aires") == "timezone/America/Argentina/Buenos_Aires"
    assert path("Etc/GMT+5") == "timezone/Etc/GMT%2B5"
    assert path("a b?c#d%é") == "timezone/a%20b%3Fc%23d%25%C3%A9"
