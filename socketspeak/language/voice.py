"""A voice: the format and the language in which a session is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from socketspeak.language.catalog import Catalog
from socketspeak.language.framing import Pieces
from socketspeak.language.jsonlines import json_pieces, microseconds
from socketspeak.language.replies import Clock, Clocks, Reply
from socketspeak.language.text import milliseconds, text_pieces
from socketspeak.language.tickings import tick_json, tick_text, ticked_json, ticked_text


@dataclass(frozen=True, slots=True)
class Format:
    """A format's name, how it renders a reply into pieces, what fills the gaps between them, and ticks."""

    name: str
    pieces: Callable[[Reply, Catalog], Pieces]
    fraction: Callable[[int], bytes]
    ticked: Callable[[Clock, Catalog, str | None], Pieces]  # a clock's part of a tick
    tick: Callable[[Sequence[Pieces], int, str | None], bytes]  # a tick of its clocks' parts


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "TEXT": Format("TEXT", text_pieces, milliseconds, ticked_text, tick_text),
        "JSON": Format("JSON", json_pieces, microseconds, ticked_json, tick_json),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One format in one language. Voices are few and shared: one object a (format, language)."""

    format: Format
    catalog: Catalog

    def pieces(self, reply: Reply) -> Pieces:
        """The reply's pieces, to be joined by `fraction` of the instant that the reply tells."""
        return self.format.pieces(reply, self.catalog)

    def render(self, reply: Reply) -> bytes:
        """The reply, whole, with the end of each of its lines."""
        pieces = self.format.pieces(reply, self.catalog)
        if isinstance(reply, Clocks):
            return self.format.fraction(reply.clocks[0].unix_ns).join(pieces)
        return b"".join(pieces)


def voices(catalog: Catalog) -> Mapping[str, Voice]:
    """A voice for each format, in the catalog's language."""
    return MappingProxyType({name: Voice(form, catalog) for name, form in FORMATS.items()})
