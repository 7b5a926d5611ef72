"""`socketspeak watch` writes lines into pipes, and says what is wrong."""

from __future__ import annotations

import io
import re
import time

import pytest
from twisted.internet.defer import Deferred, gatherResults

from socketspeak.app.asking import carry_out
from socketspeak.app.choosing import choose
from socketspeak.app.following import Lines
from socketspeak.app.screen import Screen, Stream
from socketspeak.client import ConnectionLost, Lost, Tick
from tests.app.carrying import ask, refusal
from tests.app.showing import KOLKATA, TOKYO, Shown
from tests.client.loopback import Server, the_reactor


async def test_in_a_pipe_a_tick_is_a_line_a_place_as_time_prints_it() -> None:
    async with Server() as server:
        asked = await ask("watch", "tokyo", "new york", "--count", "2", server=server.address)
        once = await ask("time", "tokyo", "new york", server=server.address)
    assert (asked.status, asked.err, len(asked.out)) == (0, [], 4)
    times = [re.search(r"\d\d:\d\d:(\d\d)", line) for line in asked.out]
    assert [re.sub(r"\w+ \S+ \d\d:\d\d:\d\d", "…", line) for line in asked.out] == [
        re.sub(r"\w+ \S+ \d\d:\d\d:\d\d", "…", line) for line in once.out
    ] * 2
    first, _, third, _ = (int(found[1]) for found in times if found)
    assert (third - first) % 60 == 1


class Broken(io.StringIO):
    """A stream that cannot be written to, and is no pipe that would tell so before."""

    def __init__(self, wrong: OSError) -> None:
        super().__init__()
        self._wrong = wrong

    def write(self, text: str) -> int:
        raise self._wrong


async def test_it_ends_when_its_reader_has_gone_or_its_disk_is_full() -> None:
    outs = [Stream(Broken(wrong)) for wrong in (BrokenPipeError(), OSError(28, "No space left on device"))]
    err, begun = io.StringIO(), time.monotonic()
    async with Server() as server:
        chosen = choose(["watch", "tokyo", "--count", "99", "--server", server.address])
        following = [carry_out(chosen, the_reactor(), Screen(out, Stream(err))) for out in outs]
        assert await gatherResults(map(Deferred.fromCoroutine, following)) == [0, 0]
    assert [out.trouble is None for out in outs] == [True, False]
    assert time.monotonic() - begun < 5, "it ended by the test's own limit"
    assert err.getvalue() == ""


def test_ticks_that_were_left_out_and_a_clock_that_is_off_are_said_in_the_line(shown: Shown) -> None:
    shown.screen.tick(Tick((TOKYO, KOLKATA), skipped=3, disturbed="disrupted"))
    assert [line.rpartition("  ")[2] for line in shown.out] == ["clock disrupted, 3 ticks left out"] * 2


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["lisbom"], 1, "550 no such place: lisbom; near: lisbon"),
        (["tokyo", "lisbom"], 1, "550 no such place: lisbom; near: lisbon"),
        (
            ["tokyo,lisbon"],
            2,
            "a place cannot hold a comma: 'tokyo,lisbon'; give each place as an argument of",
        ),
        (["tokyo", "--server", "localhost:1"], 3, "localhost:1: cannot connect: "),
    ],
)
async def test_what_cannot_be_watched_is_said_and_fails(arguments: list[str], status: int, said: str) -> None:
    async with Server() as server:
        asked = await ask("watch", *arguments, **({} if status == 3 else {"server": server.address}))
    assert (asked.status, asked.out, len(asked.err)) == (status, [], 1)
    assert asked.err[0].startswith(f"socketspeak: {said}")


@pytest.mark.parametrize(("seconds", "said"), [(0.7, "1 s"), (1.9, "1 s"), (45, "45 s")])
def test_a_connection_that_is_lost_is_said_on_standard_error(shown: Shown, seconds: float, said: str) -> None:
    Lines(shown.screen, "clock.example:8082", as_json=False).lost(Lost(ConnectionLost("reset"), seconds))
    assert shown.out == []
    assert shown.err == [
        f"socketspeak: clock.example:8082: the connection was lost: reset; trying again in {said}"
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--every", "0"], "--every: '0' is not allowed: a number from 1 to 3600"),
        (["--every", "1.5"], "--every: '1.5' is not allowed"),
        (["--every", "3601"], "--every: '3601' is not allowed"),
        (["--count", "0"], "--count: '0' is not allowed: a number from 1 to 999999999"),
    ],
)
def test_arguments_that_are_wrong_are_named(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refusal(["watch", "tokyo", *arguments], capsys)
