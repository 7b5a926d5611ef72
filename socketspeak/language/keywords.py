"""The words of an argument that are neither place nor number: `TO`, `FROM`, `COUNT`, `HOURS`, `ON`, `NOW`,
`EVERY`."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keywords:
    """What a language accepts for each keyword, in upper case, its own word first."""

    to: tuple[str, ...] = ("TO",)
    since: tuple[str, ...] = ("FROM",)
    count: tuple[str, ...] = ("COUNT",)
    hours: tuple[str, ...] = ("HOURS",)
    on: tuple[str, ...] = ("ON",)
    now: tuple[str, ...] = ("NOW",)
    every: tuple[str, ...] = ("EVERY",)


ENGLISH = Keywords()

# With and without accents
PORTUGUESE = Keywords(
    to=("EM", "PARA", *ENGLISH.to),
    since=("DESDE", *ENGLISH.since),
    count=("QUANTAS", *ENGLISH.count),
    hours=("HORAS", "HORÁRIO", "HORARIO", *ENGLISH.hours),
    on=("EM", "DIA", *ENGLISH.on),
    now=("AGORA", *ENGLISH.now),
    every=("CADA", *ENGLISH.every),
)
SPANISH = Keywords(
    to=("EN", "A", *ENGLISH.to),
    since=("DESDE", *ENGLISH.since),
    count=("CUÁNTAS", "CUANTAS", *ENGLISH.count),
    hours=("HORAS", "HORARIO", *ENGLISH.hours),
    on=("EL", "EN", "DÍA", "DIA", *ENGLISH.on),
    now=("AHORA", *ENGLISH.now),
    every=("CADA", *ENGLISH.every),
)


def is_one_of(word: str, accepted: tuple[str, ...]) -> bool:
    """Whether a word of a line is one of the accepted words, in any case."""
    return unicodedata.normalize("NFC", word).upper() in accepted
