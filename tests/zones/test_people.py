"""What people say, and what they mean by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socketspeak.zones.atlas import Atlas
from socketspeak.zones.database import Database
from socketspeak.zones.placefile import City
from socketspeak.zones.values import Found, Place, Several, Unknown
from tests.zones.installed import ATLAS, DATABASE, ENGINE, FILES, NOW, TABLE, found, several


@pytest.mark.parametrize(
    ("text", "zone", "name", "country"),
    [
        ("nova york", "America/New_York", "New York", "US"),
        ("Nueva York", "America/New_York", "New York", "US"),
        ("big apple", "America/New_York", "New York", "US"),
        ("são paulo", "America/Sao_Paulo", "São Paulo", "BR"),
        ("SAO_PAULO", "America/Sao_Paulo", "São Paulo", "BR"),
        ("Sao Paolo", "America/Sao_Paulo", "São Paulo", "BR"),
        ("Rio", "America/Sao_Paulo", "Rio de Janeiro", "BR"),
        ("Salvador", "America/Bahia", "Salvador", "BR"),
        ("Londres", "Europe/London", "London", "GB"),
        ("Pequim", "Asia/Shanghai", "Beijing", "CN"),
        ("Peking", "Asia/Shanghai", "Beijing", "CN"),
        ("Moscou", "Europe/Moscow", "Moscow", "RU"),
        ("Москва", "Europe/Moscow", "Moscow", "RU"),
        ("東京", "Asia/Tokyo", "Tokyo", "JP"),
        ("서울", "Asia/Seoul", "Seoul", "KR"),
        ("القاهرة", "Africa/Cairo", "Cairo", "EG"),
        ("दिल्ली", "Asia/Kolkata", "Delhi", "IN"),
        ("Αθήνα", "Europe/Athens", "Athens", "GR"),
        ("bombay", "Asia/Kolkata", "Mumbai", "IN"),
        ("Kiev", "Europe/Kyiv", "Kyiv", "UA"),
        ("Godthab", "America/Nuuk", "Nuuk", "GL"),
        ("Saigon", "Asia/Ho_Chi_Minh", "Ho Chi Minh City", "VN"),
        ("Ho Chi Minh City", "Asia/Ho_Chi_Minh", "Ho Chi Minh City", "VN"),
        ("Saint-Denis", "Indian/Reunion", "Saint-Denis", "RE"),
        ("Washington", "America/New_York", "Washington", "US"),
        ("Sydney", "Australia/Sydney", "Sydney", "AU"),
        ("Luanda", "Africa/Luanda", "Luanda", "AO"),
    ],
)
def test_a_city_is_known_by_what_it_is_called_here_there_and_then(
    text: str, zone: str, name: str, country: str
) -> None:
    assert found(text) == Place(zone, name, country)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Noruega", "Europe/Oslo"),
        ("Alemanha", "Europe/Berlin"),
        ("Alemania", "Europe/Berlin"),
        ("Deutschland", "Europe/Berlin"),
        ("日本", "Asia/Tokyo"),
        ("Japão", "Asia/Tokyo"),
        ("Inglaterra", "Europe/London"),
        ("Coreia do Sul", "Asia/Seoul"),
        ("Magyarország", "Europe/Budapest"),
        ("New Zealand", "Pacific/Auckland"),  # of whose people few live on the Chatham Islands
        ("Chile", "America/Santiago"),
    ],
)
def test_a_country_is_known_in_the_languages_of_the_server_and_its_own(text: str, zone: str) -> None:
    assert found(text) == ATLAS.place(zone)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Brasil", "America/Sao_Paulo"),
        ("Brazil", "America/Sao_Paulo"),
        ("Estados Unidos", "America/New_York"),
        ("EUA", "America/New_York"),
        ("USA", "America/New_York"),
        ("Россия", "Europe/Moscow"),
        ("México", "America/Mexico_City"),
    ],
)
def test_a_country_of_many_clocks_is_several_places_and_its_biggest_city_is_first(
    text: str, first: str
) -> None:
    places = several(text)
    sizes = [TABLE.people.get(place.zone, 0) for place in places]
    assert places[0] == ATLAS.place(first)
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("San Jose", [("America/Los_Angeles", "San Jose"), ("America/Costa_Rica", "San José")]),
        ("Valencia", [("America/Caracas", "Valencia"), ("Europe/Madrid", "Valencia")]),
        ("Hyderabad", [("Asia/Kolkata", "Hyderabad"), ("Asia/Karachi", "Hyderabad")]),
        ("san juan", [("America/Puerto_Rico", "San Juan"), ("America/Argentina/San_Juan", "San Juan")]),
    ],
)
def test_cities_of_a_name_with_other_clocks_are_several_places_the_biggest_first(
    text: str, places: list[tuple[str, str]]
) -> None:
    assert [(place.zone, place.name) for place in several(text)] == places


def test_where_nobody_is_known_to_live_no_place_is_the_biggest() -> None:
    assert len(several("AQ")) == len(DATABASE.zones_of("AQ"))


def test_a_zones_own_city_is_as_big_as_it_is_and_not_as_the_biggest_of_the_zone() -> None:
    cities = (
        City("Mumbai", "Asia/Kolkata", "IN", 12_000_000, False, ("mumbai",)),
        City("Kolkata", "Asia/Kolkata", "IN", 4_000_000, True, ("kolkata",)),
        City("Kolkata", "America/New_York", "US", 1_000_000, False, ("kolkata",)),
    )
    names = b"\tmumbai\t\n\tkolkata\t\n\tkolkata\t"
    table = replace(TABLE, people={"Asia/Kolkata": 12_000_000}, cities=cities, names=names)
    answer = Atlas(DATABASE, ENGINE, table, NOW).resolve("kolkata", NOW)
    assert isinstance(answer, Several)
    assert [place.zone for place in answer.places] == ["Asia/Kolkata", "America/New_York"]


def test_a_city_of_a_country_that_the_tables_do_not_have_has_none() -> None:
    assert found("Pristina") == Place("Europe/Belgrade", "Pristina")  # of XK


def test_cities_of_zones_that_the_database_lacks_are_not_there() -> None:
    database = Database(replace(FILES, names=("Europe/Lisbon",), rules=""))
    atlas = Atlas(database, ENGINE, TABLE, NOW)
    assert atlas.resolve("Lisboa", NOW) == Found(Place("Europe/Lisbon", "Lisbon", "PT"))
    for text in ("Mumbai", "東京", "GRU", "E. South America Standard Time"):
        answer = atlas.resolve(text, NOW)
        assert isinstance(answer, Unknown), answer
        assert all(isinstance(atlas.resolve(near, NOW), Found) for near in answer.near)
    assert {place.zone for place in atlas.find("a")} == {"Europe/Lisbon"}


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("santiago", "America/Santiago"),  # and not that of Cuba, which has another name in full
        ("st. john's", "America/St_Johns"),  # and not Saint John's
        ("bahia", "America/Bahia"),
    ],
)
def test_what_is_called_so_comes_before_what_is_also_called_so(text: str, zone: str) -> None:
    assert found(text) == ATLAS.place(zone)


@pytest.mark.parametrize(
    ("text", "offset", "name"),
    [("JST", 32_400, "UTC+09:00"), ("brt", -10_800, "UTC-03:00"), (" PET ", -18_000, "UTC-05:00")],
)
def test_an_abbreviation_of_one_meaning_is_an_offset(text: str, offset: int, name: str) -> None:
    assert found(text) == Place(name, name, offset=offset, abbreviation=text.strip().upper())


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("IST", ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
        ("cst", ["Asia/Shanghai", "America/Mexico_City", "America/Havana"]),
        ("PST", ["Asia/Manila", "America/Los_Angeles"]),
    ],
)
def test_an_abbreviation_of_several_offsets_is_a_place_for_each_the_biggest_city_first(
    text: str, zones: list[str]
) -> None:
    wanted = sorted(zones, key=lambda zone: TABLE.people[zone], reverse=True)
    assert [place.zone for place in several(text)] == wanted


def test_an_iana_name_comes_before_an_abbreviation() -> None:
    assert found("CET") == Place("Europe/Brussels", "Brussels", "BE", asked="CET")


@pytest.mark.parametrize(
    ("text", "zone", "name"),
    [
        ("GRU", "America/Sao_Paulo", "São Paulo"),
        ("gru", "America/Sao_Paulo", "São Paulo"),
        ("LHR", "Europe/London", "London"),
        ("FEN", "America/Noronha", "Fernando De Noronha"),
        ("CJS", "America/Ciudad_Juarez", "Ciudad Juárez"),
        ("URC", "Asia/Shanghai", "Ürümqi"),  # whose airport keeps the time of all China's
        ("NYC", "America/New_York", "New York"),
        ("LON", "Europe/London", "London"),
        ("TYO", "Asia/Tokyo", "Tokyo"),
    ],
)
def test_an_airport_and_a_city_with_several_are_found_by_their_codes(text: str, zone: str, name: str) -> None:
    assert found(text) == Place(zone, name, DATABASE.country(zone))


@pytest.mark.parametrize("text", ["E. South America Standard Time", "e. south america standard time"])
def test_windows_names_of_zones_are_understood(text: str) -> None:
    assert found(text) == ATLAS.place("America/Sao_Paulo")


def test_a_windows_name_means_the_zone_by_its_present_name() -> None:
    assert found("India Standard Time") == Place("Asia/Kolkata", "Kolkata", "IN")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("LA", "Asia/Vientiane"),  # a country's code, though people say it of a city
        ("ECT", "UTC-05:00"),  # an abbreviation, and no airport in Texas
        ("UFA", "Asia/Yekaterinburg"),  # a city
        ("Van", "Europe/Istanbul"),  # a city, before its airport
    ],
)
def test_the_first_reading_counts(text: str, zone: str) -> None:
    assert found(text).zone == zone


@pytest.mark.parametrize(
    ("text", "near"), [("lisbom", "lisbon"), ("mumbaii", "mumbai"), ("Brazyl", "brazil")]
)
def test_what_is_mistyped_is_never_answered_but_suggested(text: str, near: str) -> None:
    answer = ATLAS.resolve(text, NOW)
    assert isinstance(answer, Unknown)
    assert answer.near[0] == near


def test_every_city_of_the_table_is_found_by_its_own_name() -> None:
    """Either alone, or among the places of that name."""
    for city in TABLE.cities:
        answer = ATLAS.resolve(city.name, NOW)
        assert isinstance(answer, Found | Several), city
    big = [city for city in TABLE.cities if city.people > 5_000_000]
    assert len(big) > 50
    for city in big:
        answer = ATLAS.resolve(city.name, NOW)
        place = answer.place if isinstance(answer, Found) else several(city.name)[0]
        assert place.zone == DATABASE.preferred(city.zone)


def test_cities_of_the_table_are_found_by_parts_of_their_names() -> None:
    assert ATLAS.find("mumb")[0] == Place("Asia/Kolkata", "Mumbai", "IN")
    assert ATLAS.find("bombay")[0] == Place("Asia/Kolkata", "Mumbai", "IN")
    assert ATLAS.find("san francis")[0] == Place("America/Los_Angeles", "San Francisco", "US")
    assert ATLAS.find("москв")[0] == ATLAS.place("Europe/Moscow")


def test_what_is_also_called_so_exactly_is_found_before_what_begins_so() -> None:
    cities = (
        City("Yorkton", "America/Regina", "CA", 5_000_000, False, ("yorkton",)),
        City("Eboracum", "Europe/London", "GB", 7_000, False, ("eboracum",)),
    )
    table = replace(TABLE, cities=cities, names=b"\tyorkton\t\n\teboracum\tyork\t")
    found = Atlas(DATABASE, ENGINE, table, NOW).find("york")
    assert [place.name for place in found[:3]] == ["Eboracum", "Yorkton", "New York"]
