"""AUTH, as in RFC 4954: what may be asked, and what is said of how it went; who is who others decide."""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass

from socketspeak.language import messages as m
from socketspeak.language.acts import Admitted, Denied, Garbled, LoginOutcome, Overloaded, TooSoon
from socketspeak.language.catalog import message
from socketspeak.language.printable import shown
from socketspeak.language.questions import Scene, Step
from socketspeak.language.replies import Plain, Reply
from socketspeak.language.requests import Request

PLAIN = "PLAIN"  # RFC 4616: the password itself
CANCEL = b"*"  # the response that gives a login up
EMPTY = "="  # an initial response that is there and empty
MOST_FAILURES = 3  # of a session

# What is answered before a login, where one is required
OPEN_VERBS = frozenset({"HELP", "CAPABILITIES", "STARTTLS", "AUTH", "LANG", "FORMAT", "PING", "NOOP", "QUIT"})


@dataclass(frozen=True, slots=True)
class Login:
    """The step that asks to be logged in; `initial` is the first message in octets, if it came along."""

    mechanism: str
    initial: bytes | None


def usable(scene: Scene) -> tuple[str, ...]:
    """The mechanisms that can be used now: no password in clear, and nothing in clear but on loopback."""
    if scene.user is not None:
        return ()
    if scene.secure:
        return scene.setting.mechanisms
    return tuple(each for each in scene.setting.mechanisms if scene.local and each != PLAIN)


def log_in(scene: Scene, request: Request, _now: int) -> Step | Login:
    """What `AUTH mechanism [initial]` leads to."""
    setting = scene.setting
    if not setting.mechanisms:
        name = scene.voice.catalog.vocabulary.name(request.verb)
        return Plain(502, message(m.NOT_HERE, verb=name), {"verb": request.verb})
    if scene.user is not None:
        return Plain(503, message(m.LOGGED_IN_ALREADY, name=shown(scene.user)))
    word, _, initial = request.argument.partition(" ")
    mechanism = word.upper()
    if mechanism not in setting.mechanisms:
        known = {"word": shown(word), "known": ", ".join(setting.mechanisms)}
        return Plain(504, message(m.UNKNOWN_MECHANISM, **known))
    if mechanism not in usable(scene):
        return Plain(538, message(m.ENCRYPT_FIRST if setting.starttls else m.NOT_IN_CLEAR))
    if not initial:
        return Login(mechanism, None)
    octets = b"" if initial == EMPTY else read_base64(initial.encode())
    return Plain(501, message(m.NOT_BASE64)) if octets is None else Login(mechanism, octets)


def read_base64(text: bytes) -> bytes | None:
    """The octets that a text means, None where it is no Base64 (RFC 4648)."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def reply_to(outcome: LoginOutcome) -> Reply:
    """What is said of how a login went, or goes on."""
    if isinstance(outcome, Admitted):
        return Plain(235, message(m.LOGGED_IN, name=shown(outcome.name)), {"user": outcome.name})
    if isinstance(outcome, Denied):
        return Plain(535, message(m.LOGIN_FAILED))
    if isinstance(outcome, TooSoon):
        return Plain(431, message(m.LOGIN_TOO_SOON, seconds=outcome.seconds), {"seconds": outcome.seconds})
    if isinstance(outcome, Overloaded):
        return Plain(452, message(m.LOGINS_WAIT, seconds=outcome.seconds), {"seconds": outcome.seconds})
    if isinstance(outcome, Garbled):
        return Plain(501, message(m.LOGIN_GARBLED))
    return outcome
