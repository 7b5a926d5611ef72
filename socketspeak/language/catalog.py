"""Catalogs: the languages in which messages are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from socketspeak.language.vocabulary import ENGLISH, Vocabulary

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def english_date(day: date) -> str:
    """A date as English speakers outside America write it: `Monday, 23 November 2026`."""
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say, not yet in any language: an identifier and the values that it takes.

    A value may be a message in its turn.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)


def message(text: str, **values: object) -> Message:
    """A message with its values by keyword."""
    return Message(text, values)


@dataclass(frozen=True, slots=True)
class Catalog:
    """One language: its tag (RFC 5646), what it says, and its words for the verbs.

    `texts` has what messages are by their identifiers, `countries` names by ISO 3166 code, and `cities`, by a
    zone and its city's English name, the names that differ from that. `full_date` writes a date out.
    """

    language: str = "en"
    texts: Mapping[str, str] = field(default_factory=dict)
    full_date: Callable[[date], str] = english_date
    countries: Mapping[str, str] = field(default_factory=dict)
    cities: Mapping[tuple[str, str], str] = field(default_factory=dict)
    vocabulary: Vocabulary = ENGLISH

    def say(self, what: Message) -> str:
        """The message in this language."""
        values = {
            name: self.say(value) if isinstance(value, Message) else value
            for name, value in what.values.items()
        }
        return self.texts.get(what.text, what.text).format_map(values)

    def date(self, day: date) -> str:
        """The date in this language."""
        return self.full_date(day)

    def country(self, code: str | None) -> str | None:
        """The country's name, its code where no name is known, None for no country."""
        return None if code is None else self.countries.get(code, code)

    def place(self, zone: str, name: str) -> str:
        """What people call a place of that zone, given by its English name."""
        return self.cities.get((zone, name), name)
