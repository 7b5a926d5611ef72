"""What zdump, the tz database's own tool, says that clocks show: the oracle of the engine's tests."""

from __future__ import annotations

import calendar
import re
import subprocess
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROCESSES = 2
MONTHS = {name: number for number, name in enumerate(calendar.month_abbr)}

_ROW = re.compile(
    r"(?P<path>\S+) +\w{3} (?P<month>\w{3}) +(?P<day>\d+) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) "
    r"(?P<year>\d+) UT = .* (?P<abbreviation>\S+) isdst=(?P<dst>[01]) gmtoff=(?P<offset>-?\d+)"
)
_FIRST = re.compile(
    r'TZ="(?P<path>[^"]+)"\n-\t-\t(?P<sign>[+-])(?P<hour>\d\d)(?P<minute>\d\d)?(?P<second>\d\d)?'
    r"(?:\t(?P<abbreviation>[^\t\n]*)(?:\t(?P<dst>1))?)?\n"
)


@dataclass(frozen=True, slots=True)
class Row:
    """What clocks show at an instant, in Unix seconds; the offset is in seconds east of UTC."""

    at: int
    offset: int
    abbreviation: str
    dst: bool


def rows(directory: str, names: Iterable[str], years: str) -> dict[str, list[Row]]:
    """The last second before and the first one of each transition in those years (`1970,2038`), by zone.

    Of files that are the same to the octet, one is given to zdump.
    """
    same = {name: Path(directory, name).read_bytes() for name in names}
    given = {content: name for name, content in same.items()}
    found: dict[str, list[Row]] = {name: [] for name in given.values()}
    for text in _run("-v", directory, tuple(found), years):
        for line in text.splitlines():
            row = _ROW.fullmatch(line)
            if row is None:
                assert line.endswith(("= NULL", "(gmtime failed)", "(localtime failed)")), line
                continue
            name = Path(row["path"]).relative_to(directory).as_posix()
            moment = (int(row["year"]), MONTHS[row["month"]], *map(int, row.group("day", "hour", "minute")))
            at = calendar.timegm((*moment, int(row["second"])))
            found[name].append(Row(at, int(row["offset"]), row["abbreviation"], row["dst"] == "1"))
    return {name: found[given[content]] for name, content in same.items()}


def first_states(directory: str, names: Iterable[str], years: str) -> dict[str, Row]:
    """What clocks show at the beginning of those years, by zone; `at` is 0 and means nothing."""
    found = {}
    for text in _run("-i", directory, tuple(names), years):
        for first in _FIRST.finditer(text):
            name = Path(first["path"]).relative_to(directory).as_posix()
            hour, minute, second = (int(part or 0) for part in first.group("hour", "minute", "second"))
            size = hour * 3600 + minute * 60 + second
            written = "".join(part or "" for part in first.group("sign", "hour", "minute", "second"))
            offset = -size if first["sign"] == "-" else size
            found[name] = Row(0, offset, first["abbreviation"] or written, first["dst"] == "1")
    return found


def _run(option: str, directory: str, names: tuple[str, ...], years: str) -> Iterator[str]:
    def run(share: tuple[str, ...]) -> str:
        paths = [f"{directory}/{name}" for name in share]
        command = ["zdump", option, "-c", years, *paths]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(PROCESSES) as pool:
        yield from pool.map(run, [names[start::PROCESSES] for start in range(PROCESSES)])
