"""The requests that a client makes, checked before anything is sent.

Each raises ValueError, with a message for people, where what is asked cannot be one line of the protocol.
"""

from __future__ import annotations

from datetime import date

from socketspeak.client.writing import (
    Hours,
    When,
    before_options,
    before_to,
    count_text,
    day_text,
    every_text,
    filled,
    hours_text,
    places_text,
    tag_text,
    when_text,
)
from socketspeak.language.requests import Request, render_request

DEFAULT_CHANGES = 2  # the server's own default
OF_TRANSITIONS = ("FROM", "COUNT")
OF_A_MEETING = ("HOURS", "ON")
OF_A_WATCH = ("EVERY",)


def time_request(*places: str) -> Request:
    """TIME of one or more places."""
    return _checked("TIME", places_text(*places))


def list_request(what: str) -> Request:
    """LIST of an area, a country, ALL or LINKS."""
    return _checked("LIST", filled("list", what))


def areas_request() -> Request:
    """LIST of the areas."""
    return Request("LIST")


def find_request(text: str) -> Request:
    """FIND places."""
    return _checked("FIND", filled("text", text))


def convert_request(when: When, place: str, *targets: str) -> Request:
    """CONVERT a local time of a place to one or more others."""
    if not targets:
        raise ValueError("no place to convert to was given")
    return _checked("CONVERT", f"{when_text(when)} {before_to(place)} TO {places_text(*targets)}")


def difference_request(origin: str, target: str) -> Request:
    """DIFF of two places."""
    return _checked("DIFF", f"{before_to(origin)} TO {places_text(target)}")


def transitions_request(place: str, start: date | None = None, count: int = DEFAULT_CHANGES) -> Request:
    """TRANSITIONS of a place, `count` of them, from midnight UTC of a date on, or from now."""
    since = "" if start is None else f" FROM {day_text(start)}"
    where = before_options(places_text(place), OF_TRANSITIONS)
    return _checked("TRANSITIONS", f"{where}{since} COUNT {count_text(count)}")


def meeting_request(*places: str, hours: Hours | None = None, day: date | None = None) -> Request:
    """MEET of two or more places, within hours of a day, or the server's hours of today."""
    if len(places) < 2:
        raise ValueError(f"a meeting takes two places or more, {len(places)} given")
    within = "" if hours is None else f" HOURS {hours_text(hours)}"
    on = "" if day is None else f" ON {day_text(day)}"
    return _checked("MEET", f"{before_options(places_text(*places), OF_A_MEETING)}{within}{on}")


def watch_request(*places: str, every: int = 1) -> Request:
    """WATCH of one or more places, every so many seconds."""
    return _checked("WATCH", f"{before_options(places_text(*places), OF_A_WATCH)} EVERY {every_text(every)}")


def language_request(tag: str) -> Request:
    """LANG of a language's tag."""
    return _checked("LANG", tag_text(tag))


def _checked(verb: str, argument: str) -> Request:
    request = Request(verb, argument)
    render_request(request)
    return request
