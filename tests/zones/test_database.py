"""What the database's tables say: links, preferred names, countries, areas and versions."""

from __future__ import annotations

import pytest

from socketspeak.zones.database import Database, DatabaseFiles, Row, is_newer
from tests.zones.installed import DATABASE

RULES = """# version 2026f
R d 1916 o - Jun 14 23s 1 S
Z Europe/Here 0 - GMT
L Europe/Here Europe/There
L Europe/There Old/There
L Europe/Gone Old/Gone
L Round/A Round/B
L Round/B Round/A
"""
ZONE_TAB = (
    "# comment\nXX\t+0+0\tEurope/Here\tthe west\nYY\t+0+0\tEurope/There\nXX\t+0+0\tEurope/Absent\nbad\n"
)


def made(*names: str, rules: str = RULES, zone_tab: str = ZONE_TAB) -> Database:
    return Database(
        DatabaseFiles("/nowhere", "2026f", names, rules, zone_tab, "#c\nXX\tExland\nYY\tWhyland\n")
    )


def test_the_package_has_598_names_of_which_253_are_links_and_106_of_these_have_rows_of_their_own() -> None:
    own = [link for link in DATABASE.links if not DATABASE.is_alias(link)]
    counts = (len(DATABASE.names), len(DATABASE.links), len(own), len(DATABASE.listed))
    assert counts == (598, 253, 106, 451) or is_newer(DATABASE.version, "2026f")


@pytest.mark.parametrize(
    ("link", "preferred"),
    [
        ("EST", "America/Panama"),
        ("UTC", "Etc/UTC"),
        ("GMT", "Etc/GMT"),
        ("Etc/GMT+0", "Etc/GMT"),
        ("Japan", "Asia/Tokyo"),
        ("GB", "Europe/London"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Iceland", "Atlantic/Reykjavik"),  # the database's target is Africa/Abidjan
        ("Africa/Timbuktu", "Africa/Bamako"),
        ("Pacific/Truk", "Pacific/Chuuk"),
        ("Atlantic/Jan_Mayen", "Arctic/Longyearbyen"),
        ("CET", "Europe/Brussels"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("Africa/Accra", "Africa/Accra"),
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("EST5EDT", "EST5EDT"),
    ],
)
def test_a_name_is_shown_as_the_place_that_it_means(link: str, preferred: str) -> None:
    assert DATABASE.preferred(link) == preferred


def test_only_mere_aliases_are_shown_under_another_name() -> None:
    for name in DATABASE.names:
        assert (DATABASE.preferred(name) != name) == DATABASE.is_alias(name)
        assert DATABASE.preferred(name) in DATABASE.listed


def test_links_lead_to_the_zone_at_their_end() -> None:
    database = made("Europe/Here", "Europe/There", "Old/There")
    assert database.links == {"Europe/There": "Europe/Here", "Old/There": "Europe/Here"}


def test_links_that_end_nowhere_or_go_in_circles_are_zones() -> None:
    database = made("Europe/Here", "Old/Gone", "Round/A", "Round/B")
    assert database.links == {}
    assert database.listed == database.names


def test_the_old_form_of_link_lines_is_read_too() -> None:
    database = made(
        "Europe/Here", "Old/There", rules="# tzdb links\nLink\tEurope/Here\tOld/There # until 1993\n"
    )
    assert database.links == {"Old/There": "Europe/Here"}


def test_a_database_without_link_lines_has_zones_alone() -> None:
    database = made("Europe/Here", "Old/There", rules="")
    assert (database.links, database.preferred("Old/There")) == ({}, "Old/There")


def test_an_alias_whose_cldr_name_has_another_history_keeps_the_databases_target() -> None:
    rules = "L Europe/Paris CET\n"
    database = made(
        "CET", "Europe/Brussels", "Europe/Paris", rules=rules, zone_tab="BE\t+0+0\tEurope/Brussels\n"
    )
    assert database.preferred("CET") == "Europe/Paris"


def test_rows_of_zones_that_the_database_lacks_are_left_out() -> None:
    database = made("Europe/Here", "Europe/There")
    assert database.rows == (Row("XX", "Europe/Here"), Row("YY", "Europe/There"))
    assert (database.country("Europe/Here"), database.country("Europe/Nowhere")) == ("XX", None)


def test_a_zone_of_two_countries_is_in_the_first_that_zone_tab_has() -> None:
    database = made("Europe/Here", zone_tab="XX\t+0+0\tEurope/Here\nYY\t+0+0\tEurope/Here\n")
    assert database.country("Europe/Here") == "XX"
    assert database.zones_of("XX") == database.zones_of("YY") == ("Europe/Here",)


def test_a_countrys_zones_are_in_the_order_of_zone_tab() -> None:
    assert DATABASE.zones_of("DE") == ("Europe/Berlin", "Europe/Busingen")
    assert DATABASE.zones_of("KZ")[0] == "Asia/Almaty"
    assert DATABASE.zones_of("ZZ") == ()


def test_the_names_of_countries_are_those_of_iso3166_tab() -> None:
    names = DATABASE.country_names
    assert (len(names), names["GB"], names["CI"]) == (249, "Britain (UK)", "Côte d’Ivoire")


def test_areas_hold_what_is_listed_and_aliases_make_none() -> None:
    counts = {area: len(zones) for area, zones in DATABASE.areas.items()}
    in_2026f = {
        "Africa": 52,
        "America": 144,
        "Antarctica": 11,
        "Arctic": 1,
        "Asia": 82,
        "Atlantic": 10,
        "Australia": 11,
        "Etc": 28,
        "Europe": 58,
        "Indian": 11,
        "Pacific": 38,
    }
    assert counts == in_2026f or (counts.keys() == in_2026f.keys() and is_newer(DATABASE.version, "2026f"))
    outside = [name for name in DATABASE.listed if "/" not in name]
    assert outside == ["CST6CDT", "EST5EDT", "Factory", "MST7MDT", "PST8PDT"]
    assert sum(counts.values()) + len(outside) == len(DATABASE.listed)


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("2026f", "2025b", True),
        ("2025b", "2026f", False),
        ("2026f", "2026f", False),
        ("2026f", "2026e", True),
        ("2026za", "2026z", True),
        ("2026z", "2026za", False),
        ("unknown", "2026f", False),
        ("2026f", "unknown", False),
    ],
)
def test_versions_are_compared_as_iana_counts_them(version: str, than: str, newer: bool) -> None:
    assert is_newer(version, than) is newer
