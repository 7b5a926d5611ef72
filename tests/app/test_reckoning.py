"""The commands that reckon with local times, and `find`, against the real server."""

from __future__ import annotations

import pytest

from tests.app.carrying import ask
from tests.client.loopback import Server


async def test_convert_shows_the_source_and_the_targets_in_order() -> None:
    async with Server() as server:
        asked = await ask("convert", "2026-03-28 15:00", "lisbon", "to", "tokyo", server=server.address)
    assert (asked.status, asked.err) == (0, [])
    assert asked.out == [
        "Lisbon, PT  Sat 2026-03-28 15:00:00  +00:00  WET  Europe/Lisbon  no DST",
        "Tokyo, JP   Sun 2026-03-29 00:00:00  +09:00  JST  Asia/Tokyo     no DST",
    ]


async def test_convert_says_what_is_odd_about_a_time() -> None:
    async with Server() as server:
        gap = await ask("convert", "2026-03-29T1:30", "lisbon", "tokyo", server=server.address)
        fold = await ask("convert", "2026-10-25 01:30", "lisbon", "tokyo", server=server.address)
    assert gap.out[2] == "01:30 does not exist in Lisbon, the clocks go forward: moved to 02:30"
    assert fold.out[2].startswith(
        "01:30 comes twice in Lisbon, the clocks go back: this is the first, WEST +01"
    )
    assert (gap.status, fold.status) == (0, 0)


async def test_convert_of_now_tells_how_sure_it_is() -> None:
    async with Server() as server:
        asked = await ask("convert", "now", "tokyo", "lisbon", server=server.address)
    assert [line.split()[-2:] for line in asked.out] == [["via", "embedded"]] * 2


async def test_convert_in_json_is_the_object_of_the_protocol() -> None:
    async with Server() as server:
        asked = await ask(
            "convert", "2026-10-25 01:30", "lisbon", "tokyo", "UTC", "--json", server=server.address
        )
    (document,) = asked.documents
    assert (document["code"], document["gap"], document["fold"]) == (252, False, True)
    assert document["from"]["datetime"] == "2026-10-25T01:30:00.000000+01:00"
    assert document["second"]["datetime"] == "2026-10-25T01:30:00.000000+00:00"
    assert [clock["zone"] for clock in document["to"]] == ["Asia/Tokyo", "Etc/UTC"]


async def test_difference_is_a_sentence_or_an_object() -> None:
    async with Server() as server:
        asked = await ask("difference", "são paulo", "to", "tokyo", server=server.address)
        script = await ask("difference", "são paulo", "tokyo", "--json", server=server.address)
    assert asked.out == ["Tokyo is 12 h ahead of São Paulo  +12:00  America/Sao_Paulo → Asia/Tokyo"]
    assert script.documents[0]["difference_seconds"] == 43_200
    assert (asked.status, script.status) == (0, 0)


async def test_transitions_are_those_from_the_date_on_as_many_as_wanted() -> None:
    wanted = ["transitions", "lisbon", "--from", "2026-01-01", "--count", "3"]
    async with Server() as server:
        asked = await ask(*wanted, server=server.address)
        script = await ask(*wanted, "--json", server=server.address)
        none = await ask("transitions", "tokyo", "--json", server=server.address)
    assert [line[:20] for line in asked.out] == [
        "Lisbon  Europe/Lisbo",
        "2026-03-29 01:00 UTC",
        "2026-10-25 01:00 UTC",
        "2027-03-28 01:00 UTC",
    ]
    (document,) = script.documents
    assert [change["at"] for change in document["transitions"]] == [
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2027-03-28T01:00:00Z",
    ]
    assert (none.status, none.documents[0]["transitions"]) == (0, [])


async def test_meeting_takes_hours_and_a_day() -> None:
    wanted = ["meeting", "lisbon", "tokyo", "--hours", "8-18", "--on", "2026-11-24"]
    async with Server() as server:
        asked = await ask(*wanted, server=server.address)
        script = await ask(*wanted, "--json", server=server.address)
    assert asked.out == [
        "Tue 2026-11-24  08:00–09:00 UTC, 1 h",
        "  Lisbon    08:00–09:00  +00:00  Europe/Lisbon",
        "  Tokyo     17:00–18:00  +09:00  Asia/Tokyo",
    ]
    (document,) = script.documents
    assert (document["code"], len(document["slots"]), document["compromise"]) == (254, 1, None)


async def test_a_compromise_is_an_answer_too() -> None:
    async with Server() as server:
        asked = await ask("meeting", "lisbon", "tokyo", "--on", "2026-11-24", server=server.address)
    assert (asked.status, asked.err) == (0, [])
    assert asked.out[0] == "no time suits all; the least bad hour, with Lisbon and Tokyo out:"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["convert", "now", "lisbom", "tokyo"], "550 no such place: lisbom; near: lisbon"),
        (["difference", "tokyo", "US", "--json"], "350 several places match US: choose one"),
        (["transitions", "lisbom"], "550 no such place: lisbom; near: lisbon"),
        (["meeting", "Pacific/Apia", "tokyo", "--on", "2011-12-30"], "553 no such date in Apia: 2011-12-30"),
        (["time", "tokyo", "--language", "tlh"], "504 unknown language: tlh"),
        (["find", "qqqqq"], "550 no such place: qqqqq"),
    ],
)
async def test_what_the_server_refuses_is_said_and_fails(command: list[str], said: str) -> None:
    async with Server() as server:
        asked = await ask(*command, server=server.address)
    assert (asked.status, asked.out) == (1, [])
    assert asked.err[0].startswith(f"socketspeak: {said}")
    assert (len(asked.err) > 1) == said.startswith("350")


async def test_the_language_is_that_of_names_and_complaints() -> None:
    async with Server() as server:
        asked = await ask(
            "time", "Asia/Tokyo", "lisbom", "--language", "pt-BR", "--timeout", "5", server=server.address
        )
    assert asked.out[0].startswith("Tóquio, JP  ")
    assert asked.err[0].startswith("socketspeak: 550 ")
    assert "no such place" not in asked.err[0]
    assert "lisbom" in asked.err[0]


async def test_the_language_is_not_taken_from_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LANGUAGE", "LC_ALL"):
        monkeypatch.setenv(name, "pt_BR.UTF-8")
    async with Server() as server:
        asked = await ask("time", "Asia/Tokyo", server=server.address)
    assert asked.out[0].startswith("Tokyo, JP  ")


async def test_find_takes_several_words_as_one_text_and_is_a_document_an_entry_in_json() -> None:
    async with Server() as server:
        asked = await ask("find", "são", "paulo", server=server.address)
        script = await ask("find", "san", "--json", server=server.address)
    assert asked.out[0].split("  ")[0] == "São Paulo, BR"
    assert asked.out[0].endswith("  America/Sao_Paulo")
    assert 1 < len(script.documents) <= 20
    assert [document["number"] for document in script.documents] == list(range(1, len(script.documents) + 1))
    assert {"zone", "offset_seconds", "datetime", "place", "country"} <= script.documents[0].keys()
