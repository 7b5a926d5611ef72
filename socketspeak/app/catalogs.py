"""The languages that the server speaks: texts from compiled catalogs of gettext, dates and names from CLDR.

All that Babel is asked for at run time is a date, and each date once. It is never asked for an offset nor for
the name of a zone: there it is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import read_mo

from socketspeak.language.catalog import Catalog
from socketspeak.language.vocabulary import PORTUGUESE, SPANISH, Vocabulary
from socketspeak.zones.atlas import Atlas
from socketspeak.zones.citynames import cldr_cities

MOST_DATES = 1024  # a language; today's is among two or three, the rest is of those who ask for other days

# CLDR has these in full alone: `Hong Kong, RAE da China`
SHORT_NAMES: Mapping[str, Mapping[str, str]] = {
    "pt": {"HK": "Hong Kong", "MO": "Macau"},
    "es": {"HK": "Hong Kong", "MO": "Macao"},
}


def load_catalogs(atlas: Atlas) -> Mapping[str, Catalog]:
    """Every language by its tag, English first; the atlas has the English names of the cities."""
    catalogs = (
        Catalog("en", countries=atlas.country_names),
        _catalog("pt-BR", "pt", PORTUGUESE, atlas.cities),
        _catalog("es", "es", SPANISH, atlas.cities),
    )
    return MappingProxyType({catalog.language: catalog for catalog in catalogs})


def _catalog(tag: str, cldr: str, vocabulary: Vocabulary, english: Mapping[str, str]) -> Catalog:
    """A language given by its tag and by CLDR's name for it; its dates have been tried."""
    locale = Locale.parse(cldr)
    own = cldr_cities(cldr)
    full_date = _full_dates(locale)
    full_date(date(2000, 1, 1))  # so that the first session does not wait while the locale's formats are read
    return Catalog(
        language=tag,
        texts=MappingProxyType(_texts(tag)),
        full_date=full_date,
        countries=MappingProxyType({**locale.territories, **SHORT_NAMES[cldr]}),
        cities=MappingProxyType(
            {(zone, name): own[zone] for zone, name in english.items() if own.get(zone, name) != name}
        ),
        vocabulary=vocabulary,
    )


def _texts(tag: str) -> dict[str, str]:
    """What the compiled catalog of a language has for each message."""
    compiled = resources.files("socketspeak.language").joinpath(
        "locale", tag.replace("-", "_"), "LC_MESSAGES", "socketspeak.mo"
    )
    with compiled.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_mo(file) if message.id}


def _full_dates(locale: Locale) -> Callable[[date], str]:
    @lru_cache(MOST_DATES)
    def full_date(day: date) -> str:
        return format_date(day, "full", locale)

    return full_date
