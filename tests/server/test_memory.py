"""What is kept in memory for the same line: not what is long, which many could be owed at once."""

from __future__ import annotations

from socketspeak.language.memory import KEPT_OCTETS, Memory
from socketspeak.server.lines import LINES_A_TURN
from tests.kit.peer import Peer
from tests.kit.world import the_voices

UNREAD_OCTETS = 65_536  # what a peer may leave unread


def test_all_that_is_answered_from_memory_in_one_turn_is_what_a_peer_may_leave_unread() -> None:
    assert LINES_A_TURN * KEPT_OCTETS <= UNREAD_OCTETS
    peer = Peer()
    peer.send(b"FORMAT JSON\n", b"TIME " + b",".join([b"utc"] * 90) + b"\n")
    peer.transport.peer_reads = False
    peer.send((b"TIME " + b",".join([b"utc"] * 90) + b"\n") * LINES_A_TURN)
    assert peer.transport.unsent < UNREAD_OCTETS + 30_000


def test_the_greeting_is_kept_however_long_the_menu_is() -> None:
    memory, voice = Memory(), the_voices()["TEXT"]
    table = memory.table(voice, 0, None)
    memory.keep(table, b"TIME utc", (b"x" * (KEPT_OCTETS + 1),))
    memory.keep(table, b"TIME UTC", (b"x" * KEPT_OCTETS,))
    memory.keep(table, b"\n", (b"x" * 100_000,))
    assert sorted(map(repr, table)) == [repr(b"TIME UTC"), repr(b"\n")]
