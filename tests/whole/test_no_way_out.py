"""The sources that are asked by default, on a host without a way out: nobody waits for them."""

from __future__ import annotations

import time

import pytest

from socketspeak.app.config import DEFAULT_SOURCES
from tests.kit.house import housing
from tests.kit.names import HANGS, resolving

AT_ONCE_SECONDS = 0.6  # less than patience, which is 0.8, and much for a busy machine


@pytest.mark.parametrize("hangs", [False, True], ids=["no name resolves", "no name server answers"])
async def test_the_first_client_waits_for_nothing_and_so_do_all_others(hangs: bool) -> None:
    with resolving() as names:
        if hangs:
            names.known = {"timeapi.io": HANGS, "time.now": HANGS}
        async with housing(*DEFAULT_SOURCES) as house:
            for place in ("tokyo", "lisbon", "America/New_York", "tokyo"):
                begun = time.monotonic()
                (answer,) = await house.client.ask(f"TIME {place}")
                assert time.monotonic() - begun < AT_ONCE_SECONDS
                assert " via=embedded; " in answer
        assert set(names.asked) <= {"timeapi.io", "time.now"}
