"""Zones and cities as the places that are shown for them, with how many people live there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from socketspeak.zones.citynames import city_names
from socketspeak.zones.database import Database
from socketspeak.zones.placefile import City
from socketspeak.zones.values import Place


class Placing:
    """Makes the places of one tz database.

    `people` maps zones to how many people the biggest city in each has; zones that the database does not
    have are passed over, and those that it calls otherwise now are known by their present name.
    """

    def __init__(self, database: Database, people: Mapping[str, int]) -> None:
        self._database = database
        self._names = frozenset(database.names)
        self.cities: Mapping[str, str] = city_names(database)
        self._places = {zone: Place(zone, city, database.country(zone)) for zone, city in self.cities.items()}
        self._people: dict[str, int] = {}
        for zone, size in people.items():
            if zone in self._names:
                shown = database.preferred(zone)
                self._people[shown] = max(size, self._people.get(shown, 0))

    def named(self, name: str) -> Place:
        """The place of one of the database's names. An alias gives its preferred zone, `asked` for by it.

        Raises `KeyError` for anything else, other spellings included.
        """
        shown = self._database.preferred(name)
        place = self._places[shown]
        return place if shown == name else replace(place, asked=name)

    def of_zone(self, zone: str) -> Place | None:
        """The place of a zone that nobody asked for by that name; None where the database has none."""
        return self.named(self._database.preferred(zone)) if zone in self._names else None

    def of_city(self, city: City) -> Place | None:
        """The place that a city is: if its zone is named for it, the zone's; None without its zone."""
        place = self.of_zone(city.zone)
        return place if place is None or city.own else self.within(city.zone, city.name, city.country)

    def within(self, zone: str, name: str, country: str | None) -> Place | None:
        """A place of that name in a zone; None where the database does not have the zone.

        A country that iso3166.tab does not have is left out.
        """
        if zone not in self._names:
            return None
        known = country if country in self._database.country_names else None
        return Place(self._database.preferred(zone), name, known)

    def people(self, zone: str) -> int:
        """How many people the biggest city in a zone has, by the name that is shown; 0 if unknown."""
        return self._people.get(zone, 0)

    def biggest_first(self, zones: Iterable[str]) -> tuple[str, ...]:
        """Zones by the size of their biggest cities, in the order given where that is equal."""
        return tuple(sorted(zones, key=self.people, reverse=True))
