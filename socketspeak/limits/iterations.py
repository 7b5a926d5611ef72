"""How much work a password is to whoever tries one: the count of PBKDF2's iterations (RFC 8018)."""

from __future__ import annotations

LEAST_ITERATIONS = 4096  # RFC 7677; 2 ms here
MOST_ITERATIONS = 1_000_000  # 0.3 s, which a login by PLAIN costs the server, and one by SCRAM its client
DEFAULT_ITERATIONS = 100_000  # 30 ms; some seconds on a microcontroller, where the login time is a minute
