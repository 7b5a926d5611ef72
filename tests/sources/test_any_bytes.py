"""Decoders before any bytes at all: they never raise, and what they believe makes sense."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.sources.dialects import DIALECTS
from socketspeak.sources.sample import Fault, ZoneSample
from tests.kit.worldtime import ZONES, described
from tests.sources.answers import asking, linked
from tests.sources.test_worldtimeapi import DUBLIN, LONDON, NEW_YORK, changed, read

NAMES = st.sampled_from([*json.loads(NEW_YORK), "other"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
BODIES = st.one_of(
    st.binary(),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(NAMES, VALUES).map(lambda fields: changed(**fields)),
    st.tuples(st.sampled_from([NEW_YORK, DUBLIN, LONDON]), st.integers(0), st.binary(max_size=3)).map(
        lambda cut: cut[0][: cut[1] % len(cut[0])] + cut[2] + cut[0][cut[1] % len(cut[0]) + len(cut[2]) :]
    ),
)


@given(BODIES, st.none() | st.text() | st.just("application/json"))
def test_no_bytes_at_all_make_a_decoder_raise(body: bytes, content_type: str | None) -> None:
    for dialect in DIALECTS.values():
        outcome = dialect.decode(body, asking("America/New_York", content_type), linked)
        assert isinstance(outcome, ZoneSample | Fault)
        if isinstance(outcome, Fault):
            assert outcome.reason.isprintable()


@given(BODIES)
def test_a_sample_always_makes_sense(body: bytes) -> None:
    outcome = read(body)
    if isinstance(outcome, ZoneSample):
        assert 1_577_836_800 <= outcome.stamp_ns // 10**9 < 4_133_980_800
        assert abs(outcome.offset) <= 26 * 3600
        assert outcome.valid_until is None or outcome.valid_until > outcome.stamp_ns // 10**9
        assert outcome.valid_from is None or outcome.valid_from <= outcome.stamp_ns // 10**9
        assert outcome.reading().stamp_ns == outcome.stamp_ns


@pytest.mark.parametrize("instant", [1_767_225_600, 1_782_864_000, 1_793_512_799, 1_793_512_800])
def test_what_a_true_server_says_of_any_zone_is_believed(instant: int) -> None:
    for zone in ZONES:
        fields = described(zone, instant * 10**9)
        sample = read(json.dumps(fields).encode(), zone)
        assert isinstance(sample, ZoneSample), (zone, sample)
        assert sample.stamp_ns == instant * 10**9
        assert (sample.valid_until is not None) == bool(fields["dst_until"])
