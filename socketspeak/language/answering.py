"""What each verb answers: one function a verb, from a request to a reply or to the question that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from socketspeak.language import messages as m
from socketspeak.language.messages import message
from socketspeak.language.printable import shown
from socketspeak.language.questions import (
    HowIsIt,
    Leave,
    Question,
    Scene,
    Step,
    choice_of,
    clock_of,
    list_of,
    zones_of,
)
from socketspeak.language.replies import (
    AreaEntry,
    Areas,
    Capabilities,
    Clocks,
    Help,
    Plain,
)
from socketspeak.language.requests import Request, places_of
from socketspeak.language.verbs import BUILT, BUILT_WORDS, VERBS
from socketspeak.zones.values import Found, Place, Several, Unknown

MOST_SUGGESTIONS = 5

Handler = Callable[[Scene, Request, int], Step]


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
            return choice_of(found)
        places.append(found.place)
    return Question(
        zones_of(places),
        lambda outcome: Clocks(tuple(clock_of(place, outcome) for place in places)),
        wait=True,
        keep=keep,
    )


def _menu(scene: Scene, _request: Request, _now: int) -> Step:
    return list_of(scene.setting.menu)


def _list(scene: Scene, request: Request, _now: int) -> Step:
    if not request.argument:
        areas = scene.setting.gazetteer.areas()
        scene.choices = areas
        return Areas(tuple(AreaEntry(number, area.name, area.zones) for number, area in enumerate(areas, 1)))
    places = scene.setting.gazetteer.listing(request.argument)
    if isinstance(places, Unknown):
        return _unknown(request.argument, places.near, m.NO_SUCH_LIST)
    return list_of(places, as_links=request.argument.upper() == "LINKS")


def _find(scene: Scene, request: Request, _now: int) -> Step:
    places = scene.setting.gazetteer.find(request.argument)
    if not places:
        return _unknown(request.argument, scene.setting.gazetteer.near(request.argument))
    return list_of(places)


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
