"""Areas, listings and searches."""

from __future__ import annotations

import pytest

from socketspeak.zones.values import Area, Place, Unknown
from tests.zones.installed import ATLAS, DATABASE


def listed(text: str) -> tuple[Place, ...]:
    listing = ATLAS.listing(text)
    assert isinstance(listing, tuple), listing
    return listing


def zones(places: tuple[Place, ...]) -> list[str]:
    return [place.zone for place in places]


def test_the_first_area_is_africa_with_52_zones_as_in_the_contract() -> None:
    assert ATLAS.areas()[0] == Area("Africa", 52)


def test_areas_of_aliases_alone_are_none() -> None:
    names = {area.name for area in ATLAS.areas()}
    assert names.isdisjoint({"Brazil", "US", "Canada", "Chile", "Mexico"})
    assert len(names) == 11


def test_an_area_lists_as_many_zones_as_it_is_said_to_hold() -> None:
    for area in ATLAS.areas():
        for spelling in (area.name, area.name.lower(), area.name.upper()):
            places = listed(spelling)
            assert len(places) == area.zones
            assert all(place.zone.startswith(f"{area.name}/") and place.asked is None for place in places)


def test_an_area_comes_before_a_country_of_that_name() -> None:
    assert zones(listed("antarctica")) == list(DATABASE.areas["Antarctica"])
    assert zones(listed("AQ")) == list(DATABASE.zones_of("AQ"))


@pytest.mark.parametrize(
    ("text", "code"),
    [("US", "US"), ("Brazil", "BR"), ("br", "BR"), ("uk", "GB"), ("japan", "JP"), ("DE", "DE")],
)
def test_a_country_lists_its_zones_in_the_order_of_zone_tab(text: str, code: str) -> None:
    places = listed(text)
    assert zones(places) == list(DATABASE.zones_of(code))
    assert {place.country for place in places} == {code}


@pytest.mark.parametrize("text", ["ALL", "all"])
def test_all_lists_every_zone_and_no_alias(text: str) -> None:
    places = listed(text)
    assert zones(places) == list(DATABASE.listed)
    assert {place.asked for place in places} == {None}


@pytest.mark.parametrize("text", ["LINKS", "links"])
def test_links_lists_the_aliases_with_the_places_that_they_stand_for(text: str) -> None:
    places = listed(text)
    assert Place("Asia/Kolkata", "Kolkata", "IN", asked="Asia/Calcutta") in places
    assert [place.asked for place in places] == [name for name in DATABASE.names if DATABASE.is_alias(name)]


def test_what_cannot_be_listed_is_unknown_and_suggests_areas_and_countries() -> None:
    assert ATLAS.listing("eurpoe") == Unknown("eurpoe", ("Europe",))
    assert ATLAS.listing("Grmany") == Unknown("Grmany", ("germany",))
    assert ATLAS.listing("") == Unknown("", ())
    assert ATLAS.listing("Tokyoo") == Unknown("Tokyoo", ())  # a city has no list


def test_every_suggestion_for_a_list_can_be_listed() -> None:
    for code, name in ATLAS.country_names.items():
        for text in (f"{name}x", code * 3):
            answer = ATLAS.listing(text)
            assert isinstance(answer, Unknown)
            assert all(isinstance(ATLAS.listing(each), tuple) for each in answer.near)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Tokyo", ["Asia/Tokyo"]),
        ("tok", ["Asia/Tokyo", "Pacific/Fakaofo"]),  # Tokelau
        ("são", ["America/Sao_Paulo", "America/Fortaleza", "America/Sao_Paulo"]),  # São Luís, São Gonçalo
        ("york", ["America/New_York"]),
        ("asia/tok", ["Asia/Tokyo"]),
        ("calcutta", ["Asia/Kolkata"]),
        ("calc", ["Asia/Kolkata"]),
        ("germany", ["Europe/Berlin", "Europe/Busingen"]),
        ("kazakh", ["Asia/Almaty", "Asia/Aqtobe", "Asia/Qyzylorda"]),
        ("de", ["Europe/Berlin", "Europe/Busingen"]),
        ("rome", ["Europe/Rome"]),
    ],
)
def test_places_are_found_by_parts_of_their_names(text: str, first: list[str]) -> None:
    assert zones(ATLAS.find(text))[: len(first)] == first


def test_no_place_is_found_twice_and_twenty_are_enough() -> None:
    found = ATLAS.find("a")
    assert len(found) == len(set(found)) == 20
    assert ATLAS.find("a", most=3) == found[:3]


@pytest.mark.parametrize("text", ["lisbom", "", "-", "xyzzy", "a" * 1000, "../", "posixrules"])
def test_what_no_name_holds_is_not_found(text: str) -> None:
    assert ATLAS.find(text) == ()


def test_a_place_is_known_by_the_databases_spelling_alone() -> None:
    assert ATLAS.place("Europe/Lisbon") == Place("Europe/Lisbon", "Lisbon", "PT")
    assert ATLAS.place("Asia/Calcutta") == Place("Asia/Kolkata", "Kolkata", "IN", asked="Asia/Calcutta")
    for text in ("europe/lisbon", "lisbon", "UTC+05:30", ""):
        with pytest.raises(KeyError):
            ATLAS.place(text)


def test_countries_are_named_as_in_the_tables() -> None:
    assert (ATLAS.country_names["BR"], ATLAS.country_names["KR"]) == ("Brazil", "Korea (South)")
