"""Faults of ours in the log: once, printable, and without the secrets that they may quote."""

from __future__ import annotations

import traceback

from twisted.logger import Logger
from twisted.python.failure import Failure

from socketspeak.language.printable import shown
from socketspeak.language.verbs import VERBS

MOST_STEPS = 8  # of the way to where it broke; the last ones tell most
MOST_CHARACTERS = 200  # of a line

AUTH = b"AUTH"
_WORDS = frozenset(verb.encode() for verb in VERBS) - {AUTH}


def wordless(failure: Failure) -> str:
    """What kind of fault it is and where it happened, the innermost place first, and nothing that it says."""
    kind = "?" if failure.type is None else failure.type.__name__
    way = traceback.extract_tb(failure.getTracebackObject())[-MOST_STEPS:]
    steps = ", called from ".join(f"{step.filename}:{step.lineno} in {step.name}" for step in reversed(way))
    return f"{kind} at {steps}" if steps else kind


def log_fault(log: Logger, line: bytes | None, careful: bool) -> None:
    """Log the exception that is being handled, and the line that led to it.

    `careful`: people log in here. Then only a line that is a command, and none that logs in, is shown; of
    others, and where the line is not known, not even what the exception says.
    """
    words = (line or b"").split(maxsplit=1)
    if careful and not (words and words[0].upper() in _WORDS):
        log.error("internal fault while answering somebody: {fault}", fault=wordless(Failure()))
    else:
        text = (line or b"").decode("utf-8", "replace")
        log.failure("internal fault while answering {line}", line=shown(text, MOST_CHARACTERS))
