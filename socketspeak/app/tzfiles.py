"""Reads a tz database from the installed tzdata package, the host's files, or a directory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from socketspeak.zones.database import DatabaseError, DatabaseFiles

SYSTEM_DIRECTORIES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")
UNKNOWN_VERSION = "unknown"

# Beside the zones stand copies of all of them, with and without leap seconds, and the host's own settings
OTHER_TREES = frozenset({"right", "posix", "leaps"})
OTHER_FILES = frozenset({"posixrules", "localtime"})

_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+_-]*(/[A-Za-z][A-Za-z0-9+_-]*)*")
_FIRST_LINE = re.compile(r"# version (\S+)")


def read_database(choice: str) -> DatabaseFiles:
    """Read the tz database that an operator chose.

    The choice is `package` (the installed tzdata package), `system` (the first of the host's usual
    directories that holds zones) or the path of a directory. Its names are all compiled zone files in it.
    The version and the links come from its `tzdata.zi`; else the version from a file `+VERSION` or `version`
    and the links from `backward`; else the version is `unknown` and no name is taken for a link. A missing
    `zone.tab` or `iso3166.tab` is replaced by the package's.

    Raises `DatabaseError` if there is no such directory or it holds no zone file.
    """
    if choice == "package":
        return _read(_package())
    if choice == "system":
        return _read(_system())
    return _read(Path(choice))


def host_version() -> str | None:
    """The version of the host's own tz database; None if there is none, or it does not say."""
    try:
        version = _version(_system())
    except DatabaseError:
        return None
    return None if version == UNKNOWN_VERSION else version


def _package() -> Path:
    return Path(str(resources.files("tzdata").joinpath("zoneinfo")))


def _system() -> Path:
    for directory in map(Path, SYSTEM_DIRECTORIES):
        if next(_zone_names(directory), None) is not None:
            return directory
    raise DatabaseError(f"the host has no tz database in {', '.join(SYSTEM_DIRECTORIES)}")


def _read(directory: Path) -> DatabaseFiles:
    if not directory.is_dir():
        raise DatabaseError(f"the tz database {directory} is not a directory")
    names = tuple(sorted(_zone_names(directory)))
    if not names:
        raise DatabaseError(f"the tz database {directory} holds no compiled zone file")
    return DatabaseFiles(
        directory=str(directory.absolute()),
        version=_version(directory),
        names=names,
        rules=_text(directory / "tzdata.zi") or _text(directory / "backward"),
        zone_tab=_text(directory / "zone.tab") or _text(_package() / "zone.tab"),
        iso3166_tab=_text(directory / "iso3166.tab") or _text(_package() / "iso3166.tab"),
    )


def _zone_names(directory: Path) -> Iterator[str]:
    root = str(directory)
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = [name for name in subfolders if name not in OTHER_TREES]
        place = os.path.relpath(folder, root)
        for file in files:  # a thousand of them: a Path for each takes longer than to read it
            name = file if place == os.curdir else f"{place}/{file}"
            if name not in OTHER_FILES and _ZONE_NAME.fullmatch(name) and _is_compiled(f"{folder}/{file}"):
                yield name


def _is_compiled(path: str) -> bool:
    if not os.path.isfile(path):  # a pipe would never end, and a dangling link cannot be opened
        return False
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(4) == b"TZif"
    except OSError:
        return False


def _version(directory: Path) -> str:
    # Read from the file, since a tzdata module that is already imported keeps its version through an upgrade
    found = _FIRST_LINE.match(_text(directory / "tzdata.zi"))
    if found is not None:
        return found[1]
    written = _text(directory / "+VERSION").split() or _text(directory / "version").split()
    return written[0] if written else UNKNOWN_VERSION


def _text(path: Path) -> str:
    """The whole text of a file, or nothing where there is no such file."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
