"""The daemon: what twistd's plugin names. `Options` reads what the operator sets, `makeService` builds."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from twisted.application.service import IService

import socketspeak
from socketspeak.app.authentication import Authentication, logins_of
from socketspeak.app.certificates import Certificates
from socketspeak.app.config import TRUSTS, Config
from socketspeak.app.daemon import Daemon
from socketspeak.app.descriptors import raise_limit
from socketspeak.app.doors import doors_of
from socketspeak.app.garbage import set_aside_what_stays
from socketspeak.app.hostclock import HostClock, steady_ns
from socketspeak.app.house import House, spoken_in, who_vouches
from socketspeak.app.limiting import Limits
from socketspeak.app.logfile import Logging, log_place
from socketspeak.app.options import Options
from socketspeak.app.reloading import Reload, Reloading
from socketspeak.app.signals import Signals
from socketspeak.app.starting import default_signals, say_start_failures_in_one_line
from socketspeak.app.statefile import StateFile
from socketspeak.app.supervisor import Supervisor
from socketspeak.app.world import World
from socketspeak.clock.discipline import Discipline
from socketspeak.language.questions import Setting
from socketspeak.server.desk import About, Desk
from socketspeak.server.encrypted import EncryptedFactory
from socketspeak.server.factory import SessionFactory
from socketspeak.sources.agent import SourceAgent
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.fetcher import Fetcher
from socketspeak.sources.names import Names
from socketspeak.sources.rulebook import RuleBook
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
    place = log_place(twistd)
    signals, supervisor = Signals(reactor), Supervisor(reactor)
    daemon, house = furnished(
        options.checked,
        options.given_world(),
        reactor,
        certificates=options.certificates,
        authentication=options.authentication,
        supervisor=supervisor,
        stopping=signals.stopping,
        files=raise_limit(),
    )
    reloading = Reloading(
        options,
        house,
        files=_files(options),
        log_file=place.file,
        supervisor=supervisor,
        stopped=signals.stopped,
        reactor=reactor,
    )
    signals.install(reload=reloading.reload, rotate=reloading.rotate, grace=house.grace)
    set_aside_what_stays()
    return Logging(place, daemon)


def build(config: Config, world: World, reactor: Any) -> Daemon:
    """Put a daemon together, without any secret."""
    return furnished(config, world, reactor)[0]


def furnished(
    config: Config,
    world: World,
    reactor: Any,
    *,
    certificates: Certificates | None = None,
    authentication: Authentication | None = None,
    supervisor: Supervisor | None = None,
    stopping: Callable[[], None] = default_signals,
    files: int | None = None,
) -> tuple[Daemon, House]:
    """Put a daemon together, and what of it can be changed. Nothing listens or is asked until it starts.

    `stopping` is called when it begins to end. `files` is how many the process may have open, None for as
    many as it likes.
    """
    house = _house(
        config, world, reactor, certificates=certificates, authentication=authentication, files=files
    )
    almanac, limits = house.desk.almanac, house.limits
    daemon = Daemon(
        doors=doors_of(config, house.factory, certificates, limits.gate, reactor),
        certificates=certificates,
        register=limits.register,
        limits=limits,
        almanac=almanac,
        state=None if config.state is None else StateFile(Path(config.state), almanac, reactor),
        world=world,
        reactor=reactor,
        grace=house.grace,
        stopping=stopping,
        supervisor=supervisor or Supervisor(reactor),
    )
    return daemon, house


def _house(
    config: Config,
    world: World,
    reactor: Any,
    *,
    certificates: Certificates | None,
    authentication: Authentication | None,
    files: int | None,
) -> House:
    fetcher = _fetcher(config, world, reactor)
    spoken = spoken_in(world)
    desk = Desk(
        _almanac(config, world, fetcher, reactor), About(socketspeak.__version__, world.version), reactor
    )
    voice = spoken[config.language]["TEXT"]
    limits = Limits(config, desk.counts, voice, reactor, files)
    setting = Setting(
        gazetteer=world.atlas,
        menu=world.menu,
        voices=spoken,
        version=socketspeak.__version__,
        host=socket.gethostname(),
        timetable=Timetable(world.engine),
        starttls=certificates is not None,
        mechanisms=() if authentication is None else authentication.mechanisms,
        require_login=config.require_login,
    )
    factory = SessionFactory(
        desk,
        setting,
        voice,
        limits.register,
        encrypted=None if certificates is None else EncryptedFactory(certificates.creator, reactor),
        logins=None if authentication is None else logins_of(authentication, desk.counts, reactor),
        gate=limits.gate,
        rates=limits.rates,
    )
    return House(config, world, setting=setting, desk=desk, factory=factory, fetcher=fetcher, limits=limits)


def _files(options: Options) -> Iterator[tuple[str, Reload]]:
    """The files beside those of the options that SIGHUP reads anew."""
    certificates, authentication = options.certificates, options.authentication
    if certificates is not None:
        yield "the certificate", lambda config: certificates.reload(config.certificate, config.private_key)
    if authentication is not None:
        yield "the users", lambda _config: authentication.reload()


def _fetcher(config: Config, world: World, reactor: Any) -> Fetcher:
    return Fetcher(
        SourceAgent(reactor, who_vouches(config)),
        steady_ns=steady_ns,
        wall_ns=time.time_ns,
        same_zone=world.same_zone,
        version=socketspeak.__version__,
    )


def _almanac(config: Config, world: World, fetcher: Fetcher, reactor: Any) -> Almanac:
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
