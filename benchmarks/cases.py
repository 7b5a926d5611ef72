"""What is measured: each case, the servers that are compared in it, and what is to be reached."""

from __future__ import annotations

from dataclasses import dataclass

BARE, AGAIN, DAEMON, SOURCED = "bare", "bare again", "SocketSpeak", "SocketSpeak with a source"

SPEED_TARGET = 0.7  # of the bare receiver's speed, by processor time
IDLE_TARGET_KIB = 6.0  # of private memory, an idle connection
IDLE_CONNECTIONS = 5000

# A server may limit the connections from one address: the load comes from many of the loopback network.
ADDRESSES = 64


@dataclass(frozen=True)
class Row:
    """One server compared with the bare receiver, and the share of its speed that is to be reached."""

    title: str
    server: str
    target: float | None = None


@dataclass(frozen=True)
class Case:
    """A kind of load, and the rows of the table that come of it."""

    name: str
    options: tuple[str, ...]
    rows: tuple[Row, ...]
    unit: str = "request"

    @property
    def servers(self) -> tuple[str, ...]:
        """The servers in the order in which each round measures them."""
        return (BARE, *(row.server for row in self.rows))


CASES = (
    Case(
        "one at a time, 50 connections",
        ("-c", "50"),
        (
            Row("one at a time, 50 connections", DAEMON, SPEED_TARGET),
            Row("  … with a source configured", SOURCED, SPEED_TARGET),
            Row("  … control: bare against bare", AGAIN),
        ),
    ),
    Case(
        "16 pipelined, 50 connections",
        ("-c", "50", "-P", "16", "--batch"),
        (
            Row("16 pipelined, 50 connections", DAEMON, SPEED_TARGET),
            Row("  … with a source configured", SOURCED, SPEED_TARGET),
        ),
    ),
    Case(
        "64 pipelined, 50 connections",
        ("-c", "50", "-P", "64", "--batch"),
        (Row("64 pipelined, 50 connections", DAEMON),),
    ),
    Case(
        "one at a time, 1,000 connections",
        ("-c", "1000", "--sources", str(ADDRESSES)),
        (Row("one at a time, 1,000 connections", DAEMON, SPEED_TARGET),),
    ),
    Case(
        "connect, ask once, close",
        ("--churn", "-c", "50", "--sources", str(ADDRESSES)),
        (Row("connect, ask once, close", DAEMON),),
        unit="connection",
    ),
)
