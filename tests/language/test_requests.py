"""Reading request lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.requests import Mistake, Request, parse_request, places_of, render_request
from socketspeak.language.verbs import VERBS


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (b"TIME tokyo", Request("TIME", "tokyo")),
        (b"time\t tokyo ,  lisbon ", Request("TIME", "tokyo , lisbon")),
        (b"exit", Request("QUIT")),
        (b"Sair", Request("QUIT")),
        (b"1", Request("TIME", "1", bare=True)),
        ("são paulo".encode(), Request("TIME", "são paulo", bare=True)),
        (b"WATCH tokyo", Request("WATCH", "tokyo")),
        (b"WATCH  now", Request("WATCH", "now")),
    ],
)
def test_a_line_is_a_verb_and_what_follows_or_a_place(line: bytes, request_: Request) -> None:
    assert parse_request(line) == request_


@pytest.mark.parametrize("line", [b"", b" ", b"\t \t"])
def test_a_blank_line_is_ignored(line: bytes) -> None:
    assert parse_request(line) is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"TIME \xff", 501),
        (b"\xc3", 501),
        (b"TIME tok\x07yo", 501),
        (b"TIME\x00", 501),
        (b"a\rb", 501),
        ("TIME \u0085".encode(), 501),
        (b"TIME", 501),
        (b"FIND", 501),
        (b"MENU please", 501),
        (b"?!", 500),
        (b"x" * 101, 500),
        (b"...", 500),
    ],
)
def test_a_line_that_is_no_request_is_told_so_by_its_code(line: bytes, code: int) -> None:
    found = parse_request(line)
    assert isinstance(found, Mistake)
    assert found.code == code


def test_a_bare_line_of_one_hundred_octets_is_still_a_place() -> None:
    assert parse_request(b"x" * 100) == Request("TIME", "x" * 100, bare=True)


def test_places_are_separated_by_commas_and_a_missing_one_shows() -> None:
    assert places_of("tokyo , new york,,x") == ("tokyo", "new york", "", "x")


@pytest.mark.parametrize(
    ("argument", "places"),
    [
        ("-23.55,-46.63", ("-23.55,-46.63",)),
        ("tokyo,-23.55, -46.63 ,lisbon", ("tokyo", "-23.55, -46.63", "lisbon")),
        ("1.5,2.5,3.5,4.5", ("1.5,2.5", "3.5,4.5")),
        ("35.68N, 139.69 e", ("35.68N, 139.69 e",)),
        ("36°n,140°L", ("36°n,140°L",)),
        ("\u221223.55,\u221246.63", ("\u221223.55,\u221246.63",)),
        ("1,2", ("1", "2")),
        ("1.5,2", ("1.5", "2")),
        ("1,2.5,3.5", ("1", "2.5,3.5")),
        ("1.5,", ("1.5", "")),
        ("1.5,2.5.5", ("1.5", "2.5.5")),
    ],
)
def test_two_numbers_of_degrees_are_one_place_and_two_bare_numbers_are_two(
    argument: str, places: tuple[str, ...]
) -> None:
    assert places_of(argument) == places


words = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters=" \u00a0"), min_size=1, max_size=20
)


@given(st.sampled_from(sorted({verb.word for verb in VERBS.values()})), st.lists(words, max_size=6))
def test_what_is_rendered_is_read_back(verb: str, arguments: list[str]) -> None:
    request = Request(verb, " ".join(arguments))
    found = parse_request(render_request(request))
    assert found == request or isinstance(found, Mistake)
    if isinstance(found, Mistake):
        assert bool(arguments) != (VERBS[verb].argument.value == "required")


@given(st.binary(max_size=1000))
def test_no_line_raises(line: bytes) -> None:
    found = parse_request(line)
    assert found is None or isinstance(found, Request | Mistake)


@pytest.mark.parametrize("argument", ["a\nQUIT", "\x1b[2J", "x" * 1000])
def test_a_request_that_cannot_be_one_line_is_not_rendered(argument: str) -> None:
    with pytest.raises(ValueError, match="a request"):
        render_request(Request("TIME", argument))
