"""What a client asks, as its lines, and what it refuses before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.client.requesting import (
    convert_request,
    difference_request,
    find_request,
    language_request,
    list_request,
    meeting_request,
    time_request,
    transitions_request,
    watch_request,
)
from socketspeak.client.writing import When
from socketspeak.language.requests import Request, render_request

SOUTH = "-23.55,-46.63"


def line(request: Request) -> str:
    """A request as it is sent."""
    return render_request(request).decode()


# --- Lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "sent"),
    [
        ("now", "now"),
        (" NOW ", "now"),
        ("15:00", "15:00:00"),
        ("9:30", "09:30:00"),
        ("23:59:59", "23:59:59"),
        ("2026-03-29 01:30", "2026-03-29 01:30:00"),
        ("2026-03-29T9:30:07", "2026-03-29 09:30:07"),
        ("0001-01-01t00:00", "0001-01-01 00:00:00"),
        (time(15), "15:00:00"),
        (datetime(2026, 3, 29, 1, 30), "2026-03-29 01:30:00"),
        (datetime(1, 1, 1), "0001-01-01 00:00:00"),
    ],
)
def test_a_conversion_says_when_where_and_whereto(when: When, sent: str) -> None:
    assert line(convert_request(when, "Tokyo", "lisbon", "new york")) == (
        f"CONVERT {sent} Tokyo TO lisbon, new york"
    )


def test_a_difference_is_of_two_places() -> None:
    assert line(difference_request("são paulo", " tokyo\t")) == "DIFF são paulo TO tokyo"


def test_transitions_are_from_now_on_or_from_a_date_on() -> None:
    assert line(transitions_request("lisbon")) == "TRANSITIONS lisbon COUNT 2"
    assert line(transitions_request("new  york", date(987, 6, 5), 100)) == (
        "TRANSITIONS new york FROM 0987-06-05 COUNT 100"
    )


def test_a_meeting_has_places_and_if_wanted_hours_and_a_day() -> None:
    assert line(meeting_request("tokyo", "lisbon")) == "MEET tokyo, lisbon"
    assert line(meeting_request("tokyo", "lisbon", hours=(time(22, 30), time(6)), day=date(2026, 3, 29))) == (
        "MEET tokyo, lisbon HOURS 22:30-06:00 ON 2026-03-29"
    )


@pytest.mark.parametrize("tag", ["en", "pt-BR", "pt_PT", "zh-Hant-TW"])
def test_a_language_is_asked_for_by_its_tag(tag: str) -> None:
    assert line(language_request(tag)) == f"LANG {tag}"


def test_a_watch_has_places_and_says_how_often() -> None:
    assert line(watch_request("tokyo")) == "WATCH tokyo EVERY 1"
    assert line(watch_request("new  york", SOUTH, every=3600)) == f"WATCH new york, {SOUTH} EVERY 3600"


def test_coordinates_are_one_place_with_a_comma_in_it() -> None:
    assert line(time_request(SOUTH, "tokyo")) == f"TIME {SOUTH}, tokyo"
    assert line(convert_request("now", SOUTH, "48.86,2.35")) == f"CONVERT now {SOUTH} TO 48.86,2.35"
    assert line(meeting_request(SOUTH, "48.86,2.35")) == f"MEET {SOUTH}, 48.86,2.35"


@pytest.mark.parametrize("places", [("1", "2"), ("UTC", "-3.5"), ("tokyo", "48.86,2.35", "1.5")])
def test_a_number_that_stands_alone_is_no_half_of_coordinates(places: tuple[str, ...]) -> None:
    assert line(time_request(*places)) == f"TIME {', '.join(places)}"


@pytest.mark.parametrize(
    ("request_", "sent"),
    [
        (difference_request("TO", "TO"), "DIFF TO TO TO"),  # Tonga's country code
        (difference_request("lisbon", "trinidad to tobago"), "DIFF lisbon TO trinidad to tobago"),
        (meeting_request("stoke on trent", "tokyo"), "MEET stoke on trent, tokyo"),
        (transitions_request("far from home"), "TRANSITIONS far from home COUNT 2"),
    ],
)
def test_a_keyword_in_a_place_is_sent_where_it_stays_part_of_it(request_: Request, sent: str) -> None:
    assert line(request_) == sent


# --- Refusals -----------------------------------------------------------------------------------------------

ASKED_OF_A_PLACE: list[Callable[[str], Request]] = [
    time_request,
    lambda place: convert_request("now", place, "tokyo"),
    lambda place: convert_request("now", "tokyo", "lisbon", place),
    lambda place: difference_request(place, "tokyo"),
    lambda place: difference_request("tokyo", place),
    transitions_request,
    lambda place: meeting_request("tokyo", place),
    lambda place: watch_request("tokyo", place),
]


@pytest.mark.parametrize("ask", ASKED_OF_A_PLACE)
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "the place is empty"),
        (" \t", "the place is empty"),
        ("tokyo,lisbon", "cannot hold a comma: 'tokyo,lisbon'; give each place as an argument of its own"),
        ("1,2", "cannot hold a comma"),
        (",", "cannot hold a comma"),
        ("tok\nyo", "cannot hold control characters"),
        ("tokyo\x00", "cannot hold control characters"),
        ("x" * 1000, "octets is longer than 1000"),
        ("\ud800", "surrogates not allowed"),
    ],
)
def test_what_is_no_place_is_refused_wherever_a_place_is_asked_for(
    ask: Callable[[str], Request], place: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        ask(place)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("", "the time is empty"),
        ("noon", "'noon' is no time: now, HH:MM\\[:SS\\] or YYYY-MM-DD HH:MM\\[:SS\\]"),
        ("2026-03-29", "'2026-03-29' is no time"),
        ("15", "is no time"),
        ("15:0", "is no time"),
        ("15:00 lisbon", "is no time"),
        ("15:00Z", "is no time"),
        ("10000-01-01 00:00", "is no time"),
        ("26-03-29 00:00", "is no time"),
        ("٢٠٢٦-03-29 00:00", "is no time"),
        ("24:00", "no clock or calendar has '24:00': hour must be in 0..23"),
        ("23:59:60", "second must be in 0..59"),
        ("2026-02-29 00:00", "no clock or calendar has '2026-02-29 00:00': day"),
        ("0000-01-01 00:00", "year"),
        (datetime(2026, 3, 29, tzinfo=UTC), "has no zone of its own, the place says it: 2026-03-29T00:00:00"),
        (time(15, tzinfo=timezone(timedelta(hours=9))), "has no zone of its own"),
        (datetime(2026, 3, 29, 1, 30, 0, 1), "in whole seconds: 2026-03-29T01:30:00.000001"),
        (time(1, 30, fold=1), "the first is asked for"),
    ],
)
def test_what_is_no_local_time_is_refused(when: When, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        convert_request(when, "tokyo", "lisbon")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (time_request, "no place was given"),
        (lambda: convert_request("now", "tokyo"), "no place to convert to was given"),
        (lambda: difference_request("lisbon to tokyo", "paris"), "cannot hold the word TO here"),
        (lambda: convert_request("now", "lisbon TO", "paris"), "cannot hold the word TO here"),
        (lambda: transitions_request("tokyo FROM 2026-01-01"), "cannot hold the word FROM there"),
        (lambda: transitions_request("tokyo count 3"), "cannot hold the word COUNT there"),
        (lambda: transitions_request("tokyo from"), "cannot hold the word FROM there"),
        (lambda: meeting_request("tokyo", "lisbon ON 2026-01-01"), "cannot hold the word ON there"),
        (lambda: meeting_request("tokyo hours 9-17", "lisbon"), "cannot hold the word HOURS there"),
        (lambda: meeting_request("tokyo", "on"), "cannot hold the word ON there"),
        (lambda: meeting_request("tokyo"), "two places or more, 1 given"),
        (meeting_request, "two places or more, 0 given"),
        (lambda: time_request("-23.55", "-46.63"), "these places run into one another"),
        (lambda: meeting_request("a", "1.5", "2.5"), "these places run into one another"),
        (lambda: transitions_request("tokyo", count=0), "from 1 to 100: 0"),
        (lambda: transitions_request("tokyo", count=101), "from 1 to 100: 101"),
        (lambda: transitions_request("tokyo", datetime(2026, 3, 29)), "a day is a date"),
        (lambda: meeting_request("a", "b", day=datetime(2026, 3, 29, tzinfo=UTC)), "a day is a date"),
        (lambda: meeting_request("a", "b", hours=(time(9, 0, 1), time(17))), "in whole minutes: 09:00:01"),
        (lambda: meeting_request("a", "b", hours=(time(9), time(17, tzinfo=UTC))), "hours are local"),
        (watch_request, "no place was given"),
        (lambda: watch_request("tokyo every 5"), "cannot hold the word EVERY there"),
        (lambda: watch_request("tokyo", every=0), "between two ticks is from 1 to 3600: 0"),
        (lambda: watch_request("tokyo", every=3601), "from 1 to 3600: 3601"),
        (lambda: language_request("pt BR"), "'pt BR' is no language's tag, such as en, pt-BR or es"),
        (lambda: language_request("pt_BR.UTF-8"), "is no language's tag"),
        (lambda: language_request(""), "is no language's tag"),
        (lambda: list_request("\t"), "the list is empty"),
        (lambda: find_request("x\x1b[2J"), "cannot hold control characters"),
    ],
)
def test_what_cannot_be_one_request_is_refused(ask: Callable[[], Request], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ask()


@given(st.datetimes().map(lambda moment: moment.replace(microsecond=0, fold=0)))
def test_every_local_time_in_whole_seconds_can_be_asked_for_and_means_the_same_as_text(
    when: datetime,
) -> None:
    request = convert_request(when, "a", "b")
    assert convert_request(when.isoformat(), "a", "b") == request
    assert convert_request(str(when), "a", "b") == request
