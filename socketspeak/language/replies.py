"""The replies, as small frozen values: what is said, before it is put in a format or a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from socketspeak.language.catalog import Message
from socketspeak.language.statuses import Status
from socketspeak.language.verbs import Verb
from socketspeak.zones.values import Kind, kind_of_change


@dataclass(frozen=True, slots=True)
class Clock:
    """What one clock shows: protocol 2.1, and an object of `clocks` in JSON.

    `unix_ns` is in nanoseconds since 1970 UTC, `offset` in seconds east, `bound_ns` the half-width of the
    interval that holds true time or None, `age` the seconds since a stale rule was fetched.
    """

    unix_ns: int
    zone: str
    offset: int
    abbreviation: str
    dst: bool
    bound_ns: int | None
    source: str
    place: str
    country: str | None = None
    age: int | None = None
    asked: str | None = None

    @property
    def is_offset(self) -> bool:
        """Whether the place is an offset and no zone: `UTC+05:30`."""
        return self.zone.startswith(("UTC+", "UTC-"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: a place, its offset in seconds east, and the instant at which that was so.

    `target` is the name under which a link is shown, in a list of links.
    """

    number: int
    zone: str
    offset: int
    unix_ns: int
    place: str
    country: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """One line of the list of areas: its name and how many zones it holds."""

    number: int
    area: str
    zones: int


@dataclass(frozen=True, slots=True)
class Greeting:
    """220: who speaks, and the menu."""

    code: ClassVar[int] = 220
    version: str
    host: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Clocks:
    """250: the clocks that were asked for, all read at the same instant."""

    code: ClassVar[int] = 250
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """251, or 350 where one is to be chosen; `why` then says what matched several places."""

    entries: tuple[Entry, ...]
    code: Literal[251, 350] = 251
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class Areas:
    """251: the areas."""

    code: ClassVar[int] = 251
    areas: tuple[AreaEntry, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """252: what the clocks of the targets show when the source's shows what was asked.

    With `gap` the time asked for does not exist there, and the source has been moved forward; `second` is the
    source's clock at the other occurrence of a time that occurs twice.
    """

    code: ClassVar[int] = 252
    source: Clock
    targets: tuple[Clock, ...]
    gap: bool = False
    second: Clock | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """252: by how many seconds the clock of `target` is ahead of that of `origin`, both being zones' names.

    `origin_place` and `target_place` are what people call them.
    """

    code: ClassVar[int] = 252
    seconds: int
    origin: str
    target: str
    origin_place: str
    target_place: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the clocks of a zone show on one side of a transition: the offset in seconds east of UTC."""

    offset: int
    abbreviation: str
    dst: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One transition: the instant in Unix seconds, and what the clocks show before and after it."""

    at: int
    before: Shown
    after: Shown

    @property
    def kind(self) -> Kind:
        """What happens to the clocks."""
        return kind_of_change(self.before.offset, self.after.offset)


@dataclass(frozen=True, slots=True)
class Transitions:
    """253: the transitions of a zone from the instant `since` on, in Unix seconds; there may be none."""

    code: ClassVar[int] = 253
    zone: str
    place: str
    since: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class LocalSpan:
    """A span in one zone: the offsets at its start and at its end, in seconds east of UTC.

    `inside` says whether all of it is inside the hours there.
    """

    zone: str
    place: str
    start_offset: int
    end_offset: int
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time, in Unix seconds, and what it is in each zone."""

    start: int
    end: int
    local: tuple[LocalSpan, ...]


@dataclass(frozen=True, slots=True)
class Slots:
    """254: when all can meet; where they cannot, the least bad hour."""

    code: ClassVar[int] = 254
    slots: tuple[Slot, ...]
    compromise: Slot | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """A reply that is a code and a message, with what helps a program in `extras` (JSON keys)."""

    code: int
    message: Message
    extras: Mapping[str, object] = field(default_factory=dict)
    near: tuple[str, ...] | None = None  # suggestions; None where the reply has none to give


@dataclass(frozen=True, slots=True)
class Help:
    """210: the verbs that were asked about."""

    code: ClassVar[int] = 210
    verbs: tuple[Verb, ...]
    message: Message


@dataclass(frozen=True, slots=True)
class Capabilities:
    """212: what this server can do."""

    code: ClassVar[int] = 212
    languages: tuple[str, ...]
    formats: tuple[str, ...]
    starttls: bool = False
    auth: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Watched:
    """255: the zones of which ticks come from now on, every so many seconds; none where no ticks come."""

    code: ClassVar[int] = 255
    zones: tuple[str, ...]
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """150: what the watched clocks show at a whole second.

    `skipped`: so many ticks before this one were left out, for the peer did not read. `disturbed` is the
    clock's state where it cannot be relied on.
    """

    code: ClassVar[int] = 150
    clocks: tuple[Clock, ...]
    skipped: int = 0
    disturbed: str | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """334: the server's next message in a login, as octets; on the wire it is Base64."""

    code: ClassVar[int] = 334
    octets: bytes


Reply = (
    Greeting
    | Clocks
    | Listing
    | Areas
    | Conversion
    | Difference
    | Transitions
    | Slots
    | Plain
    | Help
    | Status
    | Capabilities
    | Challenge
    | Watched
    | Tick
)
