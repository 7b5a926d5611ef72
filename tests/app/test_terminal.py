"""The terminal beneath the screen: which can have one, held quietly, and then as it was."""

from __future__ import annotations

import os
import pty
import signal
import termios
from collections.abc import Callable
from typing import Any

import pytest

from socketspeak.app.screen import Stream
from socketspeak.app.terminal import Terminal


@pytest.mark.parametrize(("term", "can_move"), [("xterm-256color", True), ("", True), ("dumb", False)])
def test_a_screen_is_for_terminals_that_can_move_their_cursor(
    term: str, can_move: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    ours, its = pty.openpty()
    with open(its, "w", encoding="utf-8") as terminal, open(ours, "rb"), open(os.devnull, "w") as nowhere:
        assert Stream(terminal).terminal == (its if can_move else None)
        assert Stream(nowhere).terminal is None


class AtOnce:
    """A reactor that does what a signal asks for at once."""

    def callFromThread(self, act: Callable[[], None]) -> None:
        act()


def test_a_terminal_is_held_quietly_and_then_as_it_was() -> None:
    ours, its = pty.openpty()
    before, handler = termios.tcgetattr(its), signal.getsignal(signal.SIGWINCH)
    heard: list[str] = []
    reactor: Any = AtOnce()
    terminal = Terminal(its, reactor)
    terminal.hold({signal.SIGWINCH: lambda: heard.append("resized")})
    assert not termios.tcgetattr(its)[3] & termios.ECHO
    signal.raise_signal(signal.SIGWINCH)
    assert heard == ["resized"]
    for _ in range(2):
        terminal.release()
        assert termios.tcgetattr(its) == before
        assert signal.getsignal(signal.SIGWINCH) is handler
    os.close(ours)
    os.close(its)


def test_a_signal_that_is_ignored_stays_so_and_what_is_no_terminal_is_let_be() -> None:
    reactor: Any = AtOnce()
    handler = signal.signal(signal.SIGWINCH, signal.SIG_IGN)
    with open(os.devnull, "rb") as nowhere:
        terminal = Terminal(nowhere.fileno(), reactor)
        terminal.hold({signal.SIGWINCH: lambda: pytest.fail("it was not ignored")})
        signal.raise_signal(signal.SIGWINCH)
        terminal.release()
        assert terminal.size == (80, 24)
    assert signal.signal(signal.SIGWINCH, handler) is signal.SIG_IGN
