"""What `--auth` asks for: the files of users, and the checkers of passwords that plugins of Twisted bring."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twisted.cred.checkers import FilePasswordDB
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.strcred import InvalidAuthType, findCheckerFactory
from zope.interface import Interface

from socketspeak.app.config import Config, ConfigError
from socketspeak.app.scramfile import OTHERS, SECRET_OCTETS, ScramFileError, Users, read_users
from socketspeak.language.loggingin import PLAIN
from socketspeak.limits.counts import Counts
from socketspeak.limits.penalties import Penalties
from socketspeak.server.checking import BesideTheReactor, RollChecker, portal_of
from socketspeak.server.login import Logins
from socketspeak.server.passwordwork import PasswordWork
from socketspeak.server.verifiers import MECHANISM, Roll

AUTH = "auth"
SCRAM, FILE = "scram", "file"
ALLOWED = "scram:FILE, file:FILE, or a plugin of Twisted that checks names and passwords"

# Checkers that come with Twisted and are none for this.
_UNFIT = {
    "memory": "its passwords would stand in the list of processes",
    "unix": "it needs Python's module crypt, which is no more",
}


class Authentication:
    """Who may log in, as `--auth` says, each one beside the others."""

    def __init__(self, specs: Sequence[str]) -> None:
        """Read the files and make the checkers; raises ConfigError, which tells no secret."""
        # twistd changes the directory later
        self._paths = tuple(Path(rest).absolute() for kind, rest in map(_parted, specs) if kind == SCRAM)
        self._secret = secrets.token_bytes(SECRET_OCTETS)  # where no file has one
        self.others: tuple[Any, ...] = tuple(
            _checker(*_parted(spec)) for spec in specs if _parted(spec)[0] != SCRAM
        )
        self.roll: Roll | None = None
        if self._paths:
            self.roll = Roll((), self._secret)
            self._load()

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Those of SASL by which one can log in, the better one first."""
        return (PLAIN,) if self.roll is None else (MECHANISM, PLAIN)

    def reload(self) -> str | None:
        """Read the files of users again; None, or the reason why what they said before is kept."""
        try:
            self._load()
        except ConfigError as wrong:
            return str(wrong)
        return None

    def logins(self, counts: Counts, reactor: Any, penalties: Penalties | None = None) -> Logins:
        """What sessions log in by; without penalties it has its own."""
        work = PasswordWork(reactor)
        own = [] if self.roll is None else [RollChecker(self.roll, work)]
        # Twisted's own reads its file each time.
        others = (
            BesideTheReactor(each, work) if isinstance(each, FilePasswordDB) else each for each in self.others
        )
        if penalties is None:
            penalties = Penalties()
        return Logins(portal_of([*own, *others]), self.roll, penalties, counts, reactor)

    def _load(self) -> None:
        found = [_read(path) for path in self._paths]
        secret = next((users.secret for users in found if users.secret is not None), self._secret)
        if self.roll is not None:
            self.roll.replace((each for users in found for each in users.verifiers), secret)


def checked_authentication(config: Config) -> Authentication | None:
    """Who may log in, None where nobody can; raises ConfigError."""
    if config.auth:
        return Authentication(config.auth)
    if config.require_login:
        raise ConfigError("require-login", True, "only together with --auth: nobody could log in")
    return None


def _parted(spec: str) -> tuple[str, str]:
    kind, _, rest = spec.partition(":")
    return kind, rest


def _read(path: Path) -> Users:
    try:
        return read_users(path)
    except ScramFileError as wrong:
        raise ConfigError(
            AUTH, f"{SCRAM}:{path}", f"a file that socketspeak passwd writes ({wrong})"
        ) from None


def _checker(kind: str, rest: str) -> Any:
    """A checker of Twisted's. What is behind its kind may be a secret, and is shown to nobody."""
    hidden = f"{kind}:…" if rest else kind
    if kind in _UNFIT:
        raise ConfigError(AUTH, hidden, f"{ALLOWED} ({_UNFIT[kind]})")
    if kind == FILE:
        _check_file(rest)
    try:
        factory = findCheckerFactory(kind)
    except InvalidAuthType:
        raise ConfigError(AUTH, hidden, f"{ALLOWED} (there is no such plugin)") from None
    if not any(_takes_passwords(each) for each in factory.credentialInterfaces):
        raise ConfigError(AUTH, hidden, f"{ALLOWED} (it checks no passwords)")
    try:
        return factory.generateChecker(str(Path(rest).absolute()) if kind == FILE else rest)
    except Exception as wrong:  # what a plugin raises is its own to choose, and may quote what it was given
        raise ConfigError(AUTH, hidden, f"{ALLOWED} ({type(wrong).__name__})") from None


def _takes_passwords(interface: type[Interface]) -> bool:
    return interface is IUsernamePassword


def _check_file(name: str) -> None:
    """Passwords stand in it as they are, so nobody else may read it."""
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "it cannot be a file's name"
    else:
        if stat.S_ISREG(mode) and not mode & OTHERS:
            return
        why = "others can read it or write to it: chmod 600" if mode & OTHERS else "it is no file"
    raise ConfigError(AUTH, f"{FILE}:{name}", f"{ALLOWED} ({why})")
