"""A document that is read back: what is missing, broken or impossible in it is refused, whole."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.sources.order import Order
from socketspeak.sources.recollection import Recollection, StateError
from tests.sources.test_flights import LAB

S = 1_000_000_000
NOON = 1_795_435_200  # 2026-11-23T12:00Z
TOKYO = "Asia/Tokyo"

OK: dict[str, Any] = {
    "format": 1,
    "saved": "2026-11-23T12:00:00Z",
    "sources": {"lab": {"dialect": LAB.dialect, "base_url": LAB.base_url, "rest": 0.5, "doublings": 1}},
    "rules": {TOKYO: {"source": "lab", "fetched": "2026-11-23T11:00:00Z", "offset": 32_400}},
}


def recall(found: object) -> Recollection:
    return Recollection(found, Order([LAB]), 5 * S, (NOON + 1) * S)


def changed(table: str, **fields: Any) -> object:
    name = {"sources": "lab", "rules": TOKYO}[table]
    return {**OK, table: {name: {**OK[table][name], **fields}}}


def test_the_least_that_a_document_holds_is_taken() -> None:
    assert [sample.zone for sample in recall(OK).samples] == [TOKYO]
    assert recall({"format": 1, "saved": "2026-11-23T12:00:00Z"}).samples == ()


@pytest.mark.parametrize(
    ("fetched", "taken"),
    [
        ("2026-11-23T12:00:01Z", True),
        ("2026-11-23T12:00:02Z", False),
        ("2026-11-22T12:00:02Z", True),
        ("2026-11-22T12:00:01Z", False),
    ],
)
def test_a_rule_from_the_future_or_a_day_old_is_left_out(fetched: str, taken: bool) -> None:
    assert bool(recall(changed("rules", fetched=fetched)).samples) is taken


def test_what_has_not_been_yet_is_not_shown() -> None:
    order = Order([LAB])
    found = changed(
        "sources", last_success="2026-11-23T13:00:00Z", last_failure="2026-11-23T11:00:00Z", reason="x"
    )
    Recollection(found, order, 5 * S, (NOON + 1) * S).restore_health()
    health = order.health["lab"]
    assert (health.last_success_ns, health.last_failure_ns) == (None, -3596 * S)


@pytest.mark.parametrize(
    "found",
    [
        None,
        [],
        "text",
        {},
        {**OK, "format": 2},
        {**OK, "format": "1"},
        {**OK, "format": True},
        {**OK, "saved": None},
        {**OK, "saved": 5},
        {**OK, "saved": "yesterday"},
        {**OK, "saved": "2026-11-23T12:00:00"},
        {**OK, "sources": []},
        {**OK, "sources": {"lab": 5}},
        {**OK, "rules": {TOKYO: None}},
        changed("sources", rest=None),
        changed("sources", rest=-1),
        changed("sources", rest=float("nan")),
        changed("sources", rest=float("inf")),
        changed("sources", rest=10**400),
        changed("sources", doublings=-1),
        changed("sources", doublings=1.5),
        changed("sources", last_success="soon"),
        changed("sources", reason=5),
        changed("rules", source=None),
        changed("rules", fetched=None),
        changed("rules", fetched="2026-11-23"),
        changed("rules", offset=None),
        changed("rules", offset="32400"),
        changed("rules", offset=100_000),
        changed("rules", abbreviation=5),
        changed("rules", dst="no"),
        changed("rules", valid_until="2026-13-01T00:00:00Z"),
    ],
)
def test_what_is_no_document_of_ours_is_refused(found: object) -> None:
    with pytest.raises(StateError) as refused:
        recall(found)
    assert str(refused.value).isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(list(OK)), inner),
    max_leaves=10,
)


@given(JSON | st.tuples(st.sampled_from([*OK["rules"][TOKYO], "valid_until", "dst"]), JSON), st.booleans())
def test_no_document_at_all_makes_it_raise_anything_else(found: Any, in_sources: bool) -> None:
    if isinstance(found, tuple):
        found = changed("sources" if in_sources else "rules", **{found[0]: found[1]})
    with suppress(StateError):
        recall(found).restore_health()
