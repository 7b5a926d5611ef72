"""The files that options name, checked before anything is opened for good."""

from __future__ import annotations

import os
import re
from pathlib import Path

from twisted.internet.ssl import Certificate

from socketspeak.app.config import ConfigError

CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
MOST_OCTETS = 4 * 1024 * 1024  # all the authorities of the world take a quarter of a megabyte


def checked_state(value: str | None) -> str | None:
    """The absolute path of a file that can be written, whether it is there or not; raises ConfigError."""
    if value is None:
        return None
    allowed = "a file, there or not, in a folder that is there and can be written to"
    try:
        path = Path(value).absolute()
        # A pipe or a device would hold the start.
        fits = bool(value) and "\0" not in value and (path.is_file() or not path.exists())
        fits = fits and path.parent.is_dir() and os.access(path.parent, os.W_OK)
    except (OSError, ValueError):  # too long, or with a NUL in it
        fits = False
    if not fits:
        raise ConfigError("state", value, allowed)
    return str(path)


def checked_authorities(value: str | None) -> tuple[bytes, ...]:
    """The certificates of a file, each in PEM; raises ConfigError where there are none, or one is broken."""
    if value is None:
        return ()
    try:
        with Path(value).open("rb") as file:
            found = tuple(CERTIFICATE.findall(file.read(MOST_OCTETS)))
        for each in found:
            Certificate.loadPEM(each)
    except OSError as problem:
        raise _no_authorities(value, problem.strerror or "it cannot be read") from None
    except Exception:  # what cryptography and pyOpenSSL raise is theirs to choose
        raise _no_authorities(value, "a certificate in it is broken") from None
    if not found:
        raise _no_authorities(value, "there is none in it")
    return found


def _no_authorities(value: str, why: str) -> ConfigError:
    return ConfigError("source-ca", value, f"a file of certificates in PEM ({why})")
