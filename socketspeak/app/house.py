"""What of a running server can be made new: settings, places, languages. No session is dropped by it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, fields, replace

from twisted.internet.ssl import Certificate, trustRootFromCertificates

import socketspeak
from socketspeak.app.catalogs import load_catalogs
from socketspeak.app.config import Config
from socketspeak.app.limiting import Limits
from socketspeak.app.settings import SETTINGS
from socketspeak.app.world import World
from socketspeak.language.questions import Setting
from socketspeak.language.voice import Voice, voices
from socketspeak.server.desk import About, Desk
from socketspeak.server.factory import SessionFactory
from socketspeak.sources.fetcher import Fetcher
from socketspeak.sources.trust import SourcePolicy
from socketspeak.zones.timetable import Timetable

Spoken = Mapping[str, Mapping[str, Voice]]  # by language, then by format

# Fields of a Config, and the options that they are: those that only a start can set, and the others.
AT_THE_START = {setting.field: setting.name for setting in SETTINGS if setting.at_the_start}
AT_ONCE = {setting.field: setting.name for setting in SETTINGS if not setting.at_the_start}
CERTIFICATE = {field: AT_ONCE[field] for field in ("certificate", "private_key")}


@dataclass(frozen=True, slots=True)
class Changes:
    """The options whose values are others than before: those that are in force, and those that are not."""

    taken: tuple[str, ...]
    left: tuple[str, ...]


class House:
    """The parts of one server, with the settings and the world that they have now."""

    def __init__(
        self,
        config: Config,
        world: World,
        *,
        setting: Setting,
        desk: Desk,
        factory: SessionFactory,
        fetcher: Fetcher,
        limits: Limits,
    ) -> None:
        self.config = config
        self.world = world
        self.desk = desk
        self._setting = setting
        self.factory = factory
        self._fetcher = fetcher
        self.limits = limits

    def grace(self) -> float:
        """How many seconds sessions may take to finish at the end."""
        return self.config.grace

    def renew(self, config: Config, world: World, spoken: Spoken) -> Changes:
        """Take new settings and a new world, for the sessions that are there as for those that come."""
        fixed = {**AT_THE_START}
        if (self.config.certificate is None) != (config.certificate is None):
            fixed |= CERTIFICATE  # with or without TLS: the ways in are made at the start
        taken = _differing(self.config, config, AT_ONCE.keys() - fixed.keys())
        left = _differing(self.config, config, fixed.keys())
        now = replace(config, **{field: getattr(self.config, field) for field in fixed})
        if now.source_ca != self.config.source_ca:
            self._fetcher.believe(who_vouches(now))
        self._fetcher.renew(world.same_zone)
        self.config, self.world = now, world
        self._setting = replace(
            self._setting,
            gazetteer=world.atlas,
            menu=world.menu,
            voices=spoken,
            timetable=Timetable(world.engine),
            watches=now.watches,
        )
        voice = spoken[now.language]["TEXT"]
        self.factory.renew(self._setting, voice)
        self.limits.renew(now, voice)
        self.limits.register.renew(self._setting)
        self.desk.renew(About(socketspeak.__version__, world.version))
        self.desk.almanac.renew(world.engine.rule, now.patience, now.trust)
        return Changes(taken, left)


def spoken_in(world: World) -> Spoken:
    """A voice for each format in each language, with the names that this world's cities have in it."""
    return {tag: voices(catalog) for tag, catalog in load_catalogs(world.atlas).items()}


def who_vouches(config: Config) -> SourcePolicy:
    """Whom to believe over TLS where sources are asked."""
    if not config.source_ca:
        return SourcePolicy()
    authorities = [Certificate.loadPEM(each) for each in config.source_ca]
    return SourcePolicy(trustRootFromCertificates(authorities))


def _differing(old: Config, new: Config, among: Set[str]) -> tuple[str, ...]:
    """The options, of some fields, whose values differ."""
    names = {**AT_THE_START, **AT_ONCE}
    return tuple(
        names[each.name]
        for each in fields(Config)
        if each.name in among and getattr(old, each.name) != getattr(new, each.name)
    )
