"""`socketspeak watch`: clocks that tick, on a screen of their own, or as lines for a pipe."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred

from socketspeak.app.choosing import ANSWERED
from socketspeak.app.live import LiveClocks
from socketspeak.app.outlet import noticing
from socketspeak.app.questions import object_of
from socketspeak.app.rows import span
from socketspeak.app.running import soon
from socketspeak.app.screen import Screen
from socketspeak.app.terminal import Terminal
from socketspeak.client import Client, Lost, Tick, Watching

Chosen = argparse.Namespace


class Shows(Protocol):
    """Where ticks are shown."""

    def tick(self, tick: Tick) -> None:
        """Show what clocks show now."""

    def lost(self, lost: Lost) -> None:
        """Show that the connection is lost."""

    def close(self) -> None:
        """No more is to be shown."""


class Lines:
    """Ticks as lines, one a place, or as documents, one a tick; what is lost is said on standard error."""

    def __init__(self, screen: Screen, server: str, as_json: bool) -> None:
        self._screen = screen
        self._server = server
        self._as_json = as_json

    def tick(self, tick: Tick) -> None:
        """Write a tick."""
        if self._as_json:
            self._screen.document(object_of(tick))
        else:
            self._screen.tick(tick)

    def lost(self, lost: Lost) -> None:
        """Say what was lost."""
        self._screen.complain(f"{self._server}: {lost.why}; trying again in {span(max(1, lost.seconds))}")

    def close(self) -> None:
        """Lines stay where they are."""


async def follow(
    connecting: Callable[..., Deferred[Client]], chosen: Chosen, server: str, reactor: Any, screen: Screen
) -> int:
    """Show ticks until there are enough, or nobody reads them, or Ctrl-C; gives the exit status.

    Raises SocketSpeakError, and CancelledError for a Ctrl-C before any tick, or before as many as are wanted:
    else it is how a watch is left.
    """
    again = partial(connecting, timeout=chosen.timeout, clock=reactor, language=chosen.language)
    events = Watching(again, *chosen.places, clock=reactor, every=chosen.every)
    shows = _shows(chosen, server, reactor, screen)
    ticks = 0

    async def show() -> None:
        nonlocal ticks
        async for event in events:
            if isinstance(event, Lost):
                shows.lost(event)
                continue
            shows.tick(event)
            ticks += 1
            if ticks == chosen.count or screen.in_vain:
                return

    def unread() -> None:
        screen.out.unread = True
        showing.cancel()

    showing = Deferred.fromCoroutine(show())
    try:
        with noticing(screen.out.pipe, reactor, unread):
            await showing
    except CancelledError:
        if not (screen.in_vain or (ticks and chosen.count is None)):
            raise
    finally:
        shows.close()
        await soon(Deferred.fromCoroutine(events.aclose()), reactor)
    return ANSWERED


def _shows(chosen: Chosen, server: str, reactor: Any, screen: Screen) -> Shows:
    descriptor = screen.out.terminal
    if descriptor is None or chosen.json:
        return Lines(screen, server, chosen.json)
    return LiveClocks(screen.out, Terminal(descriptor, reactor), reactor, server, chosen.every)
