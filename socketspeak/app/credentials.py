"""What proves who is who: the certificate that a server must show, and the password that it is given."""

from __future__ import annotations

import argparse
import getpass
import os
import stat
import sys
import warnings
from typing import BinaryIO

from socketspeak.app.choosing import PASSWORD_VARIABLE
from socketspeak.app.reaching import host_of
from socketspeak.client import Encryption, Login
from socketspeak.language.printable import shown

MOST_CA_OCTETS = 4 * 1024 * 1024  # all the authorities of the world take a quarter of a megabyte
MOST_LINE_OCTETS = 1024  # of a file: a password has 255
OTHERS = stat.S_IRWXG | stat.S_IRWXO

ENCRYPTED = ("tls:", "ssl:")  # Twisted's endpoints with TLS of their own
CERTIFICATES = "a file of certificates in PEM"
PASSWORD = "a file whose first line is the password, and which nobody else can read"
NO_PASSWORD = f"--user takes a password: --password-file, {PASSWORD_VARIABLE}, or a terminal to type it at"

Chosen = argparse.Namespace


def encryption_of(chosen: Chosen, server: str, named_by: str) -> Encryption | None:
    """The encryption that was chosen, if any; raises ValueError, which names the option that is wrong."""
    if not (chosen.tls or chosen.starttls):
        for option, value in (("--ca", chosen.ca), ("--tls-name", chosen.tls_name)):
            if value is not None:
                raise _not_allowed(option, value, "it goes with --tls or --starttls")
        return None
    if chosen.tls and chosen.starttls:
        raise ValueError("--tls and --starttls exclude one another: a server does the one or the other")
    if server.startswith(ENCRYPTED):
        raise _not_allowed(named_by, server, "--tls and --starttls are for those that are in clear")
    host = chosen.tls_name if chosen.tls_name is not None else host_of(server)
    if host is None:
        raise _not_allowed(named_by, server, "--tls-name must say whose certificate it is to show")
    try:
        Encryption(host)
    except ValueError as wrong:
        option = named_by if chosen.tls_name is None else "--tls-name"
        raise _not_allowed(option, host, str(wrong)) from None
    if chosen.ca is None:
        return Encryption(host, starttls=chosen.starttls)
    try:
        with open(chosen.ca, "rb") as file:
            return Encryption(host, file.read(MOST_CA_OCTETS), chosen.starttls)
    except (OSError, ValueError) as wrong:
        raise _not_allowed("--ca", chosen.ca, f"{CERTIFICATES} ({_reason(wrong)})") from None


def login_of(chosen: Chosen) -> Login | None:
    """Who logs in, if anybody: the password is read from a file, the environment, or a terminal, which waits.

    Raises ValueError, which names the option that is wrong, and never the password.
    """
    if chosen.user is None:
        if chosen.password_file is not None:
            raise _not_allowed("--password-file", chosen.password_file, "it goes with --user")
        return None
    try:
        Login(chosen.user, "any")
    except ValueError as wrong:
        raise _not_allowed("--user", chosen.user, str(wrong)) from None
    return Login(chosen.user, _password(chosen))


def _password(chosen: Chosen) -> str:
    if chosen.password_file is not None:
        try:
            with open(chosen.password_file, "rb") as file:
                return _first_line(file)
        except (OSError, ValueError) as wrong:
            why = f"{PASSWORD} ({_reason(wrong)})"
            raise _not_allowed("--password-file", chosen.password_file, why) from None
    return os.environ.get(PASSWORD_VARIABLE) or _typed(chosen.user)


def _first_line(file: BinaryIO) -> str:
    mode = os.fstat(file.fileno()).st_mode
    if stat.S_ISREG(mode) and mode & OTHERS:
        raise ValueError("others can, until `chmod 600`")
    try:
        return file.readline(MOST_LINE_OCTETS).removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None


def _typed(user: str) -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        raise ValueError(NO_PASSWORD)
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)  # it would be shown as it is typed
        try:
            return getpass.getpass(f"Password of {shown(user)}: ")
        except (EOFError, getpass.GetPassWarning):
            raise ValueError(NO_PASSWORD) from None


def _not_allowed(option: str, value: str, allowed: str) -> ValueError:
    return ValueError(f"{option} {value!r} is not allowed: {allowed}")


def _reason(wrong: OSError | ValueError) -> str:
    return (wrong.strerror if isinstance(wrong, OSError) else None) or str(wrong)
