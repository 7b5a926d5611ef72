"""The client's side of SCRAM-SHA-256, straight from RFC 5802 and RFC 7677, and of nobody's library."""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, b64encode


def plain(name: str, password: str, other: str = "") -> bytes:
    """The one message of PLAIN (RFC 4616)."""
    return f"{other}\0{name}\0{password}".encode()


class ScramClient:
    """One login: `first`, then `final` with the server's answer, then `believes` what it answers to that."""

    def __init__(
        self, name: str, password: str, *, header: str = "n,,", nonce: str | None = None, binding: str = ""
    ) -> None:
        """`header` is the GS2 header; `binding` what the last message says of it, where that differs."""
        self._password = password.encode()
        self._header = header
        self._binding = binding or header
        self._nonce = nonce or b64encode(os.urandom(18)).decode()
        escaped = name.replace("=", "=3D").replace(",", "=2C")
        self._bare = f"n={escaped},r={self._nonce}"
        self._expected = b""
        self.salt = b""
        self.iterations = 0

    def first(self) -> bytes:
        """What the client says first."""
        return f"{self._header}{self._bare}".encode()

    def final(self, challenge: bytes) -> bytes:
        """The proof that answers the server's nonce and salt."""
        said = challenge.decode()
        told = dict(part.split("=", 1) for part in said.split(","))
        assert told["r"].startswith(self._nonce)
        assert len(told["r"]) > len(self._nonce)
        self.salt, self.iterations = b64decode(told["s"], validate=True), int(told["i"])
        salted = hashlib.pbkdf2_hmac("sha256", self._password, self.salt, self.iterations)
        without_proof = f"c={b64encode(self._binding.encode()).decode()},r={told['r']}"
        everything = f"{self._bare},{said},{without_proof}".encode()
        client_key = _mac(salted, b"Client Key")
        signature = _mac(hashlib.sha256(client_key).digest(), everything)
        proof = bytes(one ^ other for one, other in zip(client_key, signature, strict=True))
        self._expected = _mac(_mac(salted, b"Server Key"), everything)
        return f"{without_proof},p={b64encode(proof).decode()}".encode()

    def believes(self, challenge: bytes) -> bool:
        """Whether the server has proven that it knows the verifier."""
        return challenge == b"v=" + b64encode(self._expected)


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()
