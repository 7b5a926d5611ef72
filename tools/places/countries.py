"""What countries are called at home, after CLDR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages


def native_names(countries: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What each country is called in its official languages: `Deutschland` and `DE`, its ISO 3166 code."""
    for country in countries:
        for language in get_official_languages(country, de_facto=True):
            name = _territories(language).get(country)
            if name and "," not in name:
                yield name, country


def native_scripts(country: str) -> frozenset[str]:
    """The scripts of a country's official languages by the first word of their letters' names: `CYRILLIC`."""
    likely = get_global("likely_subtags")
    languages = (*get_official_languages(country, de_facto=True), f"und_{country}")
    tags = {subtag for language in languages for subtag in likely.get(language, "").split("_")}
    return frozenset(word for tag in tags for word in SCRIPTS.get(tag, ()))


# As Unicode calls them in the names of their letters
SCRIPTS = {
    "Arab": ("ARABIC",),
    "Armn": ("ARMENIAN",),
    "Beng": ("BENGALI",),
    "Cyrl": ("CYRILLIC",),
    "Deva": ("DEVANAGARI",),
    "Ethi": ("ETHIOPIC",),
    "Geor": ("GEORGIAN",),
    "Grek": ("GREEK",),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Hebr": ("HEBREW",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"),
    "Khmr": ("KHMER",),
    "Kore": ("HANGUL",),
    "Laoo": ("LAO",),
    "Mymr": ("MYANMAR",),
    "Sinh": ("SINHALA",),
    "Taml": ("TAMIL",),
    "Thaa": ("THAANA",),
    "Thai": ("THAI",),
    "Tibt": ("TIBETAN",),
}


@cache
def _territories(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language).territories)
    except UnknownLocaleError:
        return {}
