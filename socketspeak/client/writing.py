"""What requests are made of, as the protocol writes it: places, dates, local times, hours, numbers.

Everything here raises ValueError, with a message for people, for what cannot be asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from socketspeak.language.requests import places_of

When = str | time | datetime  # of a conversion
Hours = tuple[time, time]  # from the one to before the other, local

MOST_CHANGES = 100  # that one request for transitions may ask for
MOST_SECONDS = 3600  # between two ticks
WHENS = "now, HH:MM[:SS] or YYYY-MM-DD HH:MM[:SS]"

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d?\d:\d\d(:\d\d)?")
_WHEN = re.compile(rf"(({_DATE.pattern})[T ] *)?({_TIME.pattern})", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8})*")


def filled(name: str, text: str) -> str:
    """A text that is not empty, without the spaces around it; `name` is what an error calls it."""
    stripped = text.strip(" \t")
    if not stripped:
        raise ValueError(f"the {name} is empty")
    return stripped


def places_text(*places: str) -> str:
    """Places, separated by commas, such that a server reads each of them as one.

    A comma separates places, save within coordinates: `-23.55,-46.63`.
    """
    if not places:
        raise ValueError("no place was given")
    written = tuple(map(_place, places))
    text = ", ".join(written)
    if places_of(text) != written:
        raise ValueError(f"these places run into one another, name one of them otherwise: {text!r}")
    return text


def _place(place: str) -> str:
    written = " ".join(re.split("[ \t]+", filled("place", place)))
    if places_of(written) != (written,):
        raise ValueError(f"a place cannot hold a comma: {place!r}; give each place as an argument of its own")
    return written


def before_to(place: str) -> str:
    """The place before a TO: a server takes the first such word, from the second on, for that TO."""
    text = places_text(place)
    if "TO" in text.upper().split(" ")[1:]:
        raise ValueError(f"a place cannot hold the word TO here: {place!r}")
    return text


def before_options(text: str, keywords: Sequence[str]) -> str:
    """Places before options: a keyword that figures follow, or nothing, would begin an option there."""
    words = text.split(" ")
    for word, behind in zip(words, [*words[1:], "0"], strict=True):
        if word.upper() in keywords and any(map(str.isdigit, behind)):
            raise ValueError(f"a place cannot hold the word {word.upper()} there: {text!r}")
    return text


def when_text(when: When) -> str:
    """A local time as CONVERT takes it: `now`, a time of day, or a date and a time of day, naive."""
    if isinstance(when, str):
        return _when_of(when)
    if when.tzinfo is not None:
        raise ValueError(f"a local time has no zone of its own, the place says it: {when.isoformat()}")
    if when.fold:
        raise ValueError(f"of a time that occurs twice the first is asked for: {when.isoformat()} has a fold")
    if when.microsecond:
        raise ValueError(f"a local time is in whole seconds: {when.isoformat()}")
    return when.isoformat(" ", "seconds") if isinstance(when, datetime) else when.isoformat("seconds")


def _when_of(text: str) -> str:
    stripped = filled("time", text)
    if stripped.lower() == "now":
        return "now"
    found = _WHEN.fullmatch(stripped)
    if found is None:
        raise ValueError(f"{text!r} is no time: {WHENS}")
    _, day, clock, _ = found.groups()
    try:
        padded = clock.zfill(len("00:00:00" if clock.count(":") == 2 else "00:00"))
        written = time.fromisoformat(padded).isoformat("seconds")
        return written if day is None else f"{date.fromisoformat(day).isoformat()} {written}"
    except ValueError as wrong:
        raise ValueError(f"no clock or calendar has {text!r}: {wrong}") from None


def day_text(day: date) -> str:
    """A date as the protocol writes it."""
    text = day.isoformat()
    if _DATE.fullmatch(text) is None:
        raise ValueError(f"a day is a date, without a time of day: {text}")
    return text


def hours_text(hours: Hours) -> str:
    """Hours as the protocol writes them, to the minute."""
    for end in hours:
        if end.tzinfo is not None or end.second or end.microsecond:
            raise ValueError(f"hours are local, and in whole minutes: {end.isoformat()}")
    start, end = hours
    return f"{start:%H:%M}-{end:%H:%M}"


def count_text(count: int) -> str:
    """How many transitions are wanted."""
    if not 1 <= count <= MOST_CHANGES:
        raise ValueError(f"a number of transitions is from 1 to {MOST_CHANGES}: {count!r}")
    return f"{count:d}"


def every_text(seconds: int) -> str:
    """How many seconds are between two ticks."""
    if not 1 <= seconds <= MOST_SECONDS:
        raise ValueError(f"a number of seconds between two ticks is from 1 to {MOST_SECONDS}: {seconds!r}")
    return f"{seconds:d}"


def tag_text(tag: str) -> str:
    """A language's tag."""
    if _TAG.fullmatch(tag) is None:
        raise ValueError(f"{tag!r} is no language's tag, such as en, pt-BR or es")
    return tag
