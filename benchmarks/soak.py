"""`python -m benchmarks.soak`: minutes of mixed load, after which the daemon holds what it held before.

People who type slowly, pipelines, watchers, those who leave in every way, TLS and STARTTLS, and a source of
time that fails, hangs, goes and comes back: on 127.0.0.1 alone, for a bounded time. What the daemon does not
know is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks import commands, crowd, machine
from benchmarks.building import MeasuringError
from benchmarks.crowd import Role
from benchmarks.peer import Peer, Where, WrongError
from benchmarks.servers import listening, ports_of
from benchmarks.table import Paint, aligned
from benchmarks.weather import MOODS, WELL, Weather

MINUTES = 10.0
WARMING_SHARE, LONGEST_WARMING = 0.2, 60.0  # first all that is made once is made, and then it is measured
MOOD_SECONDS = 10.0
PROGRESS_SECONDS = 10.0
LEAVING_SECONDS = 60.0  # for the last to leave, whom a limit may have to show the door
SETTLE_SECONDS = 2.0  # after that, for what is done a moment later
REST_SECONDS = 0.2  # of a role between two visits, on average
MOST_GROWTH_MIB = 3.0  # a hundred octets a session would be more by the end
FAULTS_TOLD = 5
OCTETS_A_MIB = 1024 * 1024
# Short, so that they bite often within minutes.
LIMITS = ("--idle", "20", "--line-time", "5", "--handshake-time", "3")


@dataclass(frozen=True)
class Holding:
    """What a process holds."""

    descriptors: int
    threads: int
    octets: int

    @classmethod
    def of(cls, pid: int) -> Holding:
        """What a process holds now."""
        return cls(machine.descriptors(pid), machine.threads(pid), machine.private_octets(pid))

    def __str__(self) -> str:
        mib = self.octets / OCTETS_A_MIB
        return f"{self.descriptors} descriptors, {self.threads} threads, {mib:.1f} MiB"


@dataclass
class Soak:
    """A daemon, those who come to it, and what became of their visits."""

    where: Where
    pid: int
    alone: int  # descriptors, before anybody has come
    roles: Mapping[Role, int]
    weather: Weather
    visits: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    async def run(self, seconds: float) -> None:
        """Let everybody come again and again for so long, and see them leave."""
        until = time.monotonic() + seconds
        async with asyncio.TaskGroup() as tasks:
            for role, count in self.roles.items():
                for number in range(count):
                    tasks.create_task(self._come(role, random.Random(f"{role.__name__} {number}"), until))
            tasks.create_task(self._change_the_weather(until))
            tasks.create_task(self._tell(until))

    async def _come(self, role: Role, dice: random.Random, until: float) -> None:
        await asyncio.sleep(dice.uniform(0, 1))
        while time.monotonic() < until:
            try:
                await role(self.where, dice)
            except (WrongError, OSError, TimeoutError) as fault:
                self.wrong[role.__name__] += 1
                self.told.append(f"{role.__name__}: {type(fault).__name__}: {fault}")
            self.visits[role.__name__] += 1
            await asyncio.sleep(dice.uniform(0, 2 * REST_SECONDS))

    async def _change_the_weather(self, until: float) -> None:
        turn = 0
        while time.monotonic() < until:
            await self.weather.become(MOODS[turn % len(MOODS)])
            turn += 1
            await asyncio.sleep(min(MOOD_SECONDS, max(until - time.monotonic(), 0)))
        await self.weather.become(WELL)

    async def _tell(self, until: float) -> None:
        begun = time.monotonic()
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(PROGRESS_SECONDS, left))
            visits, wrong = self.visits.total(), self.wrong.total()
            print(
                f"[{time.monotonic() - begun:4.0f} s] {visits:,} visits, {wrong} wrong; "
                f"the source is {self.weather.mood}; {Holding.of(self.pid)}",
                flush=True,
            )

    async def at_rest(self) -> Holding:
        """What the daemon holds once it has as few descriptors as at first; waits a minute at most."""
        latest = time.monotonic() + LEAVING_SECONDS
        while time.monotonic() < latest and machine.descriptors(self.pid) > self.alone:
            await asyncio.sleep(REST_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)
        return Holding.of(self.pid)


async def soak(minutes: float) -> bool:
    """Soak a daemon; whether it holds at the end what it held before, and everybody was answered rightly."""
    weather = Weather()
    await weather.become(WELL)
    everywhere = frozenset(os.sched_getaffinity(0))
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile())
        source = ("--source", f"local=worldtimeapi:http://127.0.0.1:{weather.port}/api")
        encrypting = stack.enter_context(commands.certified()) if _knows_tls() else ()
        listen = (*commands.CLEAR, *(commands.ENCRYPTED if encrypting else ()))
        command = commands.daemon(*source, *LIMITS, *encrypting, listen=listen)
        pid, _, _ = stack.enter_context(listening(command, everywhere, log=log.fileno()))
        await asyncio.sleep(SETTLE_SECONDS)  # by then it listens at all its ports
        where = Where(*(*ports_of(log.fileno()), 0)[:2])
        roles = await _roles(where)
        await asyncio.sleep(SETTLE_SECONDS)  # it has opened all that it needs, and nobody is there
        soaked = Soak(where, pid, machine.descriptors(pid), roles, weather)
        warming = min(minutes * 60 * WARMING_SHARE, LONGEST_WARMING)
        await soaked.run(warming)
        before = await soaked.at_rest()
        print(f"warm, and all have left: {before}", flush=True)
        await soaked.run(minutes * 60)
        after = await soaked.at_rest()
        await weather.close()
        return report(soaked, before, after, faults_of(log.fileno()))


def _knows_tls() -> bool:
    return {"listen-tls", "certificate", "private-key"} <= commands.options_of_the_daemon()


async def _roles(where: Where) -> dict[Role, int]:
    """Who can come to this daemon."""
    async with await Peer.greeted(where) as peer:
        capabilities = "\n".join(await peer.ask("CAPABILITIES", "212"))
        peer.send(b"UNWATCH\r\n")
        knows_watch = (await peer.reply())[-1].startswith("255")
    roles = dict(crowd.ROLES)
    if knows_watch:
        roles |= crowd.WATCHING
    if where.encrypted:
        roles |= crowd.ENCRYPTED
    if "STARTTLS" not in capabilities:
        roles.pop(crowd.turns_to_tls, None)
    everybody = {**crowd.ROLES, **crowd.WATCHING, **crowd.ENCRYPTED}
    for role in everybody.keys() - roles.keys():
        print(f"left out, for the daemon does not know it yet: {role.__name__}")
    return roles


def faults_of(log: int) -> list[str]:
    """The lines of the daemon's log that tell of a bug."""
    text = os.pread(log, os.fstat(log).st_size, 0).decode("utf-8", "replace")
    return [line for line in text.splitlines() if "#critical]" in line]


def report(soaked: Soak, before: Holding, after: Holding, faults: list[str]) -> bool:
    """Print what was held before and after, and whether all is well."""
    paint = Paint(sys.stdout.isatty())
    growth = (after.octets - before.octets) / OCTETS_A_MIB
    wrong, visits = soaked.wrong.total(), soaked.visits.total()
    verdicts = (
        (
            "descriptors",
            f"{before.descriptors}",
            f"{after.descriptors}",
            before.descriptors == after.descriptors,
        ),
        ("threads", f"{before.threads}", f"{after.threads}", before.threads == after.threads),
        (
            "memory",
            f"{before.octets / OCTETS_A_MIB:.1f} MiB",
            f"{growth:+.1f} MiB",
            growth <= MOST_GROWTH_MIB,
        ),
        ("visits, and those that went wrong", f"{visits:,}", f"{wrong}", not wrong),
        ("bugs in the daemon's log", "", f"{len(faults)}", not faults),
    )
    rows = [[title, one, two, paint.verdict(good)] for title, one, two, good in verdicts]
    print(f"\n{machine.described()}\n\n{aligned([['', 'before', 'after', ''], *rows], paint)}\n")
    print(", ".join(f"{name} {count:,}" for name, count in sorted(soaked.visits.items())))
    for told in [*soaked.told[:FAULTS_TOLD], *faults[:FAULTS_TOLD]]:
        print(f"  {told}")
    return all(good for *_, good in verdicts)


def main() -> int:
    """Soak, and tell by the exit status whether nothing was left behind."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak",
        description="Put a mixed load on a daemon, and look whether descriptors, threads and memory are in "
        "the end where they were. Before it a fifth of the time, a minute at most, goes into warming up, and "
        f"up to {2 * LEAVING_SECONDS:.0f} s are for all to leave. The exit status is 0 where all is well.",
    )
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long [default: 10]")
    wanted = parser.parse_args()
    machine.open_files()
    try:
        return 0 if asyncio.run(soak(wanted.minutes)) else 1
    except (MeasuringError, WrongError) as fault:
        raise SystemExit(f"benchmarks.soak: {fault}") from None
    except KeyboardInterrupt:
        raise SystemExit("benchmarks.soak: stopped") from None


if __name__ == "__main__":
    sys.exit(main())
