"""What the tests of the benchmarks need: a C compiler, and a server that keeps what it is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks import building
from benchmarks.building import MeasuringError
from benchmarks.generator import Generator
from benchmarks.machine import processors
from tests.benchmarks.counter import Counter


@pytest.fixture(scope="session")
def generator() -> Generator:
    """The load generator, compiled."""
    try:
        building.compiler()
    except MeasuringError as fault:
        pytest.skip(str(fault))
    return Generator(building.linebench(), processors().load)


@pytest.fixture
def counter() -> Iterator[Counter]:
    """A server in a thread of its own."""
    with Counter() as serving:
        yield serving
