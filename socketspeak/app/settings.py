"""The table of settings: one row an option, from which the command line, the file and their checks follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from socketspeak.app import config
from socketspeak.app.config import Config, ConfigError
from socketspeak.app.files import checked_authorities, checked_state
from socketspeak.clock.interval import DRIFT_PPM

Given = str | Sequence[str] | bool | None  # what is given for an option that takes one, several, or is a flag


@dataclass(frozen=True, slots=True)
class Setting:
    """One option: its name on the command line, its default as one would type it, what it means, its check.

    The check takes what was given, or the default, and raises ConfigError. `numeric`: in a file it can be a
    number as well as a text. `at_the_start`: SIGHUP does not change it.
    """

    name: str
    default: Given
    help: str
    check: Callable[[Any], object]
    numeric: bool = False
    at_the_start: bool = False

    @property
    def field(self) -> str:
        """Its name in a Config."""
        return FIELDS.get(self.name, self.name.replace("-", "_"))

    @property
    def repeatable(self) -> bool:
        """Whether it can be given several times."""
        return isinstance(self.default, tuple)

    @property
    def flag(self) -> bool:
        """Whether it takes no value."""
        return isinstance(self.default, bool)

    @property
    def told(self) -> str:
        """What `--help` says of it, with its default."""
        default = self.default
        if isinstance(default, bool):
            return f"{self.help} [default: {'on' if default else 'off'}]"
        if isinstance(default, tuple):
            return f"{self.help}; repeatable [default: {', '.join(default) or 'none'}]"
        return f"{self.help} [default: {'none' if default is None else default}]"


FIELDS = {"source": "sources"}


def _seconds(name: str, default: float, low: float, high: float, meaning: str) -> Setting:
    text = f"{meaning} [{low:g}-{high:.15g}]"
    return Setting(name, f"{default:g}", text, lambda value: config.number(name, value, low, high), True)


def _whole(name: str, default: int, most: int, unit: str, meaning: str) -> Setting:
    text = f"{meaning} [1-{most}]"
    return Setting(name, f"{default}", text, lambda value: config.whole(name, value, 1, most, unit), True)


def _itself(value: Any) -> Any:
    return value


_HOUR, _DAY = config.HOUR_SECONDS, config.DAY_SECONDS

SETTINGS: tuple[Setting, ...] = (
    Setting("listen", (config.DEFAULT_LISTEN,), "a Twisted server endpoint", tuple, at_the_start=True),
    Setting("listen-tls", (), "the same, with TLS at once", tuple, at_the_start=True),
    Setting(
        "source",
        config.DEFAULT_SOURCES,
        "timeapi, timenow, worldtimeapi, NAME=DIALECT:BASE-URL or embedded, the preferred first",
        config.sources,
        at_the_start=True,
    ),
    _seconds("patience", config.DEFAULT_PATIENCE, 0, 1.5, "seconds to wait for a source"),
    Setting(
        "trust",
        config.TRUSTS[0],
        "who is right about an offset: embedded or source",
        lambda value: config.one_of("trust", value, config.TRUSTS),
    ),
    Setting(
        "drift",
        f"{DRIFT_PPM}",
        "by how many millionths the host's quartz can be off [1-1000]",
        lambda value: config.whole("drift", value, 1, 1000, "parts in a million"),
        numeric=True,
        at_the_start=True,  # what it was while an interval aged cannot be changed afterwards
    ),
    Setting(
        "state",
        None,
        "a file that keeps rules and sources' health over a restart",
        checked_state,
        at_the_start=True,
    ),
    Setting(
        "source-ca",
        None,
        "PEM file of who vouches for https sources, else the system's store",
        checked_authorities,
    ),
    Setting("tzdata", "package", "the tz database: package, system, or a directory", _itself),
    Setting("menu", ", ".join(config.DEFAULT_MENU), "places of the greeting, by comma", config.menu),
    Setting(
        "language", config.LANGUAGES[0], "of sessions that choose none: en, pt-BR or es", config.language
    ),
    Setting("certificate", None, "PEM file of the server's certificate and its chain", _itself),
    Setting("private-key", None, "PEM file of the certificate's key, which nobody else may read", _itself),
    Setting("auth", (), "who may log in: scram:FILE, or one of Twisted's own", tuple, at_the_start=True),
    Setting("require-login", False, "answer only those who have logged in", bool, at_the_start=True),
    _whole("connections", config.DEFAULT_CONNECTIONS, config.MOST, "connections", "connections in all"),
    _whole(
        "connections-per-address",
        config.DEFAULT_PER_ADDRESS,
        config.MOST,
        "connections",
        "connections from an IPv4 address or an IPv6 /64",
    ),
    _seconds("idle", config.DEFAULT_IDLE, 1, _DAY, "seconds until an idle session is closed"),
    _seconds("line-time", config.DEFAULT_LINE_TIME, 1, _HOUR, "seconds in which a begun line must end"),
    _seconds("login-time", config.DEFAULT_LOGIN_TIME, 1, _HOUR, "seconds to log in, where that is required"),
    _seconds(
        "handshake-time",
        config.DEFAULT_HANDSHAKE_TIME,
        0.1,
        600,
        "seconds for a TLS handshake or a PROXY header",
    ),
    Setting(
        "rate",
        "0",
        f"requests a second from an address, 0 for no limit [0-{config.MOST}]",
        lambda value: config.number("rate", value, 0, config.MOST, "requests a second"),
        numeric=True,
    ),
    _whole(
        "watches", config.DEFAULT_WATCHES, config.MOST_WATCHES, "places", "places that a session may watch"
    ),
    _whole(
        "burst",
        config.DEFAULT_BURST,
        config.MOST,
        "requests",
        "requests from an address that may come at once",
    ),
    Setting(
        "trusted-proxy",
        (),
        "a network, or unix: its connections begin with a PROXY header",
        config.proxies,
        at_the_start=True,
    ),
    Setting(
        "workers",
        f"{config.DEFAULT_WORKERS}",
        f"processes that share the work [1-{config.MOST_WORKERS}]",
        lambda value: config.whole("workers", value, 1, config.MOST_WORKERS, "processes"),
        numeric=True,
        at_the_start=True,
    ),
    _seconds("grace", config.DEFAULT_GRACE, 0, 60, "seconds to finish sessions at the end"),
)


def checked(given: Mapping[str, Given]) -> Config:
    """The settings that were given, and the defaults of the others; raises ConfigError."""
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        value = given.get(setting.name)
        values[setting.field] = setting.check(setting.default if value is None else value)
    if given.get("listen") is None and values["listen_tls"]:
        values["listen"] = ()  # who asks for TLS alone does not ask for a port in clear
    if not (values["listen"] or values["listen_tls"]):
        raise ConfigError("listen", (), "one endpoint at least, here or with --listen-tls")
    return Config(**values)
