"""What a zone's city is called in English, with the accents that it has at home."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages

from socketspeak.zones.database import Database
from socketspeak.zones.spelling import place_key

# CLDR's English leaves the accents of these languages out of most cities, though English writes São Paulo
ACCENTED_LANGUAGES = ("pt", "es")


def city_names(database: Database) -> dict[str, str]:
    """The English name of the city of each listed zone.

    It is CLDR's, or else the last part of the zone's name; where Portuguese or Spanish is official in the
    zone's country and writes the same letters with accents, it is written so (`São Paulo`, `Bogotá`).
    """
    english = cldr_cities("en")
    native = {language: cldr_cities(language) for language in ACCENTED_LANGUAGES}
    names = {}
    for zone in database.listed:
        name = english.get(zone) or last_part(zone)
        names[zone] = _with_accents(name, zone, database.country(zone), native)
    return names


def last_part(zone: str) -> str:
    """The part of a zone's name after its last slash, with spaces: `Buenos Aires`."""
    return zone.rpartition("/")[2].replace("_", " ")


def cldr_cities(language: str) -> dict[str, str]:
    """CLDR's cities by zone, also where CLDR has an older name of it, as Asia/Calcutta for Kolkata."""
    current: Mapping[str, str] = get_global("zone_aliases")
    cities: dict[str, str] = {}
    for zone, names in Locale.parse(language).time_zones.items():
        city = names.get("city")
        if city:
            cities[zone] = city
            cities.setdefault(current.get(zone, zone), city)
    return cities


def _with_accents(name: str, zone: str, country: str | None, native: Mapping[str, Mapping[str, str]]) -> str:
    for language in get_official_languages(country, de_facto=True) if country else ():
        accented = native.get(language, {}).get(zone)
        if accented and place_key(accented) == place_key(name):
            return accented
    return name
