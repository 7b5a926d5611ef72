"""The real world in tests: the package's tz database, read once, and an instant at which all is known."""

from __future__ import annotations

from functools import cache
from typing import Any

from socketspeak.app.catalogs import load_catalogs
from socketspeak.app.config import DEFAULT_MENU
from socketspeak.app.world import World, load_world
from socketspeak.clock.values import Reading, State
from socketspeak.language.acts import Act, Ask, Outcome, Part, Report, Say, Told, Wait
from socketspeak.language.conversation import Conversation
from socketspeak.language.endings import Ending
from socketspeak.language.questions import Setting
from socketspeak.language.statuses import Status
from socketspeak.language.voice import Voice, voices
from socketspeak.zones.timetable import Timetable
from socketspeak.zones.values import Rule

NOON_NS = 1_795_457_045_123_456_000  # 2026-11-23T18:04:05.123456Z, the instant of the contract's examples
NOON = NOON_NS // 1_000_000_000
VERSION = "1.0.0"
HOST = "clock.example"


@cache
def the_world() -> World:
    """The package's database and the default menu."""
    return load_world("package", DEFAULT_MENU)


@cache
def the_languages() -> dict[str, dict[str, Voice]]:
    """Every voice that a server has, by language and format."""
    catalogs = load_catalogs(the_world().atlas)
    return {tag: dict(voices(catalog)) for tag, catalog in catalogs.items()}


def the_voices(language: str = "en") -> dict[str, Voice]:
    """A language in each format."""
    return the_languages()[language]


def the_setting(menu: int | None = None, **more: Any) -> Setting:
    """What sessions share, with the first `menu` entries of the default menu, and what else is set."""
    world = the_world()
    timetable = Timetable(world.engine)
    return Setting(world.atlas, world.menu[:menu], the_languages(), VERSION, HOST, timetable, **more)


def outcome(
    ask: Ask, unix_ns: int = NOON_NS, bound_ns: int | None = 3_200_000, source: str = "lab"
) -> Outcome:
    """What an Ask brings where a source answers with the truth."""
    engine = the_world().engine
    told = {}
    for zone in ask.zones:
        rule = engine.rule(zone, unix_ns // 1_000_000_000)
        told[zone] = Told(Rule(zone, rule.offset, rule.abbreviation, rule.dst, source=source))
    return Outcome(Reading(unix_ns, bound_ns, State.SINGLE), told)


A_STATUS = Status(VERSION, 12.3, "2026f", "single", 3_200_000, ())


class Talk:
    """A conversation that is carried out at once, as a server without sources would."""

    def __init__(self, conversation: Conversation | None = None, bound_ns: int | None = 3_200_000) -> None:
        self.conversation = conversation or Conversation(the_setting(), the_voices()["TEXT"])
        self.said: list[bytes] = []
        self.asked: list[Ask] = []
        self.parted: Ending | None = None
        self.waits: list[float] = []
        self.other: list[Act] = []  # what a test performs itself
        self._bound_ns = bound_ns
        self.patient = False  # whether questions that may wait for a source are left open

    def perform(self, acts: tuple[Act, ...]) -> None:
        """Do what the conversation wants."""
        for act in acts:
            if isinstance(act, Say):
                self.said.append(act.voice.render(act.reply))
            elif isinstance(act, Ask):
                self.asked.append(act)
                if not (act.wait and self.patient):
                    self.answer(act)
            elif isinstance(act, Report):
                self.perform(self.conversation.answered(act.ticket, A_STATUS))
            elif isinstance(act, Wait):
                self.waits.append(act.seconds)
                self.perform(self.conversation.waited(act.ticket))
            elif isinstance(act, Part):
                self.parted = act.why
            else:
                self.other.append(act)

    def answer(self, ask: Ask) -> None:
        """Bring the outcome of a question."""
        self.perform(self.conversation.answered(ask.ticket, outcome(ask, bound_ns=self._bound_ns)))

    def tell(self, *lines: bytes) -> str:
        """Let the conversation hear lines; what it says to them, as text with plain ends of lines."""
        before = len(self.said)
        for line in lines:
            self.perform(self.conversation.heard(line, NOON))
        while self.conversation.ready:
            self.perform(self.conversation.proceed(NOON))
        return self.heard_since(before)

    def heard_since(self, before: int) -> str:
        """What has been said since there were `before` replies."""
        return b"".join(self.said[before:]).decode().replace("\r\n", "\n")
