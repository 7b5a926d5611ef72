"""The ticker where many watch: each line rendered once, and others have their turn."""

from __future__ import annotations

from dataclasses import replace

from socketspeak.language.acts import StartWatch
from socketspeak.language.catalog import Catalog
from socketspeak.language.framing import Pieces
from socketspeak.language.replies import Clock as Shown
from socketspeak.language.voice import Voice
from socketspeak.server.audience import SLICE
from tests.kit.world import NOON
from tests.server.ticking import JSON, LISBON, NS, TEXT, TOKYO, Peer, Rig


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


def test_who_begins_anew_while_a_tick_is_told_has_left_nothing_out() -> None:
    rig = Rig(NOON * NS)
    peers = [rig.watch(TOKYO) for _ in range(2 * SLICE)]
    peers[-1].reads = False
    rig.clock.advance(1)
    peers[-1].reads = True

    def meanwhile() -> None:
        rig.ticker.unwatch(peers[-1])
        rig.ticker.watch(peers[-1], StartWatch((TOKYO,), 1, TEXT))

    rig.clock.callLater(1, meanwhile)
    rig.clock.advance(1)
    rig.pass_time(1)
    assert peers[-1].got
    assert not any(b"skipped" in data for data in peers[-1].got)


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
