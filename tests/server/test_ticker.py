"""The ticker: on the whole second, none lost, none doubled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.clock.values import State
from socketspeak.language.acts import StartWatch
from tests.kit.world import NOON
from tests.server.ticking import JSON, LISBON, NS, TEXT, TOKYO, Rig, place


def test_ticks_come_on_each_whole_second_of_the_agreed_clock() -> None:
    rig = Rig()
    peer = rig.watch(TOKYO)
    rig.clock.advance(0.599)
    assert peer.got == []
    rig.clock.advance(0.001)
    assert len(peer.got) == 1
    rig.pass_time(2)
    assert peer.seconds == ["03:04:06.000", "03:04:07.000", "03:04:08.000"]


def test_a_tick_is_one_reply_a_place_and_in_json_one_object_for_all() -> None:
    rig = Rig()
    text, json = rig.watch(TOKYO, LISBON), rig.watch(TOKYO, LISBON, voice=JSON)
    rig.pass_time(1)
    assert text.got[0].decode().split("\r\n") == [
        "150 2026-11-24T03:04:06.000+09:00 Asia/Tokyo JST dst=no within=4ms via=embedded; "
        "Tuesday, 24 November 2026, 03:04:06 in Tokyo",
        "150 2026-11-23T18:04:06.000+00:00 Europe/Lisbon WET dst=no within=4ms via=embedded; "
        "Monday, 23 November 2026, 18:04:06 in Lisbon",
        "",
    ]
    assert json.got[0].startswith(
        b'{"code":150,"clocks":[{"datetime":"2026-11-24T03:04:06.000000+09:00","zone"'
    )
    assert json.got[0].endswith(b'"country":"PT"}]}\r\n')


@pytest.mark.parametrize("every", [2, 7, 60])
def test_every_n_seconds_means_so_beginning_with_the_next_second(every: int) -> None:
    rig = Rig()
    peer = rig.watch(TOKYO, every=every)
    rig.pass_time(2 * every + 1)
    assert len(peer.got) == 3
    assert peer.seconds[0] == "03:04:06.000"


def test_a_transition_shows_in_the_very_tick_in_which_it_happens() -> None:
    change = 1_792_890_000  # 2026-10-25T01:00:00Z, when Lisbon goes back from 02:00 to 01:00
    rig = Rig((change - 2) * NS)
    peer = rig.watch(LISBON)
    rig.pass_time(3)
    times = [data.split(b" ")[1].decode() for data in peer.got]
    assert times[-3:] == [
        "2026-10-25T01:59:59.000+01:00",
        "2026-10-25T01:00:00.000+00:00",
        "2026-10-25T01:00:01.000+00:00",
    ]


def test_who_does_not_read_skips_ticks_and_is_told_how_many() -> None:
    rig = Rig()
    peer, other = rig.watch(TOKYO), rig.watch(TOKYO, voice=JSON)
    rig.pass_time(1)
    peer.reads = other.reads = False
    rig.pass_time(3)
    peer.reads = other.reads = True
    rig.pass_time(2)
    assert peer.seconds == ["03:04:06.000", "03:04:10.000", "03:04:11.000"]
    assert b" via=embedded skipped=3; " in peer.got[1]
    assert b"skipped" not in peer.got[2]
    assert other.got[1].endswith(b',"skipped":3}\r\n')


def test_when_the_process_was_held_up_the_ticks_that_it_missed_are_owned_up_to() -> None:
    rig = Rig()
    peer, seldom = rig.watch(TOKYO), rig.watch(LISBON, every=5)
    rig.pass_time(1)
    rig.clock.advance(3)
    assert b" skipped=2; " in peer.got[-1]
    rig.pass_time(5)
    assert [b"skipped" in data for data in seldom.got] == [False, False]


@pytest.mark.parametrize("step", [-3600, -2, 2, 3600])
def test_a_clock_that_is_set_right_goes_on_from_there_and_nothing_was_missed(step: int) -> None:
    rig = Rig()
    peer = rig.watch(place("Etc/UTC"))
    rig.pass_time(2)
    rig.times.start_ns += step * NS
    rig.pass_time(2)
    assert len(peer.got) == 4
    assert not any(b"skipped" in data for data in peer.got)
    first = [int(data.split(b":")[2][:2]) + 60 * int(data.split(b":")[1]) for data in peer.got]
    assert (first[3] - first[2]) == 1


@pytest.mark.parametrize("state", [State.DISRUPTED, State.DISAGREE])
def test_a_disturbed_clock_is_said(state: State) -> None:
    rig = Rig()
    text, json = rig.watch(TOKYO), rig.watch(TOKYO, voice=JSON)
    rig.times.state = state
    rig.pass_time(1)
    assert f" clock={state}; ".encode() in text.got[0]
    assert json.got[0].endswith(f',"clock":"{state}"}}\r\n'.encode())


def test_a_second_watch_replaces_the_first_and_unwatch_ends_it() -> None:
    rig = Rig()
    peer = rig.watch(TOKYO)
    rig.ticker.watch(peer, StartWatch((LISBON,), 1, TEXT))
    rig.pass_time(1)
    assert len(peer.got) == 1
    assert b"Lisbon" in peer.got[0]
    rig.ticker.unwatch(peer)
    rig.pass_time(2)
    assert len(peer.got) == 1
    assert rig.ticker.unwatch(peer) == 0
    assert rig.clock.getDelayedCalls() == []


def test_another_voice_does_not_change_when_ticks_come() -> None:
    rig = Rig()
    peer = rig.watch(TOKYO, every=5)
    rig.pass_time(2)
    rig.ticker.watch(peer, StartWatch((TOKYO,), 5, JSON))
    rig.pass_time(3)
    assert len(peer.got) == 1
    rig.pass_time(1)
    assert peer.got[1].startswith(b"{")


def test_nothing_is_awake_while_nobody_watches() -> None:
    assert Rig().clock.getDelayedCalls() == []


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.lists(st.booleans(), min_size=12, max_size=40))
def test_of_ticks_told_and_skipped_none_is_lost_and_none_doubled(every: list[int], reads: list[bool]) -> None:
    rig = Rig(NOON * NS)
    peers = [rig.watch(TOKYO, every=each) for each in every]
    for reading in reads:
        for peer in peers:
            peer.reads = reading
        rig.clock.advance(1)
    for each, peer in zip(every, peers, strict=True):
        due = len(range(0, len(reads), each))
        skipped = [int(data.split(b"skipped=")[1].split(b";")[0]) for data in peer.got if b"skipped=" in data]
        pending = rig.ticker.unwatch(peer)
        assert len(peer.got) + sum(skipped) + pending == due
