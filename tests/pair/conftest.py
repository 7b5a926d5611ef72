"""What the tests of both ends share."""

from __future__ import annotations

import pytest

from tests.pair.pump import Pair


@pytest.fixture
def pair() -> Pair:
    """A client that has connected, and its server."""
    return Pair()
