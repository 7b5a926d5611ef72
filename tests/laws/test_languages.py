"""The law of languages: the page has every word, the READMEs agree, and two rooms alone ask Babel."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from socketspeak.language.keywords import Keywords
from socketspeak.language.verbs import VERBS
from socketspeak.language.vocabulary import ENGLISH, PORTUGUESE, SPANISH, Vocabulary, spellings
from tests.laws.documents import blocks
from tests.laws.tree import ROOT, forbid, imports, modules, within

READMES = [ROOT / "README.md", ROOT / "README.pt-BR.md"]
MAY_ASK_BABEL = {"app", "zones"}


def rows() -> dict[str, list[set[str]]]:
    """The tables of the chapter on languages: each English word with the others, by column."""
    chapter = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8").partition("## 12. Languages")[2]
    found = re.findall(r"^\| `([A-Z]+)` \|(.*)\|(.*)\|$", chapter, re.MULTILINE)
    return {word: [set(re.findall(r"`([^`]+)`", cell)) for cell in cells] for word, *cells in found}


@pytest.mark.parametrize(("column", "language"), [(0, PORTUGUESE), (1, SPANISH)], ids=["pt-BR", "es"])
def test_the_protocols_page_has_every_word_of_a_language_and_no_other(
    column: int, language: Vocabulary
) -> None:
    told = {word: cells[column] for word, cells in rows().items()}
    for verb in set(VERBS.values()):
        words = {word for word, its in language.verbs.items() if its is verb and word not in VERBS}
        assert every_spelling(told.get(verb.word, set())) - VERBS.keys() == words
    for field in fields(Keywords):
        accepted, (english, *_) = (getattr(its.keywords, field.name) for its in (language, ENGLISH))
        assert every_spelling(told[english]) == set(accepted) - {english}


def every_spelling(words: set[str]) -> set[str]:
    return {spelling for word in words for spelling in spellings(word)}


def test_only_the_zones_and_the_app_ask_babel() -> None:
    forbid(
        f"{module.at(node)} imports {name}"
        for module in modules()
        if module.room not in MAY_ASK_BABEL
        for node, name in imports(module.tree)
        if within(name, {"babel", "gettext", "locale"})
    )


def test_both_readmes_have_the_same_sections_tables_and_programs() -> None:
    english, portuguese = (skeleton(page) for page in READMES)
    assert english == portuguese


def skeleton(page: Path) -> list[str]:
    """Of a page, what its language does not change: the depth of headings, programs, tests, links."""
    text = page.read_text(encoding="utf-8")
    parts = [f"heading {len(depth)}" for depth in re.findall(r"^(#+) ", text, re.MULTILINE)]
    parts += [f"python {block.lines}" for block in blocks(page) if block.info == "python"]
    parts += re.findall(r"`(tests/[\w/.:]+)`", text)
    return parts + [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "README" not in link]
