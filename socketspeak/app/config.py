"""All that an operator sets, checked, as one frozen value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from socketspeak.clock.interval import DRIFT_PPM
from socketspeak.language.tags import best_tag
from socketspeak.limits.proxies import Proxy, parse_proxy
from socketspeak.sources.specification import EMBEDDED_SOURCE, SourceSpec, in_order, parse_source

DEFAULT_LISTEN = "tcp:8082:interface=127.0.0.1"
DEFAULT_SOURCES = ("timeapi", "timenow", "embedded")
DEFAULT_PATIENCE = 0.8  # seconds
DEFAULT_GRACE = 10.0  # seconds
DEFAULT_MENU = (
    "America/Sao_Paulo",
    "America/Maceio",
    "America/Recife",
    "America/Bahia",
    "America/Argentina/Buenos_Aires",
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Paris",
    "Africa/Lagos",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Etc/UTC",
)
DEFAULT_CONNECTIONS = 10_000
DEFAULT_PER_ADDRESS = 100
DEFAULT_IDLE = 300.0  # seconds
DEFAULT_LINE_TIME = 60.0  # seconds
DEFAULT_LOGIN_TIME = 60.0  # seconds
DEFAULT_HANDSHAKE_TIME = 10.0  # seconds
DEFAULT_BURST = 200
DEFAULT_WATCHES = 50
DEFAULT_WORKERS = 1
MOST_WORKERS = 64
MOST_WATCHES = 1000  # all zones and more; a tick of them is 100 kB
MOST = 1_000_000  # of anything that is counted
DAY_SECONDS = 86_400.0
HOUR_SECONDS = 3600.0
TRUSTS = ("embedded", "source")
LANGUAGES = ("en", "pt-BR", "es")


class ConfigError(ValueError):
    """An option has a value that it cannot have: says which option, which value, and what is allowed."""

    def __init__(self, option: str, value: object, allowed: str) -> None:
        super().__init__(f"--{option} {value!r} is not allowed: {allowed}")
        self.option = option
        self.value = value
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Config:
    """The daemon's settings; times in seconds, `drift` in parts in a million, `rate` in requests a second.

    `state`, `certificate` and `private_key` are the paths of files, None for none; `source_ca` are the
    certificates, each in PEM, of those who vouch for the sources: none for the system's. `auth` are the
    specifications of who may log in. A `rate` of 0 is none.
    """

    listen: tuple[str, ...] = (DEFAULT_LISTEN,)
    sources: tuple[SourceSpec, ...] = ()
    patience: float = DEFAULT_PATIENCE
    trust: str = TRUSTS[0]
    tzdata: str = "package"
    menu: tuple[str, ...] = DEFAULT_MENU
    grace: float = DEFAULT_GRACE
    language: str = LANGUAGES[0]
    drift: int = DRIFT_PPM
    state: str | None = None
    source_ca: tuple[bytes, ...] = ()
    listen_tls: tuple[str, ...] = ()
    certificate: str | None = None
    private_key: str | None = None
    auth: tuple[str, ...] = ()
    require_login: bool = False
    connections: int = DEFAULT_CONNECTIONS
    connections_per_address: int = DEFAULT_PER_ADDRESS
    idle: float = DEFAULT_IDLE
    line_time: float = DEFAULT_LINE_TIME
    login_time: float = DEFAULT_LOGIN_TIME
    handshake_time: float = DEFAULT_HANDSHAKE_TIME
    rate: float = 0.0
    burst: int = DEFAULT_BURST
    watches: int = DEFAULT_WATCHES
    trusted_proxy: tuple[Proxy, ...] = ()
    workers: int = DEFAULT_WORKERS


def number(option: str, value: str, low: float, high: float, unit: str = "seconds") -> float:
    """A number of such units within its range; raises ConfigError."""
    allowed = f"a number of {unit} from {low:g} to {high:.15g}"
    try:
        found = float(value)
    except ValueError:
        raise ConfigError(option, value, allowed) from None
    if not (math.isfinite(found) and low <= found <= high):
        raise ConfigError(option, value, allowed)
    return found


def whole(option: str, value: str, low: int, high: int, unit: str) -> int:
    """A whole number of such units within its range; raises ConfigError."""
    if not (value.isascii() and value.isdecimal() and len(value) <= 9 and low <= int(value) <= high):
        raise ConfigError(option, value, f"a whole number of {unit} from {low} to {high}")
    return int(value)


def proxies(values: Sequence[str]) -> tuple[Proxy, ...]:
    """The proxies that are trusted; raises ConfigError."""
    found: list[Proxy] = []
    for value in values:
        try:
            found.append(parse_proxy(value))
        except ValueError as wrong:
            allowed = "an address, a network such as 10.0.0.0/8 or fd00::/8, or unix"
            raise ConfigError("trusted-proxy", value, f"{allowed} ({wrong})") from None
    return tuple(found)


def one_of(option: str, value: str, allowed: Sequence[str]) -> str:
    """One of a few words; raises ConfigError."""
    if value not in allowed:
        raise ConfigError(option, value, " or ".join(allowed))
    return value


def language(value: str) -> str:
    """The language that a tag asks for, as LANG understands it; raises ConfigError."""
    tag = best_tag(value, LANGUAGES)
    if tag is None:
        *most, last = LANGUAGES
        raise ConfigError("language", value, f"{', '.join(most)} or {last}")
    return tag


def sources(values: Sequence[str]) -> tuple[SourceSpec, ...]:
    """The sources to ask, in order of preference; the embedded database is none that is asked.

    Raises ConfigError.
    """
    specs: list[SourceSpec] = []
    for value in values:
        try:
            specs.append(parse_source(value))
        except ValueError as wrong:
            raise ConfigError("source", value, str(wrong)) from None
    try:
        return tuple(spec for spec in in_order(specs) if spec is not EMBEDDED_SOURCE)
    except ValueError as wrong:
        raise ConfigError("source", ", ".join(values), str(wrong)) from None


def menu(value: str) -> tuple[str, ...]:
    """The places of the menu, by comma; whether they exist is checked against the database."""
    places = tuple(place.strip() for place in value.split(","))
    if not all(places):
        raise ConfigError("menu", value, "places separated by commas, none of them empty")
    return places
