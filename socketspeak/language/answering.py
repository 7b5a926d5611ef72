"""What each verb answers: one function a verb, from a request to a reply or to the question that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from socketspeak.language import messages as m
from socketspeak.language.acts import Outcome, Told
from socketspeak.language.gazetteer import Gazetteer
from socketspeak.language.messages import message
from socketspeak.language.printable import shown
from socketspeak.language.replies import (
    AreaEntry,
    Areas,
    Capabilities,
    Clock,
    Clocks,
    Entry,
    Greeting,
    Help,
    Listing,
    Plain,
    Reply,
)
from socketspeak.language.requests import Request, places_of
from socketspeak.language.verbs import BUILT, BUILT_WORDS, VERBS
from socketspeak.language.voice import Voice
from socketspeak.zones.values import Area, Found, Place, Rule, Several, Unknown

Choice = Place | Area  # what a number of a list selects
MOST_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """What all sessions of a server share: its atlas, its menu, its voices, and who it is."""

    gazetteer: Gazetteer
    menu: tuple[Place, ...]
    voices: Mapping[str, Voice]
    version: str
    host: str


@dataclass(slots=True)
class Scene:
    """What one session has set: its voice, and the list that numbers select from."""

    setting: Setting
    voice: Voice
    choices: tuple[Choice, ...]


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


Step = Reply | Question | HowIsIt | Leave
Handler = Callable[[Scene, Request, int], Step]


def _abbreviation(offset: int) -> str:
    sign, minutes = "-" if offset < 0 else "+", abs(offset) // 60
    return f"{sign}{minutes // 60:02d}" + (f"{minutes % 60:02d}" if minutes % 60 else "")


def _told(place: Place, outcome: Outcome) -> Told:
    if place.offset is None:
        return outcome.told[place.zone]
    return Told(Rule(place.zone, place.offset, _abbreviation(place.offset), dst=False))


def _clock(place: Place, outcome: Outcome) -> Clock:
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


def _zones(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.zone for place in places if place.offset is None))


def _list_of(places: tuple[Place, ...], as_links: bool = False) -> Question:
    return Question(
        _zones(places), lambda outcome: Listing(_entries(places, outcome, as_links)), choices=places
    )


def _choice_of(found: Several) -> Question:
    why = message(m.SEVERAL_PLACES, place=shown(found.text))
    return Question(
        _zones(found.places),
        lambda outcome: Listing(_entries(found.places, outcome), 350, why),
        choices=found.places,
    )


def greet(setting: Setting) -> Question:
    """The greeting, with the menu as the list that numbers select from."""
    return Question(
        _zones(setting.menu),
        lambda outcome: Greeting(setting.version, setting.host, _entries(setting.menu, outcome)),
        choices=setting.menu,
        keep=True,
    )


def _unknown(text: str, near: Iterable[str], why: str = m.NO_SUCH_PLACE) -> Plain:
    suggestions = tuple(dict.fromkeys(near))[:MOST_SUGGESTIONS]
    return Plain(550, message(why, place=shown(text)), {"place": shown(text)}, suggestions)


def _numbered(scene: Scene, text: str) -> Found | Several | Plain | None:
    """What a number of the current list selects; None where the text is no number."""
    if not (text.isascii() and text.isdigit()):
        return None
    number, count = int(text), len(scene.choices)
    if not 1 <= number <= count:
        return Plain(
            550, message(m.NO_SUCH_NUMBER, number=shown(text), count=count), {"place": shown(text)}, ()
        )
    choice = scene.choices[number - 1]
    if isinstance(choice, Place):
        return Found(choice)
    places = scene.setting.gazetteer.listing(choice.name)
    if isinstance(places, Unknown):
        return _unknown(choice.name, places.near)
    return Found(places[0]) if len(places) == 1 else Several(choice.name, places)


def _near_a_bare_line(scene: Scene, request: Request, found: Unknown) -> Iterable[str]:
    """A mistyped verb is taken for a place: verbs that are spelled like its first word come first."""
    word = request.argument.split(" ")[0]
    near = scene.setting.gazetteer.near(word, BUILT_WORDS)
    return (*(spelling for spelling in near if spelling in BUILT_WORDS), *found.near)


def _time(scene: Scene, request: Request, unix_seconds: int) -> Step:
    places: list[Place] = []
    keep = True
    for text in places_of(request.argument):
        if not text:
            return Plain(501, message(m.EMPTY_PLACE))
        selected = _numbered(scene, text)
        keep = keep and selected is None  # a number means something else in another session
        found = selected or scene.setting.gazetteer.resolve(text, unix_seconds)
        if isinstance(found, Plain):
            return found
        if isinstance(found, Unknown):
            near = _near_a_bare_line(scene, request, found) if request.bare else found.near
            return _unknown(text, near)
        if isinstance(found, Several):
            return _choice_of(found)
        places.append(found.place)
    return Question(
        _zones(places),
        lambda outcome: Clocks(tuple(_clock(place, outcome) for place in places)),
        wait=True,
        keep=keep,
    )


def _menu(scene: Scene, _request: Request, _now: int) -> Step:
    return _list_of(scene.setting.menu)


def _list(scene: Scene, request: Request, _now: int) -> Step:
    if not request.argument:
        areas = scene.setting.gazetteer.areas()
        scene.choices = areas
        return Areas(tuple(AreaEntry(number, area.name, area.zones) for number, area in enumerate(areas, 1)))
    places = scene.setting.gazetteer.listing(request.argument)
    if isinstance(places, Unknown):
        return _unknown(request.argument, places.near, m.NO_SUCH_LIST)
    return _list_of(places, as_links=request.argument.upper() == "LINKS")


def _find(scene: Scene, request: Request, _now: int) -> Step:
    places = scene.setting.gazetteer.find(request.argument)
    if not places:
        return _unknown(request.argument, scene.setting.gazetteer.near(request.argument))
    return _list_of(places)


def _format(scene: Scene, request: Request, _now: int) -> Step:
    word = request.argument.upper()
    voice = scene.setting.voices.get(word)
    if voice is None:
        return Plain(504, message(m.UNKNOWN_FORMAT, word=shown(request.argument)))
    scene.voice = voice
    return Plain(200, message(m.FORMAT_IS, format=word), {"format": word})


def _help(scene: Scene, request: Request, _now: int) -> Step:
    if not request.argument:
        return Help(BUILT, message(m.HELP_HEAD))
    verb = VERBS.get(request.argument.upper())
    if verb is None:
        near = [word for word in scene.setting.gazetteer.near(request.argument, BUILT_WORDS) if word in VERBS]
        return Plain(501, message(m.UNKNOWN_VERB, word=shown(request.argument)), near=tuple(near))
    return Help((verb,), message(m.HELP_HEAD if verb.built else m.NOT_HERE, verb=verb.word))


def _capabilities(scene: Scene, _request: Request, _now: int) -> Step:
    return Capabilities(
        languages=(scene.voice.catalog.language,),
        formats=tuple(scene.setting.voices),
    )


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "TIME": _time,
        "MENU": _menu,
        "LIST": _list,
        "FIND": _find,
        "FORMAT": _format,
        "HELP": _help,
        "CAPABILITIES": _capabilities,
        "STATUS": lambda _scene, _request, _now: HowIsIt(),
        "PING": lambda _scene, _request, _now: Plain(200, message(m.PONG)),
        "NOOP": lambda _scene, _request, _now: Plain(200, message(m.NOTHING_DONE)),
        "QUIT": lambda _scene, _request, _now: Leave(),
    }
)


def step(scene: Scene, request: Request, unix_seconds: int) -> Step:
    """What the request leads to, at an instant given in Unix seconds."""
    handler = HANDLERS.get(request.verb)
    if handler is None:
        return Plain(502, message(m.NOT_HERE, verb=request.verb), {"verb": request.verb})
    return handler(scene, request, unix_seconds)
