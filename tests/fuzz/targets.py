"""The targets by name. Each takes any octets, and raises where something does not hold that has to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.fuzz import peers, strangers

Target = Callable[[bytes], None]

TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        target.__name__: target
        for target in (
            peers.stream,
            peers.telnet,
            peers.request,
            peers.line,
            peers.proxy,
            peers.scram,
            strangers.worldtimeapi,
            strangers.timeapi,
            strangers.reply,
            strangers.dialogue,
            strangers.source,
            strangers.configuration,
        )
    }
)
