"""A source's health: whom somebody may wait for, what is news, and what a zone's own fault is."""

from __future__ import annotations

from socketspeak.sources.budget import RetryBudget
from socketspeak.sources.health import PROBE, Health, Word
from socketspeak.sources.sample import Fault, FaultKind

S = 1_000_000_000
HOUR = 3600 * S
TOKYO = "Asia/Tokyo"
FAULT = Fault(FaultKind.STATUS, "it answers with status 500")
BUSY = Fault(FaultKind.STATUS, "it answers with status 429", 120.0)


def well() -> Health:
    """A source that has answered."""
    health = Health()
    health.succeeded(PROBE, 0, 5)
    return health


def resting(zone: str = TOKYO) -> Health:
    """A source that was well, until five requests failed."""
    health = well()
    for _ in range(5):
        health.failed(zone, 0, FAULT)
    return health


def test_a_source_is_waited_for_once_it_has_answered() -> None:
    health = Health()
    assert (health.available(TOKYO, 0), health.fit(TOKYO, 0)) == (True, False)
    assert well().fit(TOKYO, 0)


def test_the_words_for_its_state() -> None:
    assert Health().word(0) is Word.UNTRIED
    assert well().word(0) is Word.OK
    failing = well()
    failing.failed(TOKYO, 0, FAULT)
    assert failing.word(0) is Word.FAILING
    assert (resting().word(0), resting().word(30 * S)) == (Word.RESTING, Word.TRYING)


def test_after_a_rest_the_probe_goes_first() -> None:
    health = resting()
    assert not health.available(PROBE, 30 * S - 1)
    assert (health.available(PROBE, 30 * S), health.available("Asia/Seoul", 30 * S)) == (True, False)
    health.asked(30 * S)
    assert not health.available(PROBE, 31 * S)
    health.succeeded(PROBE, 31 * S, 5)
    assert health.fit("Asia/Seoul", 31 * S)


def test_a_zone_whose_requests_fail_does_not_harm_the_others_again_and_again() -> None:
    health = resting(TOKYO)
    health.succeeded(PROBE, 30 * S, 5)
    assert health.available(TOKYO, 30 * S)
    health.failed(TOKYO, 30 * S, FAULT)
    assert health.fit("Asia/Seoul", 30 * S)
    assert not health.available(TOKYO, 89 * S)
    health.failed(TOKYO, 90 * S, FAULT)
    assert health.breaker.closed
    assert not health.available(TOKYO, 209 * S)
    assert health.available(TOKYO, 210 * S)
    health.succeeded(TOKYO, 210 * S, 5)
    health.failed(TOKYO, 210 * S, FAULT)
    assert health.available(TOKYO, 210 * S)


def test_a_failing_zone_is_tried_again_within_the_hour() -> None:
    health = well()
    for _ in range(50):
        health.failed(TOKYO, 0, FAULT)
    health.succeeded(PROBE, 0, 5)
    assert not health.available(TOKYO, HOUR - 1)
    assert health.available(TOKYO, HOUR)


def test_the_probe_is_no_zone_that_is_left_alone() -> None:
    health = resting(PROBE)
    health.succeeded("Asia/Seoul", 0, 5)  # an answer that was under way
    assert health.available(PROBE, 0)


def test_an_answer_that_a_zone_is_not_known_is_a_sign_of_life() -> None:
    health = well()
    for _ in range(4):
        health.failed(TOKYO, 0, FAULT)
    health.refused("America/Coyhaique", 0, Fault(FaultKind.UNKNOWN_ZONE, "404"))
    health.failed(TOKYO, 0, FAULT)
    assert health.word(0) is Word.FAILING


def test_news_is_the_first_failure_of_the_untried_the_first_answer_a_rest_and_the_return() -> None:
    health = Health()
    assert [health.failed(TOKYO, 0, FAULT) for _ in range(6)] == [True] + [False] * 5
    assert health.succeeded(PROBE, 30 * S, 5)
    assert not health.succeeded(PROBE, 31 * S, 5)
    assert [health.failed(TOKYO, 32 * S, FAULT) for _ in range(6)] == [False] * 4 + [True, False]
    assert not health.failed(PROBE, 62 * S, FAULT)  # the trial
    assert health.succeeded(PROBE, 122 * S, 5)


def test_failures_now_and_then_are_no_news() -> None:
    health = well()
    for second in range(100):
        assert not health.failed(TOKYO, second * S, FAULT)
        assert not any(health.succeeded(PROBE, second * S, 5) for _ in range(3))


def test_an_answer_while_it_wants_to_be_left_alone_is_no_news() -> None:
    health = well()
    assert health.failed(TOKYO, 0, BUSY)
    assert not health.succeeded("Asia/Seoul", 1 * S, 5)
    assert health.word(119 * S) is Word.RESTING
    assert health.succeeded(PROBE, 120 * S, 5)


def test_a_zone_that_a_source_does_not_know_rests_alone() -> None:
    health = well()
    health.refused("America/Coyhaique", 0, Fault(FaultKind.UNKNOWN_ZONE, "404"))
    assert not health.available("America/Coyhaique", HOUR - 1)
    assert health.available("America/Coyhaique", HOUR)
    assert health.available(TOKYO, 0)
    assert (health.word(0), health.failures) == (Word.OK, 1)


# --- The retry budget ---


def test_retries_are_a_fifth_of_the_questions_and_one_a_second() -> None:
    budget, retries = RetryBudget(), 0
    while budget.spend(0):
        retries += 1
    assert retries == 10  # what was saved up
    for _ in range(100):
        budget.asked(0)
        retries += budget.spend(0)
    assert retries == 30
    for second in range(1, 61):
        retries += budget.spend(second * S)
        assert not budget.spend(second * S)
    assert retries == 90


def test_no_more_than_ten_retries_are_saved_up() -> None:
    budget = RetryBudget()
    for _ in range(1000):
        budget.asked(HOUR)
    assert sum(budget.spend(2 * HOUR) for _ in range(100)) == 10
