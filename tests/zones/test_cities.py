"""Cities by their names and by parts of these, and airports by their codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.zones.airports import Airport, Airports
from socketspeak.zones.cities import Cities
from socketspeak.zones.placefile import City


def city(name: str, people: int = 0) -> City:
    return City(name, "Etc/UTC", "XX", people, False, (name,))


KEYS = (("tokyo", "東京", "edo"), ("new york city", "york"), ("york", "eboracum"), ("jorvik",))
CITIES = tuple(city(keys[0]) for keys in KEYS)
NAMES = "\n".join("\t" + "".join(f"{key}\t" for key in keys) for keys in KEYS).encode()
KNOWN = Cities(CITIES, NAMES)


def names(cities: object) -> list[str]:
    assert isinstance(cities, tuple | list)
    return [each.name for each in cities]


def test_a_city_is_found_by_each_of_its_names() -> None:
    for number, keys in enumerate(KEYS):
        for key in keys:
            assert CITIES[number] in KNOWN.named(key)


def test_cities_of_one_name_come_in_the_order_of_the_table() -> None:
    assert names(KNOWN.named("york")) == ["new york city", "york"]


@pytest.mark.parametrize("key", ["", "yor", "yorks", "zz", "\t", "\n", "tokyo\t", "\tyork", "京", "aaa"])
def test_a_part_of_a_name_is_no_name(key: str) -> None:
    assert KNOWN.named(key) == ()


def test_a_city_is_found_by_a_part_of_a_name_beginnings_first_then_words() -> None:
    assert names(list(KNOWN.holding("yor"))) == [
        *("new york city", "york"),  # begin so
        "new york city",  # a word does
    ]
    assert names(list(KNOWN.holding("東"))) == ["tokyo", "tokyo"]
    assert names(list(KNOWN.holding("京"))) == ["tokyo"]
    assert list(KNOWN.holding("lisbon")) == []


def test_the_last_city_is_found_too() -> None:
    assert names(KNOWN.named("jorvik")) == ["jorvik"]
    assert names(list(KNOWN.holding("jor"))) == ["jorvik"]


def test_the_middle_of_a_latin_word_is_found_by_nobody() -> None:
    assert list(KNOWN.holding("vik")) == []


KEY = st.text(st.sampled_from("abcdeé東京ж"), min_size=1, max_size=4)


@given(st.lists(st.lists(KEY, min_size=1, max_size=4, unique=True), max_size=12))
def test_whatever_the_names_are_each_finds_all_that_have_it(table: list[list[str]]) -> None:
    lines = "\n".join("\t" + "".join(f"{key}\t" for key in keys) for keys in table).encode()
    known = tuple(city(f"city {number}") for number in range(len(table)))
    cities = Cities(known, lines)
    for keys in table:
        for key in keys:
            assert cities.named(key) == tuple(c for c, its in zip(known, table, strict=True) if key in its)
            found = {c for c, its in zip(known, table, strict=True) if any(_finds(key, each) for each in its)}
            assert set(cities.holding(key)) == found


def _finds(key: str, name: str) -> bool:
    return name.startswith(key) if key.isascii() else key in name


def test_no_cities_at_all_are_no_fault() -> None:
    none = Cities((), b"")
    assert (list(none), none.named("york"), list(none.holding("york"))) == ([], (), [])


AIRPORTS = Airports("GRU\tAmerica/Sao_Paulo\tBR\tSão Paulo\nLIS\tEurope/Lisbon\tPT\tLisbon".encode())


@pytest.mark.parametrize("text", ["GRU", "gru", " Gru "])
def test_an_airport_is_found_by_its_code_in_any_case(text: str) -> None:
    assert AIRPORTS.coded(text) == Airport("GRU", "America/Sao_Paulo", "BR", "São Paulo")


@pytest.mark.parametrize(
    "text", ["", "GR", "GRUA", "AAA", "ZZZ", "LI\u0053\u0301", "G U", "ﬁs", "東京都", "GRU\tA"]
)
def test_what_is_no_code_is_no_airport(text: str) -> None:
    assert AIRPORTS.coded(text) is None
