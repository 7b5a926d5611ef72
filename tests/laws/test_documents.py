"""The documents are true: their links lead somewhere, their lists are the code's."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import socketspeak
from socketspeak.app.options import Options
from socketspeak.language.statuses import Status
from socketspeak.language.verbs import VERBS
from socketspeak.limits.counts import Counts
from tests.laws.codes import codes_of_the_code
from tests.laws.documents import Block, blocks_of, every, pages, prose
from tests.laws.transcripts import CLIENT_FINISHES
from tests.laws.tree import PACKAGE, ROOT, forbid, modules

README = ROOT / "README.md"
PROTOCOL = ROOT / "docs" / "protocol.md"
OPERATIONS = ROOT / "docs" / "operations.md"
PROMISING = [README, ROOT / "docs" / "security.md"]
SECONDS = 20


def test_every_page_is_linked_from_the_readme() -> None:
    linked = set(_links(README))
    forbid(
        f"{page.relative_to(ROOT)} is not linked"
        for page in pages()
        if page != README and page.resolve() not in linked
    )


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    forbid(f"{page.name}: {target}" for target in _links(page) if not target.exists())


def _links(page: Path) -> list[Path]:
    found = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    targets = [target.partition("#")[0] for target in found if not re.match(r"[a-z]+:", target)]
    return [(page.parent / target).resolve() for target in targets if target]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_anchor_is_a_heading(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)\s#]*)#([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", target):
            where = (page.parent / target).resolve() if target else page
            headings = re.findall(r"^#+ +(.+)$", prose(where), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{page.name}: {target}#{anchor}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_test_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text):
        assert (ROOT / file).is_file(), f"{page.name}: {file}"
        if name:
            assert re.search(rf"def {name}\(", (ROOT / file).read_text(encoding="utf-8")), f"{file}::{name}"


@pytest.mark.parametrize("page", PROMISING, ids=lambda page: page.name)
def test_every_promise_names_its_test(page: Path) -> None:
    tables = re.findall(
        r"^\|.*\| test \|\n\|[-|]+\n((?:\|.*\n)+)", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    rows = [row for table in tables for row in table.splitlines()]
    assert rows, f"{page.name} promises nothing"
    forbid(row for row in rows if not re.search(r"\| .*`tests/[^`]+`.* \|$", row))


def test_the_operators_page_has_every_option_and_no_other() -> None:
    known = set(re.findall(r"--([a-z][a-z-]*)", Options().getUsage()))
    rows = set(re.findall(r"^\| `--([a-z][a-z-]*)", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == known


def test_the_protocols_page_has_every_verb() -> None:
    text = PROTOCOL.read_text(encoding="utf-8")
    forbid(word for word in VERBS if not re.search(rf"`{word}\b", text))


def test_the_protocols_page_has_every_code_that_can_be_said() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (said|not yet) \|", PROTOCOL.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code) for code, when in rows if when == "said"} == codes_of_the_code()


def test_every_count_of_status_is_told_of() -> None:
    text = PROTOCOL.read_text(encoding="utf-8")
    forbid(name for name in Counts.__dataclass_fields__ if f"`{name}`" not in text)
    forbid(name for name in Status.__dataclass_fields__ if name == "counts" and f"`{name}`" not in text)


def test_the_log_lines_that_are_quoted_are_those_of_the_code() -> None:
    formats = {_as_pattern(text): text for text in _log_formats()}
    quoted = [line for block in blocks_of("log") for line in block.lines]
    ours = [line for line in quoted if re.search(r"\[socketspeak\.", line)]
    said = {line: [p for p in formats if re.search(rf"\] {p}$", line)] for line in ours}
    forbid(f"nothing logs {line!r}" for line, patterns in said.items() if not patterns)
    seen = {formats[pattern] for patterns in said.values() for pattern in patterns}
    forbid(f"not in docs/operations.md: {text!r}" for text in set(formats.values()) - seen)


def _log_formats() -> Iterator[str]:
    """What the daemon logs, but for its own bugs."""
    for module in modules():
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        attr="info" | "warn" | "error",
                        value=ast.Attribute(attr="log" | "_log") | ast.Name(id="log" | "_log"),
                    )
                    | ast.Attribute(attr="tell" | "_say"),  # of logins, whose lines are counted first
                    args=[ast.Constant(value=str(text)), *_],
                ):
                    yield text


def _as_pattern(text: str) -> str:
    return "".join(
        ".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", text)
    )


@every("python")
def test_the_python_in_the_documents_compiles(block: Block) -> None:
    source = textwrap.dedent("\n".join(block.lines))
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST
    tree = compile(source, block.at, "exec", flags=flags)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("socketspeak"):
            module = __import__(node.module or "", fromlist=["_"])
            forbid(f"{block.at}: {alias.name}" for alias in node.names if not hasattr(module, alias.name))


def test_the_documents_are_not_wider_than_120_columns() -> None:
    forbid(
        f"{page.name}: {line[:60]}…"
        for page in pages()
        for line in prose(page).splitlines()
        if len(line) > 120 and not line.startswith("|")
    )


def test_the_change_log_knows_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(socketspeak.__version__)}\]", text, re.MULTILINE)
    assert PACKAGE.is_dir()
    assert CLIENT_FINISHES in (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
