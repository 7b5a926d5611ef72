"""What the abbreviations of clocks mean."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from babel import Locale
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.zones.abbreviations import HOUR, SPOKEN, Abbreviations, Meaning
from tests.zones.installed import DATABASE, ENGINE, NOW

ZONES = tuple(name for name in DATABASE.names if name not in DATABASE.links)
ABBREVIATIONS = Abbreviations(ENGINE, ZONES, NOW)
JULY = NOW - 130 * 86_400


def offsets(text: str) -> list[float]:
    return [meaning.offset / HOUR for meaning in ABBREVIATIONS.meanings(text)]


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("JST", 9),
        ("jst", 9),
        (" Jst ", 9),
        ("BRT", -3),
        ("BRST", -2),
        ("EST", -5),
        ("EDT", -4),  # nobody's now, in November
        ("NDT", -2.5),
        ("ChST", 10),
        ("BST", 1),  # London's; Dhaka's, which only CLDR has, nobody means
        ("NPT", 5.75),
        ("CLT", -4),
        ("PET", -5),
    ],
)
def test_an_abbreviation_means_its_offset_in_any_case_and_any_season(text: str, offset: float) -> None:
    assert offsets(text) == [offset]


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("IST", {5.5: "Asia/Kolkata", 1: "Europe/Dublin", 2: "Asia/Jerusalem"}),
        ("CST", {-6: "America/Chicago", 8: "Asia/Shanghai", -5: "America/Havana"}),
        ("PST", {-8: "America/Los_Angeles", 8: "Asia/Manila"}),
        ("CDT", {-5: "America/Chicago", -4: "America/Havana"}),
        ("AMT", {-4: "America/Manaus", 4: "Asia/Yerevan"}),
    ],
)
def test_an_abbreviation_of_several_offsets_has_a_meaning_for_each(
    text: str, meanings: dict[float, str]
) -> None:
    found = {meaning.offset / HOUR: meaning.zones for meaning in ABBREVIATIONS.meanings(text)}
    assert found.keys() == meanings.keys()
    assert all(zone in found[offset] for offset, zone in meanings.items())


def test_the_zones_of_a_meaning_are_those_that_show_it_now() -> None:
    in_july = Abbreviations(ENGINE, ZONES, JULY)
    assert "America/Phoenix" in in_july.meanings("MST")[0].zones
    assert "America/Denver" not in in_july.meanings("MST")[0].zones
    assert "America/Denver" in ABBREVIATIONS.meanings("MST")[0].zones


def test_where_no_clock_shows_an_abbreviation_now_its_zones_are_those_of_another_season() -> None:
    assert "America/New_York" in ABBREVIATIONS.meanings("EDT")[0].zones
    assert ABBREVIATIONS.meanings("BRST") == (Meaning(-2 * HOUR, ("America/Sao_Paulo",)),)


def test_meanings_that_clocks_show_now_come_first() -> None:
    assert offsets("IST")[-1] == 1
    irish_summer = Abbreviations(ENGINE, ("Europe/Dublin", "Asia/Jerusalem", "Asia/Kolkata"), JULY)
    assert [meaning.offset for meaning in irish_summer.meanings("IST")] == [HOUR, 5.5 * HOUR, 2 * HOUR]


def test_the_zones_of_a_meaning_keep_the_order_in_which_they_were_given() -> None:
    zones = ("America/New_York", "America/Detroit", "America/Jamaica")
    assert Abbreviations(ENGINE, zones, NOW).meanings("EST")[0].zones == zones


def test_a_zone_that_the_database_lacks_is_not_shown() -> None:
    assert Abbreviations(ENGINE, ("Asia/Tokyo",), NOW).meanings("BRT") == (Meaning(-3 * HOUR, ()),)


@pytest.mark.parametrize("text", ["", "XYZZY", "-03", "+0530", "LMT", "jſt", "Asia/Tokyo", "J ST", "1"])
def test_what_is_no_abbreviation_means_nothing(text: str) -> None:
    assert ABBREVIATIONS.meanings(text) == ()


@given(st.text())
def test_whatever_is_typed_has_meanings_or_none(text: str) -> None:
    assert isinstance(ABBREVIATIONS.meanings(text), tuple)


def test_every_abbreviation_that_clocks_show_now_means_what_they_show() -> None:
    for zone in ZONES:
        rule = ENGINE.rule(zone, NOW)
        if rule.abbreviation.isalpha():
            meanings = ABBREVIATIONS.meanings(rule.abbreviation)
            assert [zone in meaning.zones for meaning in meanings if meaning.offset == rule.offset] == [True]


# --- The table of what people say ---------------------------------------------------------------------------

SINCE = NOW - 60 * 366 * 86_400
LOCALES = (
    *("en", "en_GB", "en_AU", "en_CA", "en_IE", "en_IN", "en_NZ", "en_ZA", "en_HK", "en_SG", "en_AE"),
    *("pt", "pt_PT", "es", "es_AR", "es_CL", "es_CO", "es_MX"),
)


@cache
def shown_since(zone: str) -> frozenset[tuple[int, bool]]:
    """The offsets that a zone's clocks have shown in sixty years, each with its DST flag."""
    rules = [change.after for change in ENGINE.transitions(zone, SINCE, NOW)]
    return frozenset((rule.offset, rule.dst) for rule in (*rules, ENGINE.rule(zone, SINCE)))


@pytest.mark.parametrize(("word", "offset", "zone"), SPOKEN)
def test_what_people_say_is_or_was_an_offset_of_its_zone(word: str, offset: int, zone: str) -> None:
    assert word.isalpha()
    assert zone in ZONES
    assert offset in {shown for shown, _ in shown_since(zone)}


def names_of_cldr() -> Iterator[tuple[str, str, str]]:
    """The season, the zone and the short name, for all that CLDR has of them in our languages."""
    known = {zone for zone in DATABASE.names if "/" in zone}
    zones_of: dict[str, list[str]] = {}
    for zone, meta_zone in get_global("meta_zones").items():
        zones_of.setdefault(meta_zone, []).append(zone)
    for locale in map(Locale.parse, LOCALES):
        named = [(zones_of.get(name, []), words) for name, words in locale.meta_zones.items()]
        named += [([name], words) for name, words in locale.time_zones.items()]
        for zones, words in named:
            for season, word in words.get("short", {}).items():
                if season != "generic" and word.isalpha():
                    yield from ((season, zone, word) for zone in zones if zone in known)


USED_OTHERWISE = {("ACST", "daylight")}  # Darwin's is not Acre's summer


def test_each_short_name_of_cldr_that_the_database_does_not_use_otherwise_means_what_cldr_says() -> None:
    zones: dict[tuple[str, str], set[str]] = {}
    for season, zone, word in names_of_cldr():
        zones.setdefault((word, season), set()).add(zone)
    assert len(zones) > 60
    strange = set()
    for (word, season), its_zones in zones.items():
        meant = {(meaning.offset, season == "daylight") for meaning in ABBREVIATIONS.meanings(word)}
        if meant.isdisjoint(frozenset().union(*map(shown_since, its_zones))):
            strange.add((word, season))
    assert strange == USED_OTHERWISE
