"""The language that a client asks its server to speak."""

from __future__ import annotations

import time

import pytest
from twisted.internet.defer import CancelledError

from socketspeak.client import (
    ConnectionLost,
    NoAnswerInTime,
    NoSuchPlace,
    NotKnown,
    SocketSpeakError,
    connect,
)
from tests.client.loopback import GREETING, SWITCHED, Server, scripted, the_reactor, to_port

UNKNOWN = b'{"code":504,"message":"unknown language: tlh; known: en"}\r\n'


async def test_messages_come_in_the_language_that_was_asked_for() -> None:
    async with Server() as server, await connect(server.endpoint, language="pt-BR") as client:
        with pytest.raises(NoSuchPlace) as portuguese:
            await client.time("lisbom")
        await client.language("en")
        with pytest.raises(NoSuchPlace) as english:
            await client.time("lisbom")
    assert english.value.message == "no such place: lisbom"
    assert portuguese.value.message != english.value.message
    assert "lisbom" in portuguese.value.message


async def test_the_names_of_places_come_in_the_language_too() -> None:
    async with Server() as server, await connect(server.endpoint, language="pt-BR") as client:
        (tokyo,) = await client.time("Asia/Tokyo")
        difference = await client.difference("UTC", "Asia/Tokyo")
    assert (tokyo.place, tokyo.zone) == ("Tóquio", "Asia/Tokyo")
    assert difference.target_place == "Tóquio"


async def test_a_language_that_the_server_does_not_have_is_not_known_and_the_connection_is_closed() -> None:
    async with Server() as server:
        with pytest.raises(NotKnown) as caught:
            await connect(server.endpoint, language="tlh")
    assert caught.value.code == 504


async def test_one_that_is_asked_for_later_and_is_not_known_changes_nothing() -> None:
    async with Server() as server, await connect(server.endpoint, language="pt-BR") as client:
        with pytest.raises(NotKnown):
            await client.language("tlh")
        (tokyo,) = await client.time("Asia/Tokyo")
        assert tokyo.place == "Tóquio"


async def test_what_is_no_tag_is_refused_before_there_is_a_connection() -> None:
    async with Server() as server:
        with pytest.raises(ValueError, match="is no language's tag"):
            connect(server.endpoint, language="pt BR")
        assert server.desk.counts.connections == 0


@pytest.mark.parametrize("with_clock", [True, False])
async def test_the_time_limit_covers_the_language(with_clock: bool) -> None:
    async with scripted(GREETING + SWITCHED) as server:
        begun = time.monotonic()
        with pytest.raises(NoAnswerInTime, match=r"0\.1 s"):
            await connect(
                to_port(server.port),
                timeout=0.1,
                clock=the_reactor() if with_clock else None,
                language="pt-BR",
            )
        await server.ended
        assert 0.09 < time.monotonic() - begun < 2


async def test_a_connect_that_is_cancelled_before_the_language_is_there_lets_the_connection_go() -> None:
    async with scripted(GREETING + SWITCHED) as server:
        connecting = connect(to_port(server.port), language="pt-BR")
        the_reactor().callLater(0.05, connecting.cancel)
        with pytest.raises(CancelledError):
            await connecting
        await server.ended


@pytest.mark.parametrize(
    ("script", "kind"),
    [([GREETING + SWITCHED, UNKNOWN], NotKnown), ([GREETING + SWITCHED, None], ConnectionLost)],
)
async def test_a_language_that_fails_fails_the_connecting(
    script: list[bytes | None], kind: type[SocketSpeakError]
) -> None:
    async with scripted(*script) as server:
        with pytest.raises(kind):
            await connect(to_port(server.port), language="tlh")
        await server.ended
