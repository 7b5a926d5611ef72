"""The tz database's own tables: its names, which of them are links, and which country each zone is in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from babel.core import get_global

_VERSION = re.compile(r"([0-9]{4})([a-z]+)")


class DatabaseError(ValueError):
    """A tz database that cannot be used; the message says which one and why."""


@dataclass(frozen=True, slots=True)
class DatabaseFiles:
    """What was read of a tz database, before it is understood.

    `directory` is where its compiled files are and `names` are those files, relative to it. `version` is as
    IANA writes it (`2026f`), or `unknown`. The rest are whole texts: `rules` is `tzdata.zi` or `backward`, of
    which the links are read, and may be empty; `zone_tab` and `iso3166_tab` are the tables of those names.
    """

    directory: str
    version: str
    names: tuple[str, ...]
    rules: str
    zone_tab: str
    iso3166_tab: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of zone.tab: a zone, and the ISO 3166 code of its country."""

    country: str
    zone: str


def is_newer(version: str, than: str) -> bool:
    """Whether an IANA version comes after another: `2026f` after `2025b`, `2026za` after `2026z`.

    False where either is no such version (`unknown`).
    """
    ours, theirs = _VERSION.fullmatch(version), _VERSION.fullmatch(than)
    return ours is not None and theirs is not None and ours.groups() > theirs.groups()


class Database:
    """The names of one tz database and what its tables say of them.

    `names` are all names, sorted; `links` maps those that are links to the Zone that they end at; `rows` is
    zone.tab in its own order, as far as the database holds its zones; `country_names` maps ISO 3166 codes to
    the English names of iso3166.tab. `listed` are the names that are no mere aliases, sorted: the Zones, and
    the links with a row in zone.tab. `areas` maps the first part of the listed names (`Africa`) to those
    names.
    """

    def __init__(self, files: DatabaseFiles) -> None:
        self.directory = files.directory
        self.version = files.version
        self.names = tuple(sorted(set(files.names)))
        self.links: Mapping[str, str] = MappingProxyType(dict(_links(files.rules, frozenset(self.names))))
        held = frozenset(self.names)
        self.rows = tuple(row for row in _rows(files.zone_tab) if row.zone in held)
        self.country_names: Mapping[str, str] = MappingProxyType(dict(_countries(files.iso3166_tab)))
        self._country = {row.zone: row.country for row in reversed(self.rows)}
        self._zones_of: dict[str, list[str]] = {}
        for row in self.rows:
            self._zones_of.setdefault(row.country, []).append(row.zone)
        self.listed = tuple(name for name in self.names if not self.is_alias(name))
        self.areas: Mapping[str, tuple[str, ...]] = MappingProxyType(_areas(self.listed))
        self._preferred = self._preferences()

    def is_alias(self, name: str) -> bool:
        """Whether a name is a mere alias: a link without a row of its own in zone.tab."""
        return name in self.links and name not in self._country

    def preferred(self, name: str) -> str:
        """The name that is shown for one of the database's names: for most, itself.

        An alias is shown as the name that CLDR counts as the same place and that has a row in zone.tab, else
        as CLDR's own name for it, else as the Zone that it ends at; always as one with the same history.
        """
        return self._preferred.get(name, name)

    def country(self, zone: str) -> str | None:
        """The ISO 3166 code of the first country that zone.tab has for a zone, or None."""
        return self._country.get(zone)

    def zones_of(self, country: str) -> tuple[str, ...]:
        """The zones of a country, by its ISO 3166 code, in zone.tab's order; empty if it has none."""
        return tuple(self._zones_of.get(country, ()))

    def _preferences(self) -> dict[str, str]:
        canonical: Mapping[str, str] = get_global("zone_aliases")
        groups: dict[str, list[str]] = {}
        for name in self.names:
            groups.setdefault(canonical.get(name, name), []).append(name)
        chosen = {}
        for alias in filter(self.is_alias, self.names):
            group = canonical.get(alias, alias)
            candidates = [group, *groups[group]]
            target = self.links[alias]
            same = [name for name in candidates if self.links.get(name, name) == target]
            chosen[alias] = next(
                (name for name in same if name in self._country),
                next((name for name in same if name == target), target),
            )
        return chosen


def _links(rules: str, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    targets = {}
    for line in rules.splitlines():
        words = line.split()
        if len(words) >= 3 and words[0] in ("L", "Link"):
            targets[words[2]] = words[1]
    for link in targets:
        end, steps = link, 0
        while end in targets and steps <= len(
            targets
        ):  # a link may name a link, and a bad file go in circles
            end, steps = targets[end], steps + 1
        if link in names and end in names and end not in targets:
            yield link, end


def _table(text: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


def _rows(zone_tab: str) -> Iterator[Row]:
    for columns in _table(zone_tab):
        if len(columns) >= 3:
            yield Row(columns[0], columns[2])


def _countries(iso3166_tab: str) -> Iterator[tuple[str, str]]:
    for columns in _table(iso3166_tab):
        if len(columns) >= 2:
            yield columns[0], columns[1]


def _areas(listed: Iterable[str]) -> dict[str, tuple[str, ...]]:
    areas: dict[str, list[str]] = {}
    for name in listed:
        area, slash, _ = name.partition("/")
        if slash:
            areas.setdefault(area, []).append(name)
    return {area: tuple(names) for area, names in areas.items()}
