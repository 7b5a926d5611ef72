"""The project's files, as the laws read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "socketspeak"
NOT_OURS = (".git", ".venv", "build", "dist", "__pycache__", ".hypothesis", "_trial_temp", "dropin.cache")


@dataclass(frozen=True)
class Module:
    """One Python file of the project, read and parsed."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The first folder below `socketspeak`, where this is; empty for what stands beside the rooms."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else ""

    def at(self, node: ast.AST) -> str:
        """Where something stands, as an editor can jump to it."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, by name."""
    return tuple(_module(path) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def programs() -> tuple[Module, ...]:
    """Every Python file of the project: the package, its tests, and what measures and makes things for it."""
    return tuple(_module(path) for path in project_files() if path.suffix == ".py")


@cache
def _module(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    text = path.read_text(encoding="utf-8")
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(path, name, text, ast.parse(text, str(path)))


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Each import with the full name that it asks for; `from a import b` asks for `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{'.' * node.level}{node.module or ''}.{name.name}") for name in node.names)


def within(name: str, packages: set[str] | frozenset[str]) -> bool:
    """Whether a dotted name is one of the packages, or inside one."""
    parts = name.split(".")
    return any(".".join(parts[:length]) in packages for length in range(1, len(parts) + 1))


def forbid(offences: Iterable[str]) -> None:
    """Fail with all the offences, one a line, if there are any."""
    found = list(offences)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def project_files() -> list[Path]:
    """What belongs to the project: what git tracks, and what it would; without git, all but the droppings."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [
            path
            for name in sorted(filter(None, listed.stdout.split("\0")))
            if (path := ROOT / name).is_file()
        ]
    return [path for path in sorted(ROOT.rglob("*")) if path.is_file() and not _left_by_a_tool(path)]


def _left_by_a_tool(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(
        (part.startswith(NOT_OURS) and part != ".gitignore") or part.endswith((".egg-info", "_cache"))
        for part in parts
    )
