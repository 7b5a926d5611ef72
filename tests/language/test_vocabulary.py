"""The words for verbs in each language: understood however they are typed, and never a place's name."""

from __future__ import annotations

import unicodedata

import pytest

from socketspeak.language.catalog import message
from socketspeak.language.requests import Request, parse_request, verb_of
from socketspeak.language.verbs import VERBS, Argument
from socketspeak.language.vocabulary import ENGLISH, PORTUGUESE, SPANISH, Vocabulary, spellings
from socketspeak.zones.values import Unknown
from tests.kit.world import NOON, the_voices, the_world

LANGUAGES = {"en": ENGLISH, "pt-BR": PORTUGUESE, "es": SPANISH}
OF_EACH = pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))


@pytest.mark.parametrize(
    ("language", "line", "verb"),
    [
        (PORTUGUESE, "hora tokyo", "TIME"),
        (PORTUGUESE, "Lista ALL", "LIST"),
        (PORTUGUESE, "BUSCA york", "FIND"),
        (PORTUGUESE, "procura york", "FIND"),
        (PORTUGUESE, "DIFERENÇA a PARA b", "DIFF"),
        (PORTUGUESE, "diferenca a PARA b", "DIFF"),
        (PORTUGUESE, "transições lisbon", "TRANSITIONS"),
        (PORTUGUESE, "transiçoes lisbon", "TRANSITIONS"),
        (PORTUGUESE, "TRANSICOES lisbon", "TRANSITIONS"),
        (PORTUGUESE, "converter now a EM b", "CONVERT"),
        (PORTUGUESE, "estado", "STATUS"),
        (PORTUGUESE, "status", "STATUS"),
        (PORTUGUESE, "sair", "QUIT"),
        (SPANISH, "menú", "MENU"),
        (SPANISH, "menu", "MENU"),
        (SPANISH, "Convierte now a EN b", "CONVERT"),
        (SPANISH, "reúne a, b", "MEET"),
        (SPANISH, "ayuda", "HELP"),
        (SPANISH, "salir", "QUIT"),
        (SPANISH, "sair", "QUIT"),
        (ENGLISH, "sair", "QUIT"),
    ],
)
def test_a_verb_is_understood_in_any_case_and_with_and_without_accents(
    language: Vocabulary, line: str, verb: str
) -> None:
    for form in ("NFC", "NFD"):
        request = parse_request(unicodedata.normalize(form, line).encode(), language.verbs)
        assert isinstance(request, Request)
        assert (request.verb, request.bare) == (verb, False)


@OF_EACH
def test_english_verbs_are_understood_in_every_language(language: Vocabulary) -> None:
    assert {word: language.verbs.get(word) for word in VERBS} == dict(VERBS)


@pytest.mark.parametrize("word", ["hora", "ayuda", "menú", "diferença"])
def test_in_english_a_word_of_another_language_is_a_place(word: str) -> None:
    assert parse_request(word.encode(), ENGLISH.verbs) == Request("TIME", word, bare=True)


@OF_EACH
def test_no_word_that_a_language_adds_is_a_place_in_any_spelling(language: Vocabulary) -> None:
    resolve = the_world().atlas.resolve
    added = {*language.verbs, *language.suggested} - VERBS.keys()
    assert [word for word in sorted(added) if not isinstance(resolve(word, NOON), Unknown)] == []


def test_the_island_of_reunion_is_a_place_and_no_meeting() -> None:
    for language in LANGUAGES.values():
        for word in ("REUNIÃO", "REUNIÓN", "réunion", "reunion"):
            assert verb_of(word, language.verbs) is None


def test_a_letter_whose_upper_case_is_another_is_no_word() -> None:
    assert verb_of("\N{LATIN SMALL LETTER LONG S}air", PORTUGUESE.verbs) is None


def test_a_word_is_written_with_each_of_its_accents_or_without() -> None:
    assert spellings("TRANSIÇÕES") == ("TRANSIÇÕES", "TRANSIÇOES", "TRANSICÕES", "TRANSICOES")
    assert spellings("HORA") == ("HORA",)


@pytest.mark.parametrize("tag", list(LANGUAGES))
def test_the_usage_of_a_verb_begins_with_the_languages_name_for_it(tag: str) -> None:
    catalog = the_voices(tag)["TEXT"].catalog
    for verb in set(VERBS.values()):
        usage = catalog.say(message(verb.usage))
        assert usage.split()[0] == catalog.vocabulary.name(verb.word)
        assert (usage.count(" ") == 0) == (verb.argument is Argument.NONE or verb.usage.count(" ") == 0)


@OF_EACH
def test_every_verb_is_suggested(language: Vocabulary) -> None:
    suggested = {language.verbs[word].word for word in language.suggested}
    assert suggested == {verb.word for verb in VERBS.values()}
