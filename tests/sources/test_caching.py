"""Answers out of a cache that says nothing: their stamp has been seen before."""

from __future__ import annotations

import pytest

from socketspeak.sources.caching import Stamps
from tests.sources.rig import knowing, pause, serving
from tests.sources.test_almanac import answered_once


def test_a_stamp_is_known_again_for_whatever_zone_it_comes() -> None:
    stamps = Stamps()
    assert not stamps.again("lab", "Asia/Tokyo", 5)
    assert stamps.again("lab", "Asia/Tokyo", 5)
    assert stamps.again("lab", "Asia/Seoul", 5)
    assert not stamps.again("lab", "Asia/Tokyo", 6)
    assert not stamps.again("second", "Asia/Tokyo", 6)


async def test_a_stamp_that_comes_again_is_a_lower_bound_and_no_contradiction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cache on the way that says nothing gives one answer's time twice."""
    async with serving() as server, knowing(server) as rig:
        await answered_once(rig)
        now_ns = server.now_ns
        stamps: list[int] = []

        def at_first() -> int:
            stamps.append(now_ns())
            return stamps[0]

        monkeypatch.setattr(server, "now_ns", at_first)
        await rig.ask("Asia/Tokyo")
        bound_ns = rig.almanac.now().bound_ns
        await pause(0.2)
        await rig.ask("Asia/Seoul")
        assert rig.source_of("Asia/Seoul") == "lab"
        assert rig.almanac.contradictions() == {}
        reading = rig.almanac.now()
        assert bound_ns is not None
        assert reading.bound_ns is not None
        assert reading.bound_ns < bound_ns + 1_000_000
        assert abs(reading.unix_ns - now_ns()) < 50_000_000
