"""Who may log in, without their passwords: the verifiers of SCRAM-SHA-256 (RFC 5802, RFC 7677)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scramp import ScramException, ScramMechanism
from scramp.utils import saslprep

from socketspeak.limits.iterations import DEFAULT_ITERATIONS

MECHANISM = "SCRAM-SHA-256"
KEY_OCTETS = 32  # what SHA-256 makes
SALT_OCTETS = 16  # as PostgreSQL has it
LEAST_SALT_OCTETS = 12  # fewer are no salt to scramp
MOST_OCTETS = 255  # of a name, and of a password: what RFC 4616 wants taken; more does not fit into a line


@dataclass(frozen=True, slots=True)
class Verifier:
    """What proves that someone knows a password, and does not tell it."""

    name: str
    iterations: int
    salt: bytes = field(repr=False)
    stored_key: bytes = field(repr=False)
    server_key: bytes = field(repr=False)


def prepared(text: str) -> str:
    """A name or a password as it is compared (SASLprep, RFC 4013); raises ValueError for what is none."""
    try:
        found: str = saslprep(text)
    except ScramException as wrong:
        raise ValueError(str(wrong.args[0])) from None
    if not found:
        raise ValueError("it is empty")
    return found


def verifier_of(name: str, password: str, iterations: int, salt: bytes) -> Verifier:
    """The verifier of a prepared name and a password, which may take a while; raises ValueError."""
    try:
        made = ScramMechanism(MECHANISM).make_auth_info(prepared(password), iterations, salt)
    except ScramException as wrong:
        raise ValueError(str(wrong.args[0])) from None
    _, stored_key, server_key, _ = made
    return Verifier(name, iterations, salt, stored_key, server_key)


def fits(verifier: Verifier, password: str) -> bool:
    """Whether a prepared password is the one that a verifier was made of. It takes a while."""
    found = verifier_of(verifier.name, password, verifier.iterations, verifier.salt)
    return hmac.compare_digest(found.stored_key, verifier.stored_key)


class Roll:
    """Those who may log in by name.

    Who is not on it gets a decoy: a verifier that looks like another's, the same each time, and that no
    password fits. Its salt follows from the name and a secret.
    """

    def __init__(self, verifiers: Iterable[Verifier], secret: bytes) -> None:
        self.replace(verifiers, secret)

    def replace(self, verifiers: Iterable[Verifier], secret: bytes) -> None:
        """Others from now on, all at once; of several with the same name the first one counts."""
        found: dict[str, Verifier] = {}
        for each in verifiers:
            found.setdefault(each.name, each)
        shapes = sorted({(each.iterations, len(each.salt)) for each in found.values()})
        self._all = found, secret, shapes or [(DEFAULT_ITERATIONS, SALT_OCTETS)]

    def __len__(self) -> int:
        """How many they are."""
        return len(self._all[0])

    def find(self, name: str) -> tuple[Verifier, bool]:
        """The verifier of a prepared name, and whether it is true; both take the same work."""
        verifiers, secret, shapes = self._all
        decoy = _decoy(name, secret, shapes)
        verifier = verifiers.get(name)
        return (decoy, False) if verifier is None else (verifier, True)


def _decoy(name: str, secret: bytes, shapes: Sequence[tuple[int, int]]) -> Verifier:
    drawn = hmac.digest(secret, name.encode(), hashlib.sha512)
    iterations, octets = shapes[drawn[0] % len(shapes)]
    salt = hashlib.shake_256(drawn + b"salt").digest(octets)
    stored_key = hashlib.sha256(drawn + b"stored key").digest()
    server_key = hashlib.sha256(drawn + b"server key").digest()
    return Verifier(name, iterations, salt, stored_key, server_key)
