"""Which rule a zone follows at an instant, by `whenever`, over one directory of compiled zone files.

Nothing else in the project asks `whenever` about zones, so that this one file changes if it is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import whenever

from socketspeak.zones.database import DatabaseError
from socketspeak.zones.values import Rule, Transition

# One day inside of the years 1 to 9999, which local time must not leave; no zone changes in these two days.
FIRST_SECOND = -62_135_596_800 + 86_400
LAST_SECOND = 253_402_300_799 - 86_400

SAME_CLOCK_SECONDS = 10 * 366 * 86_400  # clocks that agree for ten years are taken to agree for good


class Engine:
    """The rules of the named zones, all read from `directory` once, when it is built.

    Afterwards no file is read, and a later engine over another directory leaves this one as it is. While it
    is built it sets `whenever`'s search path, which the whole process shares.

    Raises `DatabaseError` where the file of a name is not there or is damaged.
    """

    def __init__(self, directory: str, names: Iterable[str]) -> None:
        whenever.reset_tzpath([directory])
        whenever.clear_tzcache()
        # whenever keeps the 32 zones that were used last; a moment in each zone keeps them all
        self._moments = {name: _load(directory, name) for name in names}
        self._latest: dict[str, Rule] = {}
        self._compared_at: int | None = None
        self._compared: dict[tuple[str, ...], bool] = {}  # whether clocks are the same from that instant on

    def rule(self, zone: str, unix_seconds: int) -> Rule:
        """The rule that the database has for a zone at an instant, with the instants at which it changes.

        Any change ends a rule, also one of the abbreviation or the DST flag alone. Instants outside of the
        years 1 to 9999 get the rule at their nearer end.

        Raises `KeyError` for anything but a name of this engine, spelled as in the database.
        """
        latest = self._latest.get(zone)
        if latest is not None and latest.covers(unix_seconds):
            return latest
        rule = self._read(zone, unix_seconds)
        self._latest[zone] = rule
        return rule

    def transitions(self, zone: str, start: int, end: int) -> Iterator[Transition]:
        """The changes of a zone's rule from `start` to before `end` (Unix seconds), in order.

        Raises `KeyError` as `rule` does.
        """
        for before, after in pairwise(self.rules(zone, start - 1, end)):
            if before.valid_until is not None:
                yield Transition(before.valid_until, before, after)

    def rules(self, zone: str, start: int, end: int) -> Iterator[Rule]:
        """The rules that a zone follows from `start` to before `end` (Unix seconds), in order; at least one.

        Raises `KeyError` as `rule` does.
        """
        rule, end = self._read(zone, start), min(end, LAST_SECOND)
        yield rule
        while rule.valid_until is not None and rule.valid_until < end:
            rule = self._read(zone, rule.valid_until)
            yield rule

    def same_clock(self, zones: Iterable[str], unix_seconds: int) -> bool:
        """Whether all those zones show the same time at an instant and through the ten years after it.

        Abbreviations and DST flags may differ. Raises `KeyError` as `rule` does.
        """
        all_zones = tuple(zones)
        if len(all_zones) < 2:
            return True
        if unix_seconds != self._compared_at:
            self._compared_at, self._compared = unix_seconds, {}
        same = self._compared.get(all_zones)
        if same is None:
            same = self._compared[all_zones] = self._are_the_same(all_zones, unix_seconds)
        return same

    def _are_the_same(self, all_zones: tuple[str, ...], unix_seconds: int) -> bool:
        # What most differ in is quickest to see: 26 zones of Russia end here
        if len({self._read(zone, unix_seconds).offset for zone in all_zones}) > 1:
            return False
        return len({self._coming_offsets(zone, unix_seconds) for zone in all_zones}) == 1

    def _coming_offsets(self, zone: str, unix_seconds: int) -> tuple[tuple[int, int], ...]:
        changes = self.transitions(zone, unix_seconds + 1, unix_seconds + SAME_CLOCK_SECONDS)
        return tuple((change.at, change.after.offset) for change in changes if change.kind != "rule")

    def _read(self, zone: str, unix_seconds: int) -> Rule:
        seconds = min(max(unix_seconds, FIRST_SECOND), LAST_SECOND)
        moment = self._moments[zone].add(seconds=seconds)
        since = moment.add(seconds=1).prev_transition()  # strictly before: a second on, it may be now
        until = moment.next_transition()
        return Rule(
            zone=zone,
            offset=int(moment.offset.total("seconds")),
            abbreviation=moment.tz_abbrev(),
            dst=bool(moment.dst_offset()),
            valid_from=None if since is None else since.timestamp(),
            valid_until=None if until is None else until.timestamp(),
        )


def _load(directory: str, name: str) -> whenever.ZonedDateTime:
    # whenever takes what the directory lacks from the tzdata package, which may be another version
    if not Path(directory, name).is_file():
        raise DatabaseError(f"the tz database in {directory} has no file {name}")
    try:
        moment = whenever.Instant.from_timestamp(0).to_tz(name)
    except whenever.TimeZoneNotFoundError as error:
        raise DatabaseError(f"the file {name} of the tz database in {directory} is damaged") from error
    if moment.tz_id != name:
        raise DatabaseError(f"the tz database in {directory} holds both {name} and {moment.tz_id}")
    return moment
