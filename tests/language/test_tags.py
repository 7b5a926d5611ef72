"""Language tags: what is answered with what is at hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.tags import best_tag

KNOWN = ("en", "pt-BR", "es")


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ("en", "en"),
        ("pt-BR", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("pt-Latn-BR", "pt-BR"),
        ("es-MX", "es"),
        ("es_419", "es"),
        ("EN-gb-x-piglatin", "en"),
    ],
)
def test_a_tag_finds_its_language_in_any_case_and_from_any_region(wanted: str, tag: str) -> None:
    assert best_tag(wanted, KNOWN) == tag


@pytest.mark.parametrize(
    "wanted", ["", "p", "ptb", "por", "eng", "de", "x-en", "-", "pt-", "pt--BR", "pt BR", "español", "*"]
)
def test_a_tag_of_another_language_and_what_is_no_tag_find_none(wanted: str) -> None:
    assert best_tag(wanted, KNOWN) is None


def test_the_nearest_of_several_is_found() -> None:
    assert best_tag("pt-PT", ("pt-BR", "pt-PT")) == "pt-PT"
    assert best_tag("pt-AO", ("pt-BR", "pt-PT")) == "pt-BR"
    assert best_tag("zh-Hant-TW", ("zh-Hans", "zh-Hant")) == "zh-Hant"


@given(st.text(max_size=30))
def test_whatever_is_asked_for_is_one_of_the_known_or_none(wanted: str) -> None:
    assert best_tag(wanted, KNOWN) in (None, *KNOWN)
