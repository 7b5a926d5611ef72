"""From a stream's bytes to its items, in order: lines without their ends, and Odd for what is no line."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, cast

from twisted.protocols.basic import LineReceiver

from socketspeak.language.requests import ENDLESS_OCTETS, LINE_OCTETS

# Lines that hold nothing, or fewer spaces than make a line too long: a peer may send millions of them
_BLANK_LINES = re.compile(rb"(?:[ \t]{0,%d}+\r?\n)*+" % LINE_OCTETS)


class Odd(Enum):
    """What a stream can hold besides lines."""

    OVERLONG = "a line too long to be kept; its rest is dropped"
    ENDLESS = "so much without an end of line that it is none"


Item = bytes | Odd


class ItemReceiver(LineReceiver):
    """Cuts a stream at LF, CRLF and CR NUL, however it comes in pieces, and keeps no more than a line of it.

    The buffer is LineReceiver's; its loop is not used, which copies what is left for each line.
    """

    delimiter = b"\n"
    MAX_LENGTH = LINE_OCTETS

    transport: Any  # writes, half-closes, pauses and aborts: no one interface of Twisted's says all of it

    # As class attributes these cost an idle connection nothing.
    _dropped: int | None = None  # octets of an overlong line so far, None outside one
    _deaf = False  # nothing more is to be heard

    def _text(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if b"\r\0" in buffer:  # how telnet sends Enter in character mode
            buffer = buffer.replace(b"\r\0", b"\r\n")
        self._buffer = buffer

    def _skip_blank_lines(self) -> None:
        """Forget those that come next."""
        if self._dropped is None and (blank := _BLANK_LINES.match(self._buffer)) is not None and blank.end():
            self._buffer = self._buffer[blank.end() :]

    def _forget_begun_line(self) -> None:
        """Ctrl-C: what has been typed of a line is not meant."""
        whole, end, begun = self._buffer.rpartition(self.delimiter)
        self._buffer = whole + end
        if len(begun) - begun.endswith(b"\r") > LINE_OCTETS:
            self._buffer += begun + self.delimiter  # it has been too long already, whenever that is noticed
        elif self._dropped is not None and not end:
            self._dropped = None

    def _items(self, most: int) -> list[Item]:
        buffer = self._buffer
        lines: list[Item] = [*buffer.split(self.delimiter, most)]
        self._buffer = cast(bytes, lines.pop())
        if self._dropped is None and len(buffer) <= LINE_OCTETS:
            return lines
        return self._sifted(cast("list[bytes]", lines))

    def _sifted(self, lines: list[bytes]) -> list[Item]:
        """The same lines where some may be too long, or are the end of one that was."""
        items: list[Item] = []
        for line in lines:
            dropped, self._dropped = self._dropped, None
            octets = (dropped or 0) + len(line) - line.endswith(b"\r")
            if dropped is None:
                items.append(line if octets <= LINE_OCTETS else Odd.OVERLONG)
            if octets > ENDLESS_OCTETS:
                return self._endless(items)
        rest = self._buffer
        if self.delimiter not in rest:
            self._measure(rest, items)
        return items

    def _measure(self, rest: bytes, items: list[Item]) -> None:
        """Look at a line that has not ended yet: one that is too long already is dropped as it comes."""
        octets = len(rest) - rest.endswith(b"\r")
        if self._dropped is None:
            if octets <= LINE_OCTETS:
                return
            items.append(Odd.OVERLONG)
            self._dropped = 0
        self._dropped += octets
        self._buffer = rest[octets:]
        if self._dropped > ENDLESS_OCTETS:
            self._endless(items)

    def _endless(self, items: list[Item]) -> list[Item]:
        self._deaf = True
        self._buffer = b""
        items.append(Odd.ENDLESS)
        return items

    def _last_line(self) -> list[Item]:
        """The end of the stream ends its last line, too."""
        rest = self.clearLineBuffer()
        if rest and self._dropped is None and not self._deaf:
            return [rest]
        return []
