"""Which zones the names of cities and countries mean."""

from __future__ import annotations

from socketspeak.zones.citynames import city_names
from socketspeak.zones.placenames import Name, known_cities, known_countries
from tests.zones.installed import DATABASE

CITIES = known_cities(DATABASE, city_names(DATABASE))
COUNTRIES = known_countries(DATABASE)


def test_a_citys_names_mean_its_preferred_zone_once() -> None:
    assert CITIES["tokyo"] == Name("tokyo", ("Asia/Tokyo",))
    assert CITIES["calcutta"] == Name("calcutta", ("Asia/Kolkata",))
    assert CITIES["sao paulo"] == Name("são paulo", ("America/Sao_Paulo",))
    assert all(zone in DATABASE.listed for name in CITIES.values() for zone in name.zones)


def test_a_country_in_full_comes_before_what_is_derived_of_others() -> None:
    assert COUNTRIES["samoa"] == Name("samoa", ("Pacific/Apia",))  # and not of Samoa (American)
    assert COUNTRIES["guinea"] == Name("guinea", ("Africa/Conakry",))


def test_what_several_countries_are_called_is_shared() -> None:
    shared = sorted(key for key, name in COUNTRIES.items() if name.shared)
    assert shared == ["congo", "korea", "virgin islands"]


def test_every_name_of_a_country_has_a_zone() -> None:
    assert all(name.zones for name in COUNTRIES.values())
    assert "bouvet island" not in COUNTRIES  # where nobody lives


def test_a_name_in_english_portuguese_or_spanish_comes_before_another_countrys_own() -> None:
    countries = known_countries(
        DATABASE, [("Samoa", "US"), ("Alemanha", "FR"), ("Nippon", "JP"), ("Ys", "XX")]
    )
    assert countries["samoa"] == Name("samoa", ("Pacific/Apia",))
    assert countries["alemanha"].zones == DATABASE.zones_of("DE")
    assert countries["nippon"] == Name("nippon", ("Asia/Tokyo",))
    assert "ys" not in countries  # of no country that has a zone


def test_cities_are_known_in_portuguese_and_spanish_after_english() -> None:
    assert CITIES["nova york"] == Name("nova york", ("America/New_York",))
    assert CITIES["londres"].zones == ("Europe/London",)
    assert list(CITIES).index("london") < list(CITIES).index("londres")
