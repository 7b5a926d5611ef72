"""What the command shows: aligned lines for people, coloured on a terminal only; documents for scripts."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Mapping
from typing import TextIO

from rich.console import Console
from rich.text import Text

from socketspeak.app.rows import agreed_text, clock_row, counts_text, entry_row, source_text, span
from socketspeak.app.tables import table
from socketspeak.app.timetables import conversion_lines, difference_line, meeting_lines, transition_lines
from socketspeak.client import (
    AreaEntry,
    Clock,
    Conversion,
    Difference,
    Entry,
    Slots,
    Status,
    Transitions,
)
from socketspeak.language.printable import shown

COMPLAINT_CHARACTERS = 1000  # of a complaint: a request that is quoted fits


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
        self._out.lines(table(map(clock_row, clocks)))

    def entries(self, entries: Iterable[Entry]) -> None:
        """The places of a list, one a line."""
        self._out.lines(table(map(entry_row, entries)))

    def areas(self, areas: Iterable[AreaEntry]) -> None:
        """Areas, and how many zones each holds."""
        self._out.lines(table(((row.area, "bold"), (f"{row.zones} zones", "")) for row in areas))

    def conversion(self, asked: str, conversion: Conversion) -> None:
        """What clocks show when that of the source shows what was `asked`: `now`, or a time as it is sent."""
        self._out.lines(conversion_lines(asked, conversion))

    def difference(self, difference: Difference) -> None:
        """How far two clocks are apart, in a sentence."""
        self._out.lines([difference_line(difference)])

    def transitions(self, transitions: Transitions) -> None:
        """The changes of a place's clocks, one a line, below its name."""
        self._out.lines(transition_lines(transitions))

    def meeting(self, slots: Slots) -> None:
        """When all can meet: each span in UTC, and below it in each place."""
        self._out.lines(meeting_lines(slots))

    def status(self, status: Status) -> None:
        """How a server is: a line for it, one for its clock, one for what it has counted, one a source."""
        rows = [
            ("server", f"SocketSpeak {status.version}, up {span(status.uptime)}, tz database {status.tzdb}"),
            ("clock", agreed_text(status)),
            *(("counts", counts_text(counts)) for counts in (status.figures, status.incidents) if counts),
            *(("source", source_text(source)) for source in status.sources),
        ]
        self._out.lines(table(((name, "bold"), (text, "")) for name, text in rows))

    def document(self, document: Mapping[str, object]) -> None:
        """One JSON document on one line, in ASCII: no terminal and no locale can make anything else of it."""
        self._out.write(f"{json.dumps(document, separators=(',', ':'))}\n")

    def complain(self, what: str, choices: Iterable[Entry] = ()) -> None:
        """Say on standard error what is wrong, and what there is to choose from."""
        line = Text.assemble(("socketspeak:", "red"), f" {shown(what, COMPLAINT_CHARACTERS)}")
        self._err.lines([line, *table((("", ""), *entry_row(entry)) for entry in choices)])
