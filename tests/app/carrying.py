"""Commands that are carried out within the process of the tests, against a server on loopback."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest

from socketspeak.app.asking import carry_out
from socketspeak.app.choosing import choose
from socketspeak.app.screen import Screen, Stream
from tests.client.loopback import the_reactor


class Asked:
    """What came of a command: its exit status, and what it wrote."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status = status
        self.out = out.splitlines()
        self.err = err.splitlines()

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The lines that it wrote, each a JSON document."""
        return [json.loads(line) for line in self.out]


async def ask(*arguments: str, server: str | None = None) -> Asked:
    """Carry a command out within this process."""
    out, err = io.StringIO(), io.StringIO()
    chosen = choose([*arguments, *([] if server is None else ["--server", server])])
    status = await carry_out(chosen, the_reactor(), Screen(Stream(out), Stream(err)))
    return Asked(status, out.getvalue(), err.getvalue())


def refusal(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said, on one line, of arguments that the command does not take."""
    with pytest.raises(SystemExit) as caught:
        choose(arguments)
    assert caught.value.code == 2
    return " ".join(capsys.readouterr().err.split())
