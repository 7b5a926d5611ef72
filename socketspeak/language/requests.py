"""Reading request lines: from the bytes of one line to a Request, or to what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from socketspeak.language import messages as m
from socketspeak.language.catalog import Message, message
from socketspeak.language.verbs import VERBS, Argument, Verb

LINE_OCTETS = 1000  # the longest zone name has 32; room for dozens of places, not for a novel
ENDLESS_OCTETS = 65_536  # who sends this much without an end of line does not speak in lines
PLACE_OCTETS = 100  # no place's name is longer; a longer line without a verb is no place

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_SPACES = re.compile("[ \t]+")
# Half of a point: with a decimal point or a hemisphere's letter, so that `1,2` are two numbers of a list
_DEGREES = re.compile(
    r"[+\-\u2212]?[0-9]+(\.[0-9]+ ?[°º]? ?[NSEWLO]?| ?[°º]? ?[NSEWLO])", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Request:
    """A verb of the table and what follows it, its runs of spaces made one.

    `bare` marks a line that had no verb and is taken as TIME of the whole line.
    """

    verb: str
    argument: str = ""
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that is no request: the reply code that it gets, and why."""

    code: int
    why: Message


def parse_request(line: bytes, verbs: Mapping[str, Verb] = VERBS) -> Request | Mistake | None:
    """The request in one line, given without its end; None for a blank line, which is ignored.

    `verbs` are the words that the session's language has for verbs, in upper case.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return Mistake(501, message(m.NOT_TEXT))
    if _CONTROL.search(text):
        return Mistake(501, message(m.CONTROL_CHARACTER))
    text = _SPACES.sub(" ", text).strip(" ")
    if not text:
        return None
    word, _, argument = text.partition(" ")
    verb = verb_of(word, verbs)
    if verb is None:
        return _bare(text)
    if verb.argument is Argument.REQUIRED and not argument:
        return Mistake(501, message(m.USAGE, usage=message(verb.usage)))
    if verb.argument is Argument.NONE and argument:
        return Mistake(501, message(m.NO_ARGUMENT, verb=word.upper()))
    return Request(verb.word, argument)


def verb_of(word: str, verbs: Mapping[str, Verb]) -> Verb | None:
    """The verb of a word in any case, given the words of a language; None where the word is none of them."""
    if word.isascii():
        return verbs.get(word.upper())
    upper = unicodedata.normalize("NFC", word).upper()
    return None if upper.isascii() else verbs.get(upper)  # the upper case of ſ is S, and ſair is no word


def _bare(text: str) -> Request | Mistake:
    if len(text.encode()) > PLACE_OCTETS or not any(map(str.isalnum, text)):
        return Mistake(500, message(m.UNKNOWN_COMMAND))
    return Request("TIME", text, bare=True)


def places_of(argument: str) -> tuple[str, ...]:
    """The places of `TIME place, place`, an empty text where one is missing.

    Two numbers of degrees are one place, though a comma separates them: `-23.55,-46.63`.
    """
    if "," not in argument:
        return (argument.strip(" "),)
    parts = argument.split(",")
    degrees = [_DEGREES.fullmatch(part.strip(" ")) is not None for part in parts]
    places: list[str] = []
    at = 0
    while at < len(parts):
        size = 2 if all(degrees[at : at + 2]) and at + 1 < len(parts) else 1
        places.append(",".join(parts[at : at + size]).strip(" "))
        at += size
    return tuple(places)


def render_request(request: Request) -> bytes:
    """A request as its line, without the line's end; parse_request reads it back.

    Raises ValueError where the text cannot be one line of the protocol.
    """
    text = f"{request.verb} {request.argument}".rstrip(" ")
    if _CONTROL.search(text):
        raise ValueError(f"a request cannot hold control characters: {text!r}")
    line = text.encode("utf-8")
    if len(line) > LINE_OCTETS:
        raise ValueError(f"a request of {len(line)} octets is longer than {LINE_OCTETS}")
    return line
