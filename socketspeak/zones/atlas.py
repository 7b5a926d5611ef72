"""Turns what people type into places, lists of places and near spellings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from socketspeak.zones.abbreviations import Abbreviations
from socketspeak.zones.airports import Airports
from socketspeak.zones.cities import Cities
from socketspeak.zones.database import Database
from socketspeak.zones.engine import Engine
from socketspeak.zones.finder import Entry, matching_places
from socketspeak.zones.placefile import City, PlaceFile
from socketspeak.zones.placenames import Name, known_cities, known_countries
from socketspeak.zones.placing import Placing
from socketspeak.zones.readings import Answer, Names, Readings, ZoneAt, country_code
from socketspeak.zones.spelling import Speller, Spelling, place_key
from socketspeak.zones.values import Area, Place, Unknown


class Atlas:
    """The places of one tz database. All that it knows is built with it; its methods change nothing.

    The engine must have been built over the database's names. `table` holds the cities and airports,
    `unix_seconds` is an instant near which abbreviations are in use, and `zone_at`, where there is one, gives
    the zone of a latitude and a longitude in degrees.

    `country_names` maps ISO 3166 codes to English names, as iso3166.tab has them, and `cities` the zones to
    the English names of their cities.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        table: PlaceFile,
        unix_seconds: int,
        zone_at: ZoneAt | None = None,
    ) -> None:
        self._database = database
        self._placing = Placing(database, table.people)
        self.country_names: Mapping[str, str] = database.country_names
        self.cities: Mapping[str, str] = self._placing.cities
        self._names = Names(
            countries=known_countries(database, table.countries),
            zones_cities=known_cities(database, self.cities),
            cities=Cities(table.cities, table.names),
            airports=Airports(table.airports),
        )
        zones = (name for name in database.names if name not in database.links)
        abbreviations = Abbreviations(engine, zones, unix_seconds)
        self._readings = Readings(
            database, engine, self._placing, self._names, abbreviations=abbreviations, zone_at=zone_at
        )
        self._entries = tuple(self._findable())
        self._speller = Speller(self._spellings())
        self._countries_speller = Speller(dict(_spelled("", self._names.countries)))

    def place(self, zone: str) -> Place:
        """The place of one of the database's names. An alias gives its preferred zone, `asked` for by it.

        Raises `KeyError` for anything else, other spellings included.
        """
        return self._placing.named(zone)

    def resolve(self, text: str, unix_seconds: int) -> Answer:
        """The place that a text names: a zone, an offset, a point, a country, a city, an airport.

        The order is the protocol's. Several places are one clear reading where their clocks show the same
        from that instant on, or where the biggest has ten times the people of the next; else they come
        biggest first. A point is Lacking where nothing finds its zone.
        """
        return self._readings.read(text, unix_seconds) or Unknown(text, self.near(text))

    def find(self, text: str, most: int = 20) -> tuple[Place, ...]:
        """The places of which a name holds a text, best first, at most `most`; maybe none.

        The names of zones, countries and cities come before other names of cities.
        """
        key = place_key(text)
        if not any(map(str.isalnum, key)):
            return ()
        by_code = self._entry(key, self._database.zones_of(country_code(text)))
        exact = self._city_entries(key, self._names.cities.named(key))
        known = matching_places((by_code, *exact, *self._entries), key)
        others = map(self._placing.of_city, self._names.cities.holding(key))
        return tuple(islice(_each_once(chain(known, others)), most))

    def near(self, text: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
        """Up to five names that come near to a text, best first, one a place; each can be typed back.

        Cities and countries are in lower case, zones as the database spells them. `extra` words compete
        with them, also for the text's first word alone.
        """
        return self._speller.near(text, extra)

    def areas(self) -> tuple[Area, ...]:
        """The areas, by name, with the number of zones that `listing` gives for each."""
        return tuple(Area(name, len(zones)) for name, zones in self._database.areas.items())

    def listing(self, text: str) -> tuple[Place, ...] | Unknown:
        """The places of an area, of a country, of `ALL` zones or of the aliases (`LINKS`), in any case.

        An area's and ALL zones are sorted by name, a country's are in zone.tab's order, and each alias is the
        place that it stands for, with `asked`.
        """
        key = place_key(text)
        if key == "all":
            return tuple(map(self.place, self._database.listed))
        if key == "links":
            return tuple(map(self.place, filter(self._database.is_alias, self._database.names)))
        for area, zones in self._database.areas.items():
            if place_key(area) == key:
                return tuple(map(self.place, zones))
        country = self._readings.country(text)
        if country is not None:
            return tuple(map(self.place, country.zones))
        return Unknown(text, self._countries_speller.near(text, self._database.areas))

    def _findable(self) -> Iterator[Entry]:
        """Each name, but for those that only the table of cities has."""
        for names in (self._names.zones_cities, self._names.countries):
            yield from (self._entry(key, name.zones) for key, name in sorted(names.items()))
        for city in self._names.cities:
            yield from self._city_entries(place_key(city.name), (city,))
        for name in self._database.names:
            yield self._entry(place_key(name), (self._database.preferred(name),))

    def _entry(self, key: str, zones: Iterable[str]) -> Entry:
        ordered = self._placing.biggest_first(zones)
        people = self._placing.people(ordered[0]) if ordered else 0
        return Entry(key, tuple(map(self._placing.named, ordered)), people)

    def _city_entries(self, key: str, cities: Iterable[City]) -> Iterator[Entry]:
        for city in cities:
            place = self._placing.of_city(city)
            if place is not None:
                yield Entry(key, (place,), city.people)

    def _spellings(self) -> dict[str, Spelling]:
        """What can be suggested, each for the first that is called so, and English first."""
        cities = filter(self._placing.of_city, self._names.cities)
        spelled: dict[str, Spelling] = {}
        for key, spelling in chain(
            _spelled("in ", self._names.zones_cities),
            _spelled("all of ", self._names.countries),
            ((place_key(text), Spelling(text, _seat(city))) for city in cities for text in city.spellings),
            ((place_key(name), Spelling(name, name)) for name in self._database.names),
        ):
            spelled.setdefault(key, spelling)
        return spelled


def _spelled(what: str, names: Mapping[str, Name]) -> Iterator[tuple[str, Spelling]]:
    for key, name in names.items():
        # A comma ends a place in a request: what can be typed of `Knox, Indiana` is `knox`
        yield key, Spelling(name.spelling.partition(",")[0], what + ",".join(name.zones))


def _seat(city: City) -> str:
    return f"in {city.zone}" if city.own else f"{city.name}, {city.zone}"


def _each_once(places: Iterable[Place | None]) -> Iterator[Place]:
    seen: set[Place] = set()
    for place in places:
        if place is not None and place not in seen:
            seen.add(place)
            yield place
