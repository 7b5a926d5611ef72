"""What people mistype or mean badly, and what is suggested to them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socketspeak.zones.values import Found, Place, Several, Unknown
from tests.zones.installed import ATLAS, DATABASE, NOW

OPENED: list[str] = []
WATCHING: list[bool] = []


def watch(event: str, args: tuple[object, ...]) -> None:
    if WATCHING and event in ("open", "os.listdir", "os.scandir"):
        OPENED.append(str(args[0]))


sys.addaudithook(watch)


def near(text: str) -> tuple[str, ...]:
    answer = ATLAS.resolve(text, NOW)
    assert isinstance(answer, Unknown), answer
    assert answer.text == text
    return answer.near


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("lisbom", "lisbon"),
        ("Tokyyo", "tokyo"),
        ("america/new yrok", "America/New_York"),
        ("sao paullo", "são paulo"),
        ("germny", "germany"),
        ("singapor", "singapore"),  # and not Singapore, the link
        ("north koria", "north korea"),
        ("mumbaai", "mumbai"),
        ("Belo Horizonti", "belo horizonte"),
        ("Alemnha", "alemanha"),
        ("Norega", "noruega"),
        ("Москвы", "москва"),
        ("Asia/Calcuta", "Asia/Calcutta"),
        ("Тokyo", "tokyo"),  # with a Cyrillic letter
    ],
)
def test_an_unknown_place_suggests_near_spellings_that_can_be_typed_back(text: str, suggestion: str) -> None:
    suggestions = near(text)
    assert suggestions[0] == suggestion
    assert all(isinstance(ATLAS.resolve(each, NOW), Found | Several) for each in suggestions)


def test_the_contracts_example_has_one_suggestion() -> None:
    assert near("lisbom") == ("lisbon",)


def test_every_name_that_can_be_suggested_can_be_typed_back() -> None:
    for text in (*DATABASE.names, *ATLAS.country_names.values(), *(place.name for place in places())):
        for suggestion in ATLAS.near(text):
            assert "," not in suggestion
            assert isinstance(ATLAS.resolve(suggestion, NOW), Found | Several), suggestion


def places() -> tuple[Place, ...]:
    listing = ATLAS.listing("ALL")
    assert isinstance(listing, tuple)
    return listing


@pytest.mark.parametrize(
    ("text", "suggestions"),
    [("TMIE", ("TIME",)), ("HELPP", ("HELP",)), ("CONVRET", ("CONVERT",)), ("TIEM lisbon", ("TIME",))],
)
def test_a_mistyped_verb_suggests_the_verb(text: str, suggestions: tuple[str, ...]) -> None:
    assert ATLAS.near(text, ("TIME", "HELP", "CONVERT"))[:1] == suggestions


@pytest.mark.parametrize(
    "text",
    [
        "../etc/passwd",
        "/etc/passwd",
        "posixrules",
        "localtime",
        "zone.tab",
        "tzdata.zi",
        "Europe",
        "Europe/",
        "Europe/Lisbon/",
        "Europe//Lisbon",
        "europe/lisbon\u202e",
        "\u202eEurope/Lisbon",
        "🕰️",
        "é",
        "ß",
        "-",
        "",
        " ",
        "lisbon" * 160,
        "ﷺ" * 333,
        "UTC+" + "9" * 990,
    ],
)
def test_hostile_texts_are_unknown_places_and_open_no_file(text: str) -> None:
    OPENED.clear()
    WATCHING.append(True)
    suggestions = near(text)
    WATCHING.clear()
    assert OPENED == []
    assert all(suggestion.isprintable() for suggestion in suggestions)


@given(st.text(max_size=1000))
@example("ﬁ")
@example("the ")
@example("+")
def test_no_text_raises_and_only_known_names_are_answered(text: str) -> None:
    answer = ATLAS.resolve(text, NOW)
    if isinstance(answer, Unknown):
        assert all(isinstance(ATLAS.resolve(each, NOW), Found | Several) for each in answer.near)
        assert len(answer.near) <= 5
    for place in (answer.place,) if isinstance(answer, Found) else getattr(answer, "places", ()):
        assert place.offset is not None or place.zone in DATABASE.listed
    assert all(place.zone in DATABASE.listed for place in ATLAS.find(text))
    ATLAS.listing(text)
