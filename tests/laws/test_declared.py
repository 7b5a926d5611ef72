"""The law of dependencies: what is imported is asked for by name in setup.cfg, so that it is there."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from tests.laws.tree import ROOT, forbid, imports

OURS = {"socketspeak", "tests", "benchmarks", "tools"}


@pytest.mark.parametrize(
    ("folder", "extras"),
    [("socketspeak", ["geo"]), ("tests", ["dev"]), ("benchmarks", ["dev"]), ("tools", ["data"])],
)
def test_every_library_that_is_imported_is_declared(folder: str, extras: list[str]) -> None:
    declared = _declared(extras)
    forbid(
        f"{path.relative_to(ROOT)}:{node.lineno} imports {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node, name in imports(ast.parse(path.read_text(encoding="utf-8")))
        if (top := name.split(".")[0]) and top not in OURS | sys.stdlib_module_names
        if not _providers(top) & declared
    )


def _declared(extras: list[str]) -> set[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    wanted = config["options"]["install_requires"]
    wanted += "".join(config["options.extras_require"][extra] for extra in extras)
    return {_normal(match[0]) for line in wanted.split("\n") if (match := re.match(r"[\w.-]+", line.strip()))}


def _providers(top: str) -> set[str]:
    # What is not installed here, as the table's makers may not be, is taken to have one name for both
    return {_normal(name) for name in _distributions().get(top, [top])}


@cache
def _distributions() -> dict[str, list[str]]:
    return {top: list(names) for top, names in packages_distributions().items()}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
