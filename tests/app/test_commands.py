"""What the commands take, and how they refuse what is wrong."""

from __future__ import annotations

from datetime import date, time

import pytest

from socketspeak.app.choosing import choose
from socketspeak.app.commands import DEFAULT_CHANGES, MOST_CHANGES
from socketspeak.client import requesting, writing
from tests.app.carrying import ask, refusal


def chosen(*arguments: str) -> dict[str, object]:
    """What arguments mean, without the options of every command that are left as they are."""
    others = vars(choose(["status"]))
    found = vars(choose(arguments))
    return {name: value for name, value in found.items() if value != others.get(name, ...)}


@pytest.mark.parametrize("between", [[], ["to"], ["TO"]])
def test_a_word_to_may_stand_between_the_places(between: list[str]) -> None:
    found = choose(["convert", "15:00", "tokyo", *between, "lisbon", "new york"])
    assert (found.when, found.source, found.targets) == ("15:00", "tokyo", ["lisbon", "new york"])
    assert choose(["difference", "tokyo", *between, "lisbon"]).targets == ["lisbon"]


def test_to_is_tonga_where_it_stands_alone_or_is_written_twice() -> None:
    assert choose(["difference", "tokyo", "TO"]).targets == ["TO"]
    assert choose(["convert", "now", "TO", "to", "TO"]).targets == ["TO"]


def test_transitions_are_two_from_now_on_unless_it_is_said_otherwise() -> None:
    assert chosen("transitions", "lisbon") == {
        "command": "transitions",
        "place": "lisbon",
        "start": None,
        "count": 2,
    }
    found = choose(["transitions", "lisbon", "--from", "2026-03-29", "--count", "100"])
    assert (found.start, found.count) == (date(2026, 3, 29), 100)


def test_the_bounds_are_those_of_the_client() -> None:
    assert (DEFAULT_CHANGES, MOST_CHANGES) == (requesting.DEFAULT_CHANGES, writing.MOST_CHANGES)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00-17:30", (time(9), time(17, 30))),
        ("9-17", (time(9), time(17))),
        ("22:15-6:45", (time(22, 15), time(6, 45))),
        ("00:00-24:00", (time(0), time(0))),
    ],
)
def test_hours_are_two_times_of_day(text: str, hours: tuple[time, time]) -> None:
    found = choose(["meeting", "tokyo", "lisbon", "--hours", text, "--on", "0987-06-05"])
    assert (found.first, found.others) == ("tokyo", ["lisbon"])
    assert (found.hours, found.day) == (hours, date(987, 6, 5))


@pytest.mark.parametrize("place", ["-23.55,-46.63", "-23.55, -46.63", "-.5,+1.25"])
def test_coordinates_of_the_south_are_no_option(place: str) -> None:
    assert choose(["time", place, "--json"]).places == [place]
    assert choose(["convert", "now", place, "to", place]).targets == [place]


def test_an_option_is_still_one() -> None:
    with pytest.raises(SystemExit):
        choose(["time", "tokyo", "-x"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["convert"], "the following arguments are required: WHEN, PLACE, TARGET"),
        (["convert", "now", "tokyo"], "the following arguments are required: TARGET"),
        (["difference", "tokyo"], "the following arguments are required: TARGET"),
        (["difference", "tokyo", "new", "york"], "it takes two places, not 3: quote those of several words"),
        (["difference", "tokyo", "to", "new", "york"], "it takes two places, not 3"),
        (["transitions"], "the following arguments are required: PLACE"),
        (["meeting", "tokyo"], "the following arguments are required: OTHER"),
        (
            ["transitions", "tokyo", "--from", "2026-02-30"],
            "--from: '2026-02-30' is not allowed: a date from 0001-01-01 to 9999-12-31, YYYY-MM-DD",
        ),
        (["transitions", "tokyo", "--from", "20260301"], "--from: '20260301' is not allowed"),
        (["transitions", "tokyo", "--from", "10000-01-01"], "--from: '10000-01-01' is not allowed"),
        (["transitions", "tokyo", "--from", "2026-W01-1"], "--from: '2026-W01-1' is not allowed"),
        (
            ["transitions", "tokyo", "--count", "0"],
            "--count: '0' is not allowed: a number from 1 to 100",
        ),
        (["transitions", "tokyo", "--count", "101"], "--count: '101' is not allowed"),
        (["transitions", "tokyo", "--count", "two"], "--count: 'two' is not allowed"),
        (["transitions", "tokyo", "--count", "²"], "--count: '²' is not allowed"),
        (
            ["meeting", "tokyo", "lisbon", "--hours", "9:00"],
            "--hours: '9:00' is not allowed: two times of day, HH:MM-HH:MM, the end 24:00 at most",
        ),
        (["meeting", "tokyo", "lisbon", "--hours", "24:00-6:00"], "--hours: '24:00-6:00' is not allowed"),
        (["meeting", "tokyo", "lisbon", "--hours", "9:00-24:01"], "--hours: '9:00-24:01' is not allowed"),
        (["meeting", "tokyo", "lisbon", "--hours", "9:60-17:00"], "--hours: '9:60-17:00' is not allowed"),
        (["meeting", "tokyo", "lisbon", "--on", "tomorrow"], "--on: 'tomorrow' is not allowed: a date"),
    ],
)
def test_arguments_that_are_wrong_are_named_with_what_is_allowed(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refusal(arguments, capsys)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["convert", "25:00", "tokyo", "UTC"], "no clock or calendar has '25:00': hour must be in 0..23"),
        (["convert", "2026-02-29 12:00", "tokyo", "UTC"], "no clock or calendar has '2026-02-29 12:00'"),
        (["convert", "noon", "tokyo", "UTC"], "'noon' is no time: now, HH:MM[:SS] or YYYY-MM-DD HH:MM[:SS]"),
        (["convert", "now", "lisbon to tokyo", "UTC"], "a place cannot hold the word TO here"),
        (["convert", "now", "tokyo", "UTC,lisbon"], "a place cannot hold a comma: 'UTC,lisbon'"),
        (["difference", " ", "tokyo"], "the place is empty"),
        (["transitions", "tokyo FROM 2026-01-01"], "a place cannot hold the word FROM there"),
        (["meeting", "tokyo", "lisbon", "x" * 1000], "a request of 1020 octets is longer than 1000"),
        (["status", "--language", "pt BR"], "'pt BR' is no language's tag, such as en, pt-BR or es"),
    ],
)
async def test_what_cannot_be_asked_is_said_before_a_connection_is_made(
    arguments: list[str], said: str
) -> None:
    asked = await ask(*arguments, server="localhost:1")
    assert (asked.status, asked.out, len(asked.err)) == (2, [], 1)
    assert asked.err[0].startswith(f"socketspeak: {said}")


@pytest.mark.parametrize(
    "command", ["time", "list", "find", "convert", "difference", "transitions", "meeting", "status"]
)
def test_every_command_has_help_and_the_options_of_every_command(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        choose([command, "--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    every = ("--server", "--timeout", "--language", "--json", "--tls", "--starttls", "--ca", "--tls-name")
    assert [option for option in (*every, "--user", "--password-file") if option not in said] == []
    assert "--password " not in said
    with pytest.raises(SystemExit):
        choose(["--help"])
    assert f"\n    {command}" in capsys.readouterr().out
