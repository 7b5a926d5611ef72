"""Watching clocks: an asynchronous iterator of ticks, over one connection."""

from __future__ import annotations

from typing import Self, cast
from weakref import ref

from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from socketspeak.client.deadlines import within
from socketspeak.client.errors import SocketSpeakError
from socketspeak.client.protocol import Connection
from socketspeak.client.requesting import watch_request
from socketspeak.client.ticks import Ticks
from socketspeak.language.replies import Tick, Watched


class Watch:
    """Ticks as they come, one after another: an asynchronous iterator, what Client.watch gives.

    Each is a Tick: its `clocks`, one a place, all at the same whole second; `skipped`, how many ticks before
    it were left out, since who iterates, or the network, was too slow; and `disturbed`, the state of the
    server's clock where that cannot be relied on.

    Leave it by `async with`, `contextlib.aclosing` or `aclose`: the ticks end, and the connection goes on.
    Where an iteration is cancelled the watch ends as well; where a loop is left and the iterator thrown away,
    with the next tick. Ticks that are still on their way are dropped.

    A second watch on the same connection replaces the first, whose iteration then ends.
    """

    def __init__(
        self, connection: Connection, places: tuple[str, ...], every: int, timeout: float | None
    ) -> None:
        request = watch_request(*places, every=every)
        # The connection knows whether somebody still has this object, and does not keep it.
        ticks = Ticks(len(places), ref(self), connection.broken)
        self._connection = connection
        self._ticks = ticks
        self._late = None if timeout is None else every + timeout
        asked = connection.ask(request, ticks).addCallback(connection.of_kind, Watched)
        if timeout is not None:
            within(timeout, connection.clock, asked)

        def begun(reply: Watched) -> None:
            if len(reply.zones) != len(places):
                raise connection.broken(f"it watches {len(reply.zones)} places of {len(places)}")

        def failed(failure: Failure) -> None:
            failure.trap(SocketSpeakError)
            ticks.end(lambda _: cast(SocketSpeakError, failure.value))
            connection.leave(ticks)

        asked.addCallback(begun).addErrback(failed)

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Deferred[Tick]:
        """The next tick; cancelling it ends the watch.

        Fails with what keeps the server from watching (NoSuchPlace, SeveralPlaces, …), with what ended the
        connection, and with NoAnswerInTime. Raises RuntimeError where the one before is still awaited.
        """
        awaited = self._ticks.next(self._leave)
        if self._late is None or awaited.called:
            return awaited
        return within(self._late, self._connection.clock, awaited)

    def aclose(self) -> Deferred[None]:
        """End the watch; nothing more is given. Fires at once, and never fails. It may be called again."""
        self._leave()
        return succeed(None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *why: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._connection.leave(self._ticks)
