"""Laws 1 to 3: who may import whom, and who may know of the network."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.tree import PACKAGE, ROOT, Module, forbid, imports, modules, within

PURE_ROOMS = {"language", "zones", "clock", "limits"}
PURE_ELSEWHERE = {"socketspeak.app.config"}
LOUD_SOURCES = {  # what stands in sources/ is pure, these apart: they run the pure ones on the network
    f"socketspeak.sources.{name}"
    for name in (
        "agent",
        "almanac",
        "body",
        "fetcher",
        "flights",
        "names",
        "probes",
        "roster",
        "search",
        "timekeeper",
        "trust",
    )
}
LOUD_LIBRARIES = {"twisted", "treq", "zope", "OpenSSL", "socket", "ssl", "asyncio", "threading", "logging"}
OUTSIDE_WORLD = LOUD_LIBRARIES | {
    *("time", "random", "secrets", "uuid"),
    *(
        "select",
        "selectors",
        "socketserver",
        "http",
        "urllib.request",
        "subprocess",
        "multiprocessing",
        "concurrent",
    ),
}
CALENDARS = {"datetime", "whenever"}  # pure as far as nobody asks them what the time is now


def pure_modules() -> list[Module]:
    """The modules that know of nothing but their arguments."""
    return [module for module in modules() if _is_pure(module)]


def _is_pure(module: Module) -> bool:
    if module.room == "sources":
        return not within(module.name, LOUD_SOURCES)
    return module.room in PURE_ROOMS or within(module.name, PURE_ELSEWHERE)


def test_what_is_let_off_being_pure_needs_to_be() -> None:
    loud = {m.name for m in modules() if any(within(name, LOUD_LIBRARIES) for _, name in imports(m.tree))}
    forbid(sorted(LOUD_SOURCES - loud))


# --- Law 1 --------------------------------------------------------------------------------------------------


def test_the_arrows_between_rooms_never_turn_back() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("room", ["zones", "clock"])
def test_the_lowest_rooms_import_nothing_of_ours(room: str) -> None:
    own = f"socketspeak.{room}"
    forbid(
        f"{module.at(node)} imports {name}"
        for module in modules()
        if module.room == room
        for node, name in imports(module.tree)
        if within(name, {"socketspeak"}) and not within(name, {own})
    )


def test_every_import_of_ours_is_spelt_in_full() -> None:
    forbid(
        f"{module.at(node)} imports {name}"
        for module in modules()
        for node, name in imports(module.tree)
        if name.startswith(".")
    )


def test_every_room_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert (
        sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists())
        == []
    )


# --- Law 2 --------------------------------------------------------------------------------------------------


def test_pure_files_import_nothing_of_the_outside_world() -> None:
    forbid(
        f"{module.at(node)} imports {name}"
        for module in pure_modules()
        for node, name in imports(module.tree)
        if within(name, OUTSIDE_WORLD)
    )


def test_pure_files_read_no_clock() -> None:
    forbid(found for module in pure_modules() for found in _clock_readings(module))


def _clock_readings(module: Module) -> list[str]:
    """Where a calendar is asked for the present: `datetime.now()`, `Instant.now()`, `date.today()`."""
    calendars = {
        (alias.asname or alias.name).split(".")[0]
        for node, name in imports(module.tree)
        if within(name, CALENDARS) and isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return [
        f"{module.at(node)} asks for .{node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and (node.attr in {"utcnow", "today"} or node.attr.startswith(("now", "today_")))
        and _root(node) in calendars
    ]


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes hangs on."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


IMPORT_EACH = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    brought = sorted({"twisted", "treq", "zope"} & sys.modules.keys())
    if brought:
        sys.exit(f"{name} brings in {', '.join(brought)}")
"""


def test_pure_files_bring_no_twisted_in_by_a_back_door() -> None:
    names = [module.name for module in pure_modules()]
    assert names
    _run_in_a_child(IMPORT_EACH, *names)


# --- Law 3 --------------------------------------------------------------------------------------------------


def test_the_global_reactor_is_named_only_in_the_app_and_inside_functions() -> None:
    forbid(
        f"{module.at(node)} imports {name}"
        for module in modules()
        for node, name in imports(module.tree)
        if within(name, {"twisted.internet.reactor"})
        if module.room != "app" or node in _outside_functions(module.tree)
    )


def _outside_functions(tree: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += [node, *_outside_functions(node)]
    return found


IMPORT_ALL = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    if "twisted.internet.reactor" in sys.modules:
        sys.exit(f"importing {name} installs a reactor")
"""


def test_importing_the_package_installs_no_reactor() -> None:
    _run_in_a_child(IMPORT_ALL, *(module.name for module in modules()))


def _run_in_a_child(code: str, *arguments: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
