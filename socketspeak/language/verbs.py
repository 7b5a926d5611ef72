"""The table of verbs: one row a verb, looked up by the word that came over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from socketspeak.language import messages as m


class Argument(Enum):
    """What may follow a verb on its line."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Verb:
    """One command: its word, how it is written, what it does."""

    word: str
    usage: str
    help: str
    argument: Argument = Argument.NONE
    synonyms: tuple[str, ...] = ()


ROWS = (
    Verb("TIME", "TIME place[, place …]", m.HELP_TIME, Argument.REQUIRED),
    Verb("MENU", "MENU", m.HELP_MENU),
    Verb("LIST", "LIST [area|country|ALL|LINKS]", m.HELP_LIST, Argument.OPTIONAL),
    Verb("FIND", "FIND text", m.HELP_FIND, Argument.REQUIRED),
    Verb("CONVERT", "CONVERT when place TO place[, place …]", m.HELP_CONVERT, Argument.REQUIRED),
    Verb("DIFF", "DIFF place TO place", m.HELP_DIFF, Argument.REQUIRED),
    Verb(
        "TRANSITIONS",
        "TRANSITIONS place [FROM date] [COUNT n]",
        m.HELP_TRANSITIONS,
        Argument.REQUIRED,
    ),
    Verb(
        "MEET",
        "MEET place, place[, …] [HOURS 09:00-17:00] [ON date]",
        m.HELP_MEET,
        Argument.REQUIRED,
    ),
    Verb("WATCH", "WATCH place[, place …] [EVERY n]", m.HELP_WATCH, Argument.REQUIRED),
    Verb("UNWATCH", "UNWATCH", m.HELP_UNWATCH),
    Verb("FORMAT", "FORMAT TEXT|JSON", m.HELP_FORMAT, Argument.REQUIRED),
    Verb("LANG", "LANG tag", m.HELP_LANG, Argument.REQUIRED),
    Verb("STATUS", "STATUS", m.HELP_STATUS),
    Verb("CAPABILITIES", "CAPABILITIES", m.HELP_CAPABILITIES),
    Verb("STARTTLS", "STARTTLS", m.HELP_STARTTLS),
    Verb("AUTH", "AUTH mechanism [initial]", m.HELP_AUTH, Argument.REQUIRED),
    Verb("HELP", "HELP [verb]", m.HELP_HELP, Argument.OPTIONAL),
    Verb("PING", "PING", m.HELP_PING, Argument.OPTIONAL),
    Verb("NOOP", "NOOP", m.HELP_NOOP, Argument.OPTIONAL),
    Verb("QUIT", "QUIT", m.HELP_QUIT, synonyms=("EXIT", "BYE", "SAIR")),
)


def _by_word(rows: tuple[Verb, ...]) -> Mapping[str, Verb]:
    return MappingProxyType({word: verb for verb in rows for word in (verb.word, *verb.synonyms)})


VERBS: Mapping[str, Verb] = _by_word(ROWS)
