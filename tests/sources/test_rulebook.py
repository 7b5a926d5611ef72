"""The rule book and the sources' health: what is remembered, for how long, and who is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socketspeak.sources.rulebook import Disagreement, RuleBook, Standing
from socketspeak.sources.sample import Fault, FaultKind, ZoneSample
from socketspeak.zones.values import Rule

S = 1_000_000_000
HOUR = 3600 * S
NOW = 1_795_457_045
SAMPLE = ZoneSample(
    source="lab",
    asked="America/Sao_Paulo",
    zone="America/Sao_Paulo",
    stamp_ns=NOW * S,
    quantum_ns=1000,
    sent_ns=0,
    received_ns=S,
    cacheable=False,
    offset=-10_800,
    abbreviation="-03",
    dst=False,
)
EMBEDDED = Rule("America/Sao_Paulo", -10_800, "BRT", dst=True)
FAULT = Fault(FaultKind.STATUS, "it answers with status 500")


def book(sample: ZoneSample = SAMPLE, embedded: Rule = EMBEDDED, trust: str = "embedded") -> RuleBook:
    """A book that remembers one sample."""
    rulebook = RuleBook(trust)
    rulebook.remember(sample, embedded)
    return rulebook


def look(rulebook: RuleBook, at: int = NOW, steady_ns: int = S) -> Standing | None:
    return rulebook.look("America/Sao_Paulo", at, at, steady_ns)


def test_a_rule_is_the_sources_completed_from_the_database() -> None:
    assert look(book()) == Standing(Rule("America/Sao_Paulo", -10_800, "-03", dst=False, source="lab"))
    bare = look(book(replace(SAMPLE, abbreviation=None, dst=None)))
    assert bare is not None
    assert (bare.rule.abbreviation, bare.rule.dst) == ("BRT", True)


@pytest.mark.parametrize("odd", ["", "X", "TOOLONG", "A B", "BR\x1b", "É..", "-03\n", "٣٣"])
def test_an_abbreviation_that_is_none_is_not_shown(odd: str) -> None:
    standing = look(book(replace(SAMPLE, abbreviation=odd)))
    assert standing is not None
    assert standing.rule.abbreviation == "BRT"


def test_an_old_rule_has_an_age_and_a_day_old_one_is_none() -> None:
    ages = [look(book(), steady_ns=S + age) for age in (HOUR - 1, HOUR, 24 * HOUR - 1, 24 * HOUR)]
    assert [standing and standing.age for standing in ages] == [None, 3600, 86_399, None]
    assert ages[0] is not None


@pytest.mark.parametrize(
    ("sources_end", "databases_end", "end"),
    [(NOW + 5, None, NOW + 5), (None, NOW + 5, NOW + 5), (NOW + 5, NOW + 3, NOW + 3), (None, None, None)],
)
def test_a_rule_ends_where_the_first_of_both_ends(
    sources_end: int | None, databases_end: int | None, end: int | None
) -> None:
    rulebook = book(replace(SAMPLE, valid_until=sources_end), replace(EMBEDDED, valid_until=databases_end))
    standing = look(rulebook)
    assert standing is not None
    assert standing.rule.valid_until == end
    assert (look(rulebook, NOW + 5) is None) == (end is not None)


def test_a_rule_is_not_used_where_the_instant_may_lie_on_either_side_of_its_ends() -> None:
    rulebook = book(replace(SAMPLE, valid_from=NOW - 5, valid_until=NOW + 5))
    assert rulebook.look("America/Sao_Paulo", NOW - 5, NOW + 4, S) is not None
    assert rulebook.look("America/Sao_Paulo", NOW - 6, NOW, S) is None
    assert rulebook.look("America/Sao_Paulo", NOW, NOW + 5, S) is None
    assert rulebook.holds("America/Sao_Paulo", NOW, S)
    assert not rulebook.holds("America/Sao_Paulo", NOW + 5, S)


def test_what_is_due_is_unknown_or_an_hour_old_or_over() -> None:
    rulebook = book(replace(SAMPLE, valid_until=NOW + 5))
    assert rulebook.due("Asia/Tokyo", NOW, S)
    assert not rulebook.due("America/Sao_Paulo", NOW, S + HOUR - 1)
    assert rulebook.due("America/Sao_Paulo", NOW, S + HOUR)
    assert not rulebook.due("America/Sao_Paulo", NOW + 5, S + 9 * S)  # it was just fetched
    assert rulebook.due("America/Sao_Paulo", NOW + 5, S + 10 * S)


def test_a_contradiction_is_told_once_counted_and_the_database_is_believed() -> None:
    rulebook, wrong = RuleBook(), replace(SAMPLE, offset=-7200)
    disagreement = Disagreement("America/Sao_Paulo", "lab", -7200, -10_800)
    assert rulebook.remember(wrong, EMBEDDED) == disagreement
    assert rulebook.remember(wrong, EMBEDDED) is None
    assert rulebook.disagreements(S) == (disagreement,)
    assert look(rulebook) is None
    assert rulebook.holds("America/Sao_Paulo", NOW, S)
    rulebook.remember(SAMPLE, EMBEDDED)
    assert rulebook.disagreements(S) == ()
    assert rulebook.remember(wrong, EMBEDDED) == disagreement
    assert rulebook.disagreements(S + 24 * HOUR) == ()


def test_whoever_trusts_the_source_gets_its_offset() -> None:
    standing = look(book(replace(SAMPLE, offset=-7200), trust="source"))
    assert standing is not None
    assert (standing.rule.offset, standing.rule.source) == (-7200, "lab")


def test_what_the_steady_clock_has_missed_makes_older_what_was_there_by_then() -> None:
    rulebook = book(SAMPLE)
    rulebook.remember(replace(SAMPLE, asked="Asia/Tokyo", received_ns=10 * S), EMBEDDED)
    rulebook.grow_older(7 * S, until_ns=5 * S)
    fetched = {entry.rule.zone: entry.fetched_ns // S for entry in rulebook.entries()}
    assert fetched == {"America/Sao_Paulo": SAMPLE.received_ns // S - 7, "Asia/Tokyo": 10}
    rulebook.grow_older(-100 * S, until_ns=5 * S)
    fetched = {entry.rule.zone: entry.fetched_ns // S for entry in rulebook.entries()}
    assert fetched == {"America/Sao_Paulo": 5, "Asia/Tokyo": 10}
    assert not rulebook.due("America/Sao_Paulo", NOW, 5 * S + HOUR - 1)
    assert rulebook.due("America/Sao_Paulo", NOW, 5 * S + HOUR)


def test_trust_is_in_one_of_two() -> None:
    with pytest.raises(ValueError, match="trust 'nobody'; allowed are embedded, source"):
        RuleBook("nobody")
