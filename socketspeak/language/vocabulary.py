"""The words that a language has for the verbs: what is understood in its sessions beside the English words.

A word must be no place, in any spelling, or that place could not be asked for by its name alone. So meetings
are asked for with REUNIR: REUNIÃO and REUNIÓN are what Portuguese and Spanish call the island of Réunion.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from socketspeak.language import keywords
from socketspeak.language.keywords import Keywords
from socketspeak.language.verbs import VERBS, Verb


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's words.

    `verbs` maps every word that is understood, in upper case, to its verb; `names` maps a verb's English word
    to the one by which the language calls it; `suggested` are the words of verbs as people write them.
    """

    verbs: Mapping[str, Verb]
    names: Mapping[str, str]
    suggested: tuple[str, ...]
    keywords: Keywords

    def name(self, verb: str) -> str:
        """What the language calls a verb, given by its English word."""
        return self.names.get(verb, verb)


def vocabulary(words: Mapping[str, tuple[str, ...]], keywords: Keywords) -> Vocabulary:
    """The vocabulary of a language that has these words for verbs, each verb's own name first."""
    verbs = dict(VERBS)
    for verb, called in words.items():
        verbs |= {spelling: VERBS[verb] for word in called for spelling in spellings(word)}
    written = [word for called in words.values() for word in called]
    return Vocabulary(
        verbs=MappingProxyType(verbs),
        names=MappingProxyType({verb: called[0] for verb, called in words.items()}),
        suggested=tuple(dict.fromkeys((*written, *VERBS))),
        keywords=keywords,
    )


def spellings(word: str) -> tuple[str, ...]:
    """A word with each of its accents written or left out: `TRANSIÇÕES`, `TRANSIÇOES`, …, `TRANSICOES`."""
    letters = unicodedata.normalize("NFC", word)
    choices = (dict.fromkeys((letter, unicodedata.normalize("NFD", letter)[0])) for letter in letters)
    return tuple(map("".join, product(*choices)))


ENGLISH = vocabulary({}, keywords.ENGLISH)

PORTUGUESE = vocabulary(
    {
        "TIME": ("HORA", "HORAS"),
        "LIST": ("LISTA", "LISTAR"),
        "FIND": ("PROCURA", "PROCURAR", "BUSCA", "BUSCAR"),
        "CONVERT": ("CONVERTE", "CONVERTER"),
        "DIFF": ("DIFERENÇA",),
        "TRANSITIONS": ("TRANSIÇÕES",),
        "MEET": ("REUNIR", "REÚNE"),
        "WATCH": ("OBSERVA", "OBSERVAR"),
        "UNWATCH": ("PARAR",),
        "FORMAT": ("FORMATO",),
        "LANG": ("IDIOMA", "LÍNGUA"),
        "STATUS": ("ESTADO",),
        "CAPABILITIES": ("CAPACIDADES",),
        "HELP": ("AJUDA",),
        "QUIT": ("SAIR",),
    },
    keywords.PORTUGUESE,
)

SPANISH = vocabulary(
    {
        "TIME": ("HORA", "HORAS"),
        "MENU": ("MENÚ",),
        "LIST": ("LISTA", "LISTAR"),
        "FIND": ("BUSCA", "BUSCAR"),
        "CONVERT": ("CONVIERTE", "CONVERTIR"),
        "DIFF": ("DIFERENCIA",),
        "TRANSITIONS": ("TRANSICIONES",),
        "MEET": ("REUNIR", "REÚNE"),
        "WATCH": ("OBSERVA", "OBSERVAR"),
        "UNWATCH": ("PARAR",),
        "FORMAT": ("FORMATO",),
        "LANG": ("IDIOMA", "LENGUA"),
        "STATUS": ("ESTADO",),
        "CAPABILITIES": ("CAPACIDADES",),
        "HELP": ("AYUDA",),
        "QUIT": ("SALIR",),
    },
    keywords.SPANISH,
)
