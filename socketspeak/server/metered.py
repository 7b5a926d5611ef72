"""A session whose address may ask only so many requests a second."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from socketspeak.language.conversation import QUEUE
from socketspeak.limits.rates import MOST_WAIT_SECONDS, Rates
from socketspeak.server.session import Session
from socketspeak.server.splitting import Item, Odd
from socketspeak.server.timed import TimedTransport

RATE = "rate"  # the reason to hold while a request's token is not there
BLANK = b" \t\r"
INSTANT_SECONDS = 1e-6  # by which the sum of two floats may miss an instant that a timer was set for


class MeteredSession(Session):
    """Holds back requests whose tokens are not there, and reads no more meanwhile.

    A request that would wait too long is answered with 452, in its turn. Blank lines are no requests.
    """

    _waking: IDelayedCall | None = None

    def __init__(self, rates: Rates, *arguments: Any, **options: Any) -> None:
        """The other arguments are a Session's."""
        super().__init__(*arguments, **options)
        self._rates = rates
        self._dues: deque[float] = (
            deque()
        )  # of each item that waits in the conversation: when it may be answered

    def dataReceived(self, data: bytes) -> None:
        TimedTransport.dataReceived(self, data)  # nothing is answered before it is charged

    def itemsReceived(self, items: list[Item]) -> None:
        now = self._clock.seconds()
        for item in items:
            room = self.room()
            wait = self._charge(item, now)
            if wait > MOST_WAIT_SECONDS:
                self._refuse(wait)
                wait = 0.0
            else:
                if wait:
                    self.hold(RATE)
                super().itemsReceived([item])
            if self.room() < room:
                self._dues.append(now + wait)
        self._hold_back(now)

    def catchUp(self, most: int) -> int:
        now = self._clock.seconds()
        taken = 0
        self._forget_gone()
        while taken < most and self._dues and self._dues[0] <= now + INSTANT_SECONDS and super().catchUp(1):
            taken += 1
            self._forget_gone()
        self._hold_back(now)
        return taken

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        self._sleep_no_more()

    def _charge(self, item: Item, now: float) -> float:
        """The seconds until an item may be answered."""
        if item is Odd.ENDLESS or (isinstance(item, bytes) and not item.strip(BLANK)):
            return 0.0
        return self._rates.charge(self.group, now)

    def _refuse(self, wait: float) -> None:
        self._desk.counts.requests += 1
        self._desk.counts.over_rate += 1
        crowded = self._conversation.crowded
        self._converse(crowded, math.ceil(wait), self._unix_seconds(), bool(self._holds))

    def _forget_gone(self) -> None:
        """Drop the dues of items that wait no more: they are answered, or all that waited is dropped."""
        while len(self._dues) > QUEUE - self.room():
            self._dues.popleft()

    def _hold_back(self, now: float) -> None:
        """Hold until the first that waits may be answered, if it may not be now."""
        self._sleep_no_more()
        if self._dues and self._dues[0] > now + INSTANT_SECONDS and not self._closing:
            self.hold(RATE)
            self._waking = self._clock.callLater(self._dues[0] - now, self.release, RATE)
        else:
            self.release(RATE)

    def _sleep_no_more(self) -> None:
        if self._waking is not None and self._waking.active():
            self._waking.cancel()
        self._waking = None
