"""Time limits: what takes longer is cancelled."""

from __future__ import annotations

from typing import TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from socketspeak.client.errors import NoAnswerInTime

Answer = TypeVar("Answer")


def within(seconds: float, clock: IReactorTime, answer: Deferred[Answer]) -> Deferred[Answer]:
    """Cancel what takes longer, and have it fail with NoAnswerInTime."""

    def spent(_result: object, _seconds: float) -> Failure:
        return Failure(NoAnswerInTime(seconds))

    answer.addTimeout(seconds, clock, onTimeoutCancel=spent)
    return answer
