"""Who comes to a daemon that is soaked: each role is one visit, and fails where it is answered wrongly."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from benchmarks.peer import Peer, Where, WrongError

PLACES = (
    "tokyo",
    "lisbon",
    "new york",
    "America/Sao_Paulo",
    "UTC",
    "Asia/Kathmandu",
    "GRU",
    "Australia/Lord_Howe",
)
# What is asked, and the code of its reply.
REQUESTS = (
    *((f"TIME {place}", "250") for place in PLACES),
    *(("PING", "200"), ("LIST Europe", "251"), ("FIND york", "251"), ("CONVERT now lisbon TO tokyo", "252")),
    *(("TRANSITIONS lisbon", "253"), ("MEET tokyo, lisbon", "254"), ("STATUS", "211"), ("HELP", "210")),
    *(("TIME nowhere at all", "550"), ("FORMAT TEXT", "200"), ("LANG es", "200"), ("LANG en", "200")),
)
KEY_SECONDS = (0.02, 0.12)  # between two keys; a line must end within the limit of the soak
PIPELINED = 200
WATCHED = ("Asia/Tokyo", "Europe/Lisbon", "America/New_York")
WATCH = f"WATCH {', '.join(WATCHED)} EVERY 1"
DEAF_SECONDS = 5.0
SECOND_AT = re.compile(r"150.\d{4}-\d\d-\d\dT(\d\d):(\d\d):(\d\d)\S+ (\S+) ")
DAY_SECONDS = 86_400

Role = Callable[[Where, random.Random], Awaitable[None]]


async def _person(peer: Peer, dice: random.Random, questions: int = 4) -> None:
    for line, code in dice.choices(REQUESTS, k=questions):
        await peer.ask(line, code)
    await peer.ask("QUIT", "221")


async def types_slowly(where: Where, dice: random.Random) -> None:
    """A person at a keyboard."""
    async with await Peer.greeted(where) as peer:
        for line, code in dice.choices(REQUESTS, k=2):
            for key in line:
                peer.send(key.encode())
                await asyncio.sleep(dice.uniform(*KEY_SECONDS))
            await peer.ask("", code)


async def pipelines(where: Where, dice: random.Random) -> None:
    """Everything in one write, and then all replies, in order."""
    async with await Peer.greeted(where) as peer:
        asked = dice.choices(REQUESTS, k=PIPELINED)
        peer.send("".join(f"{line}\r\n" for line, _ in asked).encode())
        for _, code in asked:
            await peer.expect(code)


async def finishes_early(where: Where, dice: random.Random) -> None:
    """A pipe that ends when it has asked: all of it is answered."""
    async with await Peer.greeted(where) as peer:
        asked = dice.choices(REQUESTS, k=20)
        peer.send("".join(f"{line}\n" for line, _ in asked).encode())
        peer.finish()
        codes = [reply[-1][:3] for reply in await peer.rest()]
        if codes != [code for _, code in asked]:
            raise WrongError(f"{len(asked)} requests of a half-closed peer had {len(codes)} replies")


async def resets(where: Where, dice: random.Random) -> None:
    """Asks, and is gone before it is answered."""
    async with await Peer.greeted(where) as peer:
        peer.send("".join(f"{line}\n" for line, _ in dice.choices(REQUESTS, k=20)).encode())
        await asyncio.sleep(dice.uniform(0, 0.01))
        peer.reset()


async def vanishes(where: Where, dice: random.Random) -> None:
    """A cable is pulled, with a line half typed."""
    async with await Peer.greeted(where) as peer:
        peer.send(dice.choice((b"TIME tok", b"TIME nowhere\nLIST ALL\n", b"")))
        await asyncio.sleep(dice.uniform(0, 0.5))
        peer.vanish()


async def never_reads(where: Where, dice: random.Random) -> None:
    """Asks for megabytes, and takes none of them."""
    async with await Peer.connected(where.clear) as peer:
        peer.send(b"LIST ALL\n" * 2000)
        await asyncio.sleep(dice.uniform(0, DEAF_SECONDS))
        peer.reset()


async def says_nothing(where: Where, _dice: random.Random) -> None:
    """Begins a line and falls silent: the daemon says 421 and closes."""
    async with await Peer.greeted(where) as peer:
        peer.send(b"TIME to")
        await peer.expect("421")


async def is_no_client(where: Where, dice: random.Random) -> None:
    """Noise: whatever it sends, it is answered or let go, and nothing breaks."""
    async with await Peer.connected(where.clear) as peer:
        peer.send(
            dice.choice(
                (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", dice.randbytes(3000), b"\xff\xf4\xff\xfd\x06" * 50)
            )
        )
        await asyncio.sleep(dice.uniform(0, 1))
        peer.reset()


async def watches(where: Where, dice: random.Random) -> None:
    """Watches three clocks, asks something in between, and leaves in one way or another."""
    async with await Peer.greeted(where) as peer:
        await peer.ask(WATCH, "255")
        last: dict[str, int] = {}
        for _ in range(dice.randint(2, 15)):
            for _ in WATCHED:
                _check_tick((await peer.expect("150"))[-1], last)
        if dice.random() < 1 / 3:
            peer.reset()
            return
        peer.send(b"PING\r\nUNWATCH\r\n")
        for code in ("200", "255"):
            while (reply := await peer.reply())[-1:] and reply[-1].startswith("150"):
                _check_tick(reply[-1], last)
            if not reply or reply[-1][:3] != code:
                raise WrongError(f"a watcher expected {code}, not {reply[-1:]}")
        await _person(peer, dice, 1)


def _check_tick(line: str, last: dict[str, int]) -> None:
    found = SECOND_AT.match(line)
    if found is None:
        raise WrongError(f"that is no tick: {line}")
    hours, minutes, seconds = map(int, found.group(1, 2, 3))
    zone, second = found[4], (hours * 60 + minutes) * 60 + seconds
    if zone in last and (second - last[zone]) % DAY_SECONDS != 1 and "skipped=" not in line:
        raise WrongError(f"{zone} ticked {second - last[zone]} s after its last tick")
    last[zone] = second


async def over_tls(where: Where, dice: random.Random) -> None:
    """A person on the encrypted port."""
    async with await Peer.greeted(where, tls=True) as peer:
        await _person(peer, dice)


async def turns_to_tls(where: Where, dice: random.Random) -> None:
    """A person who begins in clear."""
    async with await Peer.greeted(where) as peer:
        await peer.ask("PING", "200")
        await peer.ask("STARTTLS", "222")
        await peer.secure()
        await _person(peer, dice)


async def never_shakes_hands(where: Where, dice: random.Random) -> None:
    """Knocks at the encrypted port and says no more; the daemon closes."""
    async with await Peer.connected(where.encrypted) as peer:
        peer.send(dice.choice((b"\x16", b"\x16\x03\x01", b"")))
        with suppress(WrongError, OSError):  # a TLS alert is no reply
            await peer.rest()


# How many of each are there at a time.
ROLES: Mapping[Role, int] = {
    types_slowly: 30,
    pipelines: 4,
    finishes_early: 6,
    resets: 6,
    vanishes: 6,
    never_reads: 4,
    says_nothing: 10,
    is_no_client: 4,
}
WATCHING: Mapping[Role, int] = {watches: 30}
ENCRYPTED: Mapping[Role, int] = {over_tls: 10, turns_to_tls: 6, never_shakes_hands: 4}
