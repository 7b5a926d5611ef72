"""The command's surroundings in these tests: no colours, and no server but the one that is named."""

from __future__ import annotations

import pytest

from tests.app.showing import Shown


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the tester's own settings."""
    for name in ("FORCE_COLOR", "NO_COLOR", "SOCKETSPEAK_PASSWORD", "SOCKETSPEAK_SERVER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """A screen to look at, of no certain width."""
    monkeypatch.delenv("COLUMNS", raising=False)
    return Shown()
