"""What can keep a client from its answer: one exception a reply code, and what happens to connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from socketspeak.language.dialogue import ENGLISH, SAID_CHARACTERS
from socketspeak.language.printable import shown
from socketspeak.language.replies import Entry, Listing, Plain

NOTHING: Mapping[str, object] = MappingProxyType({})


class SocketSpeakError(Exception):
    """Anything that keeps a client from its answer.

    `message` says what happened, for people; `code` is the server's reply code, None where none came.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message, code)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return self.message if self.code is None else f"{self.code} {self.message}"


# --- What happens to connections ----------------------------------------------------------------------------


class CannotConnect(SocketSpeakError):
    """No connection came about; the cause is chained."""


class EncryptionFailed(CannotConnect):
    """The connection could not be encrypted, `why` says what hindered it, and was not used in clear.

    `code` is the server's reply code where it was the server that declined STARTTLS.
    """

    def __init__(self, why: str, code: int | None = None) -> None:
        super().__init__(f"the connection cannot be encrypted: {why}", code)
        self.args = (why, code)
        self.why = why

    def __str__(self) -> str:
        return self.message


class CertificateRefused(EncryptionFailed):
    """The server's certificate is not good, is another's, or is vouched for by nobody who is trusted."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.message = f"the server's certificate is refused: {why}"
        self.args = (why,)


class ConnectionLost(SocketSpeakError):
    """The connection went, `why` says how, while `pending` requests had no answer, this one among them."""

    def __init__(self, why: str, pending: int = 0) -> None:
        unanswered = f" with {pending} request{'' if pending == 1 else 's'} unanswered" if pending else ""
        super().__init__(f"the connection was lost{unanswered}: {why}")
        self.args = (why, pending)
        self.why = why
        self.pending = pending


class ProtocolBroken(SocketSpeakError):
    """The peer does not speak this protocol, or no longer; `why` says what gave it away."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no SocketSpeak server: {why}")
        self.args = (why,)
        self.why = why


class NoAnswerInTime(SocketSpeakError, TimeoutError):
    """There was no answer within `seconds`. The connection stands; a late answer is dropped."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} s")
        self.args = (seconds,)
        self.seconds = seconds


# --- What the server says -----------------------------------------------------------------------------------


class Failed(SocketSpeakError):
    """The server answered with a failure.

    `code` is its reply code; `suggestions` are near spellings (550), `entries` the places to choose from
    (350), `extras` whatever else came with the reply in JSON.
    """

    code: int
    explanation: ClassVar[str] = "the server answered with a failure"

    def __init__(
        self,
        code: int,
        message: str = "",
        suggestions: Sequence[str] = (),
        entries: Sequence[Entry] = (),
        extras: Mapping[str, object] = NOTHING,
    ) -> None:
        super().__init__(shown(message, SAID_CHARACTERS) or self.explanation, code)
        self.suggestions = tuple(suggestions)
        self.entries = tuple(entries)
        self.extras = dict(extras)
        self.args = (code, message, self.suggestions, self.entries, self.extras)

    def __str__(self) -> str:
        near = f"; near: {', '.join(self.suggestions)}" if self.suggestions else ""
        return f"{super().__str__()}{near}"


class FailedForNow(Failed):
    """A code from 400 to 499: the same request may be answered later."""

    explanation = "the server cannot do that now"


class FailedForGood(Failed):
    """A code from 500 to 599: the same request fails again."""

    explanation = "the server does not do that"


class SeveralPlaces(Failed):
    """350: the text names several places whose clocks differ; `entries` holds them, best first."""

    explanation = "several places match"


class ServerClosing(FailedForNow):
    """421: the server closes, or lets nobody in; what was pending is not answered."""

    explanation = "the server closes"


class TooManyLogins(FailedForNow):
    """431: too many logins failed from here."""

    explanation = "too many logins failed, wait"


class NoSource(FailedForNow):
    """450: no source can answer now."""

    explanation = "no source can answer now"


class InternalFault(FailedForNow):
    """451: a bug of the server's, which it has logged."""

    explanation = "the server has a fault"


class TooManyRequests(FailedForNow):
    """452: too many requests from here."""

    explanation = "too many requests, wait"


class UnknownCommand(FailedForGood):
    """500: the server does not know this request."""

    explanation = "unknown command"


class BadArgument(FailedForGood):
    """501: the request's argument cannot be understood."""

    explanation = "bad argument"


class Disabled(FailedForGood):
    """502: a request that this server knows and does not offer."""

    explanation = "not available on this server"


class NotNow(FailedForGood):
    """503: not at this point of the session."""

    explanation = "not at this point"


class NotKnown(FailedForGood):
    """504: a mechanism, language or format that the server does not know."""

    explanation = "not known"


class LoginRequired(FailedForGood):
    """530: log in first."""

    explanation = "log in first"


class LoginFailed(FailedForGood):
    """535: wrong name or password."""

    explanation = "the login failed"


class EncryptFirst(FailedForGood):
    """538: not over a connection that others can read."""

    explanation = "encrypt first"


class NoSuchPlace(FailedForGood):
    """550: the text names no place; `suggestions` holds up to five spellings that do."""

    explanation = "no such place"


class LineTooLong(FailedForGood):
    """552: the request was too long."""

    explanation = "the line is too long"


class NoSuchDate(FailedForGood):
    """553: a date or time that no calendar has."""

    explanation = "no such date or time"


CODES: Mapping[int, type[Failed]] = MappingProxyType(
    {
        350: SeveralPlaces,
        421: ServerClosing,
        431: TooManyLogins,
        450: NoSource,
        451: InternalFault,
        452: TooManyRequests,
        500: UnknownCommand,
        501: BadArgument,
        502: Disabled,
        503: NotNow,
        504: NotKnown,
        530: LoginRequired,
        535: LoginFailed,
        538: EncryptFirst,
        550: NoSuchPlace,
        552: LineTooLong,
        553: NoSuchDate,
    }
)
FIRST_DIGITS: Mapping[int, type[Failed]] = MappingProxyType({4: FailedForNow, 5: FailedForGood})


def kind_of(code: int) -> type[Failed]:
    """The exception for a reply code; those that are not in the table have one by their first digit."""
    return CODES.get(code) or FIRST_DIGITS.get(code // 100, Failed)


def failure_in(reply: object) -> Failed | None:
    """The failure that a reply tells of; None where it tells of none."""
    if isinstance(reply, Listing) and reply.code == 350:
        why = "" if reply.why is None else ENGLISH.say(reply.why)
        return SeveralPlaces(reply.code, why, entries=reply.entries)
    if isinstance(reply, Plain) and reply.code >= 300:
        said = ENGLISH.say(reply.message)
        return kind_of(reply.code)(reply.code, said, reply.near or (), extras=reply.extras)
    return None
