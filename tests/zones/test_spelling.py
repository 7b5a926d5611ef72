"""Which spellings are the same, and which come near."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.zones.spelling import MOST_NEAR, Speller, Spelling, place_key, zone_key

NAMES = {
    "lisbon": "lisbon",
    "lisboa": "lisboa",
    "lima": "lima",
    "new york": "new york",
    "sao paulo": "são paulo",
}


def speller(**spellings: str) -> Speller:
    """One that knows keys, spelled as they are, and a word for the place of each."""
    return Speller({key: Spelling(key, place) for key, place in spellings.items()})


SPELLER = Speller({key: Spelling(text, key) for key, text in NAMES.items()})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("São Paulo", "sao paulo"),
        ("SÃO  PAULO", "sao paulo"),
        ("sa\u0303o paulo", "sao paulo"),
        ("Port-au-Prince", "port au prince"),
        ("New_York", "new york"),
        ("St. John's", "st john s"),
        ("St. John’s", "st john s"),
        ("Trinidad & Tobago", "trinidad and tobago"),
        ("İstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("Ｔｏｋｙｏ", "tokyo"),
        ("東京", "東京"),
        ("اسلام\u200cآباد", "اسلاماباد"),  # with a joiner that is not seen
        ("Nukuʻalofa", "nuku alofa"),
        ("Москва", "москва"),
        (" - ' ", ""),
        ("x" * 1000, ""),
    ],
)
def test_places_are_compared_without_case_accents_and_punctuation(text: str, key: str) -> None:
    assert place_key(text) == key


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(text: str) -> None:
    key = place_key(text)
    if len(key) <= 60:
        assert place_key(key) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("America/New York", "america/new_york"),
        ("  america/NEW_york ", "america/new_york"),
        ("Etc/GMT+5", "etc/gmt+5"),
        ("To\u212ayo", ""),  # with the Kelvin sign, whose lower case is k
    ],
)
def test_zones_are_compared_in_any_case_with_spaces_or_underscores(text: str, key: str) -> None:
    assert zone_key(text) == key


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("lisbom", ("lisboa", "lisbon")),  # equally near: by name
        ("lsibon", ("lisbon",)),
        ("Lisbon", ("lisbon", "lisboa")),
        ("nwe york", ("new york",)),
        ("São Paolo", ("são paulo",)),
        ("lim", ("lima",)),
        ("tokyo", ()),
        ("", ()),
        ("---", ()),
        ("l" * 1000, ()),
    ],
)
def test_near_names_are_those_with_few_slips_best_first(text: str, near: tuple[str, ...]) -> None:
    assert SPELLER.near(text)[: len(near)] == near
    assert bool(SPELLER.near(text)) == bool(near)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("TMIE", ("TIME",)),
        ("HELPP", ("HELP",)),
        ("TIEM lisbon", ("TIME",)),
        ("lime", ("TIME", "lima")),
        ("xyzzy", ()),
    ],
)
def test_extra_words_compete_with_the_names(text: str, near: tuple[str, ...]) -> None:
    assert SPELLER.near(text, ("TIME", "HELP")) == near


def test_names_of_three_letters_are_not_near_to_one_another() -> None:
    assert speller(ist="India", cet="Brussels").near("est") == ()


def test_at_most_five_names_come_near() -> None:
    many = {f"villa_{letter}": letter for letter in "zyxwvutsrq"}
    near = Speller({key: Spelling(key, place) for key, place in many.items()}).near("villa")
    assert near == tuple(f"villa_{letter}" for letter in "qrstu")
    assert MOST_NEAR == 5


def test_a_place_is_suggested_once_by_the_nearest_of_its_names() -> None:
    known = speller(kolkata="Kolkata", calcutta="Kolkata", kolkat="elsewhere")
    assert known.near("calcuta") == ("calcutta",)
    assert known.near("kolkata") == ("kolkata", "kolkat")


def test_of_names_of_a_place_that_are_equally_near_the_first_is_suggested() -> None:
    assert speller(lisbon="Lisbon", lisboa="Lisbon").near("lisbom") == ("lisbon",)
    assert speller(lisboa="Lisbon", lisbon="Lisbon").near("lisbom") == ("lisboa",)


@given(st.text(max_size=400), st.lists(st.text(max_size=20), max_size=3))
def test_only_given_words_are_suggested(text: str, extra: list[str]) -> None:
    near = SPELLER.near(text, extra)
    assert set(near) <= {*NAMES.values(), *extra}
    assert near == SPELLER.near(text, extra)
