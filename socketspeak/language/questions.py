"""What must be known before a reply can be made, and how the reply is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from socketspeak.language import messages as m
from socketspeak.language.acts import Outcome, Told
from socketspeak.language.catalog import message
from socketspeak.language.gazetteer import Gazetteer
from socketspeak.language.printable import shown
from socketspeak.language.replies import (
    Clock,
    Entry,
    Greeting,
    Listing,
    Plain,
    Reply,
)
from socketspeak.language.timetable import Timetable
from socketspeak.language.voice import Voice
from socketspeak.zones.values import Area, Place, Several

Choice = Place | Area  # what a number of a list selects


@dataclass(frozen=True, slots=True)
class Setting:
    """What all sessions of a server share: its atlas, its menu, its voices, and who it is.

    The voices are by language, then by format. `starttls`: TLS can be begun. `mechanisms`: those of SASL by
    which one can log in, none where nobody can; `require_login`: only those who have are answered. `watches`:
    so many places may one session watch.
    """

    gazetteer: Gazetteer
    menu: tuple[Place, ...]
    voices: Mapping[str, Mapping[str, Voice]]
    version: str
    host: str
    timetable: Timetable
    starttls: bool = False
    mechanisms: tuple[str, ...] = ()
    require_login: bool = False
    watches: int = 50

    def same_voice(self, voice: Voice) -> Voice:
        """The voice here that has the format and the language of one of another setting."""
        return self.voices[voice.catalog.language][voice.format.name]


@dataclass(frozen=True, slots=True)
class Watch:
    """The request for a tick of each of these places every so many seconds."""

    places: tuple[Place, ...]
    every: int


class Unwatch:
    """The request for no more ticks."""


@dataclass(slots=True)
class Scene:
    """What one session has set: its voice, the list that numbers select from, who it is, what it watches.

    `local`: its peer is on this host; `secure`: it is encrypted; `user` and `rights` come by a login.
    """

    setting: Setting
    voice: Voice
    choices: tuple[Choice, ...]
    local: bool = True
    secure: bool = False
    user: str | None = None
    rights: frozenset[str] = frozenset()
    watch: Watch | None = None

    @property
    def admitted(self) -> bool:
        """Whether every request may be answered."""
        return self.user is not None or not self.setting.require_login


@dataclass(frozen=True, slots=True)
class Question:
    """What must be known before the reply can be made.

    `choices`, where given, becomes the list that numbers select from.
    """

    zones: tuple[str, ...]
    reply: Callable[[Outcome], Reply]
    wait: bool = False
    keep: bool = False
    choices: tuple[Choice, ...] | None = None


class HowIsIt:
    """The question how the server is: its answer is the reply."""


class Leave:
    """The request to say goodbye."""


class Secure:
    """The request to begin TLS."""


Step = Reply | Question | HowIsIt | Leave | Secure | Watch | Unwatch


def _told(place: Place, outcome: Outcome) -> Told:
    fixed = place.fixed_rule
    return outcome.told[place.zone] if fixed is None else Told(fixed)


def clock_of(place: Place, outcome: Outcome) -> Clock:
    """What the place's clock shows, as the outcome has it."""
    told = _told(place, outcome)
    return Clock(
        unix_ns=outcome.reading.unix_ns,
        zone=place.zone,
        offset=told.rule.offset,
        abbreviation=told.rule.abbreviation,
        dst=told.rule.dst,
        bound_ns=outcome.reading.bound_ns,
        source=told.rule.source,
        place=place.name,
        country=place.country,
        age=told.age,
        asked=place.asked,
    )


def _entries(places: Iterable[Place], outcome: Outcome, as_links: bool = False) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            number=number,
            zone=place.asked if as_links and place.asked else place.zone,
            offset=_told(place, outcome).rule.offset,
            unix_ns=outcome.reading.unix_ns,
            place=place.name,
            country=place.country,
            target=place.zone if as_links and place.asked else None,
        )
        for number, place in enumerate(places, 1)
    )


def zones_of(places: Iterable[Place]) -> tuple[str, ...]:
    """The zones to ask about, each once; an offset needs none."""
    return tuple(dict.fromkeys(place.zone for place in places if place.offset is None))


def list_of(places: tuple[Place, ...], as_links: bool = False) -> Question:
    """The list of these places, from which numbers then select."""
    return Question(
        zones_of(places), lambda outcome: Listing(_entries(places, outcome, as_links)), choices=places
    )


def choice_of(found: Several) -> Question:
    """The list of the places that a text may mean, one of which is to be chosen."""
    why = message(m.SEVERAL_PLACES, place=shown(found.text))
    return Question(
        zones_of(found.places),
        lambda outcome: Listing(_entries(found.places, outcome), 350, why),
        choices=found.places,
    )


def greet(setting: Setting) -> Question | Plain:
    """The greeting, with the menu as the list that numbers select from; without it, where one must log in."""
    if setting.require_login:
        return Plain(220, message(m.READY_FOR_LOGIN, version=setting.version, host=setting.host))
    return Question(
        zones_of(setting.menu),
        lambda outcome: Greeting(setting.version, setting.host, _entries(setting.menu, outcome)),
        choices=setting.menu,
        keep=True,
    )
