"""What is said to people, in English, and the tables that say it in other languages.

Each constant is a message identifier in the sense of gettext: its English text. A catalog maps identifiers to
another language's text and leaves out what reads the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

# The greeting and the phrases
READY = "SocketSpeak {version} {host} ready, world time on a socket"
INVITATION = "Type a number, a city or a zone. HELP lists the commands, QUIT leaves."
IN_PLACE = "{date}, {time} in {place}"
AT_OFFSET = "{date}, {time} at {place}"
PLACE_IN_COUNTRY = "{place}, {country}"
AREA_HINT = "LIST {area} shows them"

# Done
PONG = "PONG"
NOTHING_DONE = "nothing done, as asked"
FORMAT_IS = "the format is {format}"
GOODBYE = "goodbye"
HELP_HEAD = (
    "A line that is no command is taken as a place: tokyo, Asia/Tokyo, BR, UTC+5:30, or a list's number."
)
NOT_HERE = "{verb} is known, but not available on this server"

# Closing
SHUTTING_DOWN = "SocketSpeak is shutting down"
ENDLESS_LINE = "{limit} octets without an end of line"

# Failures
INTERNAL_FAULT = "an internal fault, it is logged; the session goes on"
UNKNOWN_COMMAND = "unknown command"
NOT_TEXT = "the line is not UTF-8 text"
CONTROL_CHARACTER = "the line holds a control character"
USAGE = "usage: {usage}"
NO_ARGUMENT = "{verb} takes no argument"
EMPTY_PLACE = "a place is missing between the commas"
UNKNOWN_VERB = "no such command: {word}"
UNKNOWN_FORMAT = "unknown format: {word}; TEXT and JSON are known"
NO_SUCH_PLACE = "no such place: {place}"
NO_SUCH_NUMBER = "no entry {number} in the list, it has {count}"
NO_SUCH_LIST = "no such area or country: {place}"
LINE_TOO_LONG = "the line is longer than {limit} octets"
SEVERAL_PLACES = "several places match {place}: choose one"
NEAR = "{message} (near: {near})"

# Help, a line a verb
HELP_TIME = "the time there"
HELP_MENU = "the menu again"
HELP_LIST = "the areas; an area's, a country's or all zones; the links"
HELP_FIND = "places that match"
HELP_CONVERT = "a local time elsewhere"
HELP_DIFF = "how far two clocks are apart"
HELP_TRANSITIONS = "when the clocks change"
HELP_MEET = "when all are at work"
HELP_WATCH = "a tick every n seconds"
HELP_UNWATCH = "no more ticks"
HELP_FORMAT = "replies as text, or as one JSON object a line"
HELP_LANG = "the language of phrases and errors"
HELP_STATUS = "version, clock and sources"
HELP_CAPABILITIES = "what this server can do, for programs"
HELP_STARTTLS = "encrypt"
HELP_AUTH = "log in"
HELP_HELP = "the commands, or one of them"
HELP_PING = "are you there?"
HELP_NOOP = "nothing"
HELP_QUIT = "leave (also EXIT, BYE, SAIR)"

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
    """Something to say, not yet in any language: an identifier and the values that it takes."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)


def message(text: str, **values: object) -> Message:
    """A message with its values by keyword."""
    return Message(text, values)


@dataclass(frozen=True, slots=True)
class Catalog:
    """One language: its tag, its texts by identifier, and the names of countries by ISO 3166 code."""

    language: str = "en"
    texts: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)

    def say(self, what: Message) -> str:
        """The message in this language."""
        return self.texts.get(what.text, what.text).format_map(what.values)

    def date(self, day: date) -> str:
        """The date in this language."""
        return english_date(day)

    def country(self, code: str | None) -> str | None:
        """The country's name, its code where no name is known, None for no country."""
        return None if code is None else self.countries.get(code, code)
