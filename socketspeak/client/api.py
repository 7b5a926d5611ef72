"""The client: ask, any number of questions at once. Every answer is a Deferred, to be awaited or called back.

A request is sent when its method is called, not when its Deferred is awaited: so any number can be under way.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self, TypeVar, overload

from twisted.internet.defer import Deferred

from socketspeak.client.deadlines import within
from socketspeak.client.protocol import Connection
from socketspeak.client.requesting import (
    DEFAULT_CHANGES,
    areas_request,
    convert_request,
    difference_request,
    find_request,
    language_request,
    list_request,
    meeting_request,
    time_request,
    transitions_request,
)
from socketspeak.client.watching import Watch
from socketspeak.client.writing import Hours, When
from socketspeak.language.reading import Read
from socketspeak.language.replies import (
    AreaEntry,
    Areas,
    Clock,
    Clocks,
    Conversion,
    Difference,
    Entry,
    Listing,
    Plain,
    Slots,
    Transitions,
)
from socketspeak.language.requests import Request
from socketspeak.language.statuses import Status

Kind = TypeVar("Kind", bound=Read)


class Client:
    """A connection on which questions are asked; what `connect` gives.

    Each method sends at once and gives a Deferred. Answers come in the order of the questions, each to its
    own Deferred; one that is cancelled keeps its place, and its answer is dropped. `timeout`, in seconds,
    limits the wait for one answer; None waits until the connection goes.

    The Deferreds fail with a SocketSpeakError: Failed and its kinds for what the server says,
    ConnectionLost, ServerClosing or ProtocolBroken for all that is pending when the connection ends, and
    NoAnswerInTime. An argument that cannot be sent raises ValueError, at once, and nothing is sent.

    `async with await connect(...) as client:` closes it at the end.

    `greeting` holds the lines of the server's greeting, none after STARTTLS, for the greeting came in clear;
    `user` the name under which the server has let this client in, None without a login.
    """

    def __init__(self, connection: Connection, greeting: tuple[str, ...], user: str | None = None) -> None:
        self._connection = connection
        self.greeting = greeting
        self.user = user

    def time(self, *places: str, timeout: float | None = None) -> Deferred[tuple[Clock, ...]]:
        """What time it is in each place, all read at the same instant.

        A place is anything that people type: a zone, a country, a city, `UTC+5:30`. One that
        fails fails the request: NoSuchPlace, or SeveralPlaces to choose from.
        """
        return self._ask(time_request(*places), Clocks, timeout).addCallback(self._clocks, len(places))

    @overload
    def list(self, *, timeout: float | None = None) -> Deferred[tuple[AreaEntry, ...]]: ...
    @overload
    def list(self, what: str, *, timeout: float | None = None) -> Deferred[tuple[Entry, ...]]: ...
    def list(self, what: str | None = None, *, timeout: float | None = None) -> Any:
        """The areas, with how many zones each holds; or the zones of an area or a country, ALL or LINKS.

        Fails with NoSuchPlace for what is none of these.
        """
        if what is None:
            return self._ask(areas_request(), Areas, timeout).addCallback(lambda reply: reply.areas)
        return self._ask(list_request(what), Listing, timeout).addCallback(_entries)

    def find(self, text: str, *, timeout: float | None = None) -> Deferred[tuple[Entry, ...]]:
        """The places that match, best first, at most 20. Fails with NoSuchPlace where none does."""
        return self._ask(find_request(text), Listing, timeout).addCallback(_entries)

    def convert(
        self, when: When, place: str, *targets: str, timeout: float | None = None
    ) -> Deferred[Conversion]:
        """What the clocks of the targets show when that of the place shows `when`.

        `when` is `now`, a time of day (today there), or a naive datetime, or either as text: `15:00`,
        `2026-03-29 01:30`. One that does not exist there, or occurs twice, is answered, and told of: see
        Conversion. Fails with NoSuchDate, NoSuchPlace or SeveralPlaces.
        """
        asked = self._ask(convert_request(when, place, *targets), Conversion, timeout)
        return asked.addCallback(self._converted, len(targets))

    def difference(self, origin: str, target: str, *, timeout: float | None = None) -> Deferred[Difference]:
        """How far the clock of the target is ahead of that of the origin, now."""
        return self._ask(difference_request(origin, target), Difference, timeout)

    def transitions(
        self,
        place: str,
        start: date | None = None,
        count: int = DEFAULT_CHANGES,
        *,
        timeout: float | None = None,
    ) -> Deferred[Transitions]:
        """The next changes of a place's clocks, 100 at most, from midnight UTC of `start` on, or from now."""
        return self._ask(transitions_request(place, start, count), Transitions, timeout)

    def meeting(
        self,
        *places: str,
        hours: Hours | None = None,
        day: date | None = None,
        timeout: float | None = None,
    ) -> Deferred[Slots]:
        """When all the places, two or more, are inside the hours: from the first to before the second.

        The hours are local, to the minute, 09:00 to 17:00 without any; an end that is not after the start
        is on the next day. The day is the first place's, today without any. Where there is no such time
        there is a compromise: the hour that is least bad.
        """
        asked = self._ask(meeting_request(*places, hours=hours, day=day), Slots, timeout)
        return asked.addCallback(self._met, len(places))

    def watch(self, *places: str, every: int = 1, timeout: float | None = None) -> Watch:
        """What the clocks show every so many seconds, 1 to 3600, on the whole second: an iterator of ticks.

        A connection has one watch: a second one replaces the first, whose iteration ends. Other questions are
        answered meanwhile. `timeout` limits how long the server may take to begin, and how late a tick may
        be; then the iteration fails with NoAnswerInTime. It is asked for at once, and what keeps the server
        from it is raised where the first tick is awaited.
        """
        return Watch(self._connection, places, every, timeout)

    def language(self, tag: str, *, timeout: float | None = None) -> Deferred[None]:
        """Have messages and the names of places in another language from here on: `en`, `pt-BR`, `es`.

        Fails with NotKnown where the server does not have it; what it spoke before it speaks on.
        """
        return self._ask(language_request(tag), Plain, timeout).addCallback(lambda _: None)

    def status(self, *, timeout: float | None = None) -> Deferred[Status]:
        """How the server is: its version, its clock, its sources."""
        return self._ask(Request("STATUS"), Status, timeout)

    def ping(self, *, timeout: float | None = None) -> Deferred[None]:
        """Fires when everything that was asked before has been answered, and the server lives."""
        return self._ask(Request("PING"), Plain, timeout).addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        """Say goodbye; fires when the connection is gone, five seconds later at most, and never fails.

        What was asked before is answered first. It may be called again; cancelling it hangs up at once.
        """
        return self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.close()

    def _ask(self, request: Request, kind: type[Kind], timeout: float | None) -> Deferred[Kind]:
        answer = self._connection.ask(request).addCallback(self._connection.of_kind, kind)
        return answer if timeout is None else within(timeout, self._connection.clock, answer)

    def _clocks(self, reply: Clocks, asked: int) -> tuple[Clock, ...]:
        if len(reply.clocks) != asked:
            raise self._connection.broken(f"it answers {asked} places with {len(reply.clocks)} clocks")
        return reply.clocks

    def _converted(self, reply: Conversion, asked: int) -> Conversion:
        if len(reply.targets) != asked:
            raise self._connection.broken(f"it converts to {asked} places with {len(reply.targets)} clocks")
        return reply

    def _met(self, reply: Slots, asked: int) -> Slots:
        for slot in (*reply.slots, *filter(None, [reply.compromise])):
            if len(slot.local) != asked:
                raise self._connection.broken(f"it has {asked} places meet with {len(slot.local)} clocks")
        return reply


def _entries(reply: Listing) -> tuple[Entry, ...]:
    return reply.entries
