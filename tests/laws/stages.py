"""The stages of the transcripts: a whole server end, at one frozen instant, on which they are acted out."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

import socketspeak
from socketspeak.clock.discipline import Discipline
from socketspeak.language.statuses import Status, Worker
from socketspeak.limits.addresses import group_of
from socketspeak.limits.counts import Counts
from socketspeak.limits.penalties import Penalties
from socketspeak.server.checking import RollChecker, portal_of
from socketspeak.server.desk import About, Desk
from socketspeak.server.login import Login, Logins, Visitor
from socketspeak.server.scram import Exchange
from socketspeak.server.verifiers import Roll, verifier_of
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.kit.desk import LAB
from tests.kit.logins import Workbench
from tests.kit.peer import Peer
from tests.kit.world import NOON_NS, the_setting, the_world
from tests.laws.documents import Block
from tests.laws.transcripts import CLIENT_FINISHES, SERVER_CLOSES, SERVER_STOPS, TIME_PASSES, Scene, scenes

HOST = "127.0.0.1"
UPTIME_SECONDS = 12.3
ROUND_TRIP_NS = 6_000_000
QUANTUM_NS = 1000  # the API's six digits
STALE_SECONDS = 5400
TZDB = "2026f"
SECOND_NS = 1_000_000_000


class Moment:
    """The steady clock of a stage, which stands still until time passes: nothing takes time there."""

    def __init__(self) -> None:
        self.steady_ns = 0

    def wall_ns(self) -> int:
        """The host's clock, right to the nanosecond."""
        return NOON_NS + self.steady_ns


class FrozenSource:
    """A source that tells the truth at once, from 6 ms away; or one that refuses connections."""

    def __init__(self, moment: Moment, refuses: bool) -> None:
        self._moment = moment
        self._refuses = refuses

    def fetch(self, source: SourceSpec, zone: str) -> Deferred[Outcome]:
        """Ask for a zone."""
        if self._refuses:
            return succeed(Fault(FaultKind.CONNECTION, "it refuses connections"))
        stamp_ns = self._moment.wall_ns() - ROUND_TRIP_NS // 2 - QUANTUM_NS // 2
        rule = the_world().engine.rule(zone, stamp_ns // SECOND_NS)
        return succeed(
            ZoneSample(
                source=source.name,
                asked=zone,
                zone=zone,
                stamp_ns=stamp_ns,
                quantum_ns=QUANTUM_NS,
                sent_ns=self._moment.steady_ns - ROUND_TRIP_NS,
                received_ns=self._moment.steady_ns,
                cacheable=False,
                offset=rule.offset,
                abbreviation=rule.abbreviation,
                dst=rule.dst,
            )
        )

    def close(self) -> Deferred[None]:
        """There is nothing to close."""
        return succeed(None)


class FixedLogins(Logins):
    """The logins of a server on which `user` has the password `pencil`: RFC 7677's example, nonce and all.

    `guessed`: somebody at the same address has just failed; `busy`: no password more can be checked.
    """

    def __init__(self, clock: Clock, guessed: bool = False, busy: bool = False) -> None:
        salt = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
        roll = Roll([verifier_of("user", "pencil", 4096, salt)], b"whatever")
        work = Workbench(at_once=not busy, room=0)
        super().__init__(portal_of([RollChecker(roll, work)]), roll, Penalties(), Counts(), clock)
        if guessed:
            self.penalties.failed(group_of(HOST), clock.seconds())
        self._fixed = roll

    def begin(self, mechanism: str, host: str) -> Login:
        """Begin one whose nonce is the example's."""
        login = super().begin(mechanism, host)
        login._exchange = Exchange(self._fixed, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
        return login


class Stage:
    """A desk at the instant of the contract's examples, and the sessions that it serves."""

    def __init__(
        self,
        *,
        source: bool = False,
        stale: bool = False,
        refuses: bool = False,
        language: str = "en",
        secure: bool = False,
        guessed: bool = False,
        busy: bool = False,
        limited: bool = False,
        workers: int = 1,
        **setting: Any,
    ) -> None:
        """`limited`: somebody has been refused, and two who were idle have been sent away.

        `setting` is what a server has besides, that lets its clients encrypt and log in.
        """
        self._language = language
        self._secure = secure
        self._logins = {"guessed": guessed, "busy": busy}
        self._setting = setting
        self.clock = Clock()
        self._moment = Moment()
        self._almanac = _almanac(self._moment, self.clock, (LAB,) if source else (), refuses)
        whole = partial(_among, workers) if workers > 1 else lambda own: own
        self._desk = Desk(self._almanac, About(socketspeak.__version__, TZDB), self.clock, whole)
        if limited:
            counts = self._desk.counts
            counts.connections, counts.refused_address, counts.idle = 2, 1, 2
        self._begin(stale)

    def _begin(self, stale: bool) -> None:
        """Serve, and come to the instant of the examples; `stale`: what is known was asked long before it."""
        self._moment.steady_ns = -STALE_SECONDS * SECOND_NS if stale else 0
        self._almanac.start()
        self.clock.advance(0)
        if stale:
            self._almanac.ask(["Asia/Tokyo"], lambda: None)
            self.clock.advance(0)
        self._moment.steady_ns = 0
        self.clock.advance(UPTIME_SECONDS)

    def pass_time(self, seconds: int) -> None:
        """Let so many seconds go by, on every clock."""
        self._moment.steady_ns += seconds * SECOND_NS
        self.clock.advance(seconds)

    def peer(self) -> Peer:
        """Someone who has just connected and been greeted."""
        ours = replace(the_setting(), version=socketspeak.__version__, **self._setting)
        peer = Peer(
            desk=self._desk,
            clock=self.clock,
            setting=ours,
            greeted=True,
            language=self._language,
            visitor=Visitor(FixedLogins(self.clock, **self._logins), HOST),
        )
        if self._secure:
            peer.session._conversation.secured()
        return peer


def _almanac(moment: Moment, clock: Clock, sources: Sequence[SourceSpec], refuses: bool) -> Almanac:
    return Almanac(
        sources=sources,
        embedded=the_world().engine.rule,
        fetcher=FrozenSource(moment, refuses),
        discipline=Discipline([LAB.name]),
        rulebook=RuleBook(),
        reactor=clock,
        steady_ns=lambda: moment.steady_ns,
        wall_ns=moment.wall_ns,
        patience=0.8,
    )


def _among(workers: int, own: Status) -> Status:
    """What the last of some workers says, when the others have one session each."""
    others = tuple(Worker(n, "serving", 4710 + n, UPTIME_SECONDS, 1) for n in range(1, workers))
    here = Worker(workers, "serving", 4710 + workers, UPTIME_SECONDS, own.counts["sessions"], answers=True)
    counts = {name: own.counts[name] + workers - 1 for name in ("sessions", "connections")}
    return replace(own, counts={**own.counts, **counts}, workers=(*others, here))


DOOR: dict[str, Any] = {"starttls": True, "mechanisms": ("SCRAM-SHA-256", "PLAIN")}

STAGES: Mapping[str, Callable[[], Stage]] = {
    "": Stage,  # the embedded database alone
    "lab": lambda: Stage(source=True),
    "stale": lambda: Stage(source=True, stale=True),  # what lab said 90 minutes ago
    "down": lambda: Stage(source=True, refuses=True),
    "pt": lambda: Stage(language="pt-BR"),  # with --language pt-BR
    "door": lambda: Stage(**DOOR),  # with --certificate, --private-key and --auth
    "door secure": lambda: Stage(secure=True, **DOOR),  # the same, over TLS
    "door guessed": lambda: Stage(secure=True, guessed=True, **DOOR),  # by somebody at the same address
    "door busy": lambda: Stage(secure=True, busy=True, **DOOR),  # with as many passwords as can wait
    "door locked": lambda: Stage(require_login=True, **DOOR),  # with --require-login besides
    "limited": lambda: Stage(limited=True),  # whose limits have bitten
    "workers": lambda: Stage(workers=2),  # with --workers 2, of whom the second answers
    "lab pt": lambda: Stage(source=True, language="pt-BR"),
}


def acted_out(block: Block) -> Iterator[tuple[Scene, list[str]]]:
    """Each scene with what a server truly says in it, line by line; wrong ends are AssertionErrors.

    A greeting that the transcript leaves out is left out here, too.
    """
    stage = STAGES[block.info.partition(" ")[2]]()
    peer = stage.peer()
    for number, scene in enumerate(scenes(block)):
        if scene.sent:
            peer.send(b"".join(line + b"\n" for line in scene.sent))
        if CLIENT_FINISHES in scene.stage_directions:
            peer.finish()
        if SERVER_STOPS in scene.stage_directions:
            peer.register.drain(10.0)
            for _ in range(5):
                peer.clock.advance(0.01)
        peer.settle()
        for found in filter(None, map(TIME_PASSES.fullmatch, scene.stage_directions)):
            stage.pass_time(int(found["seconds"]))
            peer.settle()
        said = peer.transport.sent.decode()
        peer.transport.sent = b""
        closed = peer.transport.write_closed or peer.transport.closed
        assert closed == (SERVER_CLOSES in scene.stage_directions), f"{block.at}: closed is {closed}"
        assert not said or said.endswith("\r\n")
        lines = said.split("\r\n")[:-1]
        if number or scene.said:
            yield scene, lines
