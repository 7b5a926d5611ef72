"""What a source means by Retry-After: for how long it wants to be left alone (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,10}", re.ASCII)


def wait_of(retry_after: str | None, date: str | None, unix_seconds: float) -> float | None:
    """Read the header, a number of seconds or a date, as seconds from now; None where it says nothing.

    `date` is the answer's Date header: it is by the same clock as the other, whatever that shows. Where there
    is none, the time is taken to be `unix_seconds`.
    """
    text = (retry_after or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text) or None
    until = _instant(text)
    if until is None:
        return None
    now = _instant((date or "").strip())
    wait = until - (unix_seconds if now is None else now)
    return wait if wait > 0 else None


def _instant(text: str) -> float | None:
    """An HTTP date in Unix seconds; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
