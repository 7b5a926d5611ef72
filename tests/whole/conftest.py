"""One daemon for the tests that only talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon


@pytest.fixture(scope="package")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon on its embedded database alone."""
    with Daemon(tmp_path_factory.mktemp("daemon"), "--source", "embedded") as running:
        assert running.port
        yield running


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An empty folder to run a daemon in."""
    return tmp_path
