"""Points of the earth as places: whose time is kept there, and what is said where nothing knows."""

from __future__ import annotations

import sys

import pytest

from socketspeak.app.world import Misplaced, load_world, zone_finder
from socketspeak.zones.atlas import Atlas
from socketspeak.zones.values import Found, Lacking, Place, Unknown
from tests.zones.installed import ATLAS, DATABASE, ENGINE, NOW, TABLE

ASKED: list[tuple[float, float]] = []


def made(zone: str | None) -> Atlas:
    def zone_at(latitude: float, longitude: float) -> str | None:
        ASKED.append((latitude, longitude))
        return zone

    return Atlas(DATABASE, ENGINE, TABLE, NOW, zone_at)


IN_INDIA = made("Asia/Calcutta")
NOWHERE, ELSEWHERE = made(None), made("Europe/Atlantis")


def test_a_point_is_a_place_of_its_zone_by_its_present_name() -> None:
    ASKED.clear()
    assert IN_INDIA.resolve("22.5N 88.4E", NOW) == Found(Place("Asia/Kolkata", "22.5°N 88.4°E", "IN"))
    assert ASKED == [(22.5, 88.4)]


@pytest.mark.parametrize("atlas", [NOWHERE, ELSEWHERE])
def test_a_point_without_a_zone_or_with_one_that_the_database_lacks_is_unknown(atlas: Atlas) -> None:
    assert atlas.resolve("22.5,88.4", NOW) == Unknown("22.5,88.4")


@pytest.mark.parametrize("text", ["90.1,0.5", "-91.0,0.5", "0.5,180.1", "0.5,-999.0"])
def test_a_point_beyond_the_earth_is_unknown_and_nobody_is_asked(text: str) -> None:
    ASKED.clear()
    assert IN_INDIA.resolve(text, NOW) == Unknown(text)
    assert ASKED == []


def test_without_the_extra_a_point_is_understood_and_lacking() -> None:
    assert ATLAS.resolve("-23.55,-46.63", NOW) == Lacking("-23.55,-46.63", "geo")


@pytest.mark.parametrize("text", ["1,2", "12", "23.55"])
def test_what_states_no_point_is_none(text: str) -> None:
    assert ATLAS.resolve(text, NOW) == Unknown(text, ATLAS.near(text))


@pytest.mark.parametrize(
    ("text", "zone", "name"),
    [
        ("-23.55,-46.63", "America/Sao_Paulo", "23.55°S 46.63°W"),
        ("35.68N 139.69E", "Asia/Tokyo", "35.68°N 139.69°E"),
        ("0.0,-30.0", "Etc/GMT+2", "0°N 30°W"),  # at sea
        ("90.0,0.0", "Etc/GMT", "90°N 0°E"),
    ],
)
def test_with_the_extra_a_point_has_the_zone_that_the_map_has_there(text: str, zone: str, name: str) -> None:
    found = Atlas(DATABASE, ENGINE, TABLE, NOW, zone_finder()).resolve(text, NOW)
    assert isinstance(found, Found), found
    assert (found.place.zone, found.place.name) == (zone, name)
    assert found.place.country == DATABASE.country(zone)


def test_a_menu_may_have_a_point() -> None:
    assert load_world("package", ["35.68N 139.69E"]).menu == (Place("Asia/Tokyo", "35.68°N 139.69°E", "JP"),)


def test_without_the_extra_nothing_finds_zones_and_a_menu_with_a_point_says_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tzfpy", None)  # as if it were not installed
    assert zone_finder() is None
    with pytest.raises(Misplaced, match=r"socketspeak\[geo\]"):
        load_world("package", ["35.68N 139.69E"])
