"""The ticker: on the whole second, none lost, none doubled, each line rendered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from socketspeak.clock.values import Reading, State
from socketspeak.language.acts import Outcome, StartWatch, Told
from socketspeak.language.catalog import Catalog
from socketspeak.language.framing import Pieces
from socketspeak.language.replies import Clock as Shown
from socketspeak.language.voice import Voice
from socketspeak.server.ticker import SLICE, Ticker
from socketspeak.zones.values import Found, Place
from tests.kit.world import NOON, the_languages, the_world

NS = 1_000_000_000
TEXT = the_languages()["en"]["TEXT"]
JSON = the_languages()["en"]["JSON"]


def place(name: str) -> Place:
    found = the_world().atlas.resolve(name, NOON)
    assert isinstance(found, Found)
    return found.place


TOKYO, LISBON = place("tokyo"), place("lisbon")


class Times:
    """A desk whose clock is the turned one, set to a time of the test's choice."""

    def __init__(self, clock: Clock, start_ns: int = NOON * NS) -> None:
        self._clock = clock
        self.start_ns = start_ns
        self.state = State.SINGLE
        self.refreshed: list[tuple[str, ...]] = []

    def unix_ns(self) -> int:
        return self.start_ns + round(self._clock.seconds() * NS)

    def at(self, zones: Sequence[str], unix_ns: int) -> Outcome:
        engine = the_world().engine
        rules = {zone: Told(engine.rule(zone, unix_ns // NS)) for zone in zones}
        return Outcome(Reading(unix_ns, 4_000_000, self.state), rules)

    def refresh(self, zones: Sequence[str]) -> None:
        self.refreshed.append(tuple(zones))


class Peer:
    """Who watches, and may not read."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.reads = True

    def ticked(self, data: bytes) -> bool:
        if self.reads:
            self.got.append(data)
        return self.reads

    @property
    def seconds(self) -> list[str]:
        """The local times that it was told, one a tick."""
        return [data.split(b" ")[1].split(b"T")[1][:12].decode() for data in self.got]


class Rig:
    """A ticker and its clock; the time begins 0.4 s behind a whole second."""

    def __init__(self, start_ns: int = NOON * NS + 400_000_000) -> None:
        self.clock = Clock()
        self.times = Times(self.clock, start_ns)
        self.ticker = Ticker(self.times, self.clock)

    def watch(self, *places: Place, every: int = 1, voice: Voice = TEXT) -> Peer:
        peer = Peer()
        self.ticker.watch(peer, StartWatch(places, every, voice))
        return peer

    def pass_time(self, seconds: float, step: float = 0.1) -> None:
        self.clock.pump([step] * round(seconds / step))


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


def test_a_line_is_rendered_once_a_zone_format_and_language_however_many_watch() -> None:
    rendered: list[tuple[str, str]] = []

    def counting(voice: Voice) -> Voice:
        def ticked(clock: Shown, catalog: Catalog, disturbed: str | None) -> Pieces:
            rendered.append((clock.zone, voice.format.name))
            return voice.format.ticked(clock, catalog, disturbed)

        return replace(voice, format=replace(voice.format, ticked=ticked))

    rig = Rig()
    text, json = counting(TEXT), counting(JSON)
    peers = [
        rig.watch(*places, voice=voice)
        for voice in (text, json)
        for places in [(TOKYO,), (TOKYO, LISBON)] * 50
    ]
    rig.pass_time(1)
    assert sorted(rendered) == [
        ("Asia/Tokyo", "JSON"),
        ("Asia/Tokyo", "TEXT"),
        ("Europe/Lisbon", "JSON"),
        ("Europe/Lisbon", "TEXT"),
    ]
    assert all(len(peer.got) == 1 for peer in peers)


def test_others_have_their_turn_after_each_slice_of_watchers() -> None:
    rig = Rig(NOON * NS)
    peers = [rig.watch(TOKYO) for _ in range(3 * SLICE)]
    seen: list[int] = []

    def another() -> None:
        seen.append(sum(len(peer.got) for peer in peers))
        if len(seen) < 3:
            rig.clock.callLater(0, another)

    rig.clock.callLater(1, another)
    rig.clock.advance(1)
    assert seen == [SLICE, 2 * SLICE, 3 * SLICE]


def test_who_leaves_or_comes_while_a_tick_is_told_is_neither_missed_nor_told_twice() -> None:
    rig = Rig(NOON * NS)
    peers = [rig.watch(TOKYO) for _ in range(2 * SLICE)]
    late: list[Peer] = []

    def meanwhile() -> None:
        rig.ticker.unwatch(peers[-1])
        late.append(rig.watch(TOKYO))

    rig.clock.callLater(1, meanwhile)
    rig.clock.advance(1)
    assert peers[-1].got == late[0].got == []
    assert all(len(peer.got) == 1 for peer in peers[:-1])
    rig.pass_time(1)
    assert len(late[0].got) == 1


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


class Slow(Peer):
    """Who takes a while to be told."""

    def __init__(self, rig: Rig, seconds: float) -> None:
        super().__init__()
        self._rig = rig
        self._seconds = seconds
        self.at: list[float] = []

    def ticked(self, data: bytes) -> bool:
        self.at.append(self._rig.clock.seconds())
        self._rig.clock.rightNow += self._seconds
        return super().ticked(data)


def test_the_middle_of_a_crowd_is_told_on_the_second_and_nobody_is_told_twice() -> None:
    rig = Rig(NOON * NS)
    crowd = [Slow(rig, 0.0002) for _ in range(300)]  # 60 ms in all
    for peer in crowd:
        rig.ticker.watch(peer, StartWatch((TOKYO,), 1, TEXT))
    rig.pass_time(4.5, step=0.001)
    assert [len(peer.got) for peer in crowd] == [4] * 300
    assert [data.split(b" ")[1][17:23] for data in crowd[0].got] == [
        b"06.000",
        b"07.000",
        b"08.000",
        b"09.000",
    ]
    first, last = crowd[0].at[-1], crowd[-1].at[-1]
    assert 3.96 < first < 3.98  # of the 60 ms half before the second, half after
    assert 4.02 < last < 4.04


def test_nobody_is_told_early_where_few_watch() -> None:
    rig = Rig(NOON * NS)
    few = [Slow(rig, 0.0002) for _ in range(50)]
    for peer in few:
        rig.ticker.watch(peer, StartWatch((TOKYO,), 1, TEXT))
    rig.pass_time(4.5, step=0.001)
    assert min(peer.at[-1] for peer in few) >= 4
