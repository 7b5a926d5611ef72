"""The soak: each role is answered rightly by the daemon, sees what is wrong, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import crowd
from benchmarks.crowd import Role
from benchmarks.peer import Peer, Where, WrongError
from benchmarks.soak import Holding, Soak, report
from benchmarks.weather import FAILING, GONE, WELL, Weather
from tests.benchmarks.counter import Counter
from tests.kit.daemon import Daemon, until

SECONDS = 10
QUICK_ROLES = (crowd.pipelines, crowd.finishes_early, crowd.resets, crowd.is_no_client)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon with its defaults."""
    with Daemon(tmp_path_factory.mktemp("soaked")) as running:
        assert running.ask("PING")  # by then it has all that it opens at its start
        yield running


@pytest.mark.parametrize("role", QUICK_ROLES, ids=lambda role: role.__name__)
def test_a_visit_is_answered_rightly_and_leaves_nothing_behind(role: Role, daemon: Daemon) -> None:
    before = daemon.descriptors()
    for number in range(2):
        asyncio.run(asyncio.wait_for(role(Where(daemon.port, 0), random.Random(number)), SECONDS))
    until(lambda: daemon.descriptors() <= before, SECONDS)


def test_a_wrong_answer_is_seen(counter: Counter) -> None:
    where = Where(counter.port, 0)
    with pytest.raises(WrongError, match="was expected, not"):
        asyncio.run(crowd.pipelines(where, random.Random(1)))
    with pytest.raises(WrongError, match="20 requests of a half-closed peer"):
        asyncio.run(crowd.finishes_early(where, random.Random(1)))


def test_who_vanishes_says_nothing(counter: Counter) -> None:
    async def visit() -> None:
        async with await Peer.greeted(Where(counter.port, 0)) as peer:
            peer.send(b"TIME tok")
            peer.vanish()

    asyncio.run(visit())
    assert len(counter.asked) == 1


@pytest.mark.parametrize(
    ("second", "told"),
    [("15:04:06", None), ("15:04:05", "0 s"), ("15:04:08", "3 s"), ("00:00:00", "s after")],
)
def test_a_tick_that_is_missing_or_doubled_is_seen(second: str, told: str | None) -> None:
    last: dict[str, int] = {}
    tick = "150 2026-11-23T{}.000+09:00 Asia/Tokyo JST dst=no; …"
    crowd._check_tick(tick.format("15:04:05"), last)
    if told is None:
        crowd._check_tick(tick.format(second), last)
        return
    with pytest.raises(WrongError, match=told):
        crowd._check_tick(tick.format(second), last)
    crowd._check_tick(tick.format(second).replace("dst=no", "dst=no skipped=2"), last)


def soaked(wrong: int = 0) -> Soak:
    """A soak that is over."""
    done = Soak(Where(1, 0), 1, 9, {}, Weather())
    done.visits["pipelines"] += 10
    done.wrong["pipelines"] += wrong
    return done


def test_only_a_daemon_that_holds_what_it_held_passes(capsys: pytest.CaptureFixture[str]) -> None:
    before = Holding(9, 1, 50_000_000)
    assert report(soaked(), before, Holding(9, 1, 51_000_000), [])
    assert not report(soaked(), before, Holding(10, 1, 50_000_000), [])
    assert not report(soaked(), before, Holding(9, 2, 50_000_000), [])
    assert not report(soaked(), before, Holding(9, 1, 60_000_000), [])
    assert not report(soaked(wrong=1), before, before, [])
    assert not report(soaked(), before, before, ["a bug"])
    assert capsys.readouterr().out.count("FAIL") == 5


def test_a_source_comes_and_goes() -> None:
    async def live() -> list[str]:
        weather = Weather()
        said = []
        for mood in (WELL, FAILING, GONE, WELL):
            await weather.become(mood)
            said.append(await _status(weather.port))
        await weather.close()
        return said

    assert asyncio.run(live()) == ["HTTP/1.1 200 OK", "HTTP/1.1 500 Oops", "refused", "HTTP/1.1 200 OK"]


async def _status(port: int) -> str:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return "refused"
    writer.write(b"GET /api/timezone/Asia/Tokyo HTTP/1.1\r\nHost: localhost\r\n\r\n")
    status = (await reader.readline()).decode().strip()
    writer.close()
    await writer.wait_closed()
    return status


def test_the_log_of_a_soaked_daemon_has_no_bug(daemon: Daemon) -> None:
    assert "#critical]" not in daemon.log
    assert Path(daemon.log_path).exists()
