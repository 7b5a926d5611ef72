"""What a text is read as: an order of readings, and one place chosen of those that a name means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from babel.core import get_global

from socketspeak.zones.abbreviations import Abbreviations
from socketspeak.zones.airports import Airports
from socketspeak.zones.cities import Cities
from socketspeak.zones.coordinates import coordinates_name, read_coordinates
from socketspeak.zones.database import Database
from socketspeak.zones.engine import Engine
from socketspeak.zones.offsets import offset_name, read_offset
from socketspeak.zones.placenames import Name
from socketspeak.zones.placing import Placing
from socketspeak.zones.spelling import place_key, zone_key
from socketspeak.zones.values import Found, Lacking, Place, Several, Unknown

UTC = "Etc/UTC"
WORDS_FOR_UTC = ("z", "utc", "gmt")  # the last two only where the database does not name them
CLEARLY_BIGGER = 10  # times the people: who says Birmingham and means the smaller one says so

Answer = Found | Several | Unknown | Lacking
ZoneAt = Callable[[float, float], str | None]


@dataclass(frozen=True, slots=True)
class Names:
    """All names that are known: countries and the zones' cities by `place_key`, cities and airports."""

    countries: Mapping[str, Name]
    zones_cities: Mapping[str, Name]
    cities: Cities
    airports: Airports


class Readings:
    """Reads texts as places. `zone_at` gives the zone of a latitude and a longitude, both in degrees."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        placing: Placing,
        names: Names,
        *,
        abbreviations: Abbreviations,
        zone_at: ZoneAt | None,
    ) -> None:
        self._database = database
        self._engine = engine
        self._placing = placing
        self._names = names
        self._abbreviations = abbreviations
        self._zone_at = zone_at
        self._zone_ids = {zone_key(name): name for name in database.names}
        self._windows = dict(_windows_zones())

    def read(self, text: str, unix_seconds: int) -> Answer | None:
        """What a text means, or None. The first reading that there is counts, in the protocol's order."""
        return (
            self._zone(text)
            or self._offset(text)
            or self._point(text)
            or self._country_code(text, unix_seconds)
            or self._abbreviation(text)
            or self._name(text, unix_seconds)
            or self._airport(text)
            or self._windows_zone(text)
        )

    def country(self, text: str) -> Name | None:
        """The country that a text names, by its code or a name, with its zones in zone.tab's order."""
        zones = self._database.zones_of(country_code(text))
        if zones:
            return Name(text, zones)
        key = place_key(text)
        return self._names.countries.get(key) or self._names.countries.get(key.removeprefix("the "))

    def _zone(self, text: str) -> Found | None:
        zone = self._zone_ids.get(zone_key(text))
        return None if zone is None else Found(self._placing.named(zone))

    def _offset(self, text: str) -> Found | None:
        offset = read_offset(text)
        if text.strip().casefold() in WORDS_FOR_UTC:
            if zone_key(UTC) in self._zone_ids:
                return Found(self._placing.named(UTC))
            offset = 0
        return None if offset is None else Found(_bare(offset))

    def _point(self, text: str) -> Found | Unknown | Lacking | None:
        point = read_coordinates(text)
        if point is None:
            return None
        if not point.on_earth:
            return Unknown(text)
        if self._zone_at is None:
            return Lacking(text, "geo")
        there = self._placing.of_zone(self._zone_at(point.latitude, point.longitude) or "")
        if there is None:
            return Unknown(text)
        return Found(Place(there.zone, coordinates_name(point), there.country))

    def _country_code(self, text: str, unix_seconds: int) -> Found | Several | None:
        zones = self._database.zones_of(country_code(text))
        return self._clear(text, self._sizes(zones), unix_seconds) if zones else None

    def _abbreviation(self, text: str) -> Found | Several | None:
        meanings = self._abbreviations.meanings(text)
        if len(meanings) == 1:
            return Found(_bare(meanings[0].offset, text.strip().upper()))
        people = self._placing.people
        biggest = [(max(each.zones, key=people, default=""), each.offset) for each in meanings]
        biggest.sort(key=lambda each: people(each[0]), reverse=True)
        places = tuple(self._placing.of_zone(zone) or _bare(offset) for zone, offset in biggest)
        return Several(text, places) if places else None

    def _name(self, text: str, unix_seconds: int) -> Found | Several | None:
        key = place_key(text)
        if not key:
            return None
        country, own = self.country(text), self._names.zones_cities.get(key)
        sizes = self._sizes(country.zones) if country is not None else []
        places = [(city, self._placing.of_city(city)) for city in self._names.cities.named(key)]
        cities = [(city, place) for city, place in places if place is not None]
        for zone in own.zones if own is not None else ():
            same = (city.people for city, place in cities if place.zone == zone)
            sizes.append((max(same, default=self._placing.people(zone)), self._placing.named(zone)))
        sizes += [(city.people, place) for city, place in cities if place_key(city.name) == key]
        # What is also called so, by some and in some languages, is meant where nothing else is called so
        sizes = sizes or [(city.people, place) for city, place in cities]
        shared = country is not None and country.shared
        return self._clear(text, sizes, unix_seconds, shared) if sizes else None

    def _airport(self, text: str) -> Found | None:
        airport = self._names.airports.coded(text)
        if airport is None:
            return None
        place = self._placing.within(airport.zone, airport.city, airport.country)
        return None if place is None else Found(place)

    def _windows_zone(self, text: str) -> Found | None:
        place = self._placing.of_zone(self._windows.get(place_key(text), ""))
        return None if place is None else Found(place)

    def _sizes(self, zones: Iterable[str]) -> list[tuple[int, Place]]:
        return [(self._placing.people(zone), self._placing.named(zone)) for zone in zones]

    def _clear(
        self, text: str, sizes: Iterable[tuple[int, Place]], unix_seconds: int, shared: bool = False
    ) -> Found | Several:
        """The one place that is meant, if the others show the same time or are far smaller; else all.

        Where places are of one zone, the biggest stands for it. A name that is `shared` means no one place.
        """
        by_zone: dict[str, tuple[int, Place]] = {}
        for people, place in sorted(sizes, key=lambda each: each[0], reverse=True):
            by_zone.setdefault(place.zone, (people, place))
        (most, first), *others = by_zone.values()
        rival = next((people for people, place in others if self._differ(first, place, unix_seconds)), None)
        alone = not others or (not shared and (rival is None or most >= CLEARLY_BIGGER * max(rival, 1)))
        return Found(first) if alone else Several(text, (first, *(place for _, place in others)))

    def _differ(self, one: Place, other: Place, unix_seconds: int) -> bool:
        return not self._engine.same_clock((one.zone, other.zone), unix_seconds)


def country_code(text: str) -> str:
    """A text as an ISO 3166 code is written."""
    return text.strip().upper() if text.isascii() else ""  # the upper case of ß is SS, South Sudan


def _bare(offset: int, abbreviation: str | None = None) -> Place:
    name = offset_name(offset)
    return Place(name, name, offset=offset, abbreviation=abbreviation)


def _windows_zones() -> Iterable[tuple[str, str]]:
    """Windows' names of zones by `place_key`; `UTC-11` among them is no name."""
    names: Mapping[str, str] = get_global("windows_zone_mapping")
    return ((place_key(name), zone) for name, zone in names.items() if not name.startswith("UTC"))
