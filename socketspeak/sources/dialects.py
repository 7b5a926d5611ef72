"""The families of HTTP APIs that can be asked, by name. The embedded tz database needs no dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from socketspeak.sources import timeapi, worldtimeapi
from socketspeak.sources.sample import Exchange, Outcome, SameZone


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a family of APIs is asked for a zone, and how its answer is read.

    `path` is what follows the base URL and a slash, percent-encoded. `decode` never raises, whatever bytes
    come.
    """

    name: str
    path: Callable[[str], str]
    decode: Callable[[bytes, Exchange, SameZone], Outcome]


DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        Dialect("timeapi", timeapi.path, timeapi.decode),
        Dialect("worldtimeapi", worldtimeapi.path, worldtimeapi.decode),
    )
}
