"""What each verb answers: one function a verb, from a request to a reply or to the question that it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from socketspeak.language import messages as m
from socketspeak.language.catalog import message
from socketspeak.language.loggingin import OPEN_VERBS, Login, log_in, usable
from socketspeak.language.printable import shown
from socketspeak.language.questions import (
    HowIsIt,
    Leave,
    Question,
    Scene,
    Secure,
    Step,
    clock_of,
    list_of,
    zones_of,
)
from socketspeak.language.reckoning import convert, difference, meet, transitions
from socketspeak.language.replies import (
    AreaEntry,
    Areas,
    Capabilities,
    Clocks,
    Help,
    Plain,
)
from socketspeak.language.requests import Request, places_of, verb_of
from socketspeak.language.resolving import Resolved, near_verbs, resolve, unknown
from socketspeak.language.tags import best_tag
from socketspeak.language.verbs import ROWS
from socketspeak.language.watching import unwatch, watch
from socketspeak.zones.values import Unknown

Handler = Callable[[Scene, Request, int], Step | Login]


def _time(scene: Scene, request: Request, unix_seconds: int) -> Step:
    found = resolve(scene, request, places_of(request.argument), unix_seconds)
    if not isinstance(found, Resolved):
        return found
    places = found.places
    return Question(
        zones_of(places),
        lambda outcome: Clocks(tuple(clock_of(place, outcome) for place in places)),
        wait=True,
        keep=found.general,
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
        return unknown(request.argument, places.near, m.NO_SUCH_LIST)
    return list_of(places, as_links=request.argument.upper() == "LINKS")


def _find(scene: Scene, request: Request, _now: int) -> Step:
    places = scene.setting.gazetteer.find(request.argument)
    if not places:
        return unknown(request.argument, scene.setting.gazetteer.near(request.argument))
    return list_of(places)


def _format(scene: Scene, request: Request, _now: int) -> Step:
    word = request.argument.upper()
    voice = scene.setting.voices[scene.voice.catalog.language].get(word)
    if voice is None:
        return Plain(504, message(m.UNKNOWN_FORMAT, word=shown(request.argument)))
    scene.voice = voice
    return Plain(200, message(m.FORMAT_IS, format=word), {"format": word})


def _lang(scene: Scene, request: Request, _now: int) -> Step:
    voices = scene.setting.voices
    tag = best_tag(request.argument, voices)
    if tag is None:
        known = {"word": shown(request.argument), "known": ", ".join(voices)}
        return Plain(504, message(m.UNKNOWN_LANGUAGE, **known))
    scene.voice = voices[tag][scene.voice.format.name]
    return Plain(200, message(m.LANGUAGE_IS, language=tag), {"language": tag})


def _help(scene: Scene, request: Request, _now: int) -> Step:
    setting = scene.setting
    lacking = {"STARTTLS": not setting.starttls, "AUTH": not setting.mechanisms}
    if not request.argument:
        return Help(tuple(verb for verb in ROWS if not lacking.get(verb.word)), message(m.HELP_HEAD))
    words = scene.voice.catalog.vocabulary
    verb = verb_of(request.argument, words.verbs)
    if verb is None:
        near = near_verbs(scene, request.argument)
        return Plain(501, message(m.UNKNOWN_VERB, word=shown(request.argument)), near=near)
    return Help(
        (verb,), message(m.NOT_HERE if lacking.get(verb.word) else m.HELP_HEAD, verb=words.name(verb.word))
    )


def _capabilities(scene: Scene, _request: Request, _now: int) -> Step:
    voices = scene.setting.voices
    return Capabilities(
        languages=tuple(voices),
        formats=tuple(voices[scene.voice.catalog.language]),
        starttls=scene.setting.starttls and not scene.secure,
        auth=usable(scene),
    )


def _starttls(scene: Scene, request: Request, _now: int) -> Step:
    if scene.secure:
        return Plain(503, message(m.SECURE_ALREADY))
    return Secure() if scene.setting.starttls else _not_here(scene, request)


def _not_here(scene: Scene, request: Request) -> Plain:
    name = scene.voice.catalog.vocabulary.name(request.verb)
    return Plain(502, message(m.NOT_HERE, verb=name), {"verb": request.verb})


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "TIME": _time,
        "MENU": _menu,
        "LIST": _list,
        "FIND": _find,
        "CONVERT": convert,
        "DIFF": difference,
        "TRANSITIONS": transitions,
        "MEET": meet,
        "FORMAT": _format,
        "LANG": _lang,
        "HELP": _help,
        "CAPABILITIES": _capabilities,
        "STARTTLS": _starttls,
        "AUTH": log_in,
        "WATCH": watch,
        "UNWATCH": unwatch,
        "STATUS": lambda _scene, _request, _now: HowIsIt(),
        "PING": lambda _scene, _request, _now: Plain(200, message(m.PONG)),
        "NOOP": lambda _scene, _request, _now: Plain(200, message(m.NOTHING_DONE)),
        "QUIT": lambda _scene, _request, _now: Leave(),
    }
)


def step(scene: Scene, request: Request, unix_seconds: int) -> Step | Login:
    """What the request leads to, at an instant given in Unix seconds."""
    handler = HANDLERS.get(request.verb)
    if handler is None:
        return _not_here(scene, request)
    if not (scene.admitted or request.verb in OPEN_VERBS):
        return Plain(530, message(m.LOG_IN_FIRST))
    return handler(scene, request, unix_seconds)
