"""One connection: carries out what its conversation decides, and reports back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IDelayedCall, ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from socketspeak.language import messages as m
from socketspeak.language.acts import (
    Act,
    Ask,
    Encrypt,
    Forgo,
    LogIn,
    LoginOutcome,
    Part,
    Report,
    Respond,
    Say,
    StartWatch,
    StopWatch,
    Wait,
)
from socketspeak.language.catalog import message
from socketspeak.language.conversation import Conversation
from socketspeak.language.endings import Ending
from socketspeak.language.memory import GREETING
from socketspeak.language.questions import Setting
from socketspeak.language.stamps import NS
from socketspeak.limits.addresses import LOCAL
from socketspeak.server.desk import Desk
from socketspeak.server.encrypted import EncryptedFactory
from socketspeak.server.endings import count_ending, farewell
from socketspeak.server.faults import log_fault
from socketspeak.server.register import Register
from socketspeak.server.splitting import Item, Odd
from socketspeak.server.watching import WatchingTransport
from socketspeak.sources.almanac import Waiting

if TYPE_CHECKING:
    from socketspeak.server.login import Visitor


class Session(WatchingTransport):
    """A peer, its conversation, and the desk that both are served from."""

    log = Logger()

    _waiting: Waiting | None = None
    _due: Ask | None = None  # what sources have answered, and is told when its turn comes
    _keeping: bytes | None = None  # the line whose answer may be kept, while it is being answered
    _held_back: IDelayedCall | None = None

    def __init__(
        self,
        desk: Desk,
        conversation: Conversation,
        register: Register,
        *,
        encrypted: EncryptedFactory | None = None,
        visitor: Visitor | None = None,
        group: str = LOCAL,
    ) -> None:
        """`group` is that of the peer's address."""
        super().__init__(desk, conversation, register)
        self.group = group
        self._encrypted = encrypted
        self._visitor = visitor

    # -- from the transport

    def connectionMade(self) -> None:
        super().connectionMade()
        self._register.opened(self)

    def peerReady(self) -> None:
        if ISSLTransport.providedBy(self.transport):
            self._converse(self._conversation.secured)
        if self.upgraded:
            return  # it has been greeted
        kept = self._kept(self._conversation.voice)[0].get(GREETING)
        if kept is not None:
            self._write(kept[0])
            return
        self._keeping = GREETING
        self._converse(self._conversation.opened)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        if not self._ready:
            self._desk.counts.failed_handshakes += 1
        if self._waiting is not None:
            self._waiting.leave()
            self._waiting = None
        if self._held_back is not None and self._held_back.active():
            self._held_back.cancel()
        if self._visitor is not None:
            self._visitor.leave()
        self._register.closed(self)

    def itemsReceived(self, items: list[Item]) -> None:
        self._desk.counts.requests += len(items)
        self._quiet_looks = 0
        at, end = 0, len(items)
        while at < end:
            if self._conversation.at_rest and not self._holds:
                at += self._from_memory(items[at:] if at else items)
                if at == end:
                    break
            self._slowly(items[at])
            at += 1

    def peerFinished(self) -> None:
        self._converse(self._conversation.peer_finished)

    def interrupted(self) -> None:
        self._run()  # what was asked before comes before
        self._converse(self._conversation.interrupted)

    def shuttingDown(self) -> None:
        self._converse(self._conversation.shutting_down)

    def catchUp(self, most: int) -> int:
        taken = 0
        while taken < most and self._conversation.ready and not self._stopped() and not self._closing:
            if self.sharing.spent():
                break
            self._converse(self._conversation.proceed, self._unix_seconds())
            taken += 1
        return taken

    def waiting(self) -> bool:
        return self._conversation.ready

    def at_leisure(self) -> bool:
        return self._conversation.at_rest

    def room(self) -> int:
        return self._conversation.room

    # -- the longer way to an answer

    def _slowly(self, item: Item) -> None:
        conversation = self._conversation
        if item is Odd.ENDLESS:
            self._converse(conversation.endless_line)
        elif item is Odd.OVERLONG:
            self._converse(conversation.overlong, self._unix_seconds(), self._later())
        else:
            line = item[:-1] if item.endswith(b"\r") else item
            self._keeping = item
            self._converse(conversation.heard, line, self._unix_seconds(), self._later())

    def _later(self) -> bool:
        """Whether a request only joins the queue: the peer does not read, or others have their turn first."""
        return bool(self._holds) or self.sharing.spent()

    def _unix_seconds(self) -> int:
        return self._desk.almanac.unix_ns() // NS

    # -- acts

    def _converse(self, say: Callable[..., tuple[Act, ...]], *about: Any) -> None:
        """Report something to the conversation and carry out what it wants; our own bug is logged, once."""
        try:
            self._perform(say(*about))
        except Exception:
            self._desk.counts.faults += 1
            log_fault(self.log, self._keeping, careful=self._visitor is not None)
            self._keeping = None
            self._perform(self._conversation.faulted())
        self._keeping = None

    def _perform(self, acts: tuple[Act, ...]) -> None:
        for act in acts:
            _PERFORM[type(act)](self, act)

    def _say(self, act: Say) -> None:
        if not self._closing:
            self._write(act.voice.render(act.reply))

    def _ask(self, act: Ask) -> None:
        if act.wait and act.zones:
            self._waiting = self._desk.ask(act.zones, lambda: self._told(act))
            if self._waiting is not None:
                return
        outcome = self._desk.outcome(act.zones)
        acts = self._conversation.answered(act.ticket, outcome)
        if act.keep and self._keeping is not None and acts and isinstance(acts[0], Say):
            self._say_and_keep(acts[0], self._keeping, outcome.reading.unix_ns)
            acts = acts[1:]
        self._perform(acts)

    def _told(self, act: Ask) -> None:
        """What was asked of a source is there, or is waited for no longer."""
        self._waiting = None
        if self.sharing.spent():  # many may have waited for the same
            self._due = act
            self._queue_up()
        else:
            self._answer(act)
            self._run()

    def _answer(self, act: Ask) -> None:
        self._converse(self._conversation.answered, act.ticket, self._desk.outcome(act.zones))

    def take_turn(self) -> None:
        due, self._due = self._due, None
        if due is not None:
            self._answer(due)
        super().take_turn()

    def _report(self, act: Report) -> None:
        self._perform(self._conversation.answered(act.ticket, self._desk.status()))

    def _wait(self, act: Wait) -> None:
        self._held_back = self._clock.callLater(act.seconds, self._waited, act.ticket)

    def _waited(self, ticket: int) -> None:
        self._converse(self._conversation.waited, ticket)
        self._run()

    def _part(self, act: Part) -> None:
        count_ending(self._desk.counts, act.why)
        self.close()

    def _log_in(self, act: LogIn | Respond | Forgo) -> None:
        if self._visitor is None:
            raise RuntimeError("a login where nobody can log in")
        self._visitor.perform(act, self._went)

    def _went(self, ticket: int, outcome: LoginOutcome | None) -> None:
        if outcome is None:
            self._converse(self._conversation.faulted)
        else:
            self._converse(self._conversation.answered, ticket, outcome)
        self._run()

    # -- TLS

    def _encrypt(self, _act: Encrypt) -> None:
        if self._encrypted is not None and not self._closing:
            self.upgrade(self._encrypted)
            self.beginning_tls()

    def injected(self) -> None:
        self._desk.counts.injections += 1

    def greeted_by_tls(self) -> None:
        farewell = message(m.NO_TLS_HERE if self._encrypted is None else m.TLS_COMES_LATER)
        self._converse(self._conversation.dismissed, Ending.TLS_IN_CLEAR, farewell)

    # -- its times

    def engaged(self) -> bool:
        conversation = self._conversation
        unheard = bool(self._aside) or self.delimiter in self._buffer
        return unheard or conversation.engaged or conversation.ready or conversation.watching

    def admitted(self) -> bool:
        return self._conversation.admitted

    def given_up(self) -> None:
        count_ending(self._desk.counts, Ending.UNREAD)

    def overdue(self, why: Ending, seconds: float) -> None:
        said = farewell(why, seconds)
        if said is None:
            count_ending(self._desk.counts, why)
            self.abort()
        else:
            self._converse(self._conversation.dismissed, why, said)

    def renew(self, setting: Setting) -> None:
        """Go on with other places, languages and settings."""
        self._converse(self._conversation.renewed, setting)


_PERFORM: Mapping[type, Callable[[Session, Any], None]] = MappingProxyType(
    {
        Say: Session._say,
        Ask: Session._ask,
        Report: Session._report,
        Wait: Session._wait,
        StartWatch: Session._watch,
        StopWatch: Session._unwatch,
        Encrypt: Session._encrypt,
        LogIn: Session._log_in,
        Respond: Session._log_in,
        Forgo: Session._log_in,
        Part: Session._part,
    }
)
