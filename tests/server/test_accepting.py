"""Who comes in a crowd is let in a few at a time, and others have their turns in between."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace

from twisted.internet.task import Clock

from socketspeak.limits.counts import Counts
from socketspeak.server.reserve import MOST_AT_ONCE, GuardedSocket, Reserve

CROWD = 2 * MOST_AT_ONCE + 1


def accepted(guarded: GuardedSocket) -> Iterator[socket.socket]:
    """Those who can be accepted now."""
    with suppress(BlockingIOError):
        while True:
            yield guarded.accept()[0]


def test_so_many_are_accepted_at_once_and_the_others_in_the_next_turns() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=CROWD) as listening:
        address = listening.getsockname()
        comers = [socket.create_connection(address) for _ in range(CROWD)]
        with GuardedSocket(SimpleNamespace(socket=listening), Reserve(Counts(), Clock()), None) as guarded:
            turns = [[*accepted(guarded)] for _ in range(4)]
    for peer in (*comers, *(peer for turn in turns for peer in turn)):
        peer.close()
    assert [len(turn) for turn in turns] == [MOST_AT_ONCE, MOST_AT_ONCE, 1, 0]
