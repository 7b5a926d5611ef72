"""The options of `twistd socketspeak`, each checked before a socket is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twisted.internet.endpoints import serverFromString
from twisted.python import usage

import socketspeak
from socketspeak.app.certificates import Certificates, checked_certificates
from socketspeak.app.config import Config, ConfigError
from socketspeak.app.configfile import ConfigFile, ConfigFileError
from socketspeak.app.logs import printable
from socketspeak.app.settings import SETTINGS, Given, checked
from socketspeak.app.signals import hold_signals
from socketspeak.app.world import Misplaced, World, load_world
from socketspeak.zones.database import DatabaseError

REPEATABLE = frozenset(setting.name for setting in SETTINGS if setting.repeatable)

Wrong = (usage.UsageError, ConfigError, ConfigFileError)  # what an operator can have done

if TYPE_CHECKING:
    from socketspeak.app.authentication import Authentication


class Options(usage.Options):
    """World time on a socket: a daemon that answers what time it is anywhere, over plain TCP."""

    synopsis = "[options]"
    longdesc = "Every option is described in docs/operations.md."
    optParameters: Sequence[Sequence[Any]] = [
        ("config", None, None, "a file in TOML with any of these; the command line wins [default: none]"),
        *((each.name, None, None, each.told) for each in SETTINGS if not each.flag),
    ]
    optFlags: Sequence[Sequence[Any]] = [(each.name, None, each.told) for each in SETTINGS if each.flag]

    def __init__(self) -> None:
        super().__init__()
        self.checked = Config()
        self.world: World | None = None
        self.certificates: Certificates | None = None
        self.authentication: Authentication | None = None
        self._typed: tuple[str, ...] = ()
        self._again = False

    def __setitem__(self, name: str, value: Any) -> None:
        """Keep what is given for an option; where it can be given several times, all of it."""
        super().__setitem__(name, (*(self[name] or ()), value) if name in REPEATABLE else value)

    def parseArgs(self, *surplus: str) -> None:
        """There are only options; whatever else is typed is a mistake."""
        if surplus:
            raise usage.UsageError(f"{surplus[0]!r} is no option, and only options are allowed")

    def opt_version(self) -> None:
        """display the version and exit"""
        raise SystemExit(print(f"SocketSpeak {socketspeak.__version__}"))

    def parseOptions(self, options: Sequence[str] | None = None) -> None:
        """Read the options; what is wrong with them is said in one line, and the process exits with 1."""
        if self.parent is not None:  # this process is to be a daemon
            hold_signals()
        try:
            self.read(options)
        except Wrong as wrong:
            raise SystemExit(f"twistd socketspeak: {said(wrong)}") from None

    def read(self, options: Sequence[str] | None) -> None:
        """Read the options and check them; raises one of `Wrong`."""
        self._typed = tuple(options or ())
        super().parseOptions(options)

    def anew(self) -> tuple[Config, World]:
        """What the same command line means with the configuration file and the tz database as they are now.

        Raises one of `Wrong`. It takes a fifth of a second: not to be called in the reactor's thread. The
        certificate and the users are not looked at: those that are there are read anew by themselves.
        """
        options = Options()
        options._again = True
        options.read(self._typed)
        return options.checked, options.given_world()

    def given_world(self) -> World:
        """The world, given away: it is large, and these options are a cycle that is not collected soon."""
        world, self.world = self.world, None
        if world is None:
            raise RuntimeError("the options have not been parsed")
        return world

    def postOptions(self) -> None:
        """Check every value; raises ConfigError, and ConfigFileError where it is the file's."""
        typed = self._given()
        file = None if self["config"] is None else ConfigFile(Path(self["config"]))
        try:
            self.checked = checked({**({} if file is None else file.given), **typed})
            for name, endpoints in (("listen", self.checked.listen), ("listen-tls", self.checked.listen_tls)):
                for endpoint in endpoints:
                    _check_endpoint(name, endpoint)
            if not self._again:
                self.certificates = checked_certificates(self.checked)
                self.authentication = _checked_authentication(self.checked)
            self.world = _checked_world(self.checked)
        except ConfigError as wrong:
            if file is None or wrong.option in typed or wrong.option not in file.given:
                raise
            raise file.blamed(wrong) from None

    def _given(self) -> dict[str, Given]:
        """What was given on the command line, by the options' names."""
        given: dict[str, Given] = {}
        for setting in SETTINGS:
            value = self[setting.name]
            if setting.flag:
                value = bool(value) or None
            if value is not None:
                given[setting.name] = value
        return given


def said(wrong: Exception) -> str:
    """One printable line on what is wrong with the options."""
    hint = "; --help shows what is allowed" if isinstance(wrong, usage.UsageError) else ""
    return f"{printable(str(wrong))}{hint}"


def _check_endpoint(name: str, endpoint: str) -> None:
    from twisted.internet import reactor

    allowed = "a Twisted server endpoint, such as tcp:8082:interface=127.0.0.1 or unix:/run/socketspeak.sock"
    try:
        serverFromString(reactor, endpoint)
    except Exception as wrong:
        reason = " ".join(str(wrong).split()) or type(wrong).__name__
        if isinstance(wrong, LookupError) and endpoint.startswith("systemd:"):
            reason = "systemd has handed over no such socket"
        raise ConfigError(name, endpoint, f"{allowed} ({reason})") from None


def _checked_authentication(checked: Config) -> Authentication | None:
    """Who may log in. Where nobody can, what that takes is not even imported: it would be 50 ms."""
    if not (checked.auth or checked.require_login):
        return None
    from socketspeak.app.authentication import checked_authentication

    return checked_authentication(checked)


def _checked_world(checked: Config) -> World:
    try:
        return load_world(checked.tzdata, checked.menu)
    except Misplaced as wrong:
        raise ConfigError("menu", wrong.place, wrong.why) from None
    except DatabaseError as wrong:
        raise ConfigError("tzdata", checked.tzdata, f"package, system or a directory ({wrong})") from None
