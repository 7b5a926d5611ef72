"""The languages as they are read: complete, in step with the code, and with CLDR's dates and names."""

from __future__ import annotations

import io
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog as Texts
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from socketspeak.app import catalogs
from socketspeak.app.config import LANGUAGES
from socketspeak.language import messages
from socketspeak.language.verbs import VERBS
from tests.kit.world import the_world
from tests.laws.tree import PACKAGE, forbid

LOCALE = PACKAGE / "language" / "locale"
MARKS: dict[str, Any] = {"N_": None, "Verb": (2,)}  # as in the Makefile
SOURCES = [PACKAGE / "language" / name for name in ("messages.py", "verbs.py")]
SPOKEN = catalogs.load_catalogs(the_world().atlas)
TRANSLATED = ["pt_BR", "es"]
OF_EACH = pytest.mark.parametrize("folder", TRANSLATED)


def texts(path: Path) -> Texts:
    with path.open("rb") as file:
        return read_po(file)


def written(folder: str) -> Texts:
    """What translators have written."""
    return texts(LOCALE / folder / "LC_MESSAGES" / "socketspeak.po")


def said(catalog: Texts) -> dict[str, str]:
    return {str(entry.id): str(entry.string) for entry in catalog if entry.id}


def entries(folder: str) -> Iterator[tuple[Message, str, str]]:
    """Each entry with its identifier and its translation."""
    return ((entry, str(entry.id), str(entry.string)) for entry in written(folder) if entry.id)


def extracted() -> set[str]:
    """What is marked in the code, as pybabel finds it."""
    return {str(found[1]) for path in SOURCES for found in extract_from_file("python", path, MARKS)}


# --- Complete, and in step ----------------------------------------------------------------------------------


def test_every_constant_of_the_messages_and_every_usage_is_marked() -> None:
    constants = {text for name, text in vars(messages).items() if name.isupper() and isinstance(text, str)}
    assert extracted() == constants | {verb.usage for verb in VERBS.values()}


def test_the_template_holds_what_is_marked_in_the_code() -> None:
    assert said(texts(LOCALE / "socketspeak.pot")).keys() == extracted(), "run make messages"


@OF_EACH
def test_every_message_is_translated_and_nothing_else_is_there(folder: str) -> None:
    forbid(f"not translated: {text!r}" for text in sorted(extracted() - said(written(folder)).keys()))
    forbid(f"not in the code: {text!r}" for text in sorted(said(written(folder)).keys() - extracted()))
    forbid(f"empty: {text!r}" for _, text, other in entries(folder) if not other)
    forbid(f"fuzzy: {text!r}" for entry, text, _ in entries(folder) if entry.fuzzy)
    forbid(f"obsolete: {text!r}" for text in written(folder).obsolete)


@OF_EACH
def test_every_translation_takes_the_values_that_the_message_has(folder: str) -> None:
    forbid(f"{text!r}: {other!r}" for _, text, other in entries(folder) if fields(text) != fields(other))


def fields(text: str) -> list[tuple[str, str | None, str | None]]:
    """The fields of a format, each as often as it stands there."""
    return sorted(
        (name, form, how) for _, name, form, how in string.Formatter().parse(text) if name is not None
    )


@OF_EACH
def test_every_translation_is_one_line_with_the_spaces_that_the_message_has(folder: str) -> None:
    for _, text, other in entries(folder):
        assert other.isprintable(), text
        assert other.strip() == other, text
        assert "  " not in other, text
        assert len(other) < 2 * len(text) + 20, text


@OF_EACH
def test_what_is_compiled_is_what_is_written(folder: str) -> None:
    compiled = LOCALE / folder / "LC_MESSAGES" / "socketspeak.mo"
    anew = io.BytesIO()
    write_mo(anew, written(folder))
    anew.seek(0)
    with compiled.open("rb") as file:
        assert said(read_mo(file)) == said(read_mo(anew)), "run make messages"


def test_the_languages_are_those_that_can_be_chosen_and_those_that_are_written() -> None:
    assert tuple(SPOKEN) == LANGUAGES
    assert sorted(path.name for path in LOCALE.iterdir() if path.is_dir()) == sorted(TRANSLATED)
    assert [tag for tag, catalog in SPOKEN.items() if tag != catalog.language] == []


@pytest.mark.parametrize(("tag", "folder"), [("pt-BR", "pt_BR"), ("es", "es")])
def test_a_language_says_what_its_translators_have_written(tag: str, folder: str) -> None:
    assert dict(SPOKEN[tag].texts) == said(written(folder))


# --- Dates and names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "Monday, 23 November 2026"),
        ("pt-BR", "segunda-feira, 23 de novembro de 2026"),
        ("es", "lunes, 23 de noviembre de 2026"),
    ],
)
def test_a_date_is_written_out_as_people_do(tag: str, text: str) -> None:
    assert SPOKEN[tag].date(date(2026, 11, 23)) == text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_date_that_there_is_can_be_written(tag: str) -> None:
    for day in (date.min, date(1582, 10, 15), date(2024, 2, 29), date.max):
        text = SPOKEN[tag].date(day)
        assert text.isprintable()
        assert str(day.year) in text


def test_a_date_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []

    def format_date(day: date, _form: str, _locale: object) -> str:
        asked.append(day)
        return day.isoformat()

    monkeypatch.setattr(catalogs, "format_date", format_date)
    catalog = catalogs.load_catalogs(the_world().atlas)["es"]
    asked.clear()
    days = [date(2026, 11, 23), date(2026, 11, 24)]
    for _ in range(3):
        assert [catalog.date(day) for day in days] == ["2026-11-23", "2026-11-24"]
    assert asked == days


@pytest.mark.parametrize(
    ("tag", "zone", "english", "name"),
    [
        ("en", "Asia/Tokyo", "Tokyo", "Tokyo"),
        ("pt-BR", "Asia/Tokyo", "Tokyo", "Tóquio"),
        ("es", "Asia/Tokyo", "Tokyo", "Tokio"),
        ("pt-BR", "America/New_York", "New York", "Nova York"),
        ("es", "America/New_York", "New York", "Nueva York"),
        ("pt-BR", "Asia/Kolkata", "Kolkata", "Calcutá"),
        ("pt-BR", "America/Sao_Paulo", "São Paulo", "São Paulo"),
        ("pt-BR", "Asia/Tokyo", "Osaka", "Osaka"),
        ("pt-BR", "America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires"),
        ("es", "UTC+05:30", "UTC+05:30", "UTC+05:30"),
        ("es", "Etc/UTC", "UTC", "UTC"),
    ],
)
def test_a_zone_s_own_city_has_its_name_in_the_language_and_any_other_its_own(
    tag: str, zone: str, english: str, name: str
) -> None:
    assert SPOKEN[tag].place(zone, english) == name


@pytest.mark.parametrize(
    ("tag", "code", "name"),
    [
        ("en", "JP", "Japan"),
        ("pt-BR", "JP", "Japão"),
        ("es", "JP", "Japón"),
        ("pt-BR", "US", "Estados Unidos"),
        ("pt-BR", "HK", "Hong Kong"),
        ("es", "MO", "Macao"),
    ],
)
def test_a_country_has_its_name_in_the_language(tag: str, code: str, name: str) -> None:
    assert SPOKEN[tag].country(code) == name
    assert SPOKEN[tag].country("XX") == "XX"
    assert SPOKEN[tag].country(None) is None


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_country_and_every_city_of_the_database_has_a_name_without_a_comma(tag: str) -> None:
    world, catalog = the_world(), SPOKEN[tag]
    forbid(code for code in world.atlas.country_names if "," in (catalog.country(code) or ","))
    forbid(code for code in world.atlas.country_names if catalog.country(code) == code)
    forbid(zone for zone, name in world.atlas.cities.items() if not catalog.place(zone, name).strip())
