"""The requests that a client makes, checked before anything is sent."""

from __future__ import annotations

from socketspeak.language.requests import Request, render_request


def time_request(*places: str) -> Request:
    """TIME of one or more places.

    Raises ValueError where there is none, where one is empty or holds a comma, which separates places, and
    where the line could not be sent.
    """
    if not places:
        raise ValueError("no place was given")
    for place in places:
        if "," in place:
            raise ValueError(
                f"a place cannot hold a comma: {place!r}; give each place as an argument of its own"
            )
    return _checked("TIME", ", ".join(_filled("place", place) for place in places))


def list_request(what: str) -> Request:
    """LIST of an area, a country, ALL or LINKS. Raises ValueError as time_request does."""
    return _checked("LIST", _filled("list", what))


def areas_request() -> Request:
    """LIST of the areas."""
    return Request("LIST")


def find_request(text: str) -> Request:
    """FIND places. Raises ValueError as time_request does."""
    return _checked("FIND", _filled("text", text))


def _filled(name: str, text: str) -> str:
    stripped = text.strip(" \t")
    if not stripped:
        raise ValueError(f"the {name} is empty")
    return stripped


def _checked(verb: str, argument: str) -> Request:
    request = Request(verb, argument)
    render_request(request)
    return request
