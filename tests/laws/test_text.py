"""The law of what is published: no secret, no path of some machine, no host to install from."""

from __future__ import annotations

import re

import pytest

from tests.laws.tree import ROOT, forbid, project_files

# Put together here, so that this file passes its own test.
MACHINE_PATHS = [rf"(?<![\w.~-])/{place}(?![\w-])" for place in ("root", "work", "tmp/dev")] + [
    "/" + r"home/\w"
]
REGISTRY_HOSTS = [
    re.escape(f"{name}.{top}")
    for name, top in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb.debian", "org"),
        ("security.debian", "org"),
        ("archive.ubuntu", "com"),
        ("proxy.golang", "org"),
        ("crates", "io"),
    ]
]
SECRETS = ["-----BEGIN [A-Z ]*PRIVATE" + " KEY-----", r"\bAKIA[0-9A-Z]{16}\b", r"\bgh[pousr]_\w{36}\b"]


@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(MACHINE_PATHS, id="path of some machine"),
        pytest.param(REGISTRY_HOSTS, id="host of a package registry"),
        pytest.param(SECRETS, id="secret"),
    ],
)
def test_no_file_holds_a(forbidden: list[str]) -> None:
    pattern = re.compile("|".join(forbidden))
    found = []
    for path in project_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    forbid(found)
