"""What the abbreviations of clocks mean: JST, BRT, and IST, which means three things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from socketspeak.zones.engine import Engine

WINDOW_SECONDS = 366 * 86_400  # a year before and one after: every season of every law in force
HOUR = 3600

# What people use and the database does not, since it gives figures where nobody speaks English: CLDR's short
# names in English, Portuguese and Spanish, and those that are common though CLDR has none (from BOT on).
# Offsets are those that the letters stood for, in seconds east of UTC; some are no longer in force (BRST).
# Left out: names for a zone in any season (AET, PT), which mean no offset; EGT and EGST, which CLDR has from
# before Greenland moved; and what is better known as something else (NRT is Narita, not Nauru).
SPOKEN = (
    ("ACT", -5 * HOUR, "America/Rio_Branco"),
    ("ACWDT", 9 * HOUR + 2700, "Australia/Eucla"),
    ("ACWST", 8 * HOUR + 2700, "Australia/Eucla"),
    ("AFT", 4 * HOUR + 1800, "Asia/Kabul"),
    ("AMST", -3 * HOUR, "America/Manaus"),
    ("AMT", -4 * HOUR, "America/Manaus"),
    ("AMT", 4 * HOUR, "Asia/Yerevan"),
    ("ARST", -2 * HOUR, "America/Argentina/Buenos_Aires"),
    ("ART", -3 * HOUR, "America/Argentina/Buenos_Aires"),
    ("AWDT", 9 * HOUR, "Australia/Perth"),
    ("AZOST", 0, "Atlantic/Azores"),
    ("AZOT", -1 * HOUR, "Atlantic/Azores"),
    ("BNT", 8 * HOUR, "Asia/Kuching"),
    ("BRST", -2 * HOUR, "America/Sao_Paulo"),
    ("BRT", -3 * HOUR, "America/Sao_Paulo"),
    ("BTT", 6 * HOUR, "Asia/Thimphu"),
    ("CCT", 6 * HOUR + 1800, "Asia/Yangon"),
    ("CHADT", 13 * HOUR + 2700, "Pacific/Chatham"),
    ("CHAST", 12 * HOUR + 2700, "Pacific/Chatham"),
    ("CLST", -3 * HOUR, "America/Santiago"),
    ("CLT", -4 * HOUR, "America/Santiago"),
    ("COST", -4 * HOUR, "America/Bogota"),
    ("COT", -5 * HOUR, "America/Bogota"),
    ("CXT", 7 * HOUR, "Asia/Bangkok"),
    ("EASST", -5 * HOUR, "Pacific/Easter"),
    ("EAST", -6 * HOUR, "Pacific/Easter"),
    ("ECT", -5 * HOUR, "America/Guayaquil"),
    ("FKST", -3 * HOUR, "Atlantic/Stanley"),
    ("FKT", -4 * HOUR, "Atlantic/Stanley"),
    ("FNT", -2 * HOUR, "America/Noronha"),
    ("GALT", -6 * HOUR, "Pacific/Galapagos"),
    ("GST", 4 * HOUR, "Asia/Dubai"),
    ("GYT", -4 * HOUR, "America/Guyana"),
    ("HADT", -9 * HOUR, "America/Adak"),
    ("HAST", -10 * HOUR, "America/Adak"),
    ("HKST", 9 * HOUR, "Asia/Hong_Kong"),
    ("ICT", 7 * HOUR, "Asia/Bangkok"),
    ("IRDT", 4 * HOUR + 1800, "Asia/Tehran"),
    ("IRST", 3 * HOUR + 1800, "Asia/Tehran"),
    ("LHDT", 11 * HOUR, "Australia/Lord_Howe"),
    ("LHST", 10 * HOUR + 1800, "Australia/Lord_Howe"),
    ("MVT", 5 * HOUR, "Indian/Maldives"),
    ("MYT", 8 * HOUR, "Asia/Kuching"),
    ("NPT", 5 * HOUR + 2700, "Asia/Kathmandu"),
    ("PET", -5 * HOUR, "America/Lima"),
    ("PMDT", -2 * HOUR, "America/Miquelon"),
    ("PMST", -3 * HOUR, "America/Miquelon"),
    ("PYST", -3 * HOUR, "America/Asuncion"),
    ("PYT", -3 * HOUR, "America/Asuncion"),
    ("SGT", 8 * HOUR, "Asia/Singapore"),
    ("TLT", 9 * HOUR, "Asia/Dili"),
    ("UYST", -2 * HOUR, "America/Montevideo"),
    ("UYT", -3 * HOUR, "America/Montevideo"),
    ("VET", -4 * HOUR, "America/Caracas"),
    ("WARST", -3 * HOUR, "America/Argentina/San_Luis"),
    ("WART", -4 * HOUR, "America/Argentina/San_Luis"),
    ("WAST", 2 * HOUR, "Africa/Windhoek"),
    ("BOT", -4 * HOUR, "America/La_Paz"),
    ("CVT", -1 * HOUR, "Atlantic/Cape_Verde"),
    ("FJT", 12 * HOUR, "Pacific/Fiji"),
    ("GET", 4 * HOUR, "Asia/Tbilisi"),
    ("GFT", -3 * HOUR, "America/Cayenne"),
    ("IRKT", 8 * HOUR, "Asia/Irkutsk"),
    ("KGT", 6 * HOUR, "Asia/Bishkek"),
    ("KRAT", 7 * HOUR, "Asia/Krasnoyarsk"),
    ("MAGT", 11 * HOUR, "Asia/Magadan"),
    ("MMT", 6 * HOUR + 1800, "Asia/Yangon"),
    ("MUT", 4 * HOUR, "Indian/Mauritius"),
    ("NOVT", 7 * HOUR, "Asia/Novosibirsk"),
    ("OMST", 6 * HOUR, "Asia/Omsk"),
    ("PETT", 12 * HOUR, "Asia/Kamchatka"),
    ("PGT", 10 * HOUR, "Pacific/Port_Moresby"),
    ("PHT", 8 * HOUR, "Asia/Manila"),
    ("SAKT", 11 * HOUR, "Asia/Sakhalin"),
    ("SAMT", 4 * HOUR, "Europe/Samara"),
    ("SRT", -3 * HOUR, "America/Paramaribo"),
    ("TJT", 5 * HOUR, "Asia/Dushanbe"),
    ("TMT", 5 * HOUR, "Asia/Ashgabat"),
    ("TOT", 13 * HOUR, "Pacific/Tongatapu"),
    ("TRT", 3 * HOUR, "Europe/Istanbul"),
    ("ULAT", 8 * HOUR, "Asia/Ulaanbaatar"),
    ("UZT", 5 * HOUR, "Asia/Tashkent"),
    ("VLAT", 10 * HOUR, "Asia/Vladivostok"),
    ("YAKT", 9 * HOUR, "Asia/Yakutsk"),
    ("YEKT", 5 * HOUR, "Asia/Yekaterinburg"),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """An offset that an abbreviation stands for, in seconds east of UTC, and zones where it does.

    `zones` are those whose clocks show the abbreviation now; where none does, those that show it in another
    season, or that it was used of. It is empty only where the database lacks them.
    """

    offset: int
    zones: tuple[str, ...]


class Abbreviations:
    """The alphabetic abbreviations in use around an instant, `unix_seconds`, in `zones` of an engine.

    In use is what a zone's clocks show within a year before or after. What the database does not use may be
    known all the same, from a table of what people say. `zones` are best the database's Zones, without its
    links; a meaning's zones keep their order. Raises `KeyError` for a zone that the engine does not have.
    """

    def __init__(self, engine: Engine, zones: Iterable[str], unix_seconds: int) -> None:
        now: dict[str, dict[int, list[str]]] = {}
        around: dict[str, dict[int, list[str]]] = {}
        spoken: dict[str, dict[int, list[str]]] = {}
        known = dict.fromkeys(zones)
        start, end = unix_seconds - WINDOW_SECONDS, unix_seconds + WINDOW_SECONDS
        for zone in known:
            rule = engine.rule(zone, unix_seconds)
            _note(now, rule.abbreviation, rule.offset, zone)
            _note(around, rule.abbreviation, rule.offset, zone)
            for change in engine.transitions(zone, start, end):
                _note(around, change.before.abbreviation, change.before.offset, zone)
                _note(around, change.after.abbreviation, change.after.offset, zone)
        for word, offset, zone in SPOKEN:
            _note(spoken, word, offset, zone if zone in known else "")
        meanings = {word: _meanings(offsets, {}) for word, offsets in spoken.items()}
        meanings |= {word: _meanings(offsets, now.get(word, {})) for word, offsets in around.items()}
        self._meanings: Mapping[str, tuple[Meaning, ...]] = MappingProxyType(meanings)

    def meanings(self, text: str) -> tuple[Meaning, ...]:
        """What an abbreviation means, in any case, one meaning an offset; none where it is not known.

        Meanings that clocks show now come first.
        """
        return self._meanings.get(text.strip().upper(), ()) if text.isascii() else ()


def _note(offsets: dict[str, dict[int, list[str]]], word: str, offset: int, zone: str) -> None:
    if word.isalpha():
        zones = offsets.setdefault(word.upper(), {}).setdefault(offset, [])
        if zone and zone not in zones:
            zones.append(zone)


def _meanings(offsets: dict[int, list[str]], now: dict[int, list[str]]) -> tuple[Meaning, ...]:
    found = [Meaning(offset, tuple(now.get(offset, zones))) for offset, zones in offsets.items()]
    return tuple(sorted(found, key=lambda meaning: meaning.offset not in now))
