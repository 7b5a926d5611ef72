"""The grammar of the protocol agrees with the transcripts, and with the code."""

from __future__ import annotations

from functools import cache

import pytest

from socketspeak.language import messages as m
from socketspeak.language.requests import (
    LINE_OCTETS,
    Mistake,
    Request,
    parse_request,
    places_of,
    render_request,
)
from socketspeak.language.verbs import BUILT, VERBS
from socketspeak.language.voice import FORMATS
from tests.laws.documents import Block, blocks_of, every
from tests.laws.grammar import Grammar
from tests.laws.transcripts import acted_out, requests_of
from tests.laws.tree import ROOT, forbid

README = ROOT / "README.md"
PROTOCOL = ROOT / "docs" / "protocol.md"
OPERATIONS = ROOT / "docs" / "operations.md"
SECONDS = 20


@cache
def the_grammar() -> Grammar:
    """The ABNF of docs/protocol.md."""
    return Grammar("\n".join("\n".join(block.lines) for block in blocks_of("abnf")))


@every("session")
def test_the_grammar_agrees_on_what_is_sent(block: Block) -> None:
    for line in requests_of(block):
        request = parse_request(line)
        assert the_grammar().fits("line", line + b"\n") == _is_text(line, request), line
        if isinstance(request, Request) and VERBS[request.verb].built:
            well_formed = _is_well_formed(request)
            assert the_grammar().fits("command", render_request(request)) == well_formed, line
            assert the_grammar().fits("request-line", line + b"\r\n") or not well_formed, line
        elif isinstance(request, Mistake):
            assert not the_grammar().fits("command", line), line


def _is_text(line: bytes, request: Request | Mistake | None) -> bool:
    is_no_text = isinstance(request, Mistake) and request.why.text in {m.NOT_TEXT, m.CONTROL_CHARACTER}
    return len(line) <= LINE_OCTETS and not is_no_text


def _is_well_formed(request: Request) -> bool:
    if request.verb == "FORMAT":
        return request.argument.upper() in FORMATS
    return request.verb != "TIME" or all(places_of(request.argument))


@every("session")
def test_the_grammar_agrees_on_what_is_said(block: Block) -> None:
    for _, said in acted_out(block):
        for line in said:
            for rule in _rules_for(line):
                assert the_grammar().fits(rule, f"{line}\r\n".encode()), f"{rule}: {line}"


def _rules_for(line: str) -> list[str]:
    if line.startswith("{"):
        return ["json-line"]
    of_a_kind = {"250": ["clock-line"], "251": ["list-line"], "350": ["list-line"]}
    return ["text-line", *of_a_kind.get(line[:3], [])]


@pytest.mark.parametrize("line", [b"250 noon\r\n", b"250 2026-11-23T15:04:05-03:00 UTC UTC dst=no; x\r\n"])
def test_the_grammar_refuses_what_is_no_answer(line: bytes) -> None:
    assert the_grammar().fits("text-line", line)
    assert not the_grammar().fits("clock-line", line)


def test_every_verb_that_is_answered_is_in_the_grammar() -> None:
    rules = " ".join(the_grammar().rules.values())
    forbid(word for verb in BUILT for word in (verb.word, *verb.synonyms) if f'"{word}"' not in rules)
