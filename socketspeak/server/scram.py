"""The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677): one exchange, by the library scramp."""

from __future__ import annotations

from typing import Any

from scramp import ScramException, ScramMechanism

from socketspeak.language.acts import Denied, Garbled
from socketspeak.language.replies import Challenge
from socketspeak.server.verifiers import MECHANISM, Roll, prepared

_MECHANISM = ScramMechanism(MECHANISM)
# What scramp finds wrong in these is no mistake in writing but a login that must not succeed.
_REFUSED = frozenset(
    {
        "invalid-proof",
        "channel-bindings-dont-match",
        "channel-binding-not-supported",
        "unsupported-channel-binding-type",
    }
)


class Exchange:
    """One peer's way through the mechanism: `first`, then `final`. What a peer sends wrong is a value."""

    def __init__(self, roll: Roll, nonce: str | None = None) -> None:
        """`nonce` is our part of it; a random one where None."""
        self._roll = roll
        self._server: Any = _MECHANISM.make_server(self._keys, s_nonce=nonce)
        self._true = False
        self.name = ""

    def first(self, message: bytes) -> Challenge | Denied | Garbled:
        """What the client's first message leads to: the salt, the count and a nonce."""
        try:
            flag, other, bare = message.decode().split(",", 2)
            # scramp takes no name to act as. One's own may be named, and nobody else's.
            acting = other if other.startswith("a=") else ""
            self._server.set_client_first(f"{flag},{'' if acting else other},{bare}")
            if acting:
                self._server.gs2_header = _Header(f"{flag},{acting},".encode())
            if acting and _unescaped(acting[2:]) != self.name:
                return Denied()
            return Challenge(self._server.get_server_first().encode())
        except (ScramException, ValueError) as wrong:
            return _judged(wrong)

    def final(self, message: bytes) -> Challenge | Denied | Garbled:
        """What the client's proof leads to: the server's own, or nothing."""
        try:
            self._server.set_client_final(message.decode())
            signature: str = self._server.get_server_final()
        except (ScramException, ValueError) as wrong:
            return _judged(wrong)
        return Challenge(signature.encode()) if self._true else Denied()

    def _keys(self, name: str) -> tuple[bytes, bytes, bytes, int]:
        self.name = name
        verifier, self._true = self._roll.find(name)
        return verifier.salt, verifier.stored_key, verifier.server_key, verifier.iterations


class _Header:
    """What the client's first message begins with, which its last one must repeat."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def make_cbind_input(self, _binding: object) -> bytes:
        """What scramp compares the repetition with."""
        return self._octets


def _unescaped(name: str) -> str:
    """A name as it is kept; raises ValueError."""
    return prepared(name.replace("=2C", ",").replace("=3D", "="))


def _judged(wrong: ScramException | ValueError) -> Denied | Garbled:
    error = getattr(wrong, "server_error", None)
    return Denied() if error is not None and error.value in _REFUSED else Garbled()
