"""The names by which people call cities and countries, and the zones that each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from babel import Locale

from socketspeak.zones.citynames import cldr_cities, last_part
from socketspeak.zones.database import Database
from socketspeak.zones.spelling import place_key

# No city has these: Etc is no area of the world, and an Australian state is not a point of the compass
NO_CITY_AREAS = ("Etc",)
NO_CITIES = ("Australia/North", "Australia/South", "Australia/West")

LANGUAGES = ("pt", "es")  # beside English: those that the server speaks

# What neither iso3166.tab nor CLDR calls these countries, and people do
ALSO_CALLED = {
    "USA": "US",
    "United States of America": "US",
    "UAE": "AE",
    "Great Britain": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Wales": "GB",
    "Northern Ireland": "GB",
    "Holland": "NL",
    "Ivory Coast": "CI",
    "DR Congo": "CD",
    "Democratic Republic of the Congo": "CD",
    "Republic of the Congo": "CG",
    "EUA": "US",
    "EEUU": "US",
    "EE. UU.": "US",
    "Estados Unidos da América": "US",
    "Estados Unidos de América": "US",
    "Grã-Bretanha": "GB",
    "Gran Bretaña": "GB",
    "Inglaterra": "GB",
    "Escócia": "GB",
    "País de Gales": "GB",
    "Irlanda do Norte": "GB",
    "Irlanda del Norte": "GB",
    "Holanda": "NL",
    "República Tcheca": "CZ",
    "República Checa": "CZ",
}
SHARES_OF_ISLANDS = ("French", "Dutch")  # in iso3166.tab's `St Martin (French)`: no names of their own

_PARENTHESISED = re.compile(r"(?P<head>[^(]+?) \((?P<inner>[^)]+)\)(?P<tail>.*)")
_SAINT = re.compile(r"\bSt\b\.?")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written, and its zones in zone.tab's order; `shared` if it is several countries'."""

    spelling: str
    zones: tuple[str, ...]
    shared: bool = False


def known_cities(database: Database, city_names: Mapping[str, str]) -> dict[str, Name]:
    """The cities in the database's names and those that CLDR has for them, by `place_key`.

    The names in English come first, then those in Portuguese and Spanish.
    """
    cities: dict[str, Name] = {}
    spelled = list(city_names.items()) + [(name, last_part(name)) for name in database.names]
    for language in LANGUAGES:
        spelled += cldr_cities(language).items()
    held = frozenset(database.names)
    for name, spelling in spelled:
        if name not in held or not _has_city(database, name):
            continue
        key = place_key(spelling)
        zone = database.preferred(name)
        known = cities.get(key, Name(spelling.lower(), ()))
        if zone not in known.zones:
            cities[key] = Name(known.spelling, (*known.zones, zone))
    return cities


def _has_city(database: Database, name: str) -> bool:
    area, slash, _ = name.partition("/")
    return bool(slash) and area in database.areas and area not in NO_CITY_AREAS and name not in NO_CITIES


def known_countries(database: Database, native: Iterable[tuple[str, str]] = ()) -> dict[str, Name]:
    """The countries that have a zone, by `place_key` of each of their names.

    The names are those of iso3166.tab and CLDR, and what is derived of them: `Korea (South)` is also
    `South Korea`, and `Korea` is a name that several countries share. A name in full comes before another
    country's derived one, English before Portuguese and Spanish, and these before `native`: names in other
    languages, with ISO 3166 codes.
    """
    english, translated = list(_full_names(database)), list(_translated_names(database))
    here = ((spelling, code) for spelling, code in native if database.zones_of(code))
    codes: dict[str, list[str]] = {}
    spellings: dict[str, str] = {}
    for names in (english, _derived_names(english), translated, _derived_names(translated), here):
        earlier = frozenset(codes)
        for spelling, code in names:
            key = place_key(spelling)
            spellings.setdefault(key, spelling.lower())
            holders = codes.setdefault(key, [])
            if key not in earlier and code not in holders:
                holders.append(code)
    return {
        key: Name(spellings[key], tuple(z for code in found for z in database.zones_of(code)), len(found) > 1)
        for key, found in codes.items()
    }


def _full_names(database: Database) -> Iterator[tuple[str, str]]:
    """Spellings and the ISO 3166 codes of their countries, for the countries that zone.tab has."""
    territories = Locale.parse("en").territories
    for code in dict.fromkeys(row.country for row in database.rows):
        for spelling in (database.country_names.get(code), territories.get(code)):
            if spelling:
                yield spelling, code
    yield from ((spelling, code) for spelling, code in ALSO_CALLED.items() if database.zones_of(code))


def _translated_names(database: Database) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        for code in dict.fromkeys(row.country for row in database.rows):
            if code in territories:
                yield territories[code], code


def _derived_names(full: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    names = list(full)
    owners: dict[str, set[str]] = {}
    for spelling, code in names:
        if found := _PARENTHESISED.fullmatch(spelling):
            owners.setdefault(found["head"], set()).add(code)
    shared = frozenset(head for head, codes in owners.items() if len(codes) > 1)
    for spelling, code in names:
        parts = list(_parts(spelling, shared))
        yield from ((part, code) for part in parts)
        yield from ((_SAINT.sub("Saint", name), code) for name in (spelling, *parts))


def _parts(spelling: str, shared: frozenset[str]) -> Iterator[str]:
    found = _PARENTHESISED.fullmatch(spelling)
    if found is not None:
        head, inner, tail = found["head"], found["inner"], found["tail"]
        yield head + tail
        if head in shared:
            yield f"{inner} {head}"
        elif inner not in SHARES_OF_ISLANDS:
            yield inner + tail
    elif " & " in spelling:
        yield from spelling.split(" & ")
