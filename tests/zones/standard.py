"""What the standard library's zoneinfo says of the same files: an oracle without the engine's code."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.zones.installed import DATABASE

EPOCH = datetime(1970, 1, 1)
SECOND = timedelta(seconds=1)


class Meaning(NamedTuple):
    """What a local time means by PEP 495: the instant of its first occurrence, and what it is.

    `second` is the instant of the other occurrence; `gap` by how many seconds a gap moves it forward.
    """

    unix_seconds: int
    second: int | None
    gap: int


@cache
def zone_info(zone: str) -> ZoneInfo:
    """The zone of that name in the package's files."""
    with Path(DATABASE.directory, zone).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def shown(zone: str, unix_seconds: int) -> tuple[int, str | None, datetime]:
    """The offset, the abbreviation and the naive local time at an instant."""
    local = datetime.fromtimestamp(unix_seconds, zone_info(zone))
    return offset(local), local.tzname(), local.replace(tzinfo=None, fold=0)


def meaning(zone: str, when: datetime) -> Meaning:
    """What a naive local time means."""
    local = (when - EPOCH) // SECOND
    first, last = (offset(when.replace(tzinfo=zone_info(zone), fold=fold)) for fold in (0, 1))
    return Meaning(local - first, local - last if first > last else None, max(0, last - first))


def offset(local: datetime) -> int:
    """The offset of an aware local time, in seconds east of UTC."""
    east = local.utcoffset()
    assert east is not None
    return east // SECOND
