"""What a conversation wants done: the values that cross the border to the transport, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from socketspeak.clock.values import Reading
from socketspeak.language.endings import Ending
from socketspeak.language.replies import Challenge, Reply
from socketspeak.language.statuses import Status
from socketspeak.language.voice import Voice
from socketspeak.zones.values import Place, Rule


@dataclass(frozen=True, slots=True)
class Say:
    """Say this reply in this voice."""

    reply: Reply
    voice: Voice


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask what the clocks of these zones show.

    `wait`: sources may be waited for; else what is in memory is enough. `keep`: the reply to this very line
    may be given to it again, from memory, within the same second.
    """

    ticket: int
    zones: tuple[str, ...]
    wait: bool
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Ask how the server is."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Let so many seconds pass, and say so to the conversation."""

    ticket: int
    seconds: float


@dataclass(frozen=True, slots=True)
class StartWatch:
    """From now on tick these places every so many seconds in this voice; it replaces what was watched."""

    places: tuple[Place, ...]
    every: int
    voice: Voice


@dataclass(frozen=True, slots=True)
class StopWatch:
    """Tick no more."""


@dataclass(frozen=True, slots=True)
class Encrypt:
    """Begin TLS once what was said has been sent. Whatever the peer has sent in clear behind is an attack."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """Begin a login by a mechanism of SASL; `initial` is the client's first message, if it came along."""

    ticket: int
    mechanism: str
    initial: bytes | None


@dataclass(frozen=True, slots=True)
class Respond:
    """Go on with the login: the client's next message."""

    ticket: int
    response: bytes


@dataclass(frozen=True, slots=True)
class Forgo:
    """The login that was begun is given up: it neither succeeds nor fails."""


@dataclass(frozen=True, slots=True)
class Part:
    """Close, after what was said has been sent."""

    why: Ending


Act = Say | Ask | Report | Wait | StartWatch | StopWatch | Encrypt | LogIn | Respond | Forgo | Part


# -- what comes back of a login: a Challenge, after which comes a Respond, or one of these


@dataclass(frozen=True, slots=True)
class Admitted:
    """The peer is who it says it is, and has these rights."""

    name: str
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Denied:
    """It is not, or nobody is called so. The delay of its address is over by now."""


@dataclass(frozen=True, slots=True)
class TooSoon:
    """Logins from its address have failed: for so many seconds none is looked at."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Overloaded:
    """Too many logins wait to be looked at: try again after so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Garbled:
    """What came is no message of the mechanism. It counts as no failure."""


LoginOutcome = Challenge | Admitted | Denied | TooSoon | Overloaded | Garbled


@dataclass(frozen=True, slots=True)
class Told:
    """A zone's rule as it stands, and the seconds since a stale one was fetched."""

    rule: Rule
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an Ask brought: one reading of the clock, and the rule of each zone at that instant."""

    reading: Reading
    told: Mapping[str, Told]


Outcomes = Outcome | Status | LoginOutcome  # what comes back of an Ask, a Report, a LogIn or a Respond
