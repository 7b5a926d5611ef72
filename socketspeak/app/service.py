"""The daemon: what twistd's plugin names. `Options` reads what the operator sets, `makeService` builds."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from twisted.application.service import IService

import socketspeak
from socketspeak.app.certificates import Certificates
from socketspeak.app.channel import OUTCOME
from socketspeak.app.config import TRUSTS, Config
from socketspeak.app.crew import Crew
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
from socketspeak.app.workers import Company, crew_of
from socketspeak.app.world import World, read_map
from socketspeak.clock.discipline import Discipline
from socketspeak.language.questions import Setting
from socketspeak.limits.admission import Admission
from socketspeak.limits.penalties import Penalties
from socketspeak.server.desk import About, Desk
from socketspeak.server.encrypted import EncryptedFactory
from socketspeak.server.factory import SessionFactory
from socketspeak.sources.agent import SourceAgent
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.fetcher import Fetcher
from socketspeak.sources.hearsay import written
from socketspeak.sources.names import Names
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Outcome
from socketspeak.zones.timetable import Timetable

if TYPE_CHECKING:
    from socketspeak.app.authentication import Authentication

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
    crew = crew_of(options.checked)
    daemon, house = furnished(
        options.checked,
        options.given_world(),
        reactor,
        certificates=options.certificates,
        authentication=options.authentication,
        supervisor=supervisor if crew is None else Supervisor(reactor, {}),
        stopping=signals.stopping,
        files=raise_limit(),
        crew=crew,
    )
    files = tuple(_files(options))
    anew = partial(Reloading, options, house, files=files, stopped=signals.stopped, reactor=reactor)
    own = anew(log_file=place.file, supervisor=supervisor)
    if crew is None:
        signals.install(reload=own.reload, rotate=own.rotate, grace=house.grace)
        served: IService = daemon
        cast(Any, reactor).callWhenRunning(read_map)  # when the ports are open already
    else:
        read_map()  # once for all workers
        served = Company(crew, daemon, house, anew, place.file, signals, reactor).led(own, supervisor)
    set_aside_what_stays()
    return Logging(place, served)


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
    crew: Crew | None = None,
) -> tuple[Daemon, House]:
    """Put a daemon together, and what of it can be changed. Nothing listens or is asked until it starts.

    `stopping` is called when it begins to end. `files` is how many the process may have open, None for as
    many as it likes. `crew` is what it shares with others of its kind, None where it is alone.
    """
    house = _house(
        config,
        world,
        reactor,
        certificates=certificates,
        authentication=authentication,
        files=files,
        crew=crew,
    )
    almanac, limits = house.desk.almanac, house.limits
    daemon = Daemon(
        doors=doors_of(config, house.factory, certificates, limits.gate, reactor),
        certificates=certificates,
        register=limits.register,
        limits=limits,
        almanac=almanac,
        state=None if config.state is None else _state(Path(config.state), almanac, reactor, crew),
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
    crew: Crew | None,
) -> House:
    fetcher = _fetcher(config, world, reactor)
    spoken = spoken_in(world)
    almanac = _almanac(config, world, fetcher, reactor, crew)
    about = About(socketspeak.__version__, world.version)
    desk = Desk(almanac, about, reactor) if crew is None else Desk(almanac, about, reactor, crew.whole)
    voice = spoken[config.language]["TEXT"]
    admission = Admission if crew is None else crew.admission
    limits = Limits(config, desk.counts, voice, reactor, files=files, admission=admission)
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
        watches=config.watches,
    )
    penalties = Penalties() if crew is None else crew.penalties
    logins = None if authentication is None else authentication.logins(desk.counts, reactor, penalties)
    factory = SessionFactory(
        desk,
        setting,
        voice,
        limits.register,
        encrypted=None if certificates is None else EncryptedFactory(certificates.creator, reactor),
        logins=logins,
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


def _state(path: Path, almanac: Almanac, reactor: Any, crew: Crew | None) -> StateFile:
    return StateFile(path, almanac, reactor, lambda: crew is None or crew.first)


def _almanac(config: Config, world: World, fetcher: Fetcher, reactor: Any, crew: Crew | None) -> Almanac:
    def tell(source: str, zone: str, outcome: Outcome) -> None:
        if crew is not None:
            crew.tell(OUTCOME, source, zone, written(outcome))

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
        tell=None if crew is None else tell,
    )
