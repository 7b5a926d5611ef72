"""The reply codes that the code can say."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.laws.tree import modules


def codes_of_the_code() -> set[int]:
    """The reply codes that the conversation can say, as its source has them."""
    trees = [module.tree for module in modules() if module.room == "language"]
    return {code for tree in trees for node in ast.walk(tree) for code in _codes_at(node)}


def _codes_at(node: ast.AST) -> Iterator[int]:
    numbers: list[ast.expr] = []
    match node:
        case ast.AnnAssign(target=ast.Name(id="code"), value=ast.Constant() as value):
            numbers = [value]
        case ast.Call(func=ast.Name(id="Plain" | "Mistake" | "Listing"), args=arguments):
            numbers = arguments
    for number in numbers:
        if isinstance(number, ast.Constant) and isinstance(number.value, int):
            yield number.value
