"""Whatever a peer says, it gets one reply, or the end by a rule, and nothing that a terminal would obey."""

from __future__ import annotations

import json
from itertools import islice

import pytest
from twisted.internet.task import Clock

from tests.fuzz.oracles import check_said
from tests.kit.desk import a_desk
from tests.kit.hostile import NAMES, NOT_TEXT, OTHER_PROTOCOLS, random_lines
from tests.kit.peer import Peer
from tests.kit.world import the_setting

LINES = 100_000
LINES_A_SESSION = 10  # beyond which bad commands are answered late
VERBS = (
    *(
        "TIME {}",
        "{}",
        "FIND {}",
        "LIST {}",
        "DIFF utc TO {}",
        "CONVERT now {} TO utc",
        "CONVERT {} utc TO utc",
    ),
    *(
        "TRANSITIONS {}",
        "TRANSITIONS utc FROM {}",
        "MEET utc, {}",
        "MEET utc, utc ON {}",
        "HELP {}",
        "LANG {}",
    ),
    *("FORMAT {}", "PING {}", "AUTH {}", "WATCH {}", "{} utc"),
)
FENCE = b"\nPING\n"  # makes up for a bad command before it


def replies(peer: Peer) -> int:
    """How many replies it has got."""
    return sum(line.startswith("{") or line[3] == " " for line in check_said(peer.transport.sent))


def test_a_hundred_thousand_random_lines_of_all_octets_get_a_reply_each() -> None:
    clock = Clock()
    desk, setting = a_desk(clock), the_setting(menu=2)
    lines = random_lines(LINES, seed=5)
    for _ in range(LINES // LINES_A_SESSION):
        peer = Peer(desk, clock, setting)
        peer.send(b"".join(b"%b\n" % line for line in islice(lines, LINES_A_SESSION)))
        peer.settle()
        assert replies(peer) == LINES_A_SESSION
        peer.transport.lose()
    assert desk.counts.faults == 0


@pytest.mark.parametrize("language", ["en", "pt-BR", "es"])
@pytest.mark.parametrize("form", ["TEXT", "JSON"])
def test_names_that_are_none_get_a_reply_each_that_any_terminal_can_show(language: str, form: str) -> None:
    peer = Peer()
    peer.send(f"FORMAT {form}\nLANG {language}\n".encode())
    for name in NAMES:
        for verb in VERBS:
            peer.transport.sent = b""
            peer.send(verb.format(name).encode() + FENCE)
            peer.settle()
            assert replies(peer) == 2, verb.format(name)
            peer.send(f"FORMAT {form}\nLANG {language}\n".encode())
    assert peer.desk.counts.faults == 0


@pytest.mark.parametrize("name", NAMES)
def test_no_name_that_is_none_names_a_zone(name: str) -> None:
    peer = Peer()
    peer.send(f"TIME {name}\n".encode())
    peer.settle()
    assert peer.codes in (["550 "], ["501 "], ["552 "]), peer.said


@pytest.mark.parametrize("octets", NOT_TEXT)
@pytest.mark.parametrize("form", ["TEXT", "JSON"])
def test_what_is_no_text_gets_501(octets: bytes, form: str) -> None:
    peer = Peer()
    peer.send(f"FORMAT {form}\n".encode())
    peer.transport.sent = b""
    peer.send(b"TIME " + octets + b" x\n")
    (line,) = check_said(peer.transport.sent)
    assert line.startswith("501 ") or json.loads(line)["code"] == 501


@pytest.mark.parametrize("stream", OTHER_PROTOCOLS)
def test_what_speaks_another_protocol_is_told_so_once_and_ends(stream: bytes) -> None:
    peer = Peer()
    peer.send(stream)
    assert peer.codes == ["421 "]
    assert peer.transport.disconnecting
    assert b"uid=" not in peer.transport.sent


@pytest.mark.parametrize("pieces", [(b"PING\n\x16\x03\x01\n",), (b"PING\n", b"\x16\x03\x01\n")])
def test_what_looks_like_tls_later_on_is_a_line_however_it_comes(pieces: tuple[bytes, ...]) -> None:
    peer = Peer()
    peer.send(*pieces)
    assert peer.codes == ["200 ", "501 "]


@pytest.mark.parametrize(
    "command", [b"\xff\xfd\x01", b"\xff\xfb\x18", b"\xff\xfd\xff", b"\xff\xf4", b"\xff\xf6"]
)
def test_a_storm_of_telnet_commands_costs_what_a_peer_that_reads_nothing_may_cost(command: bytes) -> None:
    peer = Peer()
    peer.transport.peer_reads = False
    peer.send(*[command * 5000] * 20)
    peer.settle()
    assert peer.transport.unsent <= 65_536 + 15_000
    peer.transport.read_on()
    peer.settle()
    refused = command[:2] in (b"\xff\xfd", b"\xff\xfb")
    assert len(peer.transport.sent) == (300_000 if refused else 0)
    peer.transport.sent = b""
    peer.send(b"PING\n")
    peer.settle()
    assert peer.said == ["200 PONG"]


def test_a_sub_negotiation_that_never_ends_is_not_kept_and_ends_the_session() -> None:
    peer = Peer()
    peer.send(b"\xff\xfa", *[b"\xff\xff" + b"x" * 998] * 65)
    assert peer.transport.sent == b""
    peer.send(b"x" * 1000)
    assert peer.codes == ["421 "]
    assert peer.transport.disconnecting
