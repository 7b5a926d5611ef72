"""What the workers know of each other: STATUS tells the whole, whichever of them is asked."""

from __future__ import annotations

import copy
import os
from dataclasses import replace

from socketspeak.app.crew import SERVING, STOPPING, Crew
from socketspeak.language.statuses import Source, Status
from socketspeak.limits.admission import Refused
from socketspeak.limits.counts import Counts
from tests.kit.world import A_STATUS

SECOND_NS = 1_000_000_000


class Time:
    """The clock of all processes, which the test turns."""

    ns = 100 * SECOND_NS

    def __call__(self) -> int:
        return self.ns


def crew(time: Time) -> tuple[Crew, Crew, Crew]:
    """The first process's, and those of two workers: copies, as a fork makes them."""
    first = Crew(2, ["lab"], time)
    one, other = copy.copy(first), copy.copy(first)
    for number, each in ((1, one), (2, other)):
        first.begins(number)
        each.join(number, lambda *_: None)
    return first, one, other


def counted(**counts: int) -> dict[str, int]:
    return dict(Counts(**counts).told())


def own(lab: int = 0, failures: int = 0, **counts: int) -> Status:
    """A worker's own status."""
    sources = (
        Source("lab", "ok", "worldtimeapi", requests=lab, failures=failures),
        Source("embedded", "ready"),
    )
    return replace(A_STATUS, sources=sources, counts=counted(**counts))


def test_the_counts_of_all_are_added_up() -> None:
    _, one, other = crew(Time())
    other.note(SERVING, counted(sessions=2, requests=30), own(lab=4, failures=1).sources)
    told = one.whole(own(lab=3, sessions=1, requests=7, idle=1))
    assert (told.counts["sessions"], told.counts["requests"], told.counts["idle"]) == (3, 37, 1)
    assert (told.sources[0].requests, told.sources[0].failures) == (7, 1)
    assert told.sources[1] == Source("embedded", "ready")


def test_what_one_had_counted_that_is_gone_stays_and_its_sessions_do_not() -> None:
    first, one, other = crew(Time())
    for _ in range(2):
        other.note(SERVING, counted(sessions=2, requests=30), own(lab=4).sources)
        first.gone(2)
        first.begins(2)
        other.join(2, lambda *_: None)
    told = one.whole(own(lab=3, sessions=1, requests=7))
    assert (told.counts["sessions"], told.counts["requests"], told.sources[0].requests) == (1, 67, 11)


def test_each_worker_is_told_of_with_its_process_and_how_it_is() -> None:
    time = Time()
    first, one, other = crew(time)
    time.ns += 2 * SECOND_NS
    one.note(SERVING, counted(sessions=5), ())
    other.note(STOPPING, counted(sessions=1), ())
    here, there = one.whole(own(sessions=4)).workers
    assert (here.number, here.pid, here.state, here.sessions) == (1, os.getpid(), "serving", 4)
    assert (there.number, there.state, there.sessions, there.uptime) == (2, "stopping", 1, 2.0)
    assert (here.answers, there.answers) == (True, False)
    time.ns += 4 * SECOND_NS
    assert [worker.state for worker in one.whole(own()).workers] == ["serving", "late"]
    first.gone(2)
    gone = one.whole(own()).workers[1]
    assert (gone.state, gone.pid, gone.uptime, gone.sessions) == ("gone", None, None, 0)


def test_silence_is_reckoned_from_the_last_note_or_the_start() -> None:
    time = Time()
    first, one, _ = crew(time)
    time.ns += 3 * SECOND_NS
    assert first.silent(1) == 3.0
    one.note(SERVING, counted(), ())
    time.ns += SECOND_NS
    assert (first.silent(1), first.silent(2)) == (1.0, 4.0)


def test_one_of_them_does_what_is_to_be_done_once() -> None:
    first, one, other = crew(Time())
    assert (first.first, one.first, other.first) == (False, True, False)


def test_whom_one_had_taken_in_that_is_gone_is_not_in_any_more() -> None:
    here = Crew(2, [])  # one after the other
    admission = here.admission(10, 1)
    for number in (1, 2):
        here.join(number, lambda *_: None)
        admission.enter(f"192.0.2.{number}")
    here.join(1, lambda *_: None)
    assert admission.refused("192.0.2.2") is Refused.ADDRESS
    here.gone(2)
    assert admission.refused("192.0.2.2") is None
    assert admission.refused("192.0.2.1") is Refused.ADDRESS
