"""The timekeeper: real samples and looks at the host, and a log line for what goes wrong, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from twisted.logger import LogEvent, globalLogPublisher

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.values import Host, State
from socketspeak.sources.sample import ZoneSample
from socketspeak.sources.timekeeper import Timekeeper
from tests.sources.rig import knowing, pause, serving

S = 1_000_000_000
MS = 1_000_000
UTC = 1_795_457_045 * S
HOUR = 3600


class Keeping:
    """A timekeeper whose clocks the test turns, and what it logs."""

    def __init__(self) -> None:
        self.steady = 0
        self.asleep = 0
        self.host_off = 0
        self.error: int | None = None
        self.lines: list[str] = []
        discipline = Discipline(["first", "second", "third"])
        self.keeper = Timekeeper(discipline, lambda: self.steady, lambda: self.wall, self._host)

    @property
    def utc(self) -> int:
        """What a right clock shows."""
        return UTC + self.steady + self.asleep

    @property
    def wall(self) -> int:
        """What the host's clock shows."""
        return self.utc + self.host_off

    def _host(self) -> Host:
        return Host(self.steady, self.wall, self.error, self.asleep)

    def hear(self, name: str, off: int = 0) -> None:
        """An answer of a source whose clock is so many seconds ahead, 6 ms away."""
        sent, self.steady = self.steady, self.steady + 6 * MS
        stamp = self.utc - 3 * MS + off * S
        self.keeper.learn(
            ZoneSample(name, "Etc/UTC", "Etc/UTC", stamp, 1000, sent, self.steady, cacheable=False, offset=0)
        )

    def log(self, event: LogEvent) -> None:
        """Take note of a line."""
        if event.get("log_namespace") == "socketspeak.sources.timekeeper.Timekeeper":
            self.lines.append(str(event["log_format"]).format(**event))

    def said(self) -> list[str]:
        """What has been logged since this was last asked."""
        lines, self.lines = self.lines, []
        return lines


@pytest.fixture
def keeping() -> Iterator[Keeping]:
    """A timekeeper that has taken its first look."""
    keeping = Keeping()
    globalLogPublisher.addObserver(keeping.log)  # type: ignore[arg-type]
    keeping.keeper.look()
    yield keeping
    globalLogPublisher.removeObserver(keeping.log)  # type: ignore[arg-type]


def test_a_source_that_contradicts_itself_is_counted_each_time_and_logged_once_an_hour(
    keeping: Keeping,
) -> None:
    for off in (0, 1, 0, 1, 0):
        keeping.hear("first", off)
    assert keeping.keeper.contradictions() == {"first": 4}
    assert keeping.said() == ["the clock of source first contradicts itself"]
    keeping.steady += HOUR * S
    keeping.hear("first", -60)
    assert keeping.said() == ["the clock of source first contradicts itself"]


def test_a_clock_that_is_off_is_logged_when_that_begins_and_ends(keeping: Keeping) -> None:
    keeping.hear("first")
    keeping.hear("third")
    keeping.hear("second", -HOUR)
    keeping.hear("second", -HOUR)
    keeping.keeper.look()
    assert keeping.said() == ["the clock of second is off by -3600.000 s"]
    keeping.hear("second")
    assert keeping.said() == [
        "the clock of source second contradicts itself",
        "the clock of second is not off any more",
    ]


def test_a_clock_that_is_off_now_and_then_is_logged_once_an_hour_each_way(keeping: Keeping) -> None:
    keeping.hear("first")
    keeping.hear("third")
    for off in (-HOUR, 0, -HOUR, 0, -HOUR):
        keeping.hear("second", off)
    assert [line for line in keeping.said() if "off" in line] == [
        "the clock of second is off by -3600.000 s",
        "the clock of second is not off any more",
    ]
    keeping.steady += HOUR * S
    keeping.keeper.look()
    assert keeping.said() == ["the clock of second is off by -3600.000 s"]


def test_a_disagreement_is_logged_when_it_begins_and_ends(keeping: Keeping) -> None:
    keeping.hear("first")
    keeping.hear("second", 60)
    keeping.hear("second", 60)
    assert keeping.keeper.now().state is State.DISAGREE
    assert keeping.said() == ["no majority of the clocks agrees: no bound is given"]
    keeping.hear("third")
    assert keeping.said() == ["the clocks agree again", "the clock of second is off by +60.000 s"]


def test_a_sleep_is_logged_and_what_was_known_is_dropped(keeping: Keeping) -> None:
    keeping.hear("first")
    keeping.asleep += 90 * S
    assert keeping.keeper.look() == 90 * S
    assert keeping.keeper.look() == 0
    assert keeping.said() == ["the machine slept for 90.0 s: what the sources said is dropped"]
    reading = keeping.keeper.now()
    assert (reading.unix_ns, reading.bound_ns, reading.state) == (keeping.wall, None, State.DISRUPTED)
    keeping.hear("first")
    reading = keeping.keeper.now()
    assert reading.bound_ns is not None
    assert abs(reading.unix_ns - keeping.utc) <= reading.bound_ns


def test_a_clock_that_the_kernel_calls_synchronised_has_a_vote(keeping: Keeping) -> None:
    keeping.error = 20 * MS
    keeping.keeper.look()
    assert keeping.keeper.now().bound_ns == 250 * MS
    keeping.hear("first")
    assert keeping.keeper.now().state is State.SYNCED
    assert [voter.name for voter in keeping.keeper.voters()] == ["first", "embedded"]


def test_setting_the_hosts_clock_is_no_news(keeping: Keeping) -> None:
    keeping.hear("first")
    before = keeping.keeper.now()
    keeping.host_off = HOUR * S
    keeping.keeper.look()
    assert keeping.keeper.now() == before
    assert keeping.said() == []


@pytest.mark.parametrize("liar", [0, 1, 2])
async def test_three_sources_with_one_an_hour_off_are_never_led_astray(liar: int) -> None:
    offs = [3600.0 if at == liar else 0.0 for at in range(3)]
    # The liar answers first: from half a round trip of 10 ms away, and the others from 30.
    delays = [0.005 if at == liar else 0.015 for at in range(3)]
    async with (
        serving(offset=offs[0], delay=delays[0]) as lab,
        serving(offset=offs[1], delay=delays[1]) as second,
        serving(offset=offs[2], delay=delays[2]) as third,
        knowing(lab, second, third) as rig,
    ):
        honest = lab if liar else second
        rig.almanac.start()
        while len(rig.almanac.voters()) < 4:  # the host's comes last, without a vote
            reading = rig.almanac.now()
            if reading.bound_ns is not None:
                assert abs(reading.unix_ns - honest.now_ns()) <= reading.bound_ns + 100_000
            await pause(0.001)
        reading = rig.almanac.now()
        assert reading.state is State.SYNCED
        assert reading.bound_ns is not None
        assert abs(reading.unix_ns - honest.now_ns()) <= reading.bound_ns + 100_000
        wrong = [voter for voter in rig.almanac.voters() if voter.agrees is False]
        assert [voter.name for voter in wrong] == [("lab", "second", "third")[liar]]
        assert abs(wrong[0].offset_ns - HOUR * S) < 100 * MS
