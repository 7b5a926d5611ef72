"""What the command does: connect, ask, show. Each failure becomes a line and an exit status."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any, TextIO, cast

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.python.failure import Failure

from socketspeak.app.choosing import ANSWERED, FAILED, MISUSED, UNREACHABLE, server_of
from socketspeak.app.reaching import endpoint_of
from socketspeak.app.running import run
from socketspeak.app.screen import Screen, Stream
from socketspeak.client import Client, Clock, Failed, ServerClosing, SocketSpeakError, connect
from socketspeak.client.requesting import find_request, list_request, time_request
from socketspeak.language.messages import Catalog
from socketspeak.language.replies import Areas, Clocks, Listing, Reply
from socketspeak.language.voice import voices

GOODBYE_SECONDS = 0.5  # the answers have been shown: nobody waits for a goodbye any longer
JSON = voices(Catalog())["JSON"]

Chosen = argparse.Namespace
Left = Callable[[], float]  # how many seconds there are left
Ask = Callable[[Client, Chosen, Screen, Left], Coroutine[Deferred[Any], Any, int]]


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
        _CHECK[chosen.command](chosen)
        endpoint = endpoint_of(server, named_by, reactor, chosen.timeout)
    except ValueError as wrong:
        screen.complain(str(wrong))
        return MISUSED
    try:
        return await _converse(endpoint, chosen, reactor, screen)
    except SocketSpeakError as wrong:
        screen.complain(f"{server}: {wrong}")
        return UNREACHABLE


async def _converse(
    endpoint: IStreamClientEndpoint, chosen: Chosen, clock: IReactorTime, screen: Screen
) -> int:
    end = clock.seconds() + chosen.timeout
    client = await connect(endpoint, timeout=chosen.timeout, clock=clock)
    try:
        return await _ASK[chosen.command](client, chosen, screen, lambda: max(0.0, end - clock.seconds()))
    except Failed as wrong:
        if _is_an_end(wrong):
            raise
        screen.complain(str(wrong), wrong.entries)
        return FAILED
    finally:
        await client.close().addTimeout(GOODBYE_SECONDS, clock, onTimeoutCancel=_never_mind)


def _never_mind(_result: object, _seconds: float) -> None:
    """The server does not say goodbye."""


def _is_an_end(wrong: SocketSpeakError) -> bool:
    """Whether it is the server or the connection that fails, and not what was asked."""
    return isinstance(wrong, ServerClosing) or not isinstance(wrong, Failed)


# --- One question a command ---------------------------------------------------------------------------------


async def _time(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    """Each place in a request of its own, all at once, so that one that fails fails alone."""
    seconds = left()
    asked = [client.time(place, timeout=seconds) for place in chosen.places]
    answers = [_settled(result) for _, result in await DeferredList(asked, consumeErrors=True)]
    if chosen.json:
        for place, answer in zip(chosen.places, answers, strict=True):
            screen.document({"query": place, **_document(answer)})
    else:
        screen.clocks(answer for answer in answers if isinstance(answer, Clock))
    wrongs = [answer for answer in answers if isinstance(answer, SocketSpeakError)]
    for wrong in wrongs:
        if not _is_an_end(wrong):
            screen.complain(str(wrong), getattr(wrong, "entries", ()))
    for wrong in filter(_is_an_end, wrongs):
        raise wrong
    return FAILED if wrongs else ANSWERED


def _settled(result: Any) -> Clock | SocketSpeakError:
    """A place's clock, or what went wrong; what is our own fault is raised."""
    if not isinstance(result, Failure):
        (clock,) = cast("tuple[Clock]", result)
        return clock
    if isinstance(result.value, SocketSpeakError):
        return result.value
    raise cast(BaseException, result.value)


async def _list(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    if chosen.words:
        entries = await client.list(" ".join(chosen.words), timeout=left())
        _show(screen, chosen, Listing(entries), "entries", lambda: screen.entries(entries))
    else:
        areas = await client.list(timeout=left())
        _show(screen, chosen, Areas(areas), "areas", lambda: screen.areas(areas))
    return ANSWERED


async def _find(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    entries = await client.find(" ".join(chosen.words), timeout=left())
    _show(screen, chosen, Listing(entries), "entries", lambda: screen.entries(entries))
    return ANSWERED


async def _status(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    status = await client.status(timeout=left())
    if chosen.json:
        screen.document(_object(status))
    else:
        screen.status(status)
    return ANSWERED


def _show(screen: Screen, chosen: Chosen, reply: Reply, rows: str, show: Callable[[], None]) -> None:
    """For scripts each row of a list as a document, as the protocol has it in JSON; else what people read."""
    if chosen.json:
        for row in cast("list[dict[str, object]]", _object(reply)[rows]):
            screen.document(row)
    else:
        show()


def _object(reply: Reply) -> dict[str, Any]:
    """A reply as the protocol has it in JSON."""
    found: dict[str, Any] = json.loads(JSON.render(reply))
    return found


def _document(answer: Clock | SocketSpeakError) -> dict[str, object]:
    """A clock as the protocol's JSON has it, with its code; or a failure likewise."""
    if isinstance(answer, Clock):
        return {"code": Clocks.code, **_object(Clocks((answer,)))["clocks"][0]}
    document: dict[str, object] = {"code": answer.code, "message": answer.message}
    if isinstance(answer, Failed) and answer.suggestions:
        document["suggestions"] = list(answer.suggestions)
    if isinstance(answer, Failed) and answer.entries:
        document["entries"] = _object(Listing(answer.entries))["entries"]
    return document


_ASK: Mapping[str, Ask] = MappingProxyType({"time": _time, "list": _list, "find": _find, "status": _status})

# What is asked for is checked before a connection is made.
_CHECK: Mapping[str, Callable[[Chosen], object]] = MappingProxyType(
    {
        "time": lambda chosen: [time_request(place) for place in chosen.places],
        "list": lambda chosen: list_request(" ".join(chosen.words)) if chosen.words else None,
        "find": lambda chosen: find_request(" ".join(chosen.words)),
        "status": lambda _chosen: None,
    }
)
