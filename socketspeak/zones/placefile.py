"""The table of places that ships with the package: how it is written down, and how it is read."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

FORM = "SocketSpeak places 1"
DIGEST = "sha256 "
OWN = "own"  # of a city that its zone is named for


class PlaceFileError(ValueError):
    """A table of places that is damaged, or in a form that this version cannot read."""


@dataclass(frozen=True, slots=True)
class City:
    """A city: its name, the zone that GeoNames has it in, its ISO 3166 code and how many people it has.

    `own` tells that the zone is named for it. `spellings` are what may be suggested for it, its name first.
    """

    name: str
    zone: str
    country: str
    people: int
    own: bool
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """What the table holds.

    `sources` says what it was made of, a line each. `people` are those of the biggest city of each zone;
    `countries` are names of countries in their own languages with ISO 3166 codes. `cities` are sorted by
    their size, the biggest first; of `names`, as UTF-8, each line holds the keys of the city of that number,
    a tab before and after each. `airports` are lines, sorted: a three-letter code, a zone, an ISO 3166 code
    and the name of a city, with tabs between them.
    """

    sources: tuple[str, ...]
    people: Mapping[str, int]
    countries: tuple[tuple[str, str], ...]
    cities: tuple[City, ...]
    names: bytes
    airports: bytes


def packed(table: PlaceFile) -> bytes:
    """A table as it is written down: gzip over UTF-8, sections with an empty line between them."""
    sections = (
        "\n".join(f"{zone}\t{people}" for zone, people in table.people.items()).encode(),
        "\n".join("\t".join(pair) for pair in table.countries).encode(),
        "\n".join(map(_row, table.cities)).encode(),
        table.names,
        table.airports,
    )
    body = b"\n\n".join(sections)
    head = "\n".join((FORM, *table.sources, DIGEST + hashlib.sha256(body).hexdigest()))
    return gzip.compress(head.encode() + b"\n\n" + body, mtime=0)


def _row(city: City) -> str:
    own = OWN if city.own else ""
    columns = (city.name, city.zone, city.country, str(city.people), own, "|".join(city.spellings))
    return "\t".join(columns)


def unpacked(octets: bytes) -> PlaceFile:
    """Read a table; raises PlaceFileError for anything but what `packed` gives."""
    try:
        head, _, body = gzip.decompress(octets).partition(b"\n\n")
        form, *sources, digest = head.decode().split("\n")
        if form != FORM or digest != DIGEST + hashlib.sha256(body).hexdigest():
            raise PlaceFileError("the table of places is of another form, or was changed")
        people, countries, cities, names, airports = body.split(b"\n\n")
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise PlaceFileError(f"the table of places cannot be read: {error}") from error
    return PlaceFile(
        sources=tuple(sources),
        people={zone: int(size) for zone, size in _columns(people)},
        countries=tuple((name, code) for name, code in _columns(countries)),
        cities=tuple(_city(columns) for columns in _columns(cities)),
        names=names,
        airports=airports,
    )


def _columns(section: bytes) -> list[list[str]]:
    return [line.split("\t") for line in section.decode().split("\n") if line]


def _city(columns: list[str]) -> City:
    name, zone, country, people, own, spellings = columns
    return City(name, zone, country, int(people), own == OWN, tuple(spellings.split("|")))


def shipped() -> PlaceFile:
    """The table that ships with the package. It is read from there, which takes some milliseconds."""
    return unpacked(files("socketspeak.zones").joinpath("data/places.gz").read_bytes())
