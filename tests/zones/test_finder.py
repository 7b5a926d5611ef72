"""The order in which places are found by a part of a name."""

from __future__ import annotations

from socketspeak.zones.finder import Entry, matching_places
from socketspeak.zones.values import Place


def place(name: str) -> Place:
    return Place("Etc/UTC", name)


def entry(key: str, *names: str, people: int = 0) -> Entry:
    return Entry(key, tuple(map(place, names)), people)


ENTRIES = (
    entry("ontario", "holds"),
    entry("america/rio branco", "a word of an id"),
    entry("del rio", "a word"),
    entry("rio gallegos", "begins"),
    entry("rio", "is", "is too"),
    entry("rio verde", "begins later", "is"),
    entry("lisbon", "does not", people=5),
)


def found(*entries: Entry) -> list[str]:
    return [each.name for each in matching_places(entries, "rio")]


def test_the_name_itself_comes_first_then_beginnings_then_words_then_parts() -> None:
    assert found(*ENTRIES) == [
        *("is", "is too", "begins", "begins later", "is"),
        *("a word of an id", "a word", "holds"),
    ]


def test_of_names_that_match_alike_the_one_with_more_people_comes_first() -> None:
    one, other = entry("rio grande", "town", people=3), entry("rio de janeiro", "city", people=6)
    assert found(one, other, entry("rio", "hamlet"), entry("ontario", "province", people=9)) == [
        *("hamlet", "city", "town", "province"),
    ]


def test_what_no_name_holds_finds_nothing() -> None:
    assert list(matching_places(ENTRIES, "porto")) == []
