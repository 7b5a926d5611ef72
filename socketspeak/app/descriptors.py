"""How many files and sockets the process may have open."""

from __future__ import annotations

import resource

from twisted.logger import Logger

FOR_ITSELF = 100  # sources, the resolver, the state file, the log, listening ports, and refusals on their way

_log = Logger()


def raise_limit() -> int | None:
    """Raise the soft limit to the hard one, if that is allowed; the one in force then, None for none."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            return soft  # an unlimited hard limit is more than a kernel allows
    return None if hard == resource.RLIM_INFINITY else hard


def affordable(connections: int, limit: int | None) -> int:
    """As many of these connections as the limit leaves room for; what is lowered is said in the log."""
    if limit is None or connections <= (most := max(1, limit - FOR_ITSELF)):
        return connections
    _log.warn(
        "--connections {wanted} is lowered to {most}: the process may have {limit} files open",
        wanted=connections,
        most=most,
        limit=limit,
    )
    return most
