"""The order in which zones are found by a part of a name."""

from __future__ import annotations

from socketspeak.zones.finder import Entry, matching_zones

ENTRIES = (
    Entry("ontario", ("holds",)),
    Entry("america/rio branco", ("a word of an id",)),
    Entry("del rio", ("a word",)),
    Entry("rio gallegos", ("begins",)),
    Entry("rio", ("is", "is too")),
    Entry("rio verde", ("begins later", "is")),
    Entry("lisbon", ("does not",)),
)


def test_the_name_itself_comes_first_then_beginnings_then_words_then_parts() -> None:
    assert list(matching_zones(ENTRIES, "rio")) == [
        "is",
        "is too",
        "begins",
        "begins later",
        "a word of an id",
        "a word",
        "holds",
    ]


def test_what_no_name_holds_finds_nothing() -> None:
    assert list(matching_zones(ENTRIES, "porto")) == []
