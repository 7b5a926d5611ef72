"""How names are compared: what counts as the same spelling, and what comes near."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

MOST_NEAR = 5
NEAR_ENOUGH = 0.7  # one slip in four letters, not in three: of words of three letters too many are near
LONGEST_NAME = (
    64  # letters; the longest name in the database and CLDR has 44, and nothing is near a longer one
)
LONGEST_TEXT = 2 * LONGEST_NAME  # characters, of which every other may be a combining mark

_SPACES = re.compile(r"[\s_\-'’‘ʼʻ`.]+")
_UNSEEN = re.compile("[\u200b-\u200f]")  # joiners and marks of direction: scripts do with them and without


def zone_key(text: str) -> str:
    """A zone's name as it is compared: in any case, with `_` or spaces.

    No zone's name has letters beyond ASCII; a text that has gets an empty key, which is no zone's.
    """
    return "_".join(text.casefold().split()) if text.isascii() else ""


def place_key(text: str) -> str:
    """A place's name as it is compared: without case, accents and punctuation, `&` as `and`; any script.

    A text that is longer than any name gets an empty key, which is no place's.
    """
    if len(text) > LONGEST_TEXT:
        return ""
    letters = (text if text.isascii() else _without_marks(text)).casefold()
    return _SPACES.sub(" ", letters.replace("&", " and ")).strip()


def _without_marks(text: str) -> str:
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKD", text))
    return "".join([letter for letter in plain if not unicodedata.combining(letter)])


@dataclass(frozen=True, slots=True)
class Spelling:
    """What is suggested for a key, and a word for the `place` that it means, of which one is suggested."""

    text: str
    place: str


class Speller:
    """Finds the names that come near to a text.

    `spellings` maps keys (as of `place_key`) to what is suggested for them; of a place's names that are
    equally near the first is.
    """

    def __init__(self, spellings: Mapping[str, Spelling]) -> None:
        self._keys = list(spellings)
        self._spellings = list(spellings.values())

    def near(self, text: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
        """Up to five names that come near to a text, best first, suggested as they are spelled, one a place.

        `extra` words compete with the names. They are also compared with the text's first word alone, as
        verbs stand first in a line.
        """
        key = place_key(text)
        if not key or len(key) > LONGEST_NAME:
            return ()
        best: dict[str, tuple[float, int]] = {}
        for _, score, number in process.extract(
            key, self._keys, scorer=OSA.normalized_similarity, limit=None, score_cutoff=NEAR_ENOUGH
        ):
            place = self._spellings[number].place
            best[place] = max(best.get(place, (0.0, 0)), (score, -number))
        scores = {self._spellings[-number].text: score for score, number in best.values()}
        for word in extra:
            score = max(OSA.normalized_similarity(part, place_key(word)) for part in (key, key.split()[0]))
            if score >= NEAR_ENOUGH:
                scores[word] = score
        return tuple(sorted(scores, key=lambda name: (-scores[name], name))[:MOST_NEAR])
