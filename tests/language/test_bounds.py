"""What one request can cost: so many places, so many lines of a meeting, each text looked up once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from socketspeak.language.conversation import Conversation
from socketspeak.zones.atlas import Atlas
from socketspeak.zones.readings import Answer
from tests.kit.world import Talk, the_setting, the_voices, the_world

COUNTRIES = "ad,ae,af,al,at,be,bg,ch,cz,dk,ee,eg,fi,fr,gr,hu,ie,in,ir,is,it,jp,ke,kr,lk,lt,lu,lv,ma,mt,my"


@pytest.mark.parametrize("line", ["TIME {}", "CONVERT now {}", "MEET {}", "TIME utc, {}"])
def test_a_hundred_places_are_taken_in_one_request_and_not_one_more(line: str) -> None:
    begun, _, _ = line.partition("{}")
    first = "1 TO 1" if begun.startswith("CONVERT") else "1"
    most = 98 if begun.startswith("CONVERT") or "utc" in begun else 99
    asked = line.format(first + ",1" * most)
    assert not Talk().tell(asked.encode()).startswith("501")
    assert Talk().tell(f"{asked},1".encode()) == "501 more than 100 places in one request\n"


class CountingAtlas(Atlas):
    """The atlas, which knows how often it was asked for each text."""

    def __init__(self) -> None:
        vars(self).update(vars(the_world().atlas))
        self.asked: Counter[str] = Counter()

    def resolve(self, text: str, unix_seconds: int) -> Answer:
        self.asked[text] += 1
        return super().resolve(text, unix_seconds)


def test_a_text_that_comes_again_in_a_request_is_looked_up_once() -> None:
    atlas = CountingAtlas()
    talk = Talk(Conversation(replace(the_setting(), gazetteer=atlas), the_voices()["TEXT"]))
    assert len(talk.tell(b"TIME lisbon,pt,lisbon,pt,pt").splitlines()) == 5
    assert atlas.asked == {"lisbon": 1, "pt": 1}


def test_spans_that_no_screen_could_hold_are_refused_and_a_hundred_places_may_have_three() -> None:
    scattered = f"MEET {COUNTRIES} HOURS 09:00-08:59 ON 1850-01-01"
    assert Talk().tell(scattered.encode()) == (
        "501 29 spans for 31 places are more than can be told: ask for fewer places, or for other hours\n"
    )
    together = f"MEET {','.join(['utc'] * 100)} HOURS 09:00-08:00"
    assert len(Talk().tell(together.encode()).splitlines()) == 200
