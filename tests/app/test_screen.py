"""What people see: aligned lines, colours where they are wanted, and nothing that a terminal obeys."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from socketspeak.app.rows import span
from socketspeak.app.tables import table
from socketspeak.client import AreaEntry, Entry, Source, Status
from tests.app.showing import KOLKATA, NOON_NS, TOKYO, Shown


def test_a_clock_is_a_line_with_all_that_is_known_of_it(shown: Shown) -> None:
    shown.screen.clocks([TOKYO, KOLKATA])
    assert shown.out == [
        "Tokyo, JP    Tue 2026-11-24 03:04:05  +09:00  JST  Asia/Tokyo                        "
        "no DST  within 4ms  via lab",
        "Kolkata, IN  Mon 2026-11-23 23:34:05  +05:30  IST  Asia/Kolkata (for Asia/Calcutta)  "
        "DST     within ?    via embedded  rule 1 h 30 min old",
    ]


def test_places_and_links_are_a_line_each(shown: Shown) -> None:
    link = Entry(2, "Asia/Calcutta", 19_800, NOON_NS, "Kolkata", "IN", "Asia/Kolkata")
    shown.screen.entries([Entry(1, "Etc/UTC", 0, NOON_NS, "UTC"), link])
    assert shown.out == [
        "UTC          Mon 2026-11-23 18:04  +00:00  Etc/UTC",
        "Kolkata, IN  Mon 2026-11-23 23:34  +05:30  Asia/Calcutta → Asia/Kolkata",
    ]


def test_areas_are_a_line_each_with_their_number_of_zones(shown: Shown) -> None:
    shown.screen.areas([AreaEntry(1, "Africa", 52), AreaEntry(2, "Asia", 82)])
    assert shown.out == ["Africa  52 zones", "Asia    82 zones"]


def test_a_status_is_a_line_for_the_server_its_clock_its_counts_and_each_source(shown: Shown) -> None:
    source = Source("lab", "failing", "timeapi", 3.2, 61.0, "it says 503", 10, 2, 0.0234, 1)
    sources = (source, Source("embedded", "ready"))
    shown.screen.status(Status("1.0.0", 3725.0, "2026f", "single", 4_000_000, sources, {"sessions": 1}))
    assert shown.out == [
        "server  SocketSpeak 1.0.0, up 1 h 2 min, tz database 2026f",
        "clock   single, within 4ms",
        "counts  sessions 1",
        "source  lab failing, 10 requests, 2 failed, 1 disagreements, round trip 23 ms, last answer 3 s ago, "
        "last failure 1 min 1 s ago: it says 503",
        "source  embedded ready",
    ]


def test_a_status_names_the_clocks_that_are_off_and_by_how_much(shown: Shown) -> None:
    sources = (
        Source("lab", "ok", "timeapi", offset=-0.0004, agrees=True),
        Source("second", "ok", "timeapi", offset=-3600.0, agrees=False),
        Source("embedded", "ready", offset=0.25),
    )
    shown.screen.status(Status("1.0.0", 3725.0, "2026f", "synced", 4_000_000, sources))
    assert shown.out[1:] == [
        "clock   synced, within 4ms, off: second",
        "source  lab ok, 0 requests, 0 failed, 0 disagreements, clock -0.000 s",
        "source  second ok, 0 requests, 0 failed, 0 disagreements, clock -3600.000 s",
        "source  embedded ready, clock +0.250 s",
    ]


def test_nothing_is_shown_of_an_empty_list(shown: Shown) -> None:
    shown.screen.clocks([])
    assert shown.out == []


def test_a_complaint_comes_with_the_choices_below_it(shown: Shown) -> None:
    shown.screen.complain("which?", [Entry(1, "Etc/UTC", 0, NOON_NS, "UTC")])
    assert shown.out == []
    assert shown.err == ["socketspeak: which?", "  UTC  Mon 2026-11-23 18:04  +00:00  Etc/UTC"]


def test_a_complaint_holds_nothing_that_a_terminal_obeys(shown: Shown) -> None:
    shown.screen.complain("no such place: \x1b[2J\u202e\x9bm[bold]")
    assert shown.err == ["socketspeak: no such place: [2Jm[bold]"]


def test_a_long_line_is_not_wrapped_nor_cut(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    long = Shown()
    long.screen.clocks([KOLKATA])
    assert len(long.out) == 1
    assert long.out[0].endswith("rule 1 h 30 min old")


def test_columns_stay_aligned_where_letters_are_two_columns_wide() -> None:
    lines = table([(("東京", ""), ("here", "")), (("Tokyo", ""), ("here", ""))])
    assert {cell_len(line.plain[: line.plain.index("here")]) for line in lines} == {7}


def test_a_document_is_one_line_of_ascii(shown: Shown) -> None:
    shown.screen.document({"place": "São Paulo\n\x9b"})
    assert shown.out == [r'{"place":"S\u00e3o Paulo\n\u009b"}']


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.9, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (5400, "1 h 30 min"),
        (90_061, "1 d 1 h"),
    ],
)
def test_a_span_of_time_is_said_in_its_two_greatest_units(seconds: float, said: str) -> None:
    assert span(seconds) == said
