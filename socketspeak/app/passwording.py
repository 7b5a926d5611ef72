"""`socketspeak passwd FILE NAME`: who may log in to a server, and by which password."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
import warnings
from pathlib import Path

from socketspeak.app.choosing import ANSWERED, FAILED
from socketspeak.app.scramfile import checked_name, put_user, remove_user
from socketspeak.language.printable import shown
from socketspeak.server.verifiers import MOST_OCTETS, SALT_OCTETS, prepared, verifier_of

SHOWN = 200  # characters of a name or a path


def keep_password(chosen: argparse.Namespace) -> int:
    """Write the file as the arguments say, and tell in a line what was done; gives the exit status."""
    where = shown(chosen.file, SHOWN)
    try:
        name = _name(chosen.name)
        print(f"{where}: {name} {_done(Path(chosen.file), name, chosen)}")
    except ValueError as wrong:
        print(f"socketspeak passwd: {where}: {wrong}", file=sys.stderr)
        return FAILED
    return ANSWERED


def _done(path: Path, name: str, chosen: argparse.Namespace) -> str:
    """Do it, and say what was done."""
    if chosen.delete:
        if not remove_user(path, name):
            raise ValueError(f"there is no user {name}")
        return "is taken out"
    salt = secrets.token_bytes(SALT_OCTETS)
    there = put_user(path, verifier_of(name, _password(), chosen.iterations, salt))
    return "has a new password" if there else "may log in now"


def _name(text: str) -> str:
    try:
        return checked_name(text)
    except ValueError as wrong:
        raise ValueError(f"the name {shown(text, SHOWN)!r} is not allowed: {wrong}") from None


def _password() -> str:
    """The password, asked for twice on a terminal, else a line of standard input; raises ValueError."""
    try:
        password = prepared(_asked() if sys.stdin.isatty() else _line())
        octets = len(password.encode())
    except ValueError as wrong:
        raise ValueError(f"the password is not allowed: {wrong}") from None
    if octets > MOST_OCTETS:
        raise ValueError(f"the password is not allowed: it is longer than {MOST_OCTETS} octets")
    return password


def _asked() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)  # it would be shown as it is typed
        try:
            text = getpass.getpass("Password: ")
            if getpass.getpass("The same again: ") != text:
                raise ValueError("it was not the same twice")
        except EOFError:
            raise ValueError("none was given") from None
        except getpass.GetPassWarning:
            raise ValueError("this terminal would show it") from None
    return text


def _line() -> str:
    octets = sys.stdin.buffer.readline(2 * MOST_OCTETS)
    try:
        return octets.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
