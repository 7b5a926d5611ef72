"""The law of packaging: however it is installed, twistd finds the daemon and nothing is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.laws.tree import PACKAGE, ROOT, modules, project_files

WAYS = ["wheel", "sdist", "checkout", "editable"]
OURS = ("socketspeak", "__editable__")
TWISTD_HELP = "import sys; sys.argv = ['twistd', '--help']; from twisted.scripts.twistd import run; run()"
PROBE = """
import importlib, importlib.util, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
import socketspeak
print(json.dumps({
    "file": socketspeak.__file__,
    "strangers": [name for name in ("tests", "benchmarks") if importlib.util.find_spec(name)],
}))
"""


@dataclass(frozen=True)
class Built:
    """The two files that are published."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Installed:
    """A virtual environment in which the project was installed in one of the ways."""

    way: str
    venv: Path
    source: Path

    def run(self, code: str, *arguments: str) -> str:
        """What the environment's Python prints for a piece of code, in an empty directory."""
        empty = self.venv / "empty"
        empty.mkdir(exist_ok=True)
        return _run([self.venv / "bin" / "python", "-c", code, *arguments], empty)


def _run(command: Sequence[str | Path], folder: Path) -> str:
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    offline = {**alone, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    ran = subprocess.run(
        command, cwd=folder, env=offline, capture_output=True, text=True, timeout=110, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


# --- Building and installing, without a network -------------------------------------------------------------


def _copy_of_the_project(folder: Path) -> Path:
    """The project's files alone, so that nothing that an earlier build left behind is taken along."""
    for path in project_files():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A source distribution of the project, and a wheel built from that."""
    source = _copy_of_the_project(tmp_path_factory.mktemp("source"))
    _run([sys.executable, "-m", "build", "--no-isolation", "--outdir", source / "dist", source], source)
    return Built(*(source / "dist").glob("*.whl"), *(source / "dist").glob("*.tar.gz"))


@pytest.fixture(scope="module")
def dependencies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that is installed beside us, without us."""
    folder = tmp_path_factory.mktemp("dependencies")
    for kind in ("purelib", "platlib"):
        for entry in Path(sysconfig.get_path(kind)).iterdir():
            if (
                not entry.name.startswith(OURS)
                and entry.suffix != ".pth"
                and not (folder / entry.name).exists()
            ):
                (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture(scope="module", params=WAYS)
def installed(
    request: pytest.FixtureRequest, built: Built, dependencies: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    """The project, installed in each of the ways into an environment of its own."""
    venv = tmp_path_factory.mktemp(request.param)
    _run([sys.executable, "-m", "venv", "--without-pip", venv], venv)
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(f"{dependencies}\n")
    source = venv / "source"
    if request.param in {"checkout", "editable"}:
        _copy_of_the_project(source)
    what: dict[str, list[str | Path]] = {
        "wheel": [built.wheel],
        "sdist": [built.sdist],
        "checkout": [source],
        "editable": ["--editable", source],
    }
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", venv / "bin" / "python"]
    _run([*pip, "install", "--quiet", "--no-deps", "--no-build-isolation", *what[request.param]], venv)
    return Installed(request.param, venv, source)


# --- What is installed --------------------------------------------------------------------------------------


def test_twistd_finds_the_daemon_from_anywhere(installed: Installed) -> None:
    listed = [line.split() for line in installed.run(TWISTD_HELP).splitlines()]
    assert ["socketspeak", "world", "time", "on", "a", "socket"] in listed


def test_every_module_is_there_and_nothing_beside_them(installed: Installed) -> None:
    found: dict[str, Any] = json.loads(installed.run(PROBE, *(module.name for module in modules())))
    own = installed.source if installed.way == "editable" else installed.venv / "lib"
    assert Path(found["file"]).is_relative_to(own)
    assert (
        found["strangers"] == [] or installed.way == "editable"
    )  # an editable install shows the whole checkout


def test_what_is_no_module_is_there_too(installed: Installed) -> None:
    code = "import pathlib, socketspeak; print(pathlib.Path(socketspeak.__file__).parent)"
    folder = Path(installed.run(code).strip())
    data = [path.relative_to(PACKAGE) for path in project_files() if path.is_relative_to(PACKAGE)]
    assert Path("py.typed") in data
    assert [str(path) for path in data if not (folder / path).is_file()] == []


def test_there_is_a_command_of_our_name(installed: Installed) -> None:
    assert os.access(installed.venv / "bin" / "socketspeak", os.X_OK)


# --- What is published --------------------------------------------------------------------------------------


def test_the_wheel_holds_the_package_and_the_plugin_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    plugin = "twisted/plugins/socketspeak_plugin.py"
    assert names == {
        str(path.relative_to(ROOT)) for path in project_files() if path.is_relative_to(PACKAGE)
    } | {plugin}


def test_the_source_distribution_holds_all_that_it_takes_to_test_it(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {str(path.relative_to(ROOT)) for path in project_files()}
    assert {name for name in wanted - names if not name.startswith(".git")} == set()
    assert {"README.md", "setup.cfg", "Makefile", "tests/laws/test_packaging.py"} <= names
