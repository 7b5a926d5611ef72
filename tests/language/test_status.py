"""What STATUS says of the clock and its voters, in text."""

from __future__ import annotations

from dataclasses import replace

from socketspeak.language.reading import read_object
from socketspeak.language.statuses import Source, Status, Worker
from tests.kit.world import A_STATUS, the_voices

SOURCES = (
    Source("lab", "ok", "worldtimeapi", offset=-0.000412, agrees=True),
    Source("second", "ok", "worldtimeapi", offset=3600.0, agrees=False, contradictions=2),
    Source("third", "untried", "worldtimeapi"),
    Source("embedded", "ready", offset=0.25),
)


def said(status: Status) -> list[str]:
    return the_voices()["TEXT"].render(status).decode().splitlines()


def test_the_clocks_line_counts_the_voters_and_names_those_that_are_off() -> None:
    status = replace(A_STATUS, clock="synced", sources=SOURCES)
    assert said(status)[1] == "211-clock=synced within=4ms voters=2 falsetickers=second"
    assert (status.voters, status.falsetickers) == (("lab", "second"), ("second",))


def test_a_source_has_its_offset_and_whether_it_agrees_as_far_as_it_has_said_anything() -> None:
    lines = said(replace(A_STATUS, sources=SOURCES))[2:]
    assert lines[0].endswith(" offset=-0.000412s agrees=yes")
    assert lines[1].endswith(" offset=+3600.000000s agrees=no contradictions=2")
    assert lines[2].endswith(" disagreements=0")
    assert lines[3] == "211 source=embedded state=ready offset=+0.250000s"


WORKERS = (
    Worker(1, "serving", 4711, 12.4, 3, answers=True),
    Worker(2, "gone", None, None, 0),
)


def test_each_worker_has_a_line_where_there_are_several() -> None:
    assert said(replace(A_STATUS, sources=SOURCES[-1:], workers=WORKERS))[2:] == [
        "211-workers=2",
        "211-worker=1 pid=4711 state=serving uptime=12s sessions=3 answers=yes",
        "211-worker=2 state=gone sessions=0",
        "211 source=embedded state=ready offset=+0.250000s",
    ]


def test_the_workers_are_read_back_and_one_process_has_none() -> None:
    for status in (replace(A_STATUS, workers=WORKERS), A_STATUS):
        assert read_object(the_voices()["JSON"].render(status)) == status
    assert b"workers" not in the_voices()["JSON"].render(A_STATUS)
