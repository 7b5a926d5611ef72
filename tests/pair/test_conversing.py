"""The client and the server, in memory: each question is answered by the real server's code."""

from __future__ import annotations

import pytest

from socketspeak.client import AreaEntry, Clock, NoSuchPlace, SeveralPlaces, datetime_of
from tests.kit.world import NOON_NS, the_world
from tests.pair.pump import Pair

MICROSECOND_NS = 1000


def test_time_is_answered_with_what_the_tz_database_says(pair: Pair) -> None:
    tokyo, lisbon = pair.result(pair.client.time("tokyo", "Europe/Lisbon"))
    assert tokyo == Clock(
        unix_ns=NOON_NS // MICROSECOND_NS * MICROSECOND_NS,
        zone="Asia/Tokyo",
        offset=32_400,
        abbreviation="JST",
        dst=False,
        bound_ns=None,
        source="embedded",
        place="Tokyo",
        country="JP",
    )
    assert (lisbon.zone, lisbon.unix_ns) == ("Europe/Lisbon", tokyo.unix_ns)
    assert datetime_of(tokyo).isoformat() == "2026-11-24T03:04:05.123456+09:00"
    assert datetime_of(tokyo).tzname() == "JST"


def test_a_link_a_bare_offset_and_a_number_of_the_menu_are_places(pair: Pair) -> None:
    link, offset, first = pair.result(pair.client.time("Asia/Calcutta", "UTC+5:30", "1"))
    assert (link.zone, link.asked) == ("Asia/Kolkata", "Asia/Calcutta")
    assert (offset.zone, offset.is_offset, offset.offset) == ("UTC+05:30", True, 19_800)
    assert first.zone == the_world().menu[0].zone


def test_list_gives_the_areas_and_with_a_name_the_zones(pair: Pair) -> None:
    areas, japan = pair.client.list(), pair.client.list("JP")
    assert AreaEntry(1, "Africa", len(pair.result(pair.client.list("Africa")))) == pair.result(areas)[0]
    assert [(entry.number, entry.zone, entry.place) for entry in pair.result(japan)] == [
        (1, "Asia/Tokyo", "Tokyo")
    ]


def test_the_list_of_all_zones_and_of_the_links_comes_whole(pair: Pair) -> None:
    everything, links = pair.result(pair.client.list("ALL")), pair.result(pair.client.list("LINKS"))
    assert len(everything) > 400
    assert {entry.target for entry in everything} == {None}
    assert {entry.zone: entry.target for entry in links}["Asia/Calcutta"] == "Asia/Kolkata"


def test_find_gives_the_places_that_match(pair: Pair) -> None:
    entries = pair.result(pair.client.find("são paulo"))
    assert entries[0].zone == "America/Sao_Paulo"
    assert datetime_of(entries[0]).isoformat() == "2026-11-23T15:04:05.123456-03:00"


def test_status_tells_how_the_server_is(pair: Pair) -> None:
    pair.settle(seconds=2.5)
    status = pair.result(pair.client.status())
    assert (status.version, status.uptime, status.tzdb) == ("1.0.0", 2.5, "2026f")
    assert [source.name for source in status.sources] == ["embedded"]
    assert status.counts["sessions"] == 1


def test_ping_is_answered_with_nothing_but_an_answer(pair: Pair) -> None:
    assert pair.result(pair.client.ping().addCallback(lambda answer: [answer])) == [None]


def test_the_greeting_is_kept_as_lines_of_text(pair: Pair) -> None:
    assert pair.client.greeting[0] == "SocketSpeak 1.0.0 clock.example ready, world time on a socket"
    assert len(pair.client.greeting) == 6


def test_a_place_that_is_none_fails_its_request_with_suggestions(pair: Pair) -> None:
    with pytest.raises(NoSuchPlace) as caught:
        pair.result(pair.client.time("tokyo", "lisbom"))
    assert caught.value.code == 550
    assert "lisbon" in caught.value.suggestions
    assert str(caught.value).startswith("550 no such place: lisbom; near: ")


def test_an_area_that_is_none_and_a_text_that_nothing_matches_fail_alike(pair: Pair) -> None:
    for asked in (pair.client.list("Atlantis"), pair.client.find("qqqqq")):
        with pytest.raises(NoSuchPlace):
            pair.result(asked)


def test_several_places_come_as_a_choice_that_the_next_request_can_make_by_number(pair: Pair) -> None:
    with pytest.raises(SeveralPlaces) as caught:
        pair.result(pair.client.time("US"))
    assert caught.value.code == 350
    assert [entry.number for entry in caught.value.entries[:3]] == [1, 2, 3]
    (second,) = pair.result(pair.client.time("2"))
    assert second.zone == caught.value.entries[1].zone


@pytest.mark.parametrize(
    "place", ["", "  ", "tokyo,lisbon", "tok\nyo", "tok\ryo", "tokyo\x00", "\x1b[31m", "\ud800", "x" * 1000]
)
def test_what_cannot_be_sent_is_refused_before_anything_is_sent(pair: Pair, place: str) -> None:
    for ask in (pair.client.time, pair.client.list, pair.client.find):
        if "," in place and ask != pair.client.time:
            continue  # only places are separated by commas
        with pytest.raises(ValueError, match=r"."):
            ask(place)
    with pytest.raises(ValueError, match="no place"):
        pair.client.time()
    assert pair.ends[0].unsent == b""
    assert pair.result(pair.client.time("tokyo"))
