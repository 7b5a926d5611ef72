"""The clock's room as the laws see it: the real one, and copies of it that are broken on purpose."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from typing import Any

import socketspeak.clock

OURS = "socketspeak.clock"
FOLDER = Path(next(iter(socketspeak.clock.__path__)))


class Room:
    """What the laws need of a clock's room, under the names that it has there."""

    def __init__(self, package: str = OURS) -> None:
        def of(module: str, name: str) -> Any:
            return getattr(importlib.import_module(f"{package}.{module}"), name)

        self.Discipline = of("discipline", "Discipline")
        self.Sample = of("interval", "Sample")
        self.Interval = of("interval", "Interval")
        self.aged = of("interval", "aged")
        self.drift = of("interval", "drift")
        self.intersection = of("interval", "intersection")
        self.majority = of("agreement", "majority")
        self.Host = of("values", "Host")
        self.State = of("values", "State")


def broken(folder: Path, file: str, old: str, new: str) -> Room:
    """A copy of the room in an empty folder on the path, with one piece of its text replaced.

    AssertionError where the text does not stand there exactly once: a mutant must not become harmless
    because the code was written anew.
    """
    package = folder.name
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name == file:
            assert text.count(old) == 1, f"{file} has this {text.count(old)} times:\n{old}"
            text = text.replace(old, new)
        path.write_text(text.replace(OURS, package), encoding="utf-8")
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]
    importlib.invalidate_caches()
    return Room(package)
