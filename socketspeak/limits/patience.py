"""How long a session may take for what, in seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace

UNREAD_SECONDS = 30.0  # in which a peer that has much to read takes nothing at all: it does not read any more
CROWDED_IDLE_SECONDS = 30.0  # when most places are taken, who does nothing makes room for others


@dataclass(frozen=True, slots=True)
class Patience:
    """The times after which a session ends, each from its beginning to its end.

    `idle`: neither a request nor a line of a reply. `line`: from a line's first byte to its end. `login`:
    from the greeting to a login, where one is required. `handshake`: for TLS. `unread`: without progress.
    """

    idle: float = 300.0
    line: float = 60.0
    login: float = 60.0
    handshake: float = 10.0
    unread: float = UNREAD_SECONDS

    def crowded(self) -> Patience:
        """The same, when most places are taken."""
        return replace(self, idle=min(self.idle, CROWDED_IDLE_SECONDS))
