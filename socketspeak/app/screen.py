"""What the command shows: aligned lines for people, coloured on a terminal only; documents for scripts."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from socketspeak.client import AreaEntry, Clock, Entry, Source, Status, datetime_of
from socketspeak.language.printable import shown
from socketspeak.language.stamps import bound_text, offset_text

GAP = "  "  # between columns
COMPLAINT_CHARACTERS = 1000  # of a complaint: a request that is quoted fits
Cell = tuple[str, str]  # what is shown, and rich's style for it


class Kept(io.StringIO):
    """Keeps what rich writes for a file, and is a terminal where that is one."""

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self._file = file

    def isatty(self) -> bool:
        return self._file.isatty()


class Stream:
    """Standard output or error, as what it leads to can take it: colours, letters, or nothing any more."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.trouble: OSError | None = None  # why not all was written; a reader who has enough is none

    def lines(self, lines: Iterable[Text]) -> None:
        """Write styled lines, at once and whole."""
        kept = Kept(self._file)  # rich itself would end the process at a broken pipe
        # rich takes NO_COLOR to mean no colours, but bold and dim; here it means neither.
        console = Console(
            file=kept,
            color_system=None if os.environ.get("NO_COLOR") else "auto",
            soft_wrap=True,
            highlight=False,
        )
        for line in lines:
            console.print(line)
        self.write(kept.getvalue())

    def write(self, text: str) -> None:
        """Write text, at once."""
        try:
            self._file.write(text)
            self._file.flush()
        except BrokenPipeError:
            pass
        except OSError as wrong:
            self.trouble = self.trouble or wrong


class Screen:
    """What a command says: answers on one stream, complaints on the other."""

    def __init__(self, out: Stream, err: Stream) -> None:
        self._out = out
        self._err = err

    def clocks(self, clocks: Iterable[Clock]) -> None:
        """What clocks show, one a line."""
        self._out.lines(table(map(_clock, clocks)))

    def entries(self, entries: Iterable[Entry]) -> None:
        """The places of a list, one a line."""
        self._out.lines(table(map(_entry, entries)))

    def areas(self, areas: Iterable[AreaEntry]) -> None:
        """Areas, and how many zones each holds."""
        self._out.lines(table(((row.area, "bold"), (f"{row.zones} zones", "")) for row in areas))

    def status(self, status: Status) -> None:
        """How a server is: a line for it, one for its clock, one for what it has counted, one a source."""
        counts = ", ".join(f"{name} {count}" for name, count in status.counts.items())
        rows = [
            ("server", f"SocketSpeak {status.version}, up {span(status.uptime)}, tz database {status.tzdb}"),
            ("clock", f"{status.clock}, within {bound_text(status.bound_ns)}"),
            *([("counts", counts)] if counts else []),
            *(("source", _source(source)) for source in status.sources),
        ]
        self._out.lines(table(((name, "bold"), (text, "")) for name, text in rows))

    def document(self, document: Mapping[str, object]) -> None:
        """One JSON document on one line, in ASCII: no terminal and no locale can make anything else of it."""
        self._out.write(f"{json.dumps(document, separators=(',', ':'))}\n")

    def complain(self, what: str, choices: Iterable[Entry] = ()) -> None:
        """Say on standard error what is wrong, and what there is to choose from."""
        line = Text.assemble(("socketspeak:", "red"), f" {shown(what, COMPLAINT_CHARACTERS)}")
        self._err.lines([line, *table((("", ""), *_entry(entry)) for entry in choices)])


def table(rows: Iterable[Sequence[Cell]]) -> list[Text]:
    """Rows of cells as lines with aligned columns; letters that are two columns wide count as such."""
    rows = list(rows)
    widths = [max(cell_len(text) for text, _style in column) for column in zip(*rows, strict=True)]
    return [_line(row, widths) for row in rows]


def _line(row: Sequence[Cell], widths: Sequence[int]) -> Text:
    line = Text()
    for (text, style), width in zip(row, widths, strict=True):
        line.append(text, style=style)
        line.append(" " * (width - cell_len(text)) + GAP)
    line.rstrip()
    return line


def _clock(clock: Clock) -> Sequence[Cell]:
    asked = "" if clock.asked is None else f" (for {clock.asked})"
    stale = "" if clock.age is None else f"rule {span(clock.age)} old"
    return (
        (_where(clock), "bold"),
        (datetime_of(clock).strftime("%a %Y-%m-%d %H:%M:%S"), "green"),
        (offset_text(clock.offset), ""),
        (clock.abbreviation, ""),
        (f"{clock.zone}{asked}", "cyan"),
        ("DST" if clock.dst else "no DST", ""),
        (f"within {bound_text(clock.bound_ns)}", "dim"),
        (f"via {clock.source}", "dim"),
        (stale, "yellow"),
    )


def _entry(entry: Entry) -> Sequence[Cell]:
    target = "" if entry.target is None else f" → {entry.target}"
    return (
        (_where(entry), "bold"),
        (datetime_of(entry).strftime("%a %Y-%m-%d %H:%M"), "green"),
        (offset_text(entry.offset), ""),
        (f"{entry.zone}{target}", "cyan"),
    )


def _where(moment: Clock | Entry) -> str:
    return moment.place if moment.country is None else f"{moment.place}, {moment.country}"


def _source(source: Source) -> str:
    parts = [f"{source.name} {source.state}"]
    if source.dialect is not None:
        parts.append(f"{source.requests} requests, {source.failures} failed")
        parts.append(f"{source.disagreements} disagreements")
    if source.round_trip is not None:
        parts.append(f"round trip {source.round_trip * 1000:.0f} ms")
    if source.last_success is not None:
        parts.append(f"last answer {span(source.last_success)} ago")
    if source.last_failure is not None:
        parts.append(f"last failure {span(source.last_failure)} ago: {source.reason}")
    return ", ".join(parts)


def span(seconds: float) -> str:
    """A span of time, in seconds, in its two greatest units: `3 s`, `2 min 5 s`, `1 h 30 min`, `4 d`."""
    left, parts = max(0, int(seconds)), []
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        parts.append((count, unit))
    first = next((at for at, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"
