"""The codes of airports and of cities with several, each with its zone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from socketspeak.zones.database import Database
from socketspeak.zones.spelling import place_key
from tools.places.cities import GeoName
from tools.places.names import codes

NEAR_KILOMETRES = (
    60.0  # an airport that is farther from every place of its country keeps the zone it came with
)
KILOMETRES_A_DEGREE = 111.2
UNOFFICIAL = "Asia/Urumqi"  # which people there use in part; all flights of China keep Shanghai's time


@dataclass(frozen=True)
class Airport:
    """A three-letter code of the IATA, and the zone, country and name of the city that it stands for."""

    code: str
    zone: str
    country: str
    city: str


class Neighbourhood:
    """Finds the nearest place of a country, by squares of one degree."""

    def __init__(self, cities: Iterable[GeoName]) -> None:
        self._squares: dict[tuple[str, int, int], list[GeoName]] = {}
        for city in cities:
            square = (city.country, math.floor(city.latitude), math.floor(city.longitude))
            self._squares.setdefault(square, []).append(city)

    def near(self, country: str, latitude: float, longitude: float) -> tuple[GeoName, ...]:
        """The places of that country that are near a point at all, nearest first; coordinates in degrees."""
        around = [
            (_kilometres(city, latitude, longitude), city.name, city)
            for north in (-1, 0, 1)
            for east in (-1, 0, 1)
            for city in self._squares.get(
                (country, math.floor(latitude) + north, math.floor(longitude) + east), ()
            )
        ]
        nearest = sorted(around, key=lambda each: each[:2])
        return tuple(city for distance, _, city in nearest if distance <= NEAR_KILOMETRES)


def _kilometres(city: GeoName, latitude: float, longitude: float) -> float:
    east = (city.longitude - longitude) * math.cos(math.radians(latitude))
    return math.hypot(city.latitude - latitude, east) * KILOMETRES_A_DEGREE


def airports(
    rows: Iterable[Mapping[str, str]], cities: Iterable[GeoName], database: Database
) -> dict[str, Airport]:
    """The airports of airportsdata's table, by code.

    Where no place around an airport has its zone in GeoNames, it gets the nearest one's: airportsdata's are
    years behind for Chihuahua, Sakhalin and Fernando de Noronha. The city's name has the accents that it has
    there, where both mean the same city.
    """
    all_cities = tuple(cities)
    neighbourhood, spelled = Neighbourhood(all_cities), _spellings(all_cities)
    found = {}
    for row in rows:
        code, country, city = row["iata"], row["country"], row["city"] or row["name"]
        zone = database.preferred(row["tz"])
        zones = [place.zone for place in neighbourhood.near(country, float(row["lat"]), float(row["lon"]))]
        if zones and zone not in zones and zones[0] != UNOFFICIAL:
            zone = zones[0]
        if code and zone in database.names:
            name = spelled.get((country, place_key(city)), city)
            found[code] = Airport(code, zone, country, name)
    return found


def _spellings(cities: Iterable[GeoName]) -> dict[tuple[str, str], str]:
    spelled: dict[tuple[str, str], str] = {}
    for city in cities:
        spelled.setdefault((city.country, place_key(city.name)), city.name)
    return spelled


def metropolitan(
    rows: Iterable[Mapping[str, str]], known: Mapping[str, Airport], cities: Iterable[GeoName]
) -> Iterator[Airport]:
    """The codes of cities with several airports, and those that cities have in GeoNames and no airport has.

    `rows` are airportsdata's; a city's code has the zone of its first airport that is `known`.
    """
    found: set[str] = set(known)
    for row in rows:
        code, airport = row["City Code"], known.get(row["Airport Code"])
        if code not in found and airport is not None:
            found.add(code)
            yield Airport(code, airport.zone, airport.country, row["City Name"])
    for city in cities:
        for code in codes(city.others):
            if code not in found:
                found.add(code)
                yield Airport(code, city.zone, city.country, city.name)
