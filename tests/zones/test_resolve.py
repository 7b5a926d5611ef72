"""What people type, and the place that it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socketspeak.zones.atlas import Atlas
from socketspeak.zones.database import Database
from socketspeak.zones.values import Found, Place, Several, Unknown
from tests.zones.installed import ATLAS, DATABASE, ENGINE, FILES, NOW, TABLE, found, several


def zones_of(text: str) -> list[str]:
    """The zones of several places."""
    return [place.zone for place in several(text)]


@pytest.mark.parametrize(
    "text",
    [
        "America/New_York",
        "america/new york",
        "AMERICA/NEW_YORK",
        "  america/new   york ",
        "new york",
        "New_York",
    ],
)
def test_a_zone_is_found_by_its_name_in_any_case_with_spaces_or_underscores(text: str) -> None:
    assert found(text) == Place("America/New_York", "New York", "US")


def test_every_name_of_the_database_is_found_by_itself() -> None:
    for name in DATABASE.names:
        place = found(name)
        assert place == ATLAS.place(name) == found(name.lower().replace("_", " "))
        assert place.zone == DATABASE.preferred(name)
        assert place.asked == (name if DATABASE.is_alias(name) else None)


@pytest.mark.parametrize(
    ("text", "zone", "asked"),
    [
        ("asia/calcutta", "Asia/Kolkata", "Asia/Calcutta"),
        ("est", "America/Panama", "EST"),
        ("utc", "Etc/UTC", "UTC"),
        ("gmt", "Etc/GMT", "GMT"),
        ("GMT-0", "Etc/GMT", "GMT-0"),
        ("gmt+0", "Etc/GMT", "GMT+0"),
        ("GMT0", "Etc/GMT", "GMT0"),
        ("japan", "Asia/Tokyo", "Japan"),
        ("gb", "Europe/London", "GB"),
        ("us/eastern", "America/New_York", "US/Eastern"),
        ("iceland", "Atlantic/Reykjavik", "Iceland"),
        ("Europe/Stockholm", "Europe/Stockholm", None),
        ("Africa/Accra", "Africa/Accra", None),
        ("Etc/GMT+5", "Etc/GMT+5", None),
    ],
)
def test_an_alias_is_shown_as_its_place_and_says_what_was_asked(
    text: str, zone: str, asked: str | None
) -> None:
    place = found(text)
    assert (place.zone, place.asked) == (zone, asked)


@pytest.mark.parametrize("text", ["Z", "z", " z "])
def test_z_is_utc(text: str) -> None:
    assert found(text) == Place("Etc/UTC", "UTC")


@pytest.mark.parametrize(
    ("text", "name", "offset"),
    [
        ("UTC+5:30", "UTC+05:30", 19_800),
        ("utc-0330", "UTC-03:30", -12_600),
        ("GMT-3", "UTC-03:00", -10_800),
        ("GMT+5", "UTC+05:00", 18_000),  # and not the other way round, as in Etc/GMT+5
        ("+05:30", "UTC+05:30", 19_800),
        ("\u22123", "UTC-03:00", -10_800),
        ("utc+14", "UTC+14:00", 50_400),
        ("UTC+0", "UTC+00:00", 0),
    ],
)
def test_an_offset_is_a_place_without_a_zone(text: str, name: str, offset: int) -> None:
    assert found(text) == Place(name, name, offset=offset)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("ar", "America/Argentina/Buenos_Aires"),
        ("DE", "Europe/Berlin"),
        ("jp", "Asia/Tokyo"),
        ("Argentina", "America/Argentina/Buenos_Aires"),
        ("germany", "Europe/Berlin"),
        ("Britain (UK)", "Europe/London"),
        ("britain", "Europe/London"),
        ("UK", "Europe/London"),
        ("united kingdom", "Europe/London"),
        ("great britain", "Europe/London"),
        ("scotland", "Europe/London"),
        ("south korea", "Asia/Seoul"),
        ("Korea (South)", "Asia/Seoul"),
        ("north korea", "Asia/Pyongyang"),
        ("czechia", "Europe/Prague"),
        ("czech republic", "Europe/Prague"),
        ("turkiye", "Europe/Istanbul"),
        ("burma", "Asia/Yangon"),
        ("Cote d'Ivoire", "Africa/Abidjan"),
        ("ivory coast", "Africa/Abidjan"),
        ("Trinidad and Tobago", "America/Port_of_Spain"),
        ("Trinidad & Tobago", "America/Port_of_Spain"),
        ("saint lucia", "America/St_Lucia"),
        ("sao tome", "Africa/Sao_Tome"),
        ("american samoa", "Pacific/Pago_Pago"),
        ("western samoa", "Pacific/Apia"),
        ("us virgin islands", "America/St_Thomas"),
        ("The Netherlands", "Europe/Amsterdam"),
        ("South Sandwich Islands", "Atlantic/South_Georgia"),
        ("palestine", "Asia/Hebron"),
    ],
)
def test_a_country_is_found_by_its_code_and_its_names(text: str, zone: str) -> None:
    place = found(text)
    assert (place.zone, place.asked, place.country) == (zone, None, DATABASE.country(zone))


def test_every_country_with_a_zone_is_found_by_its_name_in_the_tables() -> None:
    for code in {row.country for row in DATABASE.rows}:
        answer = ATLAS.resolve(ATLAS.country_names[code], NOW)
        places = (
            (answer.place,)
            if isinstance(answer, Found)
            else answer.places
            if isinstance(answer, Several)
            else ()
        )
        assert {place.zone for place in places} & set(DATABASE.zones_of(code)), code


@pytest.mark.parametrize("text", ["US", "usa", "United States", "united states of america"])
def test_a_country_whose_clocks_differ_is_several_places_the_one_of_the_biggest_city_first(text: str) -> None:
    assert zones_of(text)[:4] == [
        *("America/New_York", "America/Los_Angeles", "America/Chicago", "America/Phoenix"),
    ]
    assert sorted(zones_of(text)) == sorted(DATABASE.zones_of("US"))


def test_a_code_names_its_country_alone() -> None:
    assert zones_of("br") == zones_of("Brazil")
    assert zones_of("br")[0] == "America/Sao_Paulo"
    assert sorted(zones_of("br")) == sorted(DATABASE.zones_of("BR"))


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("korea", ["Asia/Seoul", "Asia/Pyongyang"]),  # with the same clock, but no one's name alone
        ("virgin islands", ["America/St_Thomas", "America/Tortola"]),
        ("congo", ["Africa/Kinshasa", "Africa/Lubumbashi", "Africa/Brazzaville"]),
    ],
)
def test_a_name_that_countries_share_is_several_places(text: str, zones: list[str]) -> None:
    assert zones_of(text) == zones


@pytest.mark.parametrize(
    ("text", "zone", "name"),
    [
        ("tokyo", "Asia/Tokyo", "Tokyo"),
        ("sao paulo", "America/Sao_Paulo", "São Paulo"),
        ("SÃO PAULO", "America/Sao_Paulo", "São Paulo"),
        ("calcutta", "Asia/Kolkata", "Kolkata"),
        ("kolkata", "Asia/Kolkata", "Kolkata"),
        ("saigon", "Asia/Ho_Chi_Minh", "Ho Chi Minh City"),
        ("ho chi minh city", "Asia/Ho_Chi_Minh", "Ho Chi Minh City"),
        ("buenos aires", "America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("knox", "America/Indiana/Knox", "Knox, Indiana"),
        ("port au prince", "America/Port-au-Prince", "Port-au-Prince"),
        ("st. john's", "America/St_Johns", "St. John’s"),
        ("kiev", "Europe/Kyiv", "Kyiv"),
        ("reykjavik", "Atlantic/Reykjavik", "Reykjavik"),
        ("stockholm", "Europe/Stockholm", "Stockholm"),
        ("fernando de noronha", "America/Noronha", "Fernando de Noronha"),
        ("queensland", "Australia/Brisbane", "Brisbane"),
    ],
)
def test_a_city_is_found_by_its_old_and_new_names_and_none_is_asked(text: str, zone: str, name: str) -> None:
    assert found(text) == Place(zone, name, DATABASE.country(zone))


@pytest.mark.parametrize(
    "text",
    [
        "eastern",
        "continental",
        "north",
        "South",
        "gmt 5",
        "utc 11",  # Windows has UTC-11 among its names
        "french",
        "dutch",
        "gmt+5:99",
        "zulu time",
    ],
)
def test_what_is_no_name_of_a_city_or_country_is_no_place(text: str) -> None:
    assert isinstance(ATLAS.resolve(text, NOW), Unknown)


@pytest.mark.parametrize(
    "text", ["Jersey", "guernsey", "luxembourg", "monaco", "san marino", "djibouti", "hong kong"]
)
def test_a_country_and_its_city_of_the_same_name_are_one_place(text: str) -> None:
    assert found(text).asked is None


def test_a_country_and_a_city_whose_clocks_differ_are_several_places() -> None:
    assert zones_of("samoa") == ["Pacific/Apia", "Pacific/Pago_Pago"]  # CLDR's Samoa; Pacific/Samoa


def test_a_zone_that_a_country_and_a_city_share_is_one_of_several_places_once() -> None:
    names = ("Europe/Madrid", "Europe/Lisbon")
    rows = "XX\t+0+0\tEurope/Lisbon\nXX\t+0+0\tEurope/Madrid\n"
    database = Database(replace(FILES, names=names, rules="", zone_tab=rows, iso3166_tab="XX\tLisbon\n"))
    answer = Atlas(database, ENGINE, TABLE, NOW).resolve("lisbon", NOW)
    assert isinstance(answer, Several)
    assert [place.zone for place in answer.places] == list(names)


def test_utc_is_an_offset_where_the_database_does_not_name_it() -> None:
    database = Database(replace(FILES, names=("Europe/Lisbon",)))
    atlas = Atlas(database, ENGINE, TABLE, NOW)
    assert [atlas.resolve(text, NOW) for text in ("z", "UTC")] == [
        Found(Place("UTC+00:00", "UTC+00:00", offset=0))
    ] * 2


def test_the_instant_decides_whether_clocks_are_the_same() -> None:
    assert isinstance(ATLAS.resolve("argentina", NOW), Found)
    assert isinstance(ATLAS.resolve("argentina", 1230768000), Several)  # 2009: only some had changed in 2008
