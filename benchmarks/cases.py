"""What is measured: each case, the servers that are compared in it, and what is to be reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources
from typing import Literal

BARE, AGAIN, FLOOR, THREADED = "bare", "bare again", "floor in C", "threaded"
DAEMON, SOURCED, TLS = "SocketSpeak", "SocketSpeak with a source", "SocketSpeak over TLS"

REQUEST = "TIME Asia/Tokyo"

# A server may limit the connections from one address: the load comes from many of the loopback network.
ADDRESSES = 64
SPREAD = ("--sources", str(ADDRESSES))

Judged = Literal["processor time", "p99"]


@dataclass(frozen=True)
class Load:
    """What the load generator is told: its options, and what is sent and expected.

    `first` is sent once on a connection, and what is expected is dealt to the connections with it, in turn.
    """

    options: tuple[str, ...]
    lines: tuple[str, ...] = (REQUEST,)
    first: tuple[str, ...] = ()
    expect: tuple[str, ...] = ("250 ",)


@dataclass(frozen=True)
class Side:
    """A server under a load: one of the two that a row compares."""

    server: str
    load: Load


@dataclass(frozen=True)
class Row:
    """Two sides compared, and the share of the second's speed that the first is to reach."""

    title: str
    ours: Side
    yardstick: Side
    target: float | None = None
    judged: Judged = "processor time"


@dataclass(frozen=True)
class Case:
    """What is measured together, in the same rounds; `needs` are options that the daemon must have for it."""

    name: str
    rows: tuple[Row, ...]
    needs: tuple[str, ...] = ()
    unit: str = field(default="request", kw_only=True)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides in the order in which each round measures them, each once."""
        return tuple(dict.fromkeys(side for row in self.rows for side in (row.yardstick, row.ours)))


# In each format and language that there is; what is sent first is dealt to the connections in turn.
VOICES = tuple(
    (f"FORMAT {form}\nLANG {tag}", expected)
    for tag in ("en", "pt-BR", "es")
    for form, expected in (("TEXT", "250 "), ("JSON", '{"code":250,'))
)


def zones(most: int | None = None) -> tuple[str, ...]:
    """The names of the tz database, all or that many of them, evenly taken."""
    names = (resources.files("tzdata") / "zones").read_text(encoding="ascii").split()
    count = len(names) if most is None else most
    return tuple(names[at * len(names) // count] for at in range(count))


ONE_AT_A_TIME = Load(("-c", "50"))
SIXTEEN = Load(("-c", "50", "-P", "16", "--batch"))
SIXTY_FOUR = Load(("-c", "50", "-P", "64", "--batch"))
THOUSAND = Load(("-c", "1000", *SPREAD))
CHURN = Load(("--churn", "-c", "50", *SPREAD))
OVER_TLS = Load(("-c", "50", "--tls"))
ALL_ZONES = tuple(f"TIME {zone}" for zone in zones())
IN_TURN = Load(ONE_AT_A_TIME.options, ALL_ZONES)
IN_JSON = Load(ONE_AT_A_TIME.options, ALL_ZONES, *zip(VOICES[1], strict=True))
IN_ALL_VOICES = Load(ONE_AT_A_TIME.options, ALL_ZONES, *zip(*VOICES, strict=True))


def _row(title: str, server: str, load: Load, target: float | None = None, *, beside: str = BARE) -> Row:
    return Row(title, Side(server, load), Side(beside, load), target)


def _in_turn(title: str, load: Load) -> Row:
    return Row(title, Side(DAEMON, load), Side(DAEMON, ONE_AT_A_TIME), 0.6)


CASES = (
    Case(
        "one at a time, 50 connections",
        (
            _row("one at a time, 50 connections", DAEMON, ONE_AT_A_TIME, 1.3),
            _row("  … with a source configured", SOURCED, ONE_AT_A_TIME, 1.3),
            Row(
                "  … 99 % of the answers come within",
                Side(DAEMON, ONE_AT_A_TIME),
                Side(BARE, ONE_AT_A_TIME),
                1.0,
                "p99",
            ),
            _row("  … beside a thread a connection", DAEMON, ONE_AT_A_TIME, 1.0, beside=THREADED),
            _row("  … the floor: the same in C", FLOOR, ONE_AT_A_TIME),
            _row("  … control: bare against bare", AGAIN, ONE_AT_A_TIME),
        ),
    ),
    Case(
        "16 pipelined, 50 connections",
        (
            _row("16 pipelined, 50 connections", DAEMON, SIXTEEN, 1.5),
            _row("  … with a source configured", SOURCED, SIXTEEN, 1.5),
            _row("  … beside a thread a connection", DAEMON, SIXTEEN, 3.0, beside=THREADED),
            _row("  … the floor: the same in C", FLOOR, SIXTEEN),
            _row("  … control: bare against bare", AGAIN, SIXTEEN),
        ),
    ),
    Case("64 pipelined, 50 connections", (_row("64 pipelined, 50 connections", DAEMON, SIXTY_FOUR),)),
    Case(
        "one at a time, 1,000 connections",
        (_row("one at a time, 1,000 connections", DAEMON, THOUSAND, 1.0),),
    ),
    Case(
        "connect, ask once, close",
        (
            _row("connect, ask once, close", DAEMON, CHURN, 0.9),
            _row("  … beside a thread a connection", DAEMON, CHURN, 2.0, beside=THREADED),
            _row("  … the floor: the same in C", FLOOR, CHURN),
        ),
        unit="connection",
    ),
    Case(
        "598 zones in turn",
        (
            _in_turn("598 zones in turn", IN_TURN),
            _in_turn("  … in JSON", IN_JSON),
            _in_turn("  … in text and JSON, in three languages", IN_ALL_VOICES),
        ),
    ),
    Case(
        "over TLS, one at a time",
        (Row("over TLS, one at a time", Side(TLS, OVER_TLS), Side(DAEMON, ONE_AT_A_TIME), 0.5),),
        ("listen-tls",),
    ),
)
