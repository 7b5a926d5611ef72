"""How many may be in: in all, and from one address."""

from __future__ import annotations

from enum import Enum

CROWDED_SHARE = 0.8  # of all places: beyond it, those that do nothing make room sooner


class Refused(Enum):
    """Why a connection is not taken in."""

    FULL = "as many are in as may be"
    ADDRESS = "as many are in from that address as may be"
    DESCRIPTORS = "no descriptor is left"


class Admission:
    """Counts those who are in, by the group of their address (`addresses.group_of`)."""

    __slots__ = ("_groups", "_total", "most", "most_per_group")

    def __init__(self, most: int, most_per_group: int) -> None:
        self.most = most
        self.most_per_group = most_per_group
        self._groups: dict[str, int] = {}  # of each group that anybody is in of
        self._total = 0

    @property
    def crowded(self) -> bool:
        """Whether more than CROWDED_SHARE of the places are taken."""
        return self._total > self.most * CROWDED_SHARE

    @property
    def groups(self) -> int:
        """Of how many groups anybody is in."""
        return len(self._groups)

    def refused(self, group: str) -> Refused | None:
        """Why one more of this group cannot come in; None where it can."""
        if self._total >= self.most:
            return Refused.FULL
        if self._groups.get(group, 0) >= self.most_per_group:
            return Refused.ADDRESS
        return None

    def enter(self, group: str) -> None:
        """One of this group has come in; whoever has entered must leave, once."""
        self._total += 1
        self._groups[group] = self._groups.get(group, 0) + 1

    def leave(self, group: str) -> None:
        """One of this group is gone. Raises KeyError where none was in."""
        left = self._groups[group] - 1
        self._total -= 1
        if left:
            self._groups[group] = left
        else:
            del self._groups[group]
