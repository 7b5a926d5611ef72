"""The daemon: what twistd's plugin names. `Options` reads what the operator sets, `makeService` builds."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any, cast

from twisted.application.service import IService
from twisted.internet.endpoints import serverFromString
from twisted.internet.ssl import Certificate, trustRootFromCertificates

import socketspeak
from socketspeak.app.catalogs import load_catalogs
from socketspeak.app.config import TRUSTS, Config
from socketspeak.app.daemon import Daemon
from socketspeak.app.hostclock import HostClock, steady_ns
from socketspeak.app.options import Options
from socketspeak.app.starting import default_signals, say_start_failures_in_one_line
from socketspeak.app.statefile import StateFile
from socketspeak.app.world import World
from socketspeak.clock.discipline import Discipline
from socketspeak.language.questions import Setting
from socketspeak.language.voice import voices
from socketspeak.server.desk import About, Desk
from socketspeak.server.register import Register
from socketspeak.server.session import SessionFactory
from socketspeak.sources.agent import SourceAgent
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.fetcher import Fetcher
from socketspeak.sources.names import Names
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.trust import SourcePolicy
from socketspeak.zones.timetable import Timetable

__all__ = ["Options", "build", "makeService"]


def makeService(options: Options) -> IService:
    """The service that `twistd socketspeak` runs."""
    from twisted.internet import reactor

    # Twisted's timers follow the wall clock unless they are told of a steady one, before the first is set.
    cast(Any, reactor).seconds = time.monotonic
    cast(Any, reactor).installNameResolver(Names(reactor, steady_ns))
    twistd: Any = options.parent
    say_start_failures_in_one_line(in_background=twistd is not None and not twistd.get("nodaemon"))
    if options.world is None:
        raise RuntimeError("makeService takes options that have been parsed")
    return build(options.checked, options.world, reactor)


def build(config: Config, world: World, reactor: Any) -> Daemon:
    """Put a daemon together. Nothing listens and nothing is asked until it starts."""
    almanac = _almanac(config, world, reactor)
    spoken = {tag: voices(catalog) for tag, catalog in load_catalogs(world.atlas).items()}
    setting = Setting(
        gazetteer=world.atlas,
        menu=world.menu,
        voices=spoken,
        version=socketspeak.__version__,
        host=socket.gethostname(),
        timetable=Timetable(world.engine),
    )
    desk = Desk(almanac, About(socketspeak.__version__, world.version), reactor)
    register = Register(desk.counts, reactor)
    factory = SessionFactory(desk, setting, spoken[config.language]["TEXT"], register)
    endpoints = tuple((text, serverFromString(reactor, text)) for text in config.listen)
    return Daemon(
        endpoints=endpoints,
        factory=factory,
        register=register,
        almanac=almanac,
        state=None if config.state is None else StateFile(Path(config.state), almanac, reactor),
        world=world,
        reactor=reactor,
        grace=config.grace,
        stopping=default_signals,
    )


def _who_vouches(config: Config) -> SourcePolicy:
    if not config.source_ca:
        return SourcePolicy()
    authorities = [Certificate.loadPEM(each) for each in config.source_ca]
    return SourcePolicy(trustRootFromCertificates(authorities))


def _almanac(config: Config, world: World, reactor: Any) -> Almanac:
    fetcher = Fetcher(
        SourceAgent(reactor, _who_vouches(config)),
        steady_ns=steady_ns,
        wall_ns=time.time_ns,
        same_zone=world.same_zone,
        version=socketspeak.__version__,
    )
    return Almanac(
        sources=config.sources,
        embedded=world.engine.rule,
        fetcher=fetcher,
        discipline=Discipline(
            [source.name for source in config.sources],
            config.drift,
            trust_host=config.trust == TRUSTS[0],
        ),
        rulebook=RuleBook(config.trust),
        reactor=reactor,
        steady_ns=steady_ns,
        wall_ns=time.time_ns,
        host=HostClock(),
        patience=config.patience,
    )
