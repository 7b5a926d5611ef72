"""From what was typed to places, or to the reply that says why there is none, or that there are several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from socketspeak.language import messages as m
from socketspeak.language.catalog import message
from socketspeak.language.printable import shown
from socketspeak.language.questions import Question, Scene, choice_of
from socketspeak.language.replies import Plain
from socketspeak.language.requests import Request
from socketspeak.zones.values import Found, Lacking, Place, Several, Unknown

MOST_SUGGESTIONS = 5
MOST_PLACES = 100  # in one request: each costs up to a tenth of a millisecond, and 300 octets of the reply


@dataclass(frozen=True, slots=True)
class Resolved:
    """The places that were named; `general` if they are the same for whoever types the same."""

    places: tuple[Place, ...]
    general: bool


def unknown(text: str, near: Iterable[str], why: str = m.NO_SUCH_PLACE) -> Plain:
    """The reply that there is no such place, with up to five suggestions."""
    suggestions = tuple(dict.fromkeys(near))[:MOST_SUGGESTIONS]
    return Plain(550, message(why, place=shown(text)), {"place": shown(text)}, suggestions)


def resolve(
    scene: Scene, request: Request, texts: Sequence[str], unix_seconds: int
) -> Resolved | Plain | Question:
    """The places that the texts name at an instant; else what to say of the first that names no one place."""
    if len(texts) > MOST_PLACES:
        return Plain(501, message(m.TOO_MANY_PLACES, most=MOST_PLACES))
    known: dict[str, Found] = {}  # a text that comes again costs no second look
    places: list[Place] = []
    general = True
    for text in texts:
        if not text:
            return Plain(501, message(m.EMPTY_PLACE))
        selected = _numbered(scene, text)
        general = general and selected is None  # a number means something else in another session
        found = selected or known.get(text) or scene.setting.gazetteer.resolve(text, unix_seconds)
        if isinstance(found, Found):
            known[text] = found
            places.append(found.place)
        elif isinstance(found, Unknown):
            return unknown(text, _near_a_bare_line(scene, request, found) if request.bare else found.near)
        elif isinstance(found, Lacking):
            return Plain(
                502, message(m.EXTRA_MISSING, place=shown(text), extra=found.extra), {"extra": found.extra}
            )
        else:
            return choice_of(found) if isinstance(found, Several) else found
    return Resolved(tuple(places), general)


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
        return unknown(choice.name, places.near)
    return Found(places[0]) if len(places) == 1 else Several(choice.name, places)


def _near_a_bare_line(scene: Scene, request: Request, found: Unknown) -> Iterable[str]:
    """A mistyped verb is taken for a place: verbs that are spelled like its first word come first."""
    return (*near_verbs(scene, request.argument.split(" ")[0]), *found.near)


def near_verbs(scene: Scene, text: str) -> tuple[str, ...]:
    """The words for verbs that come near to a text in the session's language, one a verb, best first."""
    words = scene.voice.catalog.vocabulary
    best: dict[str, str] = {}
    for near in scene.setting.gazetteer.near(text, words.suggested):
        if near in words.suggested:
            best.setdefault(words.verbs[near].word, near)
    return tuple(best.values())
