"""What the command shows: aligned lines for people, coloured on a terminal only; documents for scripts."""

from __future__ import annotations

import io
import json
import os
import stat
from collections.abc import Iterable, Mapping
from typing import TextIO

from rich.console import Console
from rich.text import Text

from socketspeak.app.rows import (
    agreed_text,
    clock_row,
    counts_text,
    entry_row,
    source_text,
    span,
    tick_row,
)
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
    Tick,
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

    def taken(self) -> str:
        """All that was kept, which is kept no longer."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


class Stream:
    """Standard output or error, as what it leads to can take it: colours, letters, or nothing any more."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.trouble: OSError | None = None  # why not all was written; a reader who has enough is none
        self.unread = False  # the reader has had enough

    @property
    def pipe(self) -> int | None:
        """The descriptor, where it is a pipe's."""
        try:
            number = self._file.fileno()
            return number if stat.S_ISFIFO(os.fstat(number).st_mode) else None
        except (OSError, ValueError):
            return None

    @property
    def terminal(self) -> int | None:
        """The descriptor, where it is that of a terminal that can move its cursor."""
        console, _ = self.console()
        return self._file.fileno() if self._file.isatty() and console.is_interactive else None

    def can_write(self, letters: str) -> bool:
        """Whether it has these letters."""
        try:
            letters.encode(self._file.encoding or "utf-8")
        except UnicodeEncodeError:
            return False
        return True

    def console(self) -> tuple[Console, Kept]:
        """What styles text for this stream, and what keeps it."""
        kept = Kept(self._file)  # rich itself would end the process at a broken pipe
        # rich takes NO_COLOR to mean no colours, but bold and dim; here it means neither.
        console = Console(
            file=kept,
            color_system=None if os.environ.get("NO_COLOR") else "auto",
            soft_wrap=True,
            highlight=False,
        )
        return console, kept

    def lines(self, lines: Iterable[Text]) -> None:
        """Write styled lines, at once and whole."""
        console, kept = self.console()
        for line in lines:
            console.print(line)
        self.write(kept.taken())

    def write(self, text: str) -> None:
        """Write text, at once."""
        try:
            self._file.write(text)
            self._file.flush()
        except BrokenPipeError:
            self.unread = True
        except OSError as wrong:
            self.trouble = self.trouble or wrong


class Screen:
    """What a command says: answers on one stream, complaints on the other."""

    def __init__(self, out: Stream, err: Stream) -> None:
        self.out = out
        self._err = err

    @property
    def in_vain(self) -> bool:
        """Whether what is shown reaches nobody any more."""
        return self.out.unread or self.out.trouble is not None

    def clocks(self, clocks: Iterable[Clock]) -> None:
        """What clocks show, one a line."""
        self.out.lines(table(map(clock_row, clocks)))

    def entries(self, entries: Iterable[Entry]) -> None:
        """The places of a list, one a line."""
        self.out.lines(table(map(entry_row, entries)))

    def areas(self, areas: Iterable[AreaEntry]) -> None:
        """Areas, and how many zones each holds."""
        self.out.lines(table(((row.area, "bold"), (f"{row.zones} zones", "")) for row in areas))

    def conversion(self, asked: str, conversion: Conversion) -> None:
        """What clocks show when that of the source shows what was `asked`: `now`, or a time as it is sent."""
        self.out.lines(conversion_lines(asked, conversion))

    def difference(self, difference: Difference) -> None:
        """How far two clocks are apart, in a sentence."""
        self.out.lines([difference_line(difference)])

    def transitions(self, transitions: Transitions) -> None:
        """The changes of a place's clocks, one a line, below its name."""
        self.out.lines(transition_lines(transitions))

    def meeting(self, slots: Slots) -> None:
        """When all can meet: each span in UTC, and below it in each place."""
        self.out.lines(meeting_lines(slots))

    def status(self, status: Status) -> None:
        """How a server is: a line for it, one for its clock, one for what it has counted, one a source."""
        rows = [
            ("server", f"SocketSpeak {status.version}, up {span(status.uptime)}, tz database {status.tzdb}"),
            ("clock", agreed_text(status)),
            *(("counts", counts_text(counts)) for counts in (status.figures, status.incidents) if counts),
            *(("source", source_text(source)) for source in status.sources),
        ]
        self.out.lines(table(((name, "bold"), (text, "")) for name, text in rows))

    def tick(self, tick: Tick) -> None:
        """What watched clocks show, one a line."""
        self.out.lines(table(tick_row(clock, tick) for clock in tick.clocks))

    def document(self, document: Mapping[str, object]) -> None:
        """One JSON document on one line, in ASCII: no terminal and no locale can make anything else of it."""
        self.out.write(f"{json.dumps(document, separators=(',', ':'))}\n")

    def complain(self, what: str, choices: Iterable[Entry] = ()) -> None:
        """Say on standard error what is wrong, and what there is to choose from."""
        line = Text.assemble(("socketspeak:", "red"), f" {shown(what, COMPLAINT_CHARACTERS)}")
        self._err.lines([line, *table((("", ""), *entry_row(entry)) for entry in choices)])
