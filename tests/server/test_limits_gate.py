"""Who is let in, and how others are refused."""

from __future__ import annotations

import pytest

from socketspeak.server.gate import MOST_REFUSALS
from tests.kit.limited import LimitedServer

FULL = "421 3 connections are open, no more are taken: try again later"
FULL_FOR_ADDRESS = "421 2 connections from your address are open, no more are taken"
HERE, THERE = "192.0.2.1", "192.0.2.2"


def a_server(language: str = "en") -> LimitedServer:
    return LimitedServer(connections=3, connections_per_address=2, language=language)


def test_who_comes_when_all_places_are_taken_is_told_so_in_place_of_the_greeting() -> None:
    server = a_server()
    server.visitors(2, HERE)
    server.visitor(THERE)
    refused = server.visitor("192.0.2.3")
    assert refused.said == [FULL]
    assert refused.transport.write_closed
    assert (server.counts.refused_full, server.counts.connections, server.counts.sessions) == (1, 3, 3)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (HERE, THERE),
        ("127.0.0.1", "127.0.0.2"),
        ("", "127.0.0.1"),
        ("2001:db8::1", "2001:db8:0:1::1"),
        ("::ffff:192.0.2.1", "192.0.2.2"),
    ],
)
def test_who_comes_from_where_enough_are_is_told_so_and_others_are_let_in(here: str, there: str) -> None:
    server = a_server()
    server.visitors(2, here)
    assert server.visitor(here).said == [FULL_FOR_ADDRESS]
    assert server.visitor(there).said[-1].startswith("220 ")
    assert server.counts.refused_address == 1


@pytest.mark.parametrize("hosts", [("2001:db8::1", "2001:db8::ffff:2"), ("192.0.2.1", "::ffff:192.0.2.1")])
def test_who_has_many_addresses_is_counted_once(hosts: tuple[str, str]) -> None:
    server = a_server()
    first, second = hosts
    server.visitor(first)
    server.visitor(second)
    assert server.visitor(first).said == [FULL_FOR_ADDRESS]


def test_it_is_told_in_the_servers_language() -> None:
    server = a_server("pt-BR")
    server.visitors(2)
    already = "421 já há 2 conexões abertas a partir do seu endereço, nenhuma a mais é aceita"
    assert server.visitor().said == [already]


def test_a_place_is_free_as_soon_as_somebody_has_left() -> None:
    server = a_server()
    first, _ = server.visitors(2)
    first.transport.lose()
    assert server.visitor().said[-1].startswith("220 ")


@pytest.mark.parametrize("reads", [True, False])
def test_who_was_refused_is_gone_within_a_second_whatever_it_does(reads: bool) -> None:
    server = a_server()
    server.visitors(2)
    refused = server.visitor()
    refused.transport.peer_reads = reads
    for _ in range(9):
        server.turn(0.1)
        refused.send(b"TIME tokyo\nQUIT\n", b"\xff\xfd\x06", b"x" * 2000)
    server.turn(0.11)
    assert refused.transport.closed
    assert refused.said == [FULL_FOR_ADDRESS]
    assert server.counts.requests == 0


def test_who_was_refused_and_leaves_is_gone_at_once() -> None:
    server = a_server()
    server.visitors(2)
    refused = server.visitor()
    refused.finish()
    assert refused.transport.closed
    assert not refused.transport.aborted


def test_only_so_many_are_told_at_once_and_others_are_cut_off() -> None:
    server = a_server()
    server.visitors(2)
    told, untold = server.visitors(MOST_REFUSALS), server.visitors(10)
    assert all(peer.said == [FULL_FOR_ADDRESS] for peer in told)
    assert all(peer.transport.aborted and not peer.said for peer in untold)
    assert (server.counts.refused_address, server.counts.refused_unsaid) == (MOST_REFUSALS + 10, 10)
    server.turn(1.1)
    assert server.visitor().said == [FULL_FOR_ADDRESS]


def test_nothing_is_kept_of_those_who_were_refused() -> None:
    server = a_server()
    peers = server.visitors(200)
    server.turn(2)
    for peer in peers:
        peer.transport.lose()
    assert server.counts.sessions == 0
    assert server.visitor().said[-1].startswith("220 ")
    assert len(server.clock.getDelayedCalls()) == 1  # the sweeper's
