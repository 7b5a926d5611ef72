"""The file of those who may log in: a line each, with what proves their password and does not tell it.

    alice:SCRAM-SHA-256$100000:SALT$STORED-KEY:SERVER-KEY

What is behind the name is as PostgreSQL writes it, all of it Base64 but the count of iterations.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from socketspeak.limits.iterations import LEAST_ITERATIONS, MOST_ITERATIONS
from socketspeak.server.verifiers import KEY_OCTETS, LEAST_SALT_OCTETS, MOST_OCTETS, Verifier, prepared

MOST_FILE_OCTETS = 16 * 1024 * 1024  # some hundred thousand users
SECRET_OCTETS = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO
HEAD = "# Who may log in to SocketSpeak; `socketspeak passwd` writes this file. Nobody else may read it."

_BASE64 = "[A-Za-z0-9+/]+={0,2}"
_USER = re.compile(
    rf"(?P<name>[^:]+):SCRAM-SHA-256\$(?P<count>[1-9][0-9]{{3,6}}):(?P<salt>{_BASE64})"
    rf"\$(?P<stored>{_BASE64}):(?P<server>{_BASE64})"
)
# What salts are made of for names that nobody has: these must stay the same, as everybody's do.
_SECRET = re.compile(rf"#decoys:(?P<secret>{_BASE64})")


class ScramFileError(ValueError):
    """The file cannot be used; says why, and where it is a line, which."""


@dataclass(frozen=True, slots=True)
class Users:
    """What a file says: who may log in, and the secret of its decoys; None where it has none."""

    verifiers: tuple[Verifier, ...]
    secret: bytes | None


def read_users(path: Path) -> Users:
    """Read a file that nobody but its owner can; raises ScramFileError."""
    return _users(_lines(path))


def put_user(path: Path, verifier: Verifier) -> bool:
    """Add a user, or give one another password; whether there was one. Raises ScramFileError."""
    return _change(path, verifier.name, [_written(verifier)])


def remove_user(path: Path, name: str) -> bool:
    """Take a user out; whether there was one. Raises ScramFileError."""
    return _change(path, name, [])


def checked_name(text: str) -> str:
    """A user's name as the file and the mechanisms have it; raises ValueError."""
    name = prepared(text)
    if ":" in name or name.startswith("#") or name != name.strip():
        raise ValueError("it has a colon in it, begins with #, or has a space at an end")
    if len(name.encode()) > MOST_OCTETS:
        raise ValueError(f"it is longer than {MOST_OCTETS} octets")
    return name


# -- reading


def _lines(path: Path) -> list[str]:
    try:
        # Without O_NONBLOCK a pipe would hold the server.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise ScramFileError("it is no file")
            if about.st_mode & OTHERS:
                raise ScramFileError("others can read it or write to it: chmod 600")
            octets = file.read(MOST_FILE_OCTETS + 1)
    except OSError as problem:
        raise ScramFileError(_reason(problem)) from None
    if len(octets) > MOST_FILE_OCTETS:
        raise ScramFileError("it is too long")
    try:
        return octets.decode().splitlines()
    except UnicodeDecodeError:
        raise ScramFileError("it is not UTF-8 text") from None


def _users(lines: list[str]) -> Users:
    found: dict[str, Verifier] = {}
    secret = None
    for number, line in enumerate(lines, 1):
        if match := _SECRET.fullmatch(line):
            secret = _octets(match["secret"], number)
        elif line.strip() and not line.startswith("#"):
            verifier = _read(line, number)
            if verifier.name in found:
                raise ScramFileError(f"line {number} has a name that an earlier one has")
            found[verifier.name] = verifier
    return Users(tuple(found.values()), secret)


def _read(line: str, number: int) -> Verifier:
    match = _USER.fullmatch(line)
    if match is None:
        raise _broken(number)
    salt, stored, server = (_octets(match[group], number) for group in ("salt", "stored", "server"))
    count = int(match["count"])
    fits = LEAST_ITERATIONS <= count <= MOST_ITERATIONS and LEAST_SALT_OCTETS <= len(salt) <= MOST_OCTETS
    if not (fits and len(stored) == len(server) == KEY_OCTETS):
        raise _broken(number)
    try:
        name = checked_name(match["name"])
    except ValueError:
        raise _broken(number) from None
    return Verifier(name, count, salt, stored, server)


def _octets(text: str, number: int) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise _broken(number) from None


def _broken(number: int) -> ScramFileError:
    return ScramFileError(f"line {number} is broken")


def _reason(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__


# -- writing


def _written(verifier: Verifier) -> str:
    salt, stored, server = (
        b64encode(octets).decode() for octets in (verifier.salt, verifier.stored_key, verifier.server_key)
    )
    return f"{verifier.name}:SCRAM-SHA-256${verifier.iterations}:{salt}${stored}:{server}"


def _change(path: Path, name: str, new: list[str]) -> bool:
    """Put other lines in the place of a user's; whether there was one. Every other line stays as it is."""
    path = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    with _locked(path.parent):
        lines = _lines(path) if path.exists() else [HEAD]
        users = _users(lines)  # nothing is written into a file that is broken
        if users.secret is None:
            lines.insert(1, f"#decoys:{b64encode(secrets.token_bytes(SECRET_OCTETS)).decode()}")
        at = [index for index, line in enumerate(lines) if _is_of(line, name)]
        if at or new:
            lines[slice(at[0], at[0] + 1) if at else slice(len(lines), None)] = new
            _replace(path, "".join(f"{line}\n" for line in lines))
    return bool(at)


def _is_of(line: str, name: str) -> bool:
    match = _USER.fullmatch(line)
    return match is not None and checked_name(match["name"]) == name


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other writers out: a lock on the file itself would be on one that is being replaced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as problem:
        raise ScramFileError(f"its folder cannot be used: {_reason(problem)}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, text: str) -> None:
    """Write the file whole or not at all, so that not even a loss of power leaves half of it."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            _as_owned_before(descriptor, path)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        new.replace(path)
        _sync(path.parent)
    except OSError as problem:
        new.unlink(missing_ok=True)
        raise ScramFileError(f"it cannot be written: {_reason(problem)}") from None


def _as_owned_before(descriptor: int, path: Path) -> None:
    """Leave the file to its owner: root changes a password, and the server, which is not root, reads it."""
    if path.exists():
        before, now = path.stat(), os.fstat(descriptor)
        if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
            os.fchown(descriptor, before.st_uid, before.st_gid)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
