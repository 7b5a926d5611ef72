"""The options of `twistd socketspeak`, each checked before a socket is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.endpoints import serverFromString
from twisted.python import usage

import socketspeak
from socketspeak.app import config
from socketspeak.app.config import Config, ConfigError
from socketspeak.app.files import checked_authorities, checked_state
from socketspeak.app.world import Misplaced, World, load_world
from socketspeak.clock.interval import DRIFT_PPM
from socketspeak.zones.database import DatabaseError


class Options(usage.Options):
    """World time on a socket: a daemon that answers what time it is anywhere, over plain TCP."""

    synopsis = "[options]"
    longdesc = "Every option is described in docs/operations.md."
    optParameters: Sequence[Sequence[Any]] = (
        ("patience", None, f"{config.DEFAULT_PATIENCE:g}", "seconds to wait for a source [0-1.5]"),
        ("trust", None, config.TRUSTS[0], "who is right about an offset: embedded or source"),
        (
            "drift",
            None,
            f"{DRIFT_PPM}",
            "by how many millionths the host's quartz can be off [1-1000]",
        ),
        ("state", None, None, "a file that keeps rules and sources' health over a restart [default: none]"),
        ("source-ca", None, None, "PEM file of who vouches for https sources [default: the system's store]"),
        ("tzdata", None, "package", "the tz database: package, system, or a directory"),
        ("menu", None, ", ".join(config.DEFAULT_MENU), "places of the greeting, by comma"),
        ("language", None, config.LANGUAGES[0], "of sessions that choose none: en, pt-BR or es"),
        ("grace", None, f"{config.DEFAULT_GRACE:g}", "seconds to finish sessions at the end [0-60]"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.listen: list[str] = []
        self.source: list[str] = []
        self.checked = Config()
        self.world: World | None = None

    def opt_listen(self, endpoint: str) -> None:
        """a Twisted server endpoint, repeatable [default: tcp:8082:interface=127.0.0.1]"""
        self.listen.append(endpoint)

    def opt_source(self, spec: str) -> None:
        """timeapi, timenow, worldtimeapi, NAME=DIALECT:BASE-URL or embedded, the preferred first; repeatable
        [default: timeapi, timenow, embedded]"""
        self.source.append(spec)

    def parseArgs(self, *surplus: str) -> None:
        """There are only options; whatever else is typed is a mistake."""
        if surplus:
            raise usage.UsageError(f"{surplus[0]!r} is no option, and only options are allowed")

    def opt_version(self) -> None:
        """display the version and exit"""
        raise SystemExit(print(f"SocketSpeak {socketspeak.__version__}"))

    def parseOptions(self, options: Sequence[str] | None = None) -> None:
        """Read the options; what is wrong with them is said in one line, and the process exits with 1."""
        try:
            super().parseOptions(options)
        except usage.UsageError as wrong:
            raise SystemExit(f"twistd socketspeak: {wrong}; --help shows what is allowed") from None
        except ConfigError as wrong:
            raise SystemExit(f"twistd socketspeak: {wrong}") from None

    def postOptions(self) -> None:
        """Check every value; raises ConfigError."""
        self.checked = Config(
            listen=tuple(self.listen) or (config.DEFAULT_LISTEN,),
            sources=config.sources(self.source or config.DEFAULT_SOURCES),
            patience=config.number("patience", self["patience"], 0, 1.5),
            trust=config.one_of("trust", self["trust"], config.TRUSTS),
            drift=config.parts_in_a_million("drift", self["drift"], 1, 1000),
            state=checked_state(self["state"]),
            source_ca=checked_authorities(self["source-ca"]),
            tzdata=self["tzdata"],
            menu=config.menu(self["menu"]),
            language=config.language(self["language"]),
            grace=config.number("grace", self["grace"], 0, 60),
        )
        for endpoint in self.checked.listen:
            _check_endpoint(endpoint)
        self.world = _checked_world(self.checked)


def _check_endpoint(endpoint: str) -> None:
    from twisted.internet import reactor

    allowed = "a Twisted server endpoint, such as tcp:8082:interface=127.0.0.1 or unix:/run/socketspeak.sock"
    try:
        serverFromString(reactor, endpoint)
    except Exception as wrong:
        reason = " ".join(str(wrong).split()) or type(wrong).__name__
        raise ConfigError("listen", endpoint, f"{allowed} ({reason})") from None


def _checked_world(checked: Config) -> World:
    try:
        return load_world(checked.tzdata, checked.menu)
    except Misplaced as wrong:
        raise ConfigError("menu", wrong.place, wrong.why) from None
    except DatabaseError as wrong:
        raise ConfigError("tzdata", checked.tzdata, f"package, system or a directory ({wrong})") from None
