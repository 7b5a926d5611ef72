"""The configuration file: TOML, with the options' long names as its keys."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from socketspeak.app.config import ConfigError
from socketspeak.app.logs import printable
from socketspeak.app.settings import SETTINGS, Given, Setting
from socketspeak.language.printable import shown

MOST_OCTETS = 1024 * 1024  # every option of every kind takes a few thousand
SHOWN = 200  # characters of a value

MENU = "menu"  # one text with several places in it

_BY_NAME = {setting.name: setting for setting in SETTINGS}
_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


class ConfigFileError(ValueError):
    """The configuration file will not do: says which file, which key, its value, and what is allowed."""


class ConfigFile:
    """What one configuration file says, by the options' names."""

    def __init__(self, path: Path) -> None:
        """Read the file; raises ConfigFileError."""
        self._name = printable(str(path))
        try:
            document = _document(_text(path))
        except _Unreadable as wrong:
            raise ConfigFileError(f"{self._name}: {wrong}") from None
        self._written = document
        self.given: dict[str, Given] = {key: self._taken(key, value) for key, value in document.items()}

    def blamed(self, wrong: ConfigError) -> ConfigFileError:
        """A value of this file that was found wrong, told as such; of several, the one that is."""
        written = self._written[wrong.option]
        several = isinstance(written, list) or wrong.option == MENU
        return self._refused(wrong.option, wrong.value if several else written, wrong.allowed)

    def _taken(self, key: str, value: object) -> Given:
        setting = _BY_NAME.get(key)
        if setting is None:
            near = get_close_matches(key.replace("_", "-").lower(), _BY_NAME, n=3)
            hint = f"; near are {', '.join(near)}" if near else ""
            written = f"{shown(key)} = {_written(value)}"
            allowed = "the keys are the options of `twistd socketspeak --help`, without their dashes"
            raise ConfigFileError(f"{self._name}: {written} is not allowed: {allowed}{hint}")
        fits, allowed = _fitting(setting, value)
        if not fits:
            raise self._refused(key, value, allowed)
        return [*value] if isinstance(value, list) else value if isinstance(value, bool) else str(value)

    def _refused(self, key: str, value: object, allowed: str) -> ConfigFileError:
        return ConfigFileError(f"{self._name}: {key} = {_written(value)} is not allowed: {allowed}")


class _Unreadable(Exception):
    """A file that cannot be read, or is no TOML."""


def _fitting(setting: Setting, value: object) -> tuple[bool, str]:
    """Whether a value has a type that the option can have, and which types those are."""
    if setting.flag:
        return isinstance(value, bool), "true or false"
    if setting.repeatable:
        fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return fits, 'an array of texts, such as ["…", "…"]'
    if setting.numeric:
        return isinstance(value, int | float | str) and not isinstance(value, bool), _range(setting)
    return isinstance(value, str), 'a text in quotes, such as "…"'


def _range(setting: Setting) -> str:
    """What a number must be, as its own check says."""
    try:
        setting.check("")
    except ConfigError as wrong:
        return wrong.allowed
    return "a number"


def _written(value: object) -> str:
    """A value as one would write it in the file, or nearly."""
    if isinstance(value, str | list | tuple | bool | int | float):
        try:
            return shown(json.dumps(value, ensure_ascii=False, default=str), SHOWN)
        except ValueError:  # a number of more digits than Python will write
            return "a very long number"
    return "a table" if isinstance(value, Mapping) else shown(str(value), SHOWN)


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise _Unreadable("it is no file")  # a pipe would hold the start
        with path.open("rb") as file:
            octets = file.read(MOST_OCTETS + 1)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else None
        raise _Unreadable(f"it cannot be read: {reason or problem}") from None
    if len(octets) > MOST_OCTETS:
        raise _Unreadable(f"it is longer than {MOST_OCTETS} octets")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = octets.count(b"\n", 0, wrong.start) + 1
        column = wrong.start - (octets.rfind(b"\n", 0, wrong.start) + 1) + 1
        raise _Unreadable(f"line {line}, column {column}: it is not UTF-8") from None


def _document(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise _Unreadable(_where(text, wrong)) from None


def _where(text: str, wrong: Exception) -> str:
    """What is wrong with the text as TOML, its place first: `line 3, column 9: invalid value`."""
    said = "it is nested too deep" if isinstance(wrong, RecursionError) else str(wrong).split(";")[0]
    found = _PLACE.search(said)
    if found is not None:
        line, column = found[1], found[2]
    else:  # the parser has no place for the end, and for numbers that are too long
        line, column = str(text.count("\n") + 1), str(len(text) - text.rfind("\n"))
    why = _PLACE.sub("", said).removesuffix(" (at end of document)")
    return f"line {line}, column {column}: this is no TOML: {shown(why[:1].lower() + why[1:], SHOWN)}"
