"""All that is counted while a server runs: one place for STATUS and for whatever else shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(slots=True)
class Counts:
    """What has happened since the start; each is a number that only grows, but `sessions`."""

    # what is always told
    sessions: int = 0  # open now
    connections: int = 0  # taken in; what is refused is none of them
    requests: int = 0  # lines
    faults: int = 0  # bugs of ours

    # connections refused with a 421
    refused_full: int = 0  # as many were open as may be
    refused_address: int = 0  # as many were open from that address
    refused_descriptors: int = 0  # no descriptor was left
    refused_unsaid: int = 0  # of all these, those too many at once to be told

    # sessions that a limit ended
    idle: int = 0
    slow_lines: int = 0
    failed_handshakes: int = 0  # TLS that did not come to stand
    slow_handshakes: int = 0  # of these, those that took too long
    slow_logins: int = 0
    unread: int = 0  # a peer that does not read
    bad_commands: int = 0
    http: int = 0  # a peer that speaks HTTP
    tls_in_clear: int = 0  # a peer that speaks TLS on a port in clear
    endless_lines: int = 0
    guessers: int = 0  # the third failed login of a session
    injections: int = 0  # clear input behind STARTTLS

    # requests
    over_rate: int = 0  # 452, too many from that address
    logins: int = 0  # 235
    failed_logins: int = 0  # 535
    logins_too_soon: int = 0  # 431
    logins_crowded: int = 0  # 452, too many logins at once

    proxy_faults: int = 0  # a trusted proxy that did not say for whom it speaks

    def told(self) -> Mapping[str, int]:
        """Each count by its name, in this order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
