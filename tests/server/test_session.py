"""A session between its peer and its desk: answers, sources that are waited for, faults, the end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from socketspeak.language.conversation import QUEUE
from socketspeak.language.memory import GREETING
from socketspeak.zones.values import Area, Found, Lacking, Place, Several, Unknown
from tests.kit.desk import a_desk, calls_left
from tests.kit.peer import Peer, peer_with_source
from tests.kit.world import NOON, the_setting, the_voices, the_world


def test_the_greeting_is_the_first_thing_said() -> None:
    peer = Peer(greeted=True)
    assert peer.said[0] == "220-SocketSpeak 1.0.0 clock.example ready, world time on a socket"
    assert peer.codes[-1] == "220 "


def test_a_second_greeting_within_the_second_is_the_same_and_its_numbers_work() -> None:
    clock = Clock()
    desk = a_desk(clock)
    first, second = Peer(desk, clock, greeted=True), Peer(desk, clock, greeted=True)
    assert first.said == second.said
    second.transport.sent = b""
    second.send(b"2\n")
    assert " America/Maceio " in second.said[0]


def test_the_greeting_is_rendered_once_a_second_and_not_for_each_who_comes() -> None:
    clock = Clock()
    desk = a_desk(clock)
    Peer(desk, clock)
    kept = desk.memory.table(the_voices()["TEXT"], NOON, desk.almanac.edition)
    assert list(kept) == [GREETING]
    kept[GREETING] = (b"220 kept\r\n",)
    assert Peer(desk, clock, greeted=True).said == ["220 kept"]
    clock.advance(1)
    assert Peer(desk, clock, greeted=True).said[0].startswith("220-SocketSpeak ")


def test_an_answer_from_memory_has_new_milliseconds_each_time() -> None:
    peer = Peer()
    for _ in range(3):
        peer.send(b"TIME Asia/Tokyo\n")
        peer.clock.advance(0.25)
    assert [re.search(r":05\.(\d{3})", line).group(1) for line in peer.said] == ["123", "373", "623"]  # type: ignore[union-attr]


def test_an_answer_is_not_kept_into_the_next_second_nor_over_a_transition() -> None:
    peer = Peer()
    peer.send(b"TIME Asia/Tokyo\n")
    peer.clock.advance(1)
    peer.send(b"TIME Asia/Tokyo\n")
    assert [line[4:24] for line in peer.said] == ["2026-11-24T03:04:05.", "2026-11-24T03:04:06."]


def test_an_answer_kept_for_one_format_is_not_given_in_another() -> None:
    peer = Peer()
    peer.send(b"TIME tokyo\n", b"FORMAT JSON\n", b"TIME tokyo\n", b"FORMAT TEXT\n", b"TIME tokyo\n")
    assert [line[:1] for line in peer.said] == ["2", "{", "{", "2", "2"]
    assert json.loads(peer.said[2])["clocks"][0]["datetime"].endswith(".123456+09:00")


def test_an_answer_is_not_kept_when_something_new_is_learnt() -> None:
    peer, _ = peer_with_source(0.08, answered=False)
    peer.send(b"TIME Asia/Tokyo\n")
    peer.turn(0.08)
    peer.send(b"TIME Asia/Tokyo\n")
    assert [line.split(" via=")[1].split(";")[0] for line in peer.said] == ["embedded", "lab"]
    assert peer.said[0][4:23] == peer.said[1][4:23]


def test_a_kept_answer_tells_a_bound_that_holds_for_the_whole_second() -> None:
    peer, _ = peer_with_source(0.0, probe=0.0098)  # half is 4.9 ms, and 200 ppm of a second are 0.2 ms
    peer.send(b"TIME UTC\n")
    assert " within=6ms via=lab " in peer.said[0]


def test_what_is_in_memory_waits_for_what_was_asked_before_it() -> None:
    peer, _ = peer_with_source(0.08)
    peer.send(b"TIME Asia/Tokyo\n")
    peer.turn(0.08)
    peer.send(b"TIME Asia/Tokyo\nTIME Europe/Lisbon\nTIME Asia/Tokyo\n")
    peer.turn(0.08)
    peer.settle()
    assert [line.split()[2] for line in peer.said] == [
        "Asia/Tokyo",
        "Asia/Tokyo",
        "Europe/Lisbon",
        "Asia/Tokyo",
    ]


def test_a_number_is_never_answered_from_what_another_session_keeps() -> None:
    clock = Clock()
    desk = a_desk(clock)
    one, other = Peer(desk, clock), Peer(desk, clock)
    other.send(b"LIST NZ\n")
    other.transport.sent = b""
    one.send(b"1\n")
    other.send(b"1\n")
    assert " America/Sao_Paulo " in one.said[0]
    assert " Pacific/Auckland " in other.said[0]


def test_a_source_is_waited_for_and_named_and_the_bound_is_half_the_round_trip() -> None:
    peer, _ = peer_with_source(0.08)
    peer.send(b"TIME tokyo\n")
    assert peer.said == []
    peer.turn(0.08)
    assert " Asia/Tokyo JST dst=no within=6ms via=lab; " in peer.said[0]  # the probe's round trip was 10 ms


def test_a_thousand_answers_cost_one_request_and_are_right_to_the_millisecond() -> None:
    peer, source = peer_with_source(0.08)
    for _ in range(1000):
        peer.send(b"TIME Asia/Tokyo\n")
        peer.clock.advance(0.08)
    peer.settle()
    assert source.asked == ["Asia/Tokyo"]
    stamps = [line[4:27] for line in peer.said]
    assert len(stamps) == 1000
    assert stamps[0] == "2026-11-24T03:04:05.213"  # 10 ms of probe and 80 ms of waiting after NOON
    assert stamps[999] == "2026-11-24T03:05:25.053"  # 998 times 80 ms later: the first of all waited


def test_requests_in_other_sessions_share_one_flight() -> None:
    peer, source = peer_with_source(0.08)
    others = [Peer(peer.desk, peer.clock) for _ in range(5)]
    for each in (peer, *others):
        each.send(b"TIME lisbon\n")
    peer.turn(0.08)
    assert source.asked == ["Europe/Lisbon"]
    assert [each.codes for each in (peer, *others)] == [["250 "]] * 6


def test_when_patience_is_spent_the_embedded_rule_answers_and_says_so() -> None:
    peer, _ = peer_with_source(None)
    peer.send(b"TIME tokyo\nPING\n")
    peer.turn(0.79)
    assert peer.said == []
    peer.turn(0.02)
    assert " Asia/Tokyo JST dst=no within=6ms via=embedded; " in peer.said[0]
    assert peer.codes == ["250 ", "200 "]


def test_nobody_waits_for_a_source_that_has_never_answered() -> None:
    peer, _ = peer_with_source(None, answered=False)
    peer.send(b"TIME tokyo\n")
    assert " within=? via=embedded; " in peer.said[0]


def test_while_a_source_is_awaited_thirty_two_requests_wait_and_then_reading_stops() -> None:
    peer, _ = peer_with_source(0.5)
    peer.send(b"TIME tokyo\n" + b"PING\n" * 100)
    peer.settle()
    assert peer.said == []
    assert not peer.transport.reading
    assert peer.session.room() == 0
    peer.send(b"QUIT\n")
    peer.turn(0.5)
    peer.settle()
    assert peer.codes == ["250 "] + ["200 "] * 100 + ["221 "]


def test_a_queue_that_is_not_full_leaves_the_peer_read() -> None:
    peer, _ = peer_with_source(0.5)
    peer.send(b"TIME tokyo\n" + b"PING\n" * (QUEUE - 1))
    peer.settle()
    assert peer.transport.reading


def test_a_peer_that_leaves_while_a_source_is_awaited_frees_the_source() -> None:
    peer, source = peer_with_source(None)
    peer.send(b"TIME tokyo\n")
    peer.transport.lose()
    assert source.cancelled == ["Asia/Tokyo"]
    assert calls_left(peer.clock) == []
    assert peer.desk.counts.sessions == 0


def test_a_peer_that_has_finished_gets_what_a_source_answers_later() -> None:
    peer, _ = peer_with_source(0.08)
    peer.send(b"TIME tokyo\nTIME lisbon")
    peer.finish()
    peer.turn(0.08)
    peer.turn(0.08)
    assert peer.codes == ["250 ", "250 "]
    assert peer.transport.closed


def test_a_peer_that_has_finished_is_not_read_again_over_many_turns() -> None:
    peer, _ = peer_with_source(0.08)
    peer.send(b"TIME tokyo\n" + b"PING\n" * 25)
    peer.settle()
    peer.finish()
    peer.turn(0.08)
    peer.settle()
    assert peer.codes == ["250 "] + ["200 "] * 25
    assert peer.transport.closed


def test_status_tells_of_the_source_and_counts() -> None:
    peer, _ = peer_with_source(0.08)
    peer.send(b"TIME tokyo\n")
    peer.turn(0.08)
    peer.transport.sent = b""
    peer.send(b"STATUS\n")
    assert "clock=single within=6ms" in peer.said[1]
    assert "sessions=1 connections=1 requests=2 faults=0" in peer.said[2]
    assert "source=lab dialect=worldtimeapi state=ok requests=2 failures=0 disagreements=0" in peer.said[3]
    assert peer.said[-1].startswith("211 source=embedded state=ready offset=")


class BrokenGazetteer:
    """An atlas with our own bug in it."""

    def resolve(self, text: str, unix_seconds: int) -> Found | Several | Unknown | Lacking:
        if text == "bug":
            raise ZeroDivisionError("ours")
        return the_world().atlas.resolve(text, unix_seconds)

    def find(self, text: str, most: int = 20) -> tuple[Place, ...]:
        return ()

    def near(self, text: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
        return ()

    def areas(self) -> tuple[Area, ...]:
        return ()

    def listing(self, text: str) -> tuple[Place, ...] | Unknown:
        return ()


class InternalFaults(SynchronousTestCase):
    """Our own bug is logged once, answered 451, and the session goes on."""

    def test_a_fault_of_ours_is_451_and_logged_once(self) -> None:
        whole = the_setting(menu=2)
        setting = replace(whole, gazetteer=BrokenGazetteer())
        peer = Peer(setting=setting)
        peer.send(b"TIME bug\nPING\nTIME tokyo\n")
        self.assertEqual(peer.codes, ["451 ", "200 ", "250 "])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(peer.desk.counts.faults, 1)


@pytest.mark.parametrize("line", [b"TIME tokyo\n" * 20 + b"QUIT\n" + b"PING\n"])
def test_pipelined_requests_are_answered_in_order_each_once(line: bytes) -> None:
    peer = Peer()
    peer.send(line)
    peer.settle()
    assert peer.codes == ["250 "] * 20 + ["221 "]
