"""What has been read at the start is no garbage, and is not looked at as if it were."""

from __future__ import annotations

import gc

from socketspeak.app.garbage import set_aside_what_stays

THINGS = 10_000


def test_what_there_is_is_set_aside_and_what_comes_later_is_not() -> None:
    set_aside_what_stays()
    before = gc.get_freeze_count()
    kept = [[number] for number in range(THINGS)]
    assert gc.get_freeze_count() == before
    set_aside_what_stays()
    assert gc.get_freeze_count() >= before + THINGS
    assert len(kept) == THINGS
