"""A source that comes and goes: well, failing, hanging, gone, and well again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import cast
from urllib.parse import unquote

from benchmarks.source import body

WELL, FAILING, HANGING, GONE = "well", "failing", "hanging", "gone"
MOODS = (WELL, FAILING, WELL, HANGING, WELL, GONE)
HEAD_OCTETS = 8192
HANG_SECONDS = 30.0  # longer than anybody waits
CLOSE_SECONDS = 2.0  # for those who are served to notice that they are no more


class Weather:
    """An HTTP server on a port of its own, whose mood is changed from outside."""

    def __init__(self) -> None:
        self.mood = WELL
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def become(self, mood: str) -> None:
        """Change the mood; who is gone does not listen, and lets go of all."""
        self.mood = mood
        if mood == GONE:
            await self.close()
        elif self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=HEAD_OCTETS)
            self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and close what is open."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in tuple(self._open.values()):
            writer.transport.abort()
        if self._open:
            await asyncio.wait(self._open, timeout=CLOSE_SECONDS)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._open[task] = writer
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if self.mood == HANGING:
                    await asyncio.wait_for(reader.read(1), HANG_SECONDS)
                    return
                writer.write(self._answer(unquote(head.split(b" ", 2)[1].decode())))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # who asked is gone, and that is all
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            del self._open[task]

    def _answer(self, path: str) -> bytes:
        answer = body(path)
        if self.mood == FAILING:
            return _response(b"500 Oops", b"oops")
        return (
            _response(b"404 Not Found", b"no such zone") if answer is None else _response(b"200 OK", answer)
        )


def _response(status: bytes, answer: bytes) -> bytes:
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % (status, len(answer)) + answer
