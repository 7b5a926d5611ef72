"""What each command of `socketspeak` takes. Nothing here imports Twisted: --help does not wait for it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

from socketspeak.limits.iterations import DEFAULT_ITERATIONS, LEAST_ITERATIONS, MOST_ITERATIONS

PLACE = 'tokyo, "new york", Asia/Tokyo, JP, UTC+5:30, or -23.55,-46.63'
ANOTHER = "another place; a word `to` before it is left out"
OTHERS = "other places; a word `to` before them is left out"
DEFAULT_CHANGES, MOST_CHANGES = 2, 100
DEFAULT_EVERY, MOST_EVERY = 1, 3600  # seconds
MOST_TICKS = 999_999_999  # a tick a second for thirty years
DATES = "a date from 0001-01-01 to 9999-12-31, YYYY-MM-DD"
HOURS = "two times of day, HH:MM-HH:MM, the end 24:00 at most"

Parser = argparse.ArgumentParser
Command = Callable[[str, str], Parser]  # from a command's name and what it shows to its parser


def add_commands(command: Command) -> None:
    """Say what each command takes."""
    _place(command("time", "what time it is in each place"), "places", nargs="+")
    listing = command("list", "the areas, or the zones of one")
    listing.add_argument("words", nargs="*", metavar="WHAT", help="an area, a country, ALL or LINKS")
    find = command("find", "the places that match a text")
    find.add_argument("words", nargs="+", metavar="TEXT", help="a part of a city, country or zone")
    _convert(command("convert", "a local time elsewhere"))
    difference = command("difference", "how far two clocks are apart now")
    _place(difference, "origin")
    _place(difference, "targets", "TARGET", ANOTHER, nargs="+", action=_Target)
    _transitions(command("transitions", "when the clocks of a place change"))
    _meeting(command("meeting", "when several places are all inside their hours"))
    _watch(command("watch", "clocks that tick, until Ctrl-C"))
    command("status", "how the server, its clock and its sources are")


def passwd_arguments(parser: Parser) -> None:
    """Say what `passwd` takes, which asks no server."""
    parser.add_argument("file", metavar="FILE", help="which the server reads by --auth scram:FILE")
    parser.add_argument("name", metavar="NAME", help="who logs in")
    parser.add_argument("--delete", action="store_true", help="take the user out")
    parser.add_argument(
        "--iterations",
        metavar="N",
        type=_whole(LEAST_ITERATIONS, MOST_ITERATIONS),
        default=DEFAULT_ITERATIONS,
        help="how much work the password is to whoever tries one, its owner included, "
        f"from {LEAST_ITERATIONS} to {MOST_ITERATIONS} [default: {DEFAULT_ITERATIONS}]",
    )


def _place(parser: Parser, name: str, metavar: str = "PLACE", what: str = PLACE, **more: Any) -> None:
    parser.add_argument(name, metavar=metavar, type=str.strip, help=what, **more)


def _convert(parser: Parser) -> None:
    parser.add_argument("when", metavar="WHEN", help='now, 15:00 (today there), or "2026-03-29 01:30"')
    _place(parser, "source")
    _place(parser, "targets", "TARGET", OTHERS, nargs="+", action=_Targets)


def _transitions(parser: Parser) -> None:
    _place(parser, "place")
    parser.add_argument(
        "--from",
        dest="start",
        metavar="DATE",
        type=_date,
        help="from midnight UTC of that day [default: now]",
    )
    parser.add_argument(
        "--count",
        metavar="N",
        type=_whole(1, MOST_CHANGES),
        default=DEFAULT_CHANGES,
        help=f"how many, from 1 to {MOST_CHANGES} [default: {DEFAULT_CHANGES}]",
    )


def _meeting(parser: Parser) -> None:
    _place(parser, "first")
    _place(parser, "others", "OTHER", "whom it meets", nargs="+")
    parser.add_argument(
        "--hours", metavar="HH:MM-HH:MM", type=_hours, help="local, in each place [default: 09:00-17:00]"
    )
    parser.add_argument(
        "--on", dest="day", metavar="DATE", type=_date, help="the first place's day [default: today there]"
    )


def _watch(parser: Parser) -> None:
    _place(parser, "places", nargs="+")
    parser.add_argument(
        "--every",
        metavar="N",
        type=_whole(1, MOST_EVERY),
        default=DEFAULT_EVERY,
        help=f"a tick every N seconds, from 1 to {MOST_EVERY} [default: {DEFAULT_EVERY}]",
    )
    parser.add_argument(
        "--count", metavar="N", type=_whole(1, MOST_TICKS), help="end after N ticks [default: at Ctrl-C]"
    )


class _Targets(argparse.Action):
    """The places behind the first one; a word `to` before them is left out."""

    def __call__(
        self, parser: Parser, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        words: Sequence[str] = values
        if len(words) > 1 and words[0].lower() == "to":
            words = words[1:]
        setattr(namespace, self.dest, words)
        self.count(parser, len(words))

    def count(self, parser: Parser, places: int) -> None:
        """Any number will do."""


class _Target(_Targets):
    """The one place behind the first one."""

    def count(self, parser: Parser, places: int) -> None:
        if places != 1:
            parser.error(f"it takes two places, not {places + 1}: quote those of several words")


def _date(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not allowed: {DATES}")


def _hours(text: str) -> tuple[time, time]:
    found = re.fullmatch(r"(\d?\d)(?::(\d\d))?-(\d?\d)(?::(\d\d))?", text, re.ASCII)
    try:
        if found is not None:
            hour, minute, end_hour, end_minute = (int(part or 0) for part in found.groups())
            midnight = (end_hour, end_minute) == (24, 0)
            return time(hour, minute), time() if midnight else time(end_hour, end_minute)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not allowed: {HOURS}")


def _whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a number between these, both included."""

    def read(text: str) -> int:
        if re.fullmatch(rf"[0-9]{{1,{len(str(most))}}}", text) and least <= int(text) <= most:
            return int(text)
        allowed = f"a number from {least} to {most}"
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed: {allowed}")

    return read
