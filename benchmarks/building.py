"""The C programs beside this file, compiled on the spot: every warning is an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE / ".build"
COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
TLS_HEADER = "openssl/ssl.h"
TLS_FLAGS = ("-DLINEBENCH_TLS",)
TLS_LIBRARIES = ("-lssl", "-lcrypto")
COMPILING_SECONDS = 60
COMPLAINT_CHARACTERS = 600


class MeasuringError(Exception):
    """A figure could not be taken; says why."""


@cache
def compiler() -> str:
    """The C compiler; raises MeasuringError where there is none."""
    for name in COMPILERS:
        found = shutil.which(name)
        if found is not None:
            return found
    raise MeasuringError(f"a C compiler is needed; looked for {', '.join(COMPILERS)}")


@cache
def has_tls() -> bool:
    """Whether OpenSSL's headers are here, which Debian has in libssl-dev."""
    asked = subprocess.run(
        [compiler(), "-E", "-x", "c", "-"],
        input=f"#include <{TLS_HEADER}>\n",
        capture_output=True,
        text=True,
        timeout=COMPILING_SECONDS,
        check=False,
    )
    return asked.returncode == 0


def linebench() -> Path:
    """The load generator, with TLS where that is to be had."""
    if has_tls():
        return compiled("linebench-tls", "linebench.c", flags=TLS_FLAGS, libraries=TLS_LIBRARIES)
    return compiled("linebench", "linebench.c")


def floor() -> Path:
    """The epoll server that is as fast as the kernel."""
    return compiled("floor", "floor.c")


def watchers() -> Path:
    """Those who watch clocks."""
    return compiled("watchers", "watchers.c", "ticks.c", "process.c")


def compiled(name: str, *sources: str, flags: tuple[str, ...] = (), libraries: tuple[str, ...] = ()) -> Path:
    """A program of some sources, made anew where one of them, or a header, has changed since.

    Raises MeasuringError where it does not compile.
    """
    program = BUILD / name
    paths = [HERE / source for source in sources]
    newest = max(path.stat().st_mtime for path in (*paths, *HERE.glob("*.h")))
    if program.exists() and program.stat().st_mtime > newest:
        return program
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:  # two may build at the same time
        fresh = Path(folder) / name
        command = [compiler(), *FLAGS, *flags, "-o", str(fresh), *map(str, paths), *libraries]
        done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILING_SECONDS, check=False)
        if done.returncode:
            complaint = done.stderr.strip()[:COMPLAINT_CHARACTERS]
            raise MeasuringError(f"{compiler()} could not compile {' '.join(sources)}: {complaint}")
        os.replace(fresh, program)
    return program
