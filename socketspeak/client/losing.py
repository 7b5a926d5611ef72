"""Why a connection went: what Twisted and OpenSSL tell, in the client's exceptions."""

from __future__ import annotations

from collections.abc import Callable

from OpenSSL import SSL
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from socketspeak.client.encrypting import Guard
from socketspeak.client.errors import CertificateRefused, ConnectionLost, EncryptionFailed, SocketSpeakError
from socketspeak.language.printable import shown

WHY_CHARACTERS = 200
ALERT = b"\x15\x03"  # how one who speaks TLS begins to say that he has not understood (RFC 8446, section 5.1)
IN_CLEAR = frozenset({"wrong version number", "http request"})  # OpenSSL's words for a peer without TLS

End = Callable[[int], SocketSpeakError]  # from how many wait to the exception for each of them


def end_by(reason: Failure, unread: bytes, silent: bool) -> End:
    """What has become of a connection that stood.

    `unread` is the beginning of a line without end, and `silent` says that the server has not said a word:
    one that speaks TLS only has not understood, and says so, or leaves.
    """
    if unread.startswith(ALERT):
        why = "the server speaks TLS, and nothing in clear"
    elif reason.check(ConnectionDone):
        why = f"the server has closed it{' without a word, and may speak TLS only' if silent else ''}"
    else:
        why = shown(" ".join(reason.getErrorMessage().split()), WHY_CHARACTERS)
    return lambda pending: ConnectionLost(why, pending)


def end_before_tls(reason: Failure, guard: Guard) -> End:
    """What has become of a connection whose TLS was begun, and did not come about."""
    refusal = guard.refusal
    if refusal is not None:
        return lambda _: CertificateRefused(refusal)
    why = _hindrance(reason)
    return lambda _: EncryptionFailed(why)


def _hindrance(reason: Failure) -> str:
    error = reason.value
    if not isinstance(error, SSL.Error) or isinstance(error, SSL.SysCallError):
        return "the server has closed the connection instead"
    said = [words[-1] for words in error.args[0]]
    if IN_CLEAR.intersection(said):
        return "the server speaks in clear; perhaps it offers STARTTLS"
    return shown("; ".join(said), WHY_CHARACTERS)
