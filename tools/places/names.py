"""Which of the names that GeoNames has for a city are worth knowing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from socketspeak.zones.spelling import LONGEST_NAME, place_key

SHORTEST_LATIN = (
    4  # letters: shorter ones are codes, or the Chinese city of one syllable, mistyped by anybody
)
SHORTEST_OTHER = 2  # 東京 has two; one letter alone is an abbreviation
CODE = re.compile(r"[A-Z]{3}")
MARKS = re.compile(r"[,،、()\[\]/|;:\"0-9]")  # of explanations and addresses, which nobody types


def kept_names(name: str, others: Iterable[str]) -> dict[str, str]:
    """The names of a city by their `place_key`, the city's own `name` first.

    Left out are romanisations by machine, which are all in lower case (`dong jing`), codes, what is too short
    to be meant, and what cannot be typed, as a comma ends a place in a request.
    """
    own = typed_name(name)
    kept = {place_key(own): own}
    for other in sorted(others):
        key = place_key(other)
        if key and key not in kept and _is_name(other, key):
            kept[key] = other
    return kept


def codes(others: Iterable[str]) -> Iterator[str]:
    """The three-letter codes among a city's names: NYC, LON and TYO are cities, not airports."""
    return (other for other in sorted(others) if CODE.fullmatch(other))


def typed_name(name: str) -> str:
    """A city's name as far as it can be typed: without what an address says of it after a comma."""
    return MARKS.split(name)[0].strip() or name


def _is_name(text: str, key: str) -> bool:
    if MARKS.search(text) or len(key) > LONGEST_NAME or not all(map(_is_known, text)):
        return False
    letters = [letter for letter in text if letter.isalpha()]
    if any("LATIN" in unicodedata.name(letter, "") for letter in letters):
        is_code = text.isascii() and text.isupper()
        return not (is_code or text == text.lower() or sum(map(str.isalpha, key)) < SHORTEST_LATIN)
    return len(letters) >= SHORTEST_OTHER


def _is_known(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Co", "Cn", "Cc", "Cs"}
