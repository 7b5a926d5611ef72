"""Taking apart the arguments of the verbs that reckon: times, keywords and what belongs to them, places.

What cannot be taken apart is a Mistake that says which part is missing or wrong, and how the verb is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from socketspeak.language import messages as m
from socketspeak.language.catalog import message
from socketspeak.language.dates import WallTime, read_date, read_hours, read_wall_time
from socketspeak.language.keywords import Keywords, is_one_of
from socketspeak.language.printable import shown
from socketspeak.language.requests import Mistake, Request, places_of
from socketspeak.language.verbs import VERBS
from socketspeak.zones.values import Hours

MOST_CHANGES = 100  # transitions in one reply: fifty years of most clocks
USUAL_CHANGES = 2  # the next, and the way back
MOST_EVERY = 3600  # seconds between two ticks; who wants fewer can as well ask
USUAL_EVERY = 1
USUAL_HOURS = Hours(9 * 3600, 17 * 3600)  # from nine to five
MOST_SPLITS = 4  # of places whose names hold the word TO: each that is tried costs a look-up, or two


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to read `place TO place[, place …]`."""

    origin: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A keyword as it was typed, in upper case, and the text behind it."""

    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Options:
    """The places before the first option, and the options by the names that Keywords has for them.

    `odd` are those before the first whose values have no figures: they are taken for words of a place's
    name, until no place has that name.
    """

    places: tuple[str, ...]
    given: Mapping[str, Option]
    odd: Mapping[str, Option]


def _wrong(request: Request, why: str, **values: object) -> Mistake:
    return Mistake(501, message(why, usage=message(VERBS[request.verb].usage), **values))


def when_of(request: Request, keywords: Keywords) -> tuple[WallTime | None, str] | Mistake:
    """The time at the beginning of the argument, None for now, and what is behind it."""
    word, _, rest = request.argument.partition(" ")
    if is_one_of(word, keywords.now):
        return None, rest
    when, rest = read_wall_time(request.argument)
    if when is None:
        day = read_date(word)
        if isinstance(day, date):
            return _wrong(request, m.ONLY_A_DATE, date=word)
        return day or _wrong(request, m.NO_TIME_GIVEN, given=shown(word), now=keywords.now[0].lower())
    return when if isinstance(when, Mistake) else (when, rest)


def journeys_of(request: Request, text: str, keywords: Keywords) -> tuple[Journey, ...] | Mistake:
    """The ways to read `place TO place[, place …]`; there are several where a name holds the word TO."""
    words = text.split(" ")
    splits = [at for at, word in enumerate(words) if is_one_of(word, keywords.to)]
    inner = [at for at in splits if 0 < at < len(words) - 1]
    if not inner:
        if splits or not text:
            return _wrong(request, m.NO_PLACE_GIVEN)
        return _wrong(request, m.NO_TO, word=keywords.to[0], given=shown(text))
    return tuple(
        Journey(" ".join(words[:at]), places_of(" ".join(words[at + 1 :]))) for at in inner[:MOST_SPLITS]
    )


def one_place(request: Request, places: Iterable[str]) -> Mistake | None:
    """What is wrong where a text that should name one place names several."""
    several = tuple(places)
    return None if len(several) == 1 else _wrong(request, m.ONE_PLACE_ONLY, given=shown(", ".join(several)))


def two_places(request: Request, places: Iterable[str]) -> Mistake | None:
    """What is wrong where fewer than two places are named."""
    return None if len(tuple(places)) > 1 else _wrong(request, m.TWO_PLACES_AT_LEAST)


def options_of(request: Request, **accepted: tuple[str, ...]) -> Options | Mistake:
    """Places, and behind them options in any order, each once: a keyword and a value that has figures."""
    words = request.argument.split(" ")
    named = [
        (at, name)
        for at, word in enumerate(words)
        for name, kind in accepted.items()
        if is_one_of(word, kind)
    ]
    first = next((at for at, _ in named if not _is_of_a_name(words, at)), len(words))
    starts = [(at, name) for at, name in named if at >= first]
    given: dict[str, Option] = {}
    for (at, name), end in zip(starts, [*(at for at, _ in starts[1:]), len(words)], strict=False):
        if name in given:
            return _wrong(request, m.GIVEN_TWICE, word=given[name].word)
        given[name] = Option(words[at].upper(), " ".join(words[at + 1 : end]))
    places = " ".join(words[:first])
    if not places:
        return _wrong(request, m.NO_PLACE_GIVEN)
    odd = {name: Option(words[at].upper(), words[at + 1]) for at, name in reversed(named) if at < first}
    return Options(places_of(places), given, odd)


def _is_of_a_name(words: list[str], at: int) -> bool:
    return at + 1 < len(words) and not any(map(str.isdigit, words[at + 1]))


def day_of(request: Request, option: Option | None) -> date | Mistake | None:
    """The date that an option gives; None where there is none."""
    if option is None:
        return None
    return read_date(option.text) or _no_value(request, option, m.NO_DATE_GIVEN)


def count_of(request: Request, option: Option | None) -> int | Mistake:
    """The number of transitions that an option gives, or the usual one."""
    if option is None:
        return USUAL_CHANGES
    return _whole(option.text, MOST_CHANGES) or _no_value(request, option, m.NO_COUNT_GIVEN)


def every_of(request: Request, option: Option | None) -> int | Mistake:
    """The seconds between two ticks that an option gives, or the usual one."""
    if option is None:
        return USUAL_EVERY
    return _whole(option.text, MOST_EVERY) or _no_value(request, option, m.NO_EVERY_GIVEN, MOST_EVERY)


def _whole(text: str, most: int) -> int:
    """The number that a text is, 0 where it is none from 1 to `most`."""
    number = int(text) if re.fullmatch("[0-9]{1,4}", text) else 0
    return number if number <= most else 0


def hours_of(request: Request, option: Option | None) -> Hours | Mistake:
    """The hours of a day that an option gives, or the usual ones."""
    if option is None:
        return USUAL_HOURS
    return read_hours(option.text) or _no_value(request, option, m.NO_HOURS_GIVEN)


def _no_value(request: Request, option: Option, why: str, most: int = MOST_CHANGES) -> Mistake:
    why = why if option.text else m.NO_VALUE_GIVEN
    return _wrong(request, why, given=shown(option.text), word=option.word, most=most)


_READERS: Mapping[str, Callable[[Request, Option], object]] = MappingProxyType(
    {"since": day_of, "on": day_of, "count": count_of, "hours": hours_of, "every": every_of}
)


def odd_value(request: Request, options: Options) -> Mistake | None:
    """What is wrong with the first value that has no figures, after all: no place has that name."""
    for name, option in options.odd.items():
        found = _READERS[name](request, option)
        if isinstance(found, Mistake):
            return found
    return None
