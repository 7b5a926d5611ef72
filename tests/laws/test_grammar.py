"""The grammar of the protocol agrees with the transcripts, and with the code."""

from __future__ import annotations

from functools import cache

import pytest

from socketspeak.language import messages as m
from socketspeak.language.arguments import journeys_of, when_of
from socketspeak.language.keywords import ENGLISH
from socketspeak.language.requests import (
    LINE_OCTETS,
    Mistake,
    Request,
    parse_request,
    places_of,
    render_request,
)
from socketspeak.language.verbs import ROWS
from socketspeak.language.voice import FORMATS
from tests.laws.documents import Block, blocks_of, every
from tests.laws.grammar import Grammar
from tests.laws.stages import acted_out
from tests.laws.transcripts import requests_of
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
        if isinstance(request, Request):
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
    if request.verb in {"CONVERT", "DIFF"}:
        return _is_journey(request)
    if request.verb not in {"TIME", "TRANSITIONS", "MEET", "WATCH"}:
        return True
    # To the grammar an option that is wrong is of the name of the place: `TRANSITIONS lisbon FROM tomorrow`
    places = places_of(request.argument)
    enough = {"TIME": True, "WATCH": True, "TRANSITIONS": len(places) == 1, "MEET": len(places) > 1}
    return enough[request.verb] and all(places)


def _is_journey(request: Request) -> bool:
    rest = request.argument
    if request.verb == "CONVERT":
        found = when_of(request, ENGLISH)
        if isinstance(found, Mistake):
            return found.code == 553
        _, rest = found
    journeys = journeys_of(request, rest, ENGLISH)
    return not isinstance(journeys, Mistake) and any(
        all(journey.targets) and len(places_of(journey.origin)) == 1 for journey in journeys
    )


@every("session")
def test_the_grammar_agrees_on_what_is_said(block: Block) -> None:
    for _, said in acted_out(block):
        for line in said:
            for rule in _rules_for(line):
                assert the_grammar().fits(rule, f"{line}\r\n".encode()), f"{rule}: {line}"


def _rules_for(line: str) -> list[str]:
    if line.startswith("{"):
        return ["json-line"]
    of_a_kind = {
        "150": ["clock-line"],
        "250": ["clock-line"],
        "251": ["list-line"],
        "252": ["reckoned-line"],
        "253": ["transition-line"],
        "254": ["meeting-line"],
        "350": ["list-line"],
    }
    return ["text-line", *of_a_kind.get(line[:3], [])]


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("reckoned-line", b"252 +12 UTC Asia/Tokyo; x\r\n"),
        ("transition-line", b"253 2027-03-28T01:00:00 +00:00 WET +01:00 WEST Europe/Lisbon; x\r\n"),
        ("transition-line", b"253 Europe/Lisbon; none\r\n"),
        ("meeting-line", b"254 2026-11-23T12:00:00Z 2026-11-23T17:00:00Z Europe/Lisbon inside=yes; x\r\n"),
    ],
)
def test_the_grammar_refuses_what_is_no_reckoning(rule: str, line: bytes) -> None:
    assert the_grammar().fits("text-line", line)
    assert not the_grammar().fits(rule, line)


@pytest.mark.parametrize("line", [b"250 noon\r\n", b"250 2026-11-23T15:04:05-03:00 UTC UTC dst=no; x\r\n"])
def test_the_grammar_refuses_what_is_no_answer(line: bytes) -> None:
    assert the_grammar().fits("text-line", line)
    assert not the_grammar().fits("clock-line", line)


def test_every_verb_that_is_answered_is_in_the_grammar() -> None:
    rules = " ".join(the_grammar().rules.values())
    forbid(word for verb in ROWS for word in (verb.word, *verb.synonyms) if f'"{word}"' not in rules)
