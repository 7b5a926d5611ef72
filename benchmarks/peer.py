"""One end of a connection to the daemon, for those who soak it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

REPLY_SECONDS = 20.0  # far more than any promise, for a busy machine
TCP_REPAIR = 19  # linux/tcp.h: a socket in repair is closed without a word to its peer
RESET = struct.pack("ii", 1, 0)  # linger for no time at all: closing resets


class WrongError(Exception):
    """The daemon has not done what it promises; says what."""


@dataclass(frozen=True)
class Where:
    """The daemon's ports; the encrypted one is 0 where there is none."""

    clear: int
    encrypted: int


class Peer:
    """Sends lines and reads replies, whose end it knows by the fourth octet. Closes at a block's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def greeted(cls, where: Where, *, tls: bool = False) -> Peer:
        """Somebody who is connected and has read the greeting."""
        peer = await cls.connected(where.encrypted if tls else where.clear, believing() if tls else None)
        try:
            await peer.expect("220")
        except BaseException as fault:
            await peer.__aexit__(type(fault), fault, None)
            raise
        return peer

    @classmethod
    async def connected(cls, port: int, context: ssl.SSLContext | None = None) -> Peer:
        """Somebody who is connected, and has read nothing."""
        opening = asyncio.open_connection("127.0.0.1", port, ssl=context)
        return cls(*await asyncio.wait_for(opening, REPLY_SECONDS))

    async def secure(self) -> None:
        """Go on encrypted."""
        await asyncio.wait_for(self._writer.start_tls(believing()), REPLY_SECONDS)

    def send(self, octets: bytes) -> None:
        """Send, without waiting until it is gone."""
        self._writer.write(octets)

    async def sent(self) -> None:
        """Wait until most of it is gone."""
        await self._writer.drain()

    async def ask(self, line: str, code: str) -> list[str]:
        """Send a line; its reply, which must have this code."""
        self.send(line.encode() + b"\r\n")
        return await self.expect(code)

    async def expect(self, code: str) -> list[str]:
        """The next reply, which must have this code."""
        reply = await self.reply()
        if not reply or reply[-1][:3] != code:
            raise WrongError(f"{code} was expected, not {reply[-1:]}")
        return reply

    async def reply(self) -> list[str]:
        """The lines of the next reply; none at the end of the stream."""
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            line = await asyncio.wait_for(self._reader.readline(), REPLY_SECONDS)
            if not line.endswith(b"\r\n"):
                if lines or line:
                    raise WrongError(f"the stream ends within a reply: {line[-80:]!r}")
                return []
            lines.append(line[:-2].decode())
        return lines

    async def rest(self) -> list[list[str]]:
        """All replies until the daemon closes."""
        replies = []
        while reply := await self.reply():
            replies.append(reply)
        return replies

    def finish(self) -> None:
        """Send no more, and go on reading."""
        self._writer.write_eof()

    async def __aenter__(self) -> Peer:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._writer.transport.abort()
        self._writer.close()
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(self._writer.wait_closed(), REPLY_SECONDS)

    def reset(self) -> None:
        """Be gone at once, which the daemon is told."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._writer.transport.abort()

    def vanish(self) -> None:
        """Be gone without a word, as when a cable is pulled; without the right to it, by a reset."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        except OSError:
            self.reset()
        else:
            self._writer.transport.abort()

    @property
    def _socket(self) -> socket.socket:
        found: socket.socket = self._writer.get_extra_info("socket")
        return found


def believing() -> ssl.SSLContext:
    """TLS with anybody: the certificate was made a moment ago."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
