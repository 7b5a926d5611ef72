"""Laws 4 and 6: only the app reads what an operator sets; words are looked up in tables."""

from __future__ import annotations

import ast

from tests.laws.tree import Module, forbid, imports, modules, within

FILES_AND_OPTIONS = {
    *("os", "pathlib", "io.open", "codecs.open", "shutil", "tempfile", "glob", "fileinput"),
    *("argparse", "getopt", "getpass", "configparser", "tomllib", "click", "resource"),
    *("twisted.python.usage", "twisted.python.filepath"),
}
SYSTEM_INPUTS = {"argv", "stdin", "orig_argv"}
FILE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes"}
SHOWN_THE_TZ_DATABASE = {"socketspeak.zones.engine"}  # the app tells it the directory; no other file is read
PACKAGE_DATA = {
    "importlib.resources"
}  # what ships in a package is part of the program, not of its surroundings
REFLECTION = {"getattr", "setattr", "delattr", "hasattr"}
EVALUATION = {"eval", "exec", "compile", "globals", "locals", "__import__"}


def test_only_the_app_reads_options_files_and_the_environment() -> None:
    forbid(
        found
        for module in modules()
        if module.room != "app" and not within(module.name, SHOWN_THE_TZ_DATABASE)
        for found in _looks_around(module)
    )


def _looks_around(module: Module) -> list[str]:
    asked = [(node, name) for node, name in imports(module.tree) if within(name, FILES_AND_OPTIONS)]
    found = [f"{module.at(node)} imports {name}" for node, name in asked]
    reads_packages = any(within(name, PACKAGE_DATA) for _, name in imports(module.tree))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in {"open", "input"}:
            found.append(f"{module.at(node)} calls {node.id}()")
        elif isinstance(node, ast.Attribute) and _is_sys(node.value) and node.attr in SYSTEM_INPUTS:
            found.append(f"{module.at(node)} reads sys.{node.attr}")
        elif isinstance(node, ast.Attribute) and node.attr in FILE_METHODS and not reads_packages:
            found.append(f"{module.at(node)} uses .{node.attr}")
    return found


def _is_sys(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "sys"


def test_no_name_is_computed_and_then_looked_up_as_an_attribute() -> None:
    forbid(
        f"{module.at(node)} {node.func.id} with a computed name"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFLECTION
        if isinstance(node.args[1], ast.JoinedStr | ast.BinOp | ast.Call)
    )


def test_nothing_is_evaluated() -> None:
    forbid(
        f"{module.at(node)} {node.func.id}()"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EVALUATION
    )
