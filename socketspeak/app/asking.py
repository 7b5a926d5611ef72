"""What the command does: connect, ask, show. Each failure becomes a line and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from socketspeak.app.choosing import FAILED, MISUSED, UNREACHABLE, server_of
from socketspeak.app.credentials import encryption_of, login_of
from socketspeak.app.following import follow
from socketspeak.app.questions import Chosen, ask, check, is_an_end
from socketspeak.app.reaching import endpoint_of
from socketspeak.app.running import run, soon
from socketspeak.app.screen import Screen, Stream
from socketspeak.client import Client, SocketSpeakError, connect


def run_command(chosen: Chosen) -> int:
    """Carry out what was chosen, on the process's standard streams; gives the exit status."""
    out, err = Stream(_forgiving(sys.stdout)), Stream(_forgiving(sys.stderr))
    screen = Screen(out, err)
    status = run(lambda reactor: carry_out(chosen, reactor, screen))
    if out.trouble is not None:
        screen.complain(f"cannot write: {out.trouble.strerror}")
        return max(status, FAILED)
    return status


def _forgiving(stream: TextIO | None) -> TextIO:
    """A standard stream that writes ? for what its encoding lacks; one that is closed leads nowhere."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    cast(Any, stream).reconfigure(errors="replace")
    return stream


async def carry_out(chosen: Chosen, reactor: Any, screen: Screen) -> int:
    """Ask the server that was chosen; gives the exit status. Raises nothing that a user can bring about."""
    server, named_by = server_of(chosen)
    try:
        check(chosen)
        connecting = partial(
            connect,
            endpoint_of(server, named_by, reactor, chosen.timeout),
            encryption=encryption_of(chosen, server, named_by),
            # Nothing was awaited, so no reactor runs: a password may be typed, and Ctrl-C is Python's own.
            login=login_of(chosen),
        )
    except ValueError as wrong:
        screen.complain(str(wrong))
        return MISUSED
    try:
        if chosen.command == "watch":
            return await follow(connecting, chosen, server, reactor, screen)
        return await _converse(connecting, chosen, reactor, screen)
    except SocketSpeakError as wrong:
        if is_an_end(wrong):
            screen.complain(f"{server}: {wrong}")
            return UNREACHABLE
        screen.complain(str(wrong), getattr(wrong, "entries", ()))
        return FAILED


async def _converse(
    connecting: Callable[..., Deferred[Client]], chosen: Chosen, clock: IReactorTime, screen: Screen
) -> int:
    end = clock.seconds() + chosen.timeout
    client = await connecting(timeout=chosen.timeout, clock=clock, language=chosen.language)
    try:
        return await ask(client, chosen, screen, lambda: max(0.0, end - clock.seconds()))
    finally:
        await soon(client.close(), clock)
