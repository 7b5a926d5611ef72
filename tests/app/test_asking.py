"""What the command asks, shows and exits with, against the real server and against some that misbehave."""

from __future__ import annotations

import time

import pytest

from tests.app.carrying import ask, refusal
from tests.client.loopback import GREETING, SWITCHED, Server, scripted

PONG = b'{"code":200,"message":"PONG"}\r\n'
CLOSING = b'{"code":421,"message":"SocketSpeak is shutting down"}\r\n'


# --- Answers ------------------------------------------------------------------------------------------------


async def test_time_shows_a_line_for_each_place_in_the_order_asked() -> None:
    async with Server() as server:
        asked = await ask("time", "tokyo", "new york", "UTC+5:30", server=server.address)
    assert (asked.status, asked.err) == (0, [])
    assert [line.partition("  ")[0] for line in asked.out] == ["Tokyo, JP", "New York, US", "UTC+05:30"]


async def test_a_place_that_fails_does_not_keep_the_others_from_their_answers() -> None:
    async with Server() as server:
        asked = await ask("time", "lisbom", "tokyo", "US", server=server.address)
    assert asked.status == 1
    assert [line.partition("  ")[0] for line in asked.out] == ["Tokyo, JP"]
    assert asked.err[:2] == [
        "socketspeak: 550 no such place: lisbom; near: lisbon",
        "socketspeak: 350 several places match US: choose one",
    ]
    assert "America/New_York" in asked.err[2]


async def test_json_is_a_document_for_each_place_whether_it_failed_or_not() -> None:
    async with Server() as server:
        asked = await ask("time", "tokyo", "lisbom", "US", "--json", server=server.address)
    tokyo, none, several = asked.documents
    assert (tokyo["query"], tokyo["code"], tokyo["zone"], tokyo["offset_seconds"]) == (
        *("tokyo", 250, "Asia/Tokyo"),
        32_400,
    )
    assert none == {
        "query": "lisbom",
        "code": 550,
        "message": "no such place: lisbom",
        "suggestions": ["lisbon"],
    }
    assert (several["query"], several["code"]) == ("US", 350)
    assert several["entries"][0]["zone"] == "America/New_York"
    assert asked.status == 1
    assert len(asked.err) == 2 + len(several["entries"])


async def test_list_shows_the_areas_and_with_words_the_zones() -> None:
    async with Server() as server:
        areas = await ask("list", server=server.address)
        japan = await ask("list", "JP", server=server.address)
        zones = await ask("list", "--json", "Australia", server=server.address)
    assert areas.out[0].split() == ["Africa", "52", "zones"]
    assert len(japan.out) == 1
    assert {document["zone"].partition("/")[0] for document in zones.documents} == {"Australia"}


async def test_find_and_status_show_what_the_server_says() -> None:
    async with Server() as server:
        found = await ask("find", "são", "paulo", server=server.address)
        status = await ask("status", server=server.address)
        document = await ask("status", "--json", server=server.address)
    assert found.out[0].endswith("America/Sao_Paulo")
    assert status.out[0].startswith("server  SocketSpeak 1.0.0, up ")
    assert document.documents[0]["version"] == "1.0.0"


@pytest.mark.parametrize("command", [["find", "qqqqq"], ["list", "Atlantis"], ["list", "--json", "Atlantis"]])
async def test_what_is_not_found_is_said_and_fails(command: list[str]) -> None:
    async with Server() as server:
        asked = await ask(*command, server=server.address)
    assert (asked.status, asked.out) == (1, [])
    assert asked.err[0].startswith("socketspeak: 550 no such ")


async def test_the_server_may_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server() as server:
        monkeypatch.setenv("SOCKETSPEAK_SERVER", server.address)
        assert (await ask("time", "tokyo")).status == 0
        assert (await ask("time", "tokyo", server="localhost:1")).status == 3


# --- Wrong usage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["time", "tokyo,lisbon"], "a place cannot hold a comma: 'tokyo,lisbon'; give each place as an"),
        (["time", " "], "the place is empty"),
        (["time", "tok\nyo"], "a request cannot hold control characters"),
        (["find", "x" * 1000], "a request of 1005 octets is longer than 1000"),
        (["list", " "], "the list is empty"),
        (["time", "tokyo", "--server", "a:b:c"], "--server 'a:b:c' is not allowed: HOST, HOST:PORT,"),
    ],
)
async def test_what_cannot_be_asked_is_said_before_a_connection_is_made(
    arguments: list[str], said: str
) -> None:
    asked = await ask(*arguments)
    assert (asked.status, asked.out, len(asked.err)) == (2, [], 1)
    assert asked.err[0].startswith(f"socketspeak: {said}")


async def test_a_wrong_server_of_the_environment_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKETSPEAK_SERVER", "localhost:99999")
    asked = await ask("time", "tokyo")
    assert asked.status == 2
    assert asked.err[0].startswith("socketspeak: SOCKETSPEAK_SERVER 'localhost:99999' is not allowed: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["time"], "the following arguments are required: PLACE"),
        (["times"], "invalid choice: 'times'"),
        (
            ["time", "tokyo", "--timeout", "soon"],
            "--timeout: 'soon' is not allowed: a number of seconds from 0.05 to",
        ),
        (["time", "tokyo", "--timeout", "nan"], "--timeout: 'nan' is not allowed"),
        (["time", "tokyo", "--timeout", "0"], "--timeout: '0' is not allowed"),
    ],
)
def test_arguments_that_are_wrong_are_named(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refusal(arguments, capsys)


# --- No server, or none that answers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ([b"HTTP/1.1 400 Bad Request\r\n"], "this is no SocketSpeak server: a line that does not begin with"),
        ([b"421 too many connections\r\n"], "421 too many connections"),
        ([None], "the connection was lost: "),
        ([GREETING + SWITCHED, CLOSING], "421 SocketSpeak is shutting down"),
        ([GREETING + SWITCHED, None], "the connection was lost with 1 request unanswered: "),
        (
            [GREETING + SWITCHED, b"nonsense\r\n"],
            "this is no SocketSpeak server: a reply that cannot be read",
        ),
        (
            [GREETING + SWITCHED, PONG],
            "this is no SocketSpeak server: it answers with a 200 that was not asked",
        ),
        ([], "no answer within 0.2 s"),
        ([GREETING + SWITCHED], "no answer within "),
    ],
)
async def test_a_server_that_does_not_answer_is_named_with_the_reason(
    script: list[bytes | None], said: str
) -> None:
    async with scripted(*script) as server:
        begun = time.monotonic()
        asked = await ask("status", "--timeout", "0.2", server=f"127.0.0.1:{server.port}")
        assert time.monotonic() - begun < 2
        await server.ended
    assert (asked.status, asked.out, len(asked.err)) == (3, [], 1)
    assert asked.err[0].startswith(f"socketspeak: 127.0.0.1:{server.port}: {said}")


async def test_where_nobody_listens_that_is_said() -> None:
    async with Server() as server:
        nobody = server.address
    asked = await ask("time", "tokyo", server=nobody)
    assert asked.status == 3
    assert asked.err[0].startswith(f"socketspeak: {nobody}: cannot connect: ")
    assert "refused" in asked.err[0]


async def test_what_was_answered_before_the_connection_went_is_shown() -> None:
    clock = (
        b'{"code":250,"clocks":[{"datetime":"2026-11-23T15:04:05.123456-03:00","zone":"America/Sao_Paulo",'
        b'"abbreviation":"-03","utc_offset":"-03:00","offset_seconds":-10800,"dst":false,'
        b'"unixtime":1795457045.123456,"error_bound":0.004,"source":"timeapi","age":null,"asked":null,'
        b'"place":"S\xc3\xa3o Paulo","country":"BR"}]}\r\n'
    )
    async with scripted(GREETING + SWITCHED, clock + b"nonsense\r\n") as server:
        asked = await ask("time", "sao paulo", "tokyo", "lisbon", server=f"127.0.0.1:{server.port}")
    assert asked.status == 3
    assert [line.partition("  ")[0] for line in asked.out] == ["São Paulo, BR"]
    assert len(asked.err) == 1
