"""Clocks that are watched on a terminal: a screen of their own, redrawn in place with each tick."""

from __future__ import annotations

import signal

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from socketspeak.app.digits import LETTERS
from socketspeak.app.rows import span
from socketspeak.app.screen import Stream
from socketspeak.app.terminal import Terminal
from socketspeak.app.wall import Standing, wall
from socketspeak.client import Lost, Tick

REDRAW_SECONDS = 1.0  # while the seconds to the next attempt are counted down


class LiveClocks:
    """The screen of a terminal, from the first tick on, until it is closed.

    What was there before comes back then. Each time the whole of it is written at once, over what it shows
    already, so that nothing flickers, and whatever a terminal does to it when its size changes is put right.
    """

    def __init__(
        self, stream: Stream, terminal: Terminal, clock: IReactorTime, server: str, every: int
    ) -> None:
        self._stream = stream
        self._terminal = terminal
        self._clock = clock
        self._server = server
        self._every = every
        self._is_large = stream.can_write(LETTERS)
        self._tick = Tick(())
        self._lost: Lost | None = None
        self._again = 0.0  # when the connection is tried again, by the clock
        self._redraw: IDelayedCall | None = None
        self._console, self._kept = stream.console()
        self._live = Live(
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
            get_renderable=lambda: self,
        )

    def tick(self, tick: Tick) -> None:
        """Show what clocks show now."""
        is_first = not self._tick.clocks
        self._tick, self._lost = tick, None
        if is_first:
            self._show()
        else:
            self._draw_within(0)

    def lost(self, lost: Lost) -> None:
        """Show that they stand still, and why."""
        self._lost, self._again = lost, self._clock.seconds() + lost.seconds
        self._draw_within(0)

    def close(self) -> None:
        """Give the terminal back as it was. It may be called again."""
        if self._redraw is not None and self._redraw.active():
            self._redraw.cancel()
        if self._live.is_started:
            self._live.stop()
            self._stream.write(self._kept.taken())
            self._terminal.release()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        amiss = None
        if self._lost is not None:
            left = self._again - self._clock.seconds()
            amiss = f"trying again{f' in {span(left)}' if left >= 1 else ''}: {self._lost.why}"
        standing = Standing(self._server, self._every, amiss)
        yield from wall(self._tick, standing, options.max_width, options.size.height, self._is_large)

    # -- within

    def _show(self) -> None:
        self._terminal.hold(
            {
                signal.SIGWINCH: self._draw,
                signal.SIGTSTP: self._step_aside,
                signal.SIGTERM: self._step_down,
            }
        )
        self._live.start()
        self._draw()

    def _draw(self) -> None:
        self._console.size = self._terminal.size
        self._live.refresh()
        self._stream.write(self._kept.taken())
        if self._lost is not None:
            self._draw_within(REDRAW_SECONDS)

    def _draw_within(self, seconds: float) -> None:
        """Draw in a moment: of ticks that come together only the last is worth it."""
        if self._redraw is not None and self._redraw.active():
            self._redraw.reset(seconds)
        else:
            self._redraw = self._clock.callLater(seconds, self._draw)

    def _step_aside(self) -> None:
        """Ctrl-Z: give the terminal back for as long as the process is stopped."""
        self.close()
        self._terminal.obey(signal.SIGTSTP)
        self._show()

    def _step_down(self) -> None:
        """Give the terminal back, and end as any program does."""
        self.close()
        self._terminal.obey(signal.SIGTERM)
