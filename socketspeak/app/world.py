"""The places that a daemon knows: its tz database, read and understood, and its menu."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from socketspeak.app.tzfiles import host_version, read_database
from socketspeak.zones.atlas import Atlas
from socketspeak.zones.database import Database, is_newer
from socketspeak.zones.engine import Engine
from socketspeak.zones.placefile import shipped
from socketspeak.zones.readings import ZoneAt
from socketspeak.zones.spelling import zone_key
from socketspeak.zones.values import Found, Lacking, Place, Several


class Misplaced(ValueError):
    """A place of the menu that is none, or more than one: `place` and `why`."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        self.why = why


@dataclass(frozen=True, slots=True)
class World:
    """One tz database and what is made of it; `newer_on_host` is the host's version where that is newer."""

    atlas: Atlas
    engine: Engine
    menu: tuple[Place, ...]
    version: str
    names: frozenset[str]
    newer_on_host: str | None
    same_zone: Callable[[str, str], bool]

    @property
    def zones(self) -> int:
        """How many names its zones and links have."""
        return len(self.names)


def load_world(tzdata: str, menu: Sequence[str]) -> World:
    """Read the tz database and the table of places, and find the menu's places in them.

    Raises DatabaseError where the database cannot be used, Misplaced where the menu names no one place.
    """
    files = read_database(tzdata)
    engine = Engine(files.directory, files.names)
    database = Database(files)
    atlas = Atlas(database, engine, shipped(), int(time.time()), zone_finder())
    host = host_version()
    return World(
        atlas=atlas,
        engine=engine,
        menu=tuple(_place(atlas, text) for text in menu),
        version=files.version,
        names=frozenset(files.names),
        newer_on_host=host if host is not None and is_newer(host, files.version) else None,
        same_zone=_same_zone(database),
    )


def zone_finder() -> ZoneAt | None:
    """What finds the zone of a latitude and a longitude in degrees, or None without the extra `geo`."""
    try:
        from tzfpy import get_tz
    except ImportError:
        return None
    return lambda latitude, longitude: get_tz(longitude, latitude) or None


def read_map() -> None:
    """Let the first look-up of a point, which reads the map and takes 60 ms, be nobody's."""
    finder = zone_finder()
    if finder is not None:
        finder(0.0, 0.0)


def _same_zone(database: Database) -> Callable[[str, str], bool]:
    """Whether two names, in any case, are links to one zone; names that the database lacks are of none."""
    zones = {zone_key(name): database.links.get(name, name) for name in database.names}

    def same_zone(one: str, other: str) -> bool:
        zone = zones.get(zone_key(one))
        return zone is not None and zone == zones.get(zone_key(other))

    return same_zone


def _place(atlas: Atlas, text: str) -> Place:
    found = atlas.resolve(text, int(time.time()))
    if isinstance(found, Found):
        return found.place
    if isinstance(found, Several):
        zones = ", ".join(place.zone for place in found.places[:5])
        raise Misplaced(text, f"one place; several match, among them {zones}")
    if isinstance(found, Lacking):
        raise Misplaced(text, f"a place only with the extra `{found.extra}`: socketspeak[{found.extra}]")
    near = f"; near are {', '.join(found.near)}" if found.near else ""
    raise Misplaced(text, f"a zone, a city or a country{near}")
