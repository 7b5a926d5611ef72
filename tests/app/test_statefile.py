"""The state file of several processes: all read it, one writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from socketspeak.app.statefile import StateFile
from socketspeak.sources.keeping import Snapshot


class Changed:
    """An almanac that has learnt something."""

    changes = 1

    def snapshot(self) -> Snapshot:
        return Snapshot(0, (), (), 0)


@pytest.mark.parametrize("writes", [True, False])
async def test_it_is_written_by_the_process_that_does_it_for_all(tmp_path: Path, writes: bool) -> None:
    from twisted.internet import reactor

    almanac: Any = Changed()
    file = StateFile(tmp_path / "state.json", almanac, reactor, lambda: writes)
    file.start()
    await file.stop()
    assert (tmp_path / "state.json").exists() is writes
