"""Why sessions end: each way that a conversation decides for, so that it can be counted."""

from __future__ import annotations

from enum import Enum


class Ending(Enum):
    """One way in which a session ends."""

    QUIT = "the peer asked to"
    FINISHED = "the peer sends no more, and all that it asked is answered"
    SHUTDOWN = "the server stops"
    ENDLESS = "a line without end"
    IDLE = "neither a request nor a reply for too long"
    SLOW_LINE = "a line that was begun and did not end in time"
    SLOW_LOGIN = "no login in time, where one is required"
    SLOW_HANDSHAKE = "no TLS in time"
    UNREAD = "the peer does not read what it is sent"
    BAD_COMMANDS = "too many bad commands"
    HTTP = "the peer speaks HTTP"
    TLS_IN_CLEAR = "the peer speaks TLS where it is not expected"
    FAILED_LOGINS = "too many failed logins"
