"""What is counted, and how it is told."""

from __future__ import annotations

from dataclasses import fields, replace

from socketspeak.language.statuses import FIGURES
from socketspeak.limits.counts import Counts
from tests.kit.world import A_STATUS, the_voices

LINE_OCTETS = 1000  # that a reply's line stays below


def said(counts: Counts) -> list[str]:
    status = replace(A_STATUS, counts=counts.told())
    return the_voices()["TEXT"].render(status).decode().splitlines()


def test_a_server_to_which_nothing_has_happened_tells_its_four_figures() -> None:
    assert Counts().told().keys() >= FIGURES
    assert said(Counts())[2:] == ["211 sessions=0 connections=0 requests=0 faults=0"]


def test_what_has_been_refused_is_told_in_a_line_of_its_own() -> None:
    counts = Counts(sessions=1, connections=2, requests=3, refused_full=4, idle=5)
    assert said(counts)[2:] == [
        "211-sessions=1 connections=2 requests=3 faults=0",
        "211 refused-full=4 idle=5",
    ]


def test_in_json_every_count_is_told() -> None:
    rendered = the_voices()["JSON"].render(replace(A_STATUS, counts=Counts(idle=1).told())).decode()
    assert all(f'"{field.name}":' in rendered for field in fields(Counts))


def test_no_line_is_longer_than_promised_whatever_has_been_counted() -> None:
    most = Counts(**dict.fromkeys((field.name for field in fields(Counts)), 10**12))
    assert max(map(len, said(most))) < LINE_OCTETS
