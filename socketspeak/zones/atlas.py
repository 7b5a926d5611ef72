"""Turns what people type into places: zones, cities, countries, offsets, lists and near spellings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from socketspeak.zones.citynames import city_names
from socketspeak.zones.database import Database
from socketspeak.zones.engine import Engine
from socketspeak.zones.finder import Entry, matching_zones
from socketspeak.zones.offsets import offset_name, read_offset
from socketspeak.zones.placenames import Name, known_cities, known_countries
from socketspeak.zones.spelling import Speller, place_key, zone_key
from socketspeak.zones.values import Area, Found, Place, Several, Unknown

UTC = "Etc/UTC"
WORDS_FOR_UTC = ("z", "utc", "gmt")  # the last two only where the database does not name them


class Atlas:
    """The places of one tz database. All that it knows is built with it; its methods change nothing.

    `country_names` maps ISO 3166 codes to English names, as iso3166.tab has them. The engine must have been
    built over the database's names.
    """

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self.country_names: Mapping[str, str] = database.country_names
        self._cities = city_names(database)
        self._zone_ids = {zone_key(name): name for name in database.names}
        self._known_cities = known_cities(database, self._cities)
        self._known_countries = known_countries(database)
        self._entries = self._findable()
        self._speller = Speller(self._spellings())

    def place(self, zone: str) -> Place:
        """The place of one of the database's names. An alias gives its preferred zone, `asked` for by it.

        Raises `KeyError` for anything else, other spellings included.
        """
        shown = self._database.preferred(zone)
        asked = None if shown == zone else zone
        return Place(shown, self._cities[shown], self._database.country(shown), asked)

    def resolve(self, text: str, unix_seconds: int) -> Found | Several | Unknown:
        """The place that a text names: a zone, an offset, a country's code, a country or a city.

        Several places are one clear reading where their clocks show the same from that instant on: then the
        first of them, in zone.tab's order, is found.
        """
        zone = self._zone_ids.get(zone_key(text))
        if zone is not None:
            return Found(self.place(zone))
        fixed = self._offset(text)
        if fixed is not None:
            return Found(fixed)
        readings = self._readings(text)
        zones = tuple(dict.fromkeys(zone for name in readings for zone in name.zones))
        if not zones:
            return Unknown(text, self.near(text))
        places = tuple(map(self.place, zones))
        shared = any(name.shared for name in readings)
        if not shared and self._engine.same_clock(zones, unix_seconds):
            return Found(places[0])
        return Several(text, places)

    def find(self, text: str, most: int = 20) -> tuple[Place, ...]:
        """The places whose city, country or zone holds a text, best first, at most `most`; maybe none."""
        key = place_key(text)
        if not any(map(str.isalnum, key)):
            return ()
        by_code = Entry(key, self._database.zones_of(_country_code(text)))
        zones = matching_zones((by_code, *self._entries), key)
        return tuple(self.place(zone) for zone in islice(zones, most))

    def near(self, text: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
        """Up to five names that come near to a text, best first, each of which can be typed back.

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
        country = self._country(text)
        if country is not None:
            return tuple(map(self.place, country.zones))
        return Unknown(text, self.near(text, self._database.areas))

    def _offset(self, text: str) -> Place | None:
        offset = read_offset(text)
        if text.strip().casefold() in WORDS_FOR_UTC:
            if zone_key(UTC) in self._zone_ids:
                return self.place(UTC)
            offset = 0
        if offset is None:
            return None
        name = offset_name(offset)
        return Place(name, name, offset=offset)

    def _readings(self, text: str) -> tuple[Name, ...]:
        zones = self._database.zones_of(_country_code(text))
        if zones:
            return (Name(text, zones),)
        country, city = self._country(text), self._known_cities.get(place_key(text))
        return tuple(name for name in (country, city) if name is not None)

    def _country(self, text: str) -> Name | None:
        zones = self._database.zones_of(_country_code(text))
        if zones:
            return Name(text, zones)
        key = place_key(text)
        return self._known_countries.get(key) or self._known_countries.get(key.removeprefix("the "))

    def _findable(self) -> tuple[Entry, ...]:
        names = [*sorted(self._known_cities.items()), *sorted(self._known_countries.items())]
        ids = [Entry(place_key(name), (self._database.preferred(name),)) for name in self._database.names]
        return (*(Entry(key, name.zones) for key, name in names), *ids)

    def _spellings(self) -> dict[str, str]:
        # A comma ends a place in a request: what can be typed of `Knox, Indiana` is `knox`
        cities = {key: name.spelling.partition(",")[0] for key, name in self._known_cities.items()}
        countries = {key: name.spelling for key, name in self._known_countries.items()}
        ids = {place_key(name): name for name in self._database.names}
        return ids | countries | cities


def _country_code(text: str) -> str:
    return text.strip().upper() if text.isascii() else ""  # the upper case of ß is SS, South Sudan
