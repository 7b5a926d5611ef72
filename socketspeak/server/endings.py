"""How the end of a session is said and counted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from socketspeak.language import messages as m
from socketspeak.language.catalog import Message, message
from socketspeak.language.endings import Ending
from socketspeak.limits.counts import Counts

_FAREWELLS: Mapping[Ending, str] = MappingProxyType(
    {
        Ending.IDLE: m.IDLE,
        Ending.SLOW_LINE: m.SLOW_LINE,
        Ending.SLOW_LOGIN: m.SLOW_LOGIN,
    }
)

_ORDINARY = frozenset({Ending.QUIT, Ending.FINISHED, Ending.SHUTDOWN})


def farewell(why: Ending, seconds: float) -> Message | None:
    """What is said when a time is over; None where nothing can be said, or nobody would read it."""
    text = _FAREWELLS.get(why)
    return None if text is None else message(text, seconds=f"{seconds:g}")


def count_ending(counts: Counts, why: Ending) -> None:
    """Count the end of a session, if a limit brought it about."""
    if why in _ORDINARY:
        return
    match why:
        case Ending.IDLE:
            counts.idle += 1
        case Ending.SLOW_LINE:
            counts.slow_lines += 1
        case Ending.SLOW_LOGIN:
            counts.slow_logins += 1
        case Ending.SLOW_HANDSHAKE:
            counts.slow_handshakes += 1
        case Ending.UNREAD:
            counts.unread += 1
        case Ending.BAD_COMMANDS:
            counts.bad_commands += 1
        case Ending.HTTP:
            counts.http += 1
        case Ending.TLS_IN_CLEAR:
            counts.tls_in_clear += 1
        case Ending.ENDLESS:
            counts.endless_lines += 1
        case Ending.FAILED_LOGINS:
            counts.guessers += 1
