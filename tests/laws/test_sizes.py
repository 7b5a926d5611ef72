"""Law 5: small files, short functions, names that say the thing, and a sentence on each.

The sizes hold for tests and benchmarks as well, the rest for the package.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.laws.tree import ROOT, Module, forbid, modules, programs

FILE_LINES, FILE_AIM = 300, 250
FUNCTION_LINES, FUNCTION_AIM = 45, 30
EMPTY_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "managers", "misc"}
INIT_NAMES = {"__all__", "__version__"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {str(module.path.relative_to(ROOT)): len(module.text.splitlines()) for module in programs()}
    print("longer than we aim at:", {name: lines for name, lines in lengths.items() if lines > FILE_AIM})
    forbid(f"{name}: {lines} lines" for name, lines in lengths.items() if lines > FILE_LINES)


def test_no_function_is_longer_than_45_lines() -> None:
    lengths = {
        f"{module.at(function)} {function.name}": _lines(function) for module, function in _functions()
    }
    print("longer than we aim at:", {name: lines for name, lines in lengths.items() if lines > FUNCTION_AIM})
    forbid(f"{name}: {lines} lines" for name, lines in lengths.items() if lines > FUNCTION_LINES)


def _functions() -> Iterator[tuple[Module, Function]]:
    for module in programs():
        for node in ast.walk(module.tree):
            if isinstance(node, Function):
                yield module, node


def _lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_module_has_a_name_that_says_nothing() -> None:
    forbid(module.name for module in modules() if set(module.name.split(".")) & EMPTY_NAMES)


def test_an_init_file_holds_a_docstring_and_the_names_that_its_room_offers() -> None:
    forbid(
        module.at(node)
        for module in modules()
        if module.path.name == "__init__.py"
        for node in module.tree.body
        if not _belongs_in_an_init(node)
    )


def _belongs_in_an_init(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in INIT_NAMES
    return False


def test_everything_public_has_a_docstring() -> None:
    forbid(missing for module in modules() for missing in _undocumented(module))


def _undocumented(module: Module) -> Iterator[str]:
    if ast.get_docstring(module.tree) is None:
        yield module.at(module.tree)
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef | Function) and _is_public(node) and ast.get_docstring(node) is None:
            yield f"{module.at(node)} {node.name}"
        if isinstance(node, ast.ClassDef) and _is_public(node) and not _inherits(node):
            yield from (
                f"{module.at(method)} {node.name}.{method.name}"
                for method in node.body
                if isinstance(method, Function) and _is_ours(method) and ast.get_docstring(method) is None
            )


def _is_public(node: ast.ClassDef | Function) -> bool:
    return not node.name.startswith("_")


def _is_ours(method: Function) -> bool:
    """Whether a method is public and ours: what Twisted calls is spelt in camelCase and described there."""
    is_overload = any(ast.unparse(decorator).endswith("overload") for decorator in method.decorator_list)
    return _is_public(method) and method.name.islower() and not is_overload


def _inherits(node: ast.ClassDef) -> bool:
    """Whether a class's methods may be documented where they come from: a base, or an interface."""
    bases = {ast.unparse(base).split("[")[0] for base in node.bases} - {"Protocol", "Generic", "NamedTuple"}
    return bool(bases) or any("implementer" in ast.unparse(decorator) for decorator in node.decorator_list)
