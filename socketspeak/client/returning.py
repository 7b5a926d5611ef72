"""Watching clocks over one connection after another: what is lost comes back, and is told of."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Self

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from socketspeak.client.api import Client
from socketspeak.client.errors import (
    CertificateRefused,
    Failed,
    FailedForNow,
    ProtocolBroken,
    SocketSpeakError,
)
from socketspeak.client.requesting import watch_request
from socketspeak.language.replies import Tick

FIRST_SECONDS, MOST_SECONDS = 1.0, 30.0  # before the first attempt to come back, and before a late one
MOST_FAILURES = 10  # that are counted: the wait has long been the longest
SILENT_SECONDS = 10.0  # a tick that is later: nobody is there any more, and the network does not say so

Again = Callable[[], Deferred[Client]]


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection was lost, or has not come back: `why`, and in how many `seconds` it is tried again."""

    why: SocketSpeakError
    seconds: float


class Watching:
    """Watch clocks, and come back after a lost connection: an asynchronous iterator of Tick and Lost.

    `again` connects each time: `lambda: connect(endpoint, clock=reactor)`. A connection that was lost is told
    of by a Lost, and then tried again, after 1, 2, 4, … and at most 30 seconds, each up to half of it shorter
    or longer, so that not all clients of a server come at the same instant. A tick begins the count anew. One
    that is ten seconds late counts as a lost connection, too. How many were missed meanwhile nobody says.

    What cannot be expected to mend itself is raised: whatever keeps the first connection or the first watch
    from coming about; later on a failure for good (5xx, among them NoSuchPlace and LoginFailed), several
    places to choose from, a certificate that is refused, and what is no SocketSpeak server.

    Leave it by `async with` or `aclose`, which close the connection. `clock` times it: the reactor, most
    often. `jitter` gives a random number from 0 to 1 each time. Raises ValueError, at once, for what cannot
    be asked.
    """

    def __init__(
        self,
        again: Again,
        *places: str,
        clock: IReactorTime,
        every: int = 1,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        watch_request(*places, every=every)
        self._again = again
        self._places = places
        self._every = every
        self._clock = clock
        self._jitter = jitter
        self._client: Client | None = None
        self._events = self._run()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Tick | Lost:
        """The next event; where it is cancelled, or fails, there is none after it."""
        return await anext(self._events)

    async def aclose(self) -> None:
        """End the watch and close the connection, in five seconds at most. It may be called again."""
        await self._events.aclose()
        if self._client is not None:
            await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.aclose()

    async def _run(self) -> AsyncGenerator[Tick | Lost, None]:
        watched, failures = False, 0
        while True:
            try:
                self._client = await self._again()
                watch = self._client.watch(*self._places, every=self._every, timeout=SILENT_SECONDS)
                while True:
                    tick = await anext(watch)
                    watched, failures = True, 0
                    yield tick
            except SocketSpeakError as wrong:
                if not watched or _is_for_good(wrong):
                    raise
                why = wrong
            self._hang_up()
            seconds = min(FIRST_SECONDS * 2**failures, MOST_SECONDS) * (0.5 + self._jitter())
            failures = min(failures + 1, MOST_FAILURES)
            yield Lost(why, seconds)
            await deferLater(self._clock, seconds)

    def _hang_up(self) -> None:
        """There may be a connection whose other end is silent: nobody waits for its goodbye."""
        client, self._client = self._client, None
        if client is not None:
            client.close().addErrback(lambda failure: failure.trap(CancelledError)).cancel()


def _is_for_good(wrong: SocketSpeakError) -> bool:
    """Whether what is wrong cannot be expected to mend itself."""
    if isinstance(wrong, Failed):
        return not isinstance(wrong, FailedForNow)
    return isinstance(wrong, CertificateRefused | ProtocolBroken)
