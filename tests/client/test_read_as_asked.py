"""What a client asks is what a server reads first, whatever the places are called."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from socketspeak.client.requesting import (
    convert_request,
    difference_request,
    meeting_request,
    time_request,
    transitions_request,
)
from socketspeak.language.arguments import Journey, Options, journeys_of, options_of, when_of
from socketspeak.language.keywords import ENGLISH
from socketspeak.language.requests import Mistake, Request, parse_request, places_of, render_request

PLACES = st.text(max_size=30) | st.from_regex(r"((a|TO|ON|COUNT|9|-?1\.5|,)[ ,]?){1,4}", fullmatch=True)


def tidy(*places: str) -> tuple[str, ...]:
    """Places as a server sees them: runs of spaces and tabs are one space."""
    return tuple(re.sub("[ \t]+", " ", place).strip(" ") for place in places)


def asked(ask: Callable[[], Request]) -> Request | None:
    """The request as a server reads its line, None where the client refuses to ask it."""
    try:
        request = ask()
    except ValueError:
        return None
    read = parse_request(render_request(request))
    assert read == request
    return request


@given(st.lists(PLACES, min_size=2, max_size=3))
def test_whatever_is_asked_a_server_reads_first_as_it_was_asked(places: list[str]) -> None:
    first, *others = tidy(*places)
    if request := asked(lambda: time_request(*places)):
        assert places_of(request.argument) == (first, *others)
    if request := asked(lambda: convert_request("now", *places)):
        when = when_of(request, ENGLISH)
        assert when == (None, f"{first} TO {', '.join(others)}")
        assert first_journey(request, f"{first} TO {', '.join(others)}") == Journey(first, tuple(others))
    if request := asked(lambda: difference_request(places[0], places[1])):
        assert first_journey(request, request.argument) == Journey(first, (others[0],))


@given(st.lists(PLACES, min_size=2, max_size=3), st.none() | st.just(date(2026, 3, 29)))
def test_options_are_the_ones_that_were_asked_for(places: list[str], day: date | None) -> None:
    accepted = {"since": ENGLISH.since, "count": ENGLISH.count}
    if request := asked(lambda: transitions_request(places[0], day, 5)):
        options = options_of(request, **accepted)
        assert isinstance(options, Options)
        assert options.places == tidy(places[0])
        assert options.given.keys() == ({"count"} if day is None else {"since", "count"})
    if request := asked(lambda: meeting_request(*places, day=day)):
        options = options_of(request, hours=ENGLISH.hours, on=ENGLISH.on)
        assert isinstance(options, Options)
        assert options.places == tidy(*places)
        assert options.given.keys() == (set() if day is None else {"on"})


def first_journey(request: Request, text: str) -> Journey:
    """The way in which a server reads `place TO place` first."""
    journeys = journeys_of(request, text, ENGLISH)
    assert not isinstance(journeys, Mistake)
    return journeys[0]
