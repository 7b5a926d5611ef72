"""How much nonsense a session may talk: bad commands beyond ten are answered late, the 20th is the last."""

from __future__ import annotations

import re

BAD_CODES = frozenset({500, 501, 552})  # what a program that speaks another protocol gets, line after line
PATIENT_WITH = 10  # bad commands that a person may mistype; each one more waits a second longer
MOST_BAD = 20  # then it is no person, and no client of this protocol

# A request line of HTTP/1.1 (RFC 9112) or the preface of HTTP/2 (RFC 9113): a browser can be made to send one
_HTTP = re.compile(
    rb"(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PRI) +([/*]|https?:|[^ ]+ +HTTP/[0-9])"
)


def is_http(line: bytes) -> bool:
    """Whether a line is the first one of an HTTP request."""
    return _HTTP.match(line) is not None


class Manners:
    """Counts bad commands, of which each good one makes up for one."""

    __slots__ = ("bad",)

    def __init__(self) -> None:
        self.bad = 0

    def judge(self, code: int) -> float:
        """For how many seconds a reply with this code is held back."""
        if code in BAD_CODES:
            self.bad += 1
            return float(max(0, self.bad - PATIENT_WITH))
        self.bad = max(0, self.bad - 1)
        return 0.0

    @property
    def spent(self) -> bool:
        """Whether the last bad command was one too many."""
        return self.bad >= MOST_BAD
