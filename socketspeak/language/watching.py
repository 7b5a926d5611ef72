"""WATCH and UNWATCH: which places, and how often."""

from __future__ import annotations

from socketspeak.language import messages as m
from socketspeak.language.arguments import every_of, odd_value, options_of
from socketspeak.language.catalog import message
from socketspeak.language.questions import Question, Scene, Unwatch, Watch
from socketspeak.language.replies import Plain
from socketspeak.language.requests import Mistake, Request
from socketspeak.language.resolving import resolve


def watch(scene: Scene, request: Request, now: int) -> Watch | Plain | Question:
    """WATCH: a tick of each place, every so many seconds."""
    options = options_of(request, every=scene.voice.catalog.vocabulary.keywords.every)
    if isinstance(options, Mistake):
        return Plain(options.code, options.why)
    every = every_of(request, options.given.get("every"))
    if isinstance(every, Mistake):
        return Plain(every.code, every.why)
    most = scene.setting.watches
    if len(options.places) > most:
        return Plain(501, message(m.TOO_MANY_WATCHES, count=len(options.places), most=most))
    found = resolve(scene, request, options.places, now)
    if isinstance(found, Plain):
        odd = odd_value(request, options)
        return found if odd is None else Plain(odd.code, odd.why)
    if isinstance(found, Question):
        return found
    return Watch(found.places, every)


def unwatch(_scene: Scene, _request: Request, _now: int) -> Unwatch:
    """UNWATCH: no more ticks."""
    return Unwatch()
