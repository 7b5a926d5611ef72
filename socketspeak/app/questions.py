"""The question that each command asks, checked before there is a connection, and how its answer is shown."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any, cast

from twisted.internet.defer import Deferred, DeferredList
from twisted.python.failure import Failure

from socketspeak.app.choosing import ANSWERED, FAILED
from socketspeak.app.screen import Screen
from socketspeak.client import Client, Clock, Failed, ServerClosing, SocketSpeakError
from socketspeak.client.requesting import (
    convert_request,
    difference_request,
    find_request,
    language_request,
    list_request,
    meeting_request,
    time_request,
    transitions_request,
    watch_request,
)
from socketspeak.client.writing import when_text
from socketspeak.language.catalog import Catalog
from socketspeak.language.replies import Areas, Clocks, Listing, Reply
from socketspeak.language.voice import voices

JSON = voices(Catalog())["JSON"]

Chosen = argparse.Namespace
Left = Callable[[], float]  # how many seconds there are left
Ask = Callable[[Client, Chosen, Screen, Left], Coroutine[Deferred[Any], Any, int]]


def check(chosen: Chosen) -> None:
    """Raise ValueError, with a message for people, for what cannot be asked."""
    if chosen.language is not None:
        language_request(chosen.language)
    _CHECK[chosen.command](chosen)


async def ask(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    """Ask what was chosen, and show the answer; gives the exit status. Raises SocketSpeakError."""
    return await _ASK[chosen.command](client, chosen, screen, left)


def is_an_end(wrong: SocketSpeakError) -> bool:
    """Whether it is the server or the connection that fails, and not what was asked."""
    return isinstance(wrong, ServerClosing) or not isinstance(wrong, Failed)


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
        if not is_an_end(wrong):
            screen.complain(str(wrong), getattr(wrong, "entries", ()))
    for wrong in filter(is_an_end, wrongs):
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


async def _convert(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    reply = await client.convert(chosen.when, chosen.source, *chosen.targets, timeout=left())
    return _shown(screen, chosen, reply, lambda: screen.conversion(when_text(chosen.when), reply))


async def _difference(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    reply = await client.difference(chosen.origin, *chosen.targets, timeout=left())
    return _shown(screen, chosen, reply, lambda: screen.difference(reply))


async def _transitions(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    reply = await client.transitions(chosen.place, chosen.start, chosen.count, timeout=left())
    return _shown(screen, chosen, reply, lambda: screen.transitions(reply))


async def _meeting(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    places, hours, day = (chosen.first, *chosen.others), chosen.hours, chosen.day
    reply = await client.meeting(*places, hours=hours, day=day, timeout=left())
    return _shown(screen, chosen, reply, lambda: screen.meeting(reply))


async def _status(client: Client, chosen: Chosen, screen: Screen, left: Left) -> int:
    status = await client.status(timeout=left())
    return _shown(screen, chosen, status, lambda: screen.status(status))


def _show(screen: Screen, chosen: Chosen, reply: Reply, rows: str, show: Callable[[], None]) -> None:
    """For scripts each row of a list as a document, as the protocol has it in JSON; else what people read."""
    if chosen.json:
        for row in cast("list[dict[str, object]]", object_of(reply)[rows]):
            screen.document(row)
    else:
        show()


def _shown(screen: Screen, chosen: Chosen, reply: Reply, show: Callable[[], None]) -> int:
    """For scripts the reply as one document, as the protocol has it in JSON; else what people read."""
    if chosen.json:
        screen.document(object_of(reply))
    else:
        show()
    return ANSWERED


def object_of(reply: Reply) -> dict[str, Any]:
    """A reply as the protocol has it in JSON."""
    found: dict[str, Any] = json.loads(JSON.render(reply))
    return found


def _document(answer: Clock | SocketSpeakError) -> dict[str, object]:
    """A clock as the protocol's JSON has it, with its code; or a failure likewise."""
    if isinstance(answer, Clock):
        return {"code": Clocks.code, **object_of(Clocks((answer,)))["clocks"][0]}
    document: dict[str, object] = {"code": answer.code, "message": answer.message}
    if isinstance(answer, Failed) and answer.suggestions:
        document["suggestions"] = list(answer.suggestions)
    if isinstance(answer, Failed) and answer.entries:
        document["entries"] = object_of(Listing(answer.entries))["entries"]
    return document


_ASK: Mapping[str, Ask] = MappingProxyType(
    {
        "time": _time,
        "list": _list,
        "find": _find,
        "convert": _convert,
        "difference": _difference,
        "transitions": _transitions,
        "meeting": _meeting,
        "status": _status,
    }
)

_CHECK: Mapping[str, Callable[[Chosen], object]] = MappingProxyType(
    {
        "time": lambda chosen: [time_request(place) for place in chosen.places],
        "list": lambda chosen: list_request(" ".join(chosen.words)) if chosen.words else None,
        "find": lambda chosen: find_request(" ".join(chosen.words)),
        "convert": lambda chosen: convert_request(chosen.when, chosen.source, *chosen.targets),
        "difference": lambda chosen: difference_request(chosen.origin, *chosen.targets),
        "transitions": lambda chosen: transitions_request(chosen.place, chosen.start, chosen.count),
        "meeting": lambda chosen: meeting_request(
            chosen.first, *chosen.others, hours=chosen.hours, day=chosen.day
        ),
        "status": lambda _chosen: None,
        "watch": lambda chosen: watch_request(*chosen.places, every=chosen.every),
    }
)
