"""Sessions in other languages: LANG, and what people read."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest

from socketspeak.language.conversation import Conversation
from tests.kit.world import Talk, the_languages, the_setting, the_voices

LANGUAGES = ("en", "pt-BR", "es")
TOKYO = "250 2026-11-24T03:04:05.123+09:00 Asia/Tokyo JST dst=no within=4ms via=lab; "


def talk_in(language: str, form: str = "TEXT") -> Talk:
    """A conversation in a language, from its beginning."""
    return Talk(Conversation(the_setting(), the_voices(language)[form]))


# --- LANG ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("pt-BR", "200 o idioma é pt-BR\n"),
        ("pt_br", "200 o idioma é pt-BR\n"),
        ("PT", "200 o idioma é pt-BR\n"),
        ("pt-PT", "200 o idioma é pt-BR\n"),
        ("es", "200 idioma: es\n"),
        ("es-MX", "200 idioma: es\n"),
        ("en-GB", "200 the language is en\n"),
    ],
)
def test_lang_answers_in_the_new_language_already(asked: str, said: str) -> None:
    assert Talk().tell(f"LANG {asked}".encode()) == said


def test_an_unknown_language_is_504_with_the_known_ones_and_changes_nothing() -> None:
    talk = Talk()
    assert talk.tell(b"LANG tlh") == "504 unknown language: tlh; en, pt-BR, es are known\n"
    assert talk.tell(b"LANG") == "501 usage: LANG tag\n"
    talk.tell(b"LANG pt")
    assert talk.tell(b"LANG tlh") == "504 idioma desconhecido: tlh; conhecidos são en, pt-BR, es\n"
    assert talk.tell(b"IDIOMA") == "501 uso: IDIOMA código\n"


def test_capabilities_list_the_languages() -> None:
    assert "212-LANG en pt-BR es\n" in Talk().tell(b"CAPABILITIES")


def test_in_json_the_language_has_a_key_of_its_own() -> None:
    talk = Talk()
    talk.tell(b"FORMAT JSON")
    assert json.loads(talk.tell(b"LANG es")) == {
        "code": 200,
        "message": "idioma: es",
        "language": "es",
    }


def test_language_and_format_are_independent_of_each_other() -> None:
    talk = Talk()
    talk.tell(b"LANG pt-BR")
    assert json.loads(talk.tell(b"FORMATO JSON"))["message"] == "o formato é JSON"
    assert json.loads(talk.tell(b"LANG es"))["message"] == "idioma: es"
    assert talk.tell(b"FORMATO TEXT") == "200 el formato es TEXT\n"
    assert talk.tell(b"LANG en") == "200 the language is en\n"


def test_sessions_of_a_language_and_a_format_share_one_voice() -> None:
    for language, form in product(LANGUAGES, ("TEXT", "JSON")):
        one, other = Talk(), Talk()
        one.tell(f"LANG {language}".encode(), f"FORMAT {form}".encode())
        other.tell(f"FORMAT {form}".encode(), f"LANG {language}".encode())
        assert one.conversation.voice is other.conversation.voice is the_languages()[language][form]


# --- What people read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "line", "said"),
    [
        ("en", "TIME tokyo", TOKYO + "Tuesday, 24 November 2026, 03:04:05 in Tokyo\n"),
        ("pt-BR", "HORA tokyo", TOKYO + "terça-feira, 24 de novembro de 2026, 03:04:05 em Tóquio\n"),
        ("es", "hora tokyo", TOKYO + "martes, 24 de noviembre de 2026, 03:04:05 en Tokio\n"),
        ("pt-BR", "TIME lisbom", "550 lugar desconhecido: lisbom (parecido: lis"),
        ("es", "99", "550 la lista no tiene el número 99, tiene 17\n"),
        ("pt-BR", "HORA", "501 uso: HORA lugar[, lugar …]\n"),
        ("es", "BUSCA", "501 uso: BUSCA texto\n"),
        ("pt-BR", "MENU agora", "501 MENU não aceita argumento\n"),
        ("es", "menú ahora", "501 MENÚ no admite argumentos\n"),
        ("pt-BR", "PARAR", "255 sem avisos\n"),
        ("pt-BR", "???", "500 comando desconhecido\n"),
        ("es", "ayuda buscar", "210-BUSCA texto  los lugares que coinciden con el texto\n"),
        ("pt-BR", "HELP hora", "210-HORA lugar[, lugar …]  a hora em cada lugar\n"),
        ("pt-BR", "AJUDA time", "210-HORA lugar[, lugar …]  a hora em cada lugar\n"),
        ("pt-BR", "LISTA Lisbon", "550 região ou país desconhecido: Lisbon"),
        ("pt-BR", "PROCURA recife", "251    1 America/Recife -03:00 2026-11-23T15:04; Recife, Brasil\n"),
        ("es", "lista JP", "251    1 Asia/Tokyo +09:00 2026-11-24T03:04; Tokio, Japón\n"),
        ("pt-BR", "LISTA SG", "251    1 Asia/Singapore +08:00 2026-11-24T02:04; Singapura\n"),
        ("pt-BR", "LISTA HK", "251    1 Asia/Hong_Kong +08:00 2026-11-24T02:04; Hong Kong\n"),
        ("pt-BR", "LISTA", "251-   1 Africa 52; LISTA Africa mostra todos\n"),
        ("pt-BR", "SAIR", "221 até logo\n"),
        ("es", "SALIR", "221 hasta luego\n"),
    ],
)
def test_what_people_read_is_in_their_language(language: str, line: str, said: str) -> None:
    assert talk_in(language).tell(line.encode()).startswith(said)


@pytest.mark.parametrize(
    ("language", "line", "phrases"),
    [
        (
            "pt-BR",
            "CONVERTE 15:00 tokyo EM lisbon",
            [
                "terça-feira, 24 de novembro de 2026, 15:00:00 em Tóquio",
                "terça-feira, 24 de novembro de 2026, 06:00:00 em Lisboa",
            ],
        ),
        (
            "es",
            "CONVIERTE ahora tokyo A lisbon",
            [
                "martes, 24 de noviembre de 2026, 03:04:05 en Tokio",
                "lunes, 23 de noviembre de 2026, 18:04:05 en Lisboa",
            ],
        ),
        ("pt-BR", "DIFERENÇA tokyo PARA lisbon", ["Lisboa está 9 h atrás de Tóquio"]),
        ("es", "DIFF lisbon TO tokyo", ["Tokio está 9 h por delante de Lisboa"]),
        (
            "pt-BR",
            "TRANSIÇÕES lisbon DESDE 2027-01-01 QUANTAS 1",
            ["domingo, 28 de março de 2027: às 01:00 os relógios em Lisboa avançam 1 h, para 02:00"],
        ),
        (
            "es",
            "TRANSICIONES tokyo CUÁNTAS 1",
            ["Tokio: no se conoce ningún cambio de los relojes a partir del lunes, 23 de noviembre de 2026"],
        ),
        (
            "es",
            "REUNIR london, new york HORAS 9-17 EL 2026-12-01",
            [
                "Londres: martes, 1 de diciembre de 2026, de 14:00 a 17:00",
                "Nueva York: martes, 1 de diciembre de 2026, de 09:00 a 12:00",
            ],
        ),
    ],
)
def test_reckoned_times_and_their_places_are_told_in_the_language(
    language: str, line: str, phrases: list[str]
) -> None:
    said = talk_in(language).tell(line.encode()).splitlines()
    assert [text.partition("; ")[2] for text in said] == phrases


@pytest.mark.parametrize(
    ("language", "typed", "near"),
    [
        ("pt-BR", "HROA tokyo", "HORA"),
        ("pt-BR", "AJDUA", "AJUDA"),
        ("es", "BUSAC tokyo", "BUSCA"),
        ("es", "AYDUA", "AYUDA"),
        ("pt-BR", "TMIE tokyo", "TIME"),
    ],
)
def test_a_mistyped_verb_is_suggested_in_the_session_s_language_too(
    language: str, typed: str, near: str
) -> None:
    assert re.search(rf": {near}\b", talk_in(language).tell(typed.encode()))
    word, _, _ = typed.partition(" ")
    assert re.search(rf": {near}\b", talk_in(language).tell(f"HELP {word}".encode()))


def test_a_verb_is_suggested_once_however_many_words_it_has() -> None:
    said = talk_in("pt-BR").tell(b"HELP LISTRA")
    assert said == "501 não existe o comando: LISTRA (parecido: LISTA)\n"


def test_english_does_not_suggest_the_words_of_other_languages() -> None:
    assert "AJUDA" not in talk_in("en").tell(b"AJDUA")


def test_the_greeting_and_the_farewells_are_in_the_language_that_sessions_begin_in() -> None:
    talk = talk_in("pt-BR")
    talk.perform(talk.conversation.opened())
    lines = talk.heard_since(0).splitlines()
    assert lines[0] == "220-SocketSpeak 1.0.0 clock.example pronto, a hora do mundo num socket"
    assert lines[6] == "220-   6 America/New_York -05:00 2026-11-23T13:04; Nova York, Estados Unidos"
    assert lines[-1].startswith("220 Digite um número, uma cidade ou um fuso. AJUDA ")
    talk.perform(talk.conversation.shutting_down())
    assert talk.said[-1].decode() == "421 o SocketSpeak está sendo encerrado\r\n"


def test_help_lists_each_verb_by_the_name_that_the_language_has_for_it() -> None:
    said = [line[4:].split()[0] for line in talk_in("es").tell(b"AYUDA").splitlines()[:-1]]
    assert {"HORA", "MENÚ", "LISTA", "BUSCA", "FORMATO", "IDIOMA", "AYUDA", "SALIR"} <= set(said)
    assert not {"TIME", "LIST", "FIND", "HELP", "QUIT"} & set(said)


def test_json_has_places_and_messages_in_the_language_and_verbs_as_programs_know_them() -> None:
    talk = talk_in("pt-BR", "JSON")
    clock = json.loads(talk.tell(b"tokyo"))["clocks"][0]
    assert (clock["place"], clock["country"], clock["zone"]) == ("Tóquio", "JP", "Asia/Tokyo")
    assert json.loads(talk.tell(b"LISTA JP"))["entries"][0]["place"] == "Tóquio"
    assert json.loads(talk.tell(b"AJUDA hora"))["verbs"] == [
        {"verb": "TIME", "usage": "HORA lugar[, lugar …]", "help": "a hora em cada lugar"}
    ]
    assert json.loads(talk.tell(b"STARTTLS"))["verb"] == "STARTTLS"


def test_braces_that_a_client_types_are_said_as_they_are() -> None:
    for language in LANGUAGES:
        assert "{x}{0}" in talk_in(language).tell(b"TIME {x}{0}")
