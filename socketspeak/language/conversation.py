"""The server's side of a session as a pure machine: lines go in, acts come out.

One request is answered after another, in order, each once. While a question is in flight later lines wait in
a queue; the transport asks whether there is room before it hands over another line.
"""

from __future__ import annotations

from socketspeak.language import messages as m
from socketspeak.language.acts import Act, Ask, Outcome, Part, Report, Say
from socketspeak.language.answering import step
from socketspeak.language.catalog import Message, message
from socketspeak.language.questions import HowIsIt, Leave, Question, Scene, Setting, Step, greet
from socketspeak.language.replies import Plain, Reply, Status
from socketspeak.language.requests import ENDLESS_OCTETS, LINE_OCTETS, Mistake, parse_request
from socketspeak.language.voice import Voice

QUEUE = 32  # requests that wait in a session; then reading stops, until which a leaving peer is noticed

_OVERLONG = None  # stands in the queue for a line that was too long to be kept


class _Finish:
    """The way a session ends once all that was asked is answered: with a 421 that says why, or silently."""

    __slots__ = ("farewell", "why")

    def __init__(self, why: str, farewell: Message | None) -> None:
        self.why = why
        self.farewell = farewell


class Conversation:
    """One session. Every method returns the acts to perform, in order."""

    __slots__ = ("_finish", "_pending", "_queue", "_scene", "_ticket", "parted")

    def __init__(self, setting: Setting, voice: Voice) -> None:
        self._scene = Scene(setting, voice, setting.menu)
        self._queue: list[bytes | None] = []
        self._pending: Question | HowIsIt | None = None
        self._ticket = 0
        self._finish: _Finish | None = None
        self.parted = False

    # -- what the transport may ask

    @property
    def voice(self) -> Voice:
        """The voice in which the session is answered now."""
        return self._scene.voice

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in flight, waits or ends: a line heard now is answered now."""
        return self._pending is None and not self._queue and self._finish is None and not self.parted

    @property
    def room(self) -> int:
        """How many more lines may wait."""
        return QUEUE - len(self._queue)

    @property
    def ready(self) -> bool:
        """Whether a queued request can be answered next."""
        return bool(self._queue) and self._pending is None and not self.parted

    # -- what happens

    def opened(self) -> tuple[Act, ...]:
        """The peer is there: greet it."""
        return self._acts(greet(self._scene.setting))

    def heard(self, line: bytes, unix_seconds: int, later: bool = False) -> tuple[Act, ...]:
        """A line came, without its end; the time is that of the agreed clock, in Unix seconds.

        With `later` it only joins the queue: the peer does not read what it was told already.
        """
        return self._take(line, unix_seconds, later)

    def overlong(self, unix_seconds: int, later: bool = False) -> tuple[Act, ...]:
        """A line came that is longer than LINE_OCTETS, and was dropped."""
        return self._take(_OVERLONG, unix_seconds, later)

    def proceed(self, unix_seconds: int) -> tuple[Act, ...]:
        """Answer the request that has waited longest, if one can be answered."""
        if not self.ready:
            return ()
        return self._answer(self._queue.pop(0), unix_seconds) + self._end()

    def answered(self, ticket: int, outcome: Outcome | Status) -> tuple[Act, ...]:
        """An Ask or a Report of this session has its outcome; one that is no longer waited for is ignored."""
        pending = self._pending
        if pending is None or ticket != self._ticket or self.parted:
            return ()
        self._pending = None
        if isinstance(outcome, Status):
            return (self._say(outcome), *self._end())
        if not isinstance(pending, Question):
            raise TypeError(f"ticket {ticket} was a report, not a question")
        if pending.choices is not None:
            self._scene.choices = pending.choices
        return (self._say(pending.reply(outcome)), *self._end())

    def faulted(self) -> tuple[Act, ...]:
        """Our own bug struck while a request was answered: say so, and go on."""
        if self.parted:
            return ()
        self._pending = None
        return (self._say(Plain(451, message(m.INTERNAL_FAULT))), *self._end())

    def peer_finished(self) -> tuple[Act, ...]:
        """The peer sends no more: answer what it asked, then part."""
        return self._finish_with("the peer has finished", None)

    def endless_line(self) -> tuple[Act, ...]:
        """The peer sends and sends, and no end of a line."""
        return self._finish_with("a line without end", message(m.ENDLESS_LINE, limit=ENDLESS_OCTETS))

    def shutting_down(self) -> tuple[Act, ...]:
        """The server stops: answer what was asked, say 421, part."""
        return self._finish_with("shutdown", message(m.SHUTTING_DOWN))

    # -- within

    def _take(self, item: bytes | None, unix_seconds: int, later: bool) -> tuple[Act, ...]:
        if self.parted:
            return ()
        if later or self._pending is not None or self._queue:
            self._queue.append(item)
            return ()
        return self._answer(item, unix_seconds) + self._end()

    def _answer(self, item: bytes | None, unix_seconds: int) -> tuple[Act, ...]:
        if item is _OVERLONG:
            return (self._say(Plain(552, message(m.LINE_TOO_LONG, limit=LINE_OCTETS))),)
        request = parse_request(item, self._scene.voice.catalog.vocabulary.verbs)
        if request is None:
            return ()
        if isinstance(request, Mistake):
            return (self._say(Plain(request.code, request.why)),)
        return self._acts(step(self._scene, request, unix_seconds))

    def _acts(self, what: Step) -> tuple[Act, ...]:
        if isinstance(what, Question):
            self._pending = what
            self._ticket += 1
            return (Ask(self._ticket, what.zones, what.wait, what.keep),)
        if isinstance(what, HowIsIt):
            self._pending = what
            self._ticket += 1
            return (Report(self._ticket),)
        if isinstance(what, Leave):
            return (self._say(Plain(221, message(m.GOODBYE))), self._part("asked to"))
        return (self._say(what),)

    def _say(self, reply: Reply) -> Say:
        return Say(reply, self._scene.voice)

    def _part(self, why: str) -> Part:
        self.parted = True
        self._queue.clear()
        return Part(why)

    def _finish_with(self, why: str, farewell: Message | None) -> tuple[Act, ...]:
        if self._finish is None:
            self._finish = _Finish(why, farewell)
        return self._end()

    def _end(self) -> tuple[Act, ...]:
        """Part, if that was decided and nothing is left to answer."""
        if self._finish is None or self._pending is not None or self._queue or self.parted:
            return ()
        part = self._part(self._finish.why)
        if self._finish.farewell is None:
            return (part,)
        return (self._say(Plain(421, self._finish.farewell)), part)
