"""One connection: carries out what its conversation decides, and reports back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from twisted.internet.interfaces import IAddress, IDelayedCall
from twisted.internet.protocol import Factory, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from socketspeak.language.acts import Act, Ask, Part, Report, Say, Wait
from socketspeak.language.conversation import Conversation
from socketspeak.language.framing import Pieces
from socketspeak.language.memory import GREETING
from socketspeak.language.printable import shown
from socketspeak.language.questions import Setting
from socketspeak.language.stamps import NS
from socketspeak.language.voice import Voice
from socketspeak.server.desk import Desk
from socketspeak.server.lines import LINES_A_TURN, LineTransport
from socketspeak.server.register import Register
from socketspeak.server.splitting import Item, Odd
from socketspeak.sources.almanac import Waiting

SETTLE_SECONDS = 0.01  # between two looks whether a peer has asked more while the server stops
QUIET_LOOKS = 2  # the first look may come before the sockets have been polled, the second cannot
MOST_LOOKS = 100  # a peer that never stops asking is told goodbye all the same


class Session(LineTransport):
    """A peer, its conversation, and the desk that both are served from."""

    log = Logger()

    _waiting: Waiting | None = None
    _keeping: bytes | None = None  # the line whose answer may be kept, while it is being answered
    _settling: IDelayedCall | None = None
    _held_back: IDelayedCall | None = None
    _quiet_looks = 0
    _ready = False

    def __init__(self, desk: Desk, conversation: Conversation, register: Register) -> None:
        super().__init__(desk.clock)
        self._desk = desk
        self._conversation = conversation
        self._register = register

    # -- from the transport

    def connectionMade(self) -> None:
        super().connectionMade()
        self._register.opened(self)

    def peerReady(self) -> None:
        self._ready = True
        kept = self._kept()[0].get(GREETING)
        if kept is not None:
            self.transport.write(kept[0])
            return
        self._keeping = GREETING
        self._converse(self._conversation.opened)

    def dataReceived(self, data: bytes) -> None:
        """Most of what comes is whole lines whose answers are kept: these are answered here, in one write.

        A line that has a kept answer was read and understood before; so there is nothing in it to look for.
        """
        if self._conversation.at_rest and self.undisturbed():
            lines = data.split(b"\n", LINES_A_TURN)
            if not lines.pop() and lines:
                taken = self._from_memory(lines)
                self._desk.counts.requests += taken
                self._quiet_looks = 0
                if taken == len(lines):
                    return
                data = b"\n".join(lines[taken:]) + b"\n"
        super().dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        if self._waiting is not None:
            self._waiting.leave()
            self._waiting = None
        for call in (self._settling, self._held_back):
            if call is not None and call.active():
                call.cancel()
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

    def catchUp(self, most: int) -> int:
        taken = 0
        while taken < most and self._conversation.ready and not self._stopped() and not self._closing:
            self._converse(self._conversation.proceed, self._unix_seconds())
            taken += 1
        return taken

    def waiting(self) -> bool:
        return self._conversation.ready

    def room(self) -> int:
        return self._conversation.room

    # -- the two ways to an answer

    def _kept(self) -> tuple[dict[object, Pieces], int]:
        """The answers kept for this very second in this session's voice, and the instant, in Unix ns."""
        unix_ns = self._desk.almanac.unix_ns()
        table = self._desk.memory.table(self._conversation.voice, unix_ns // NS, self._desk.almanac.edition)
        return table, unix_ns

    def _from_memory(self, items: Sequence[Item]) -> int:
        """Answer what can be answered from memory, up to the first that cannot; how many those were."""
        table, unix_ns = self._kept()
        fraction = self._conversation.voice.format.fraction(unix_ns)
        answers: list[bytes] = []
        for item in items:
            pieces = table.get(item)
            if pieces is None:
                break
            answers.append(fraction.join(pieces))
        if answers:
            self.transport.write(b"".join(answers))
        return len(answers)

    def _slowly(self, item: Item) -> None:
        conversation = self._conversation
        if item is Odd.ENDLESS:
            self._converse(conversation.endless_line)
        elif item is Odd.OVERLONG:
            self._converse(conversation.overlong, self._unix_seconds(), bool(self._holds))
        else:
            line = item[:-1] if item.endswith(b"\r") else item
            self._keeping = item
            self._converse(conversation.heard, line, self._unix_seconds(), bool(self._holds))

    def _unix_seconds(self) -> int:
        return self._desk.almanac.unix_ns() // NS

    # -- acts

    def _converse(self, say: Callable[..., tuple[Act, ...]], *about: Any) -> None:
        """Report something to the conversation and carry out what it wants; our own bug is logged, once."""
        try:
            self._perform(say(*about))
        except Exception:
            self._desk.counts.faults += 1
            line = shown((self._keeping or b"").decode("utf-8", "replace"), most=200)
            self.log.failure("internal fault while answering {line}", line=line)
            self._keeping = None
            self._perform(self._conversation.faulted())
        self._keeping = None

    def _perform(self, acts: tuple[Act, ...]) -> None:
        for act in acts:
            _PERFORM[type(act)](self, act)

    def _say(self, act: Say) -> None:
        if not self._closing:
            self.transport.write(act.voice.render(act.reply))

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

    def _say_and_keep(self, act: Say, line: bytes, unix_ns: int) -> None:
        table = self._desk.memory.table(act.voice, unix_ns // NS, self._desk.almanac.edition)
        pieces = act.voice.pieces(act.reply)
        self._desk.memory.keep(table, line, pieces)
        self.transport.write(act.voice.format.fraction(unix_ns).join(pieces))

    def _told(self, act: Ask) -> None:
        """What was asked of a source is there, or is waited for no longer."""
        self._waiting = None
        self._converse(self._conversation.answered, act.ticket, self._desk.outcome(act.zones))
        self._run()

    def _report(self, act: Report) -> None:
        self._perform(self._conversation.answered(act.ticket, self._desk.status()))

    def _wait(self, act: Wait) -> None:
        self._held_back = self._clock.callLater(act.seconds, self._waited, act.ticket)

    def _waited(self, ticket: int) -> None:
        self._converse(self._conversation.waited, ticket)
        self._run()

    def _part(self, _act: Part) -> None:
        self.close()

    # -- the end of the server

    def drain(self) -> None:
        """Answer what was asked, say 421, close. What lies unread in the socket has been asked, too."""
        if not self._ready:
            self.abort()  # its TLS does not stand: nothing was asked, and nothing can be said
        elif not self._closing and self._settling is None:
            self._settle(MOST_LOOKS)

    def _settle(self, looks: int) -> None:
        if self.delimiter in self._buffer:
            self._quiet_looks = 0
        if self._quiet_looks >= QUIET_LOOKS or not looks:
            self._converse(self._conversation.shutting_down)
            return
        self._quiet_looks += 1
        self._settling = self._clock.callLater(SETTLE_SECONDS, self._settle, looks - 1)

    def abort(self) -> None:
        """End at once."""
        self.transport.abortConnection()


_PERFORM: Mapping[type, Callable[[Session, Any], None]] = MappingProxyType(
    {
        Say: Session._say,
        Ask: Session._ask,
        Report: Session._report,
        Wait: Session._wait,
        Part: Session._part,
    }
)


class SessionFactory(Factory):
    """Makes the sessions of one server."""

    noisy = False

    def __init__(self, desk: Desk, setting: Setting, voice: Voice, register: Register) -> None:
        self._desk = desk
        self._setting = setting
        self._voice = voice
        self._register = register

    def buildProtocol(self, addr: IAddress | None) -> Session:
        return Session(self._desk, Conversation(self._setting, self._voice), self._register)
