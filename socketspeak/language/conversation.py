"""The server's side of a session as a pure machine: lines go in, acts come out.

One request is answered after another, in order, each once. While a question is in flight later lines wait in
a queue; the transport asks whether there is room before it hands over another line.
"""

from __future__ import annotations

from socketspeak.language import messages as m
from socketspeak.language.acts import Act, Outcome, Outcomes
from socketspeak.language.catalog import Message, message
from socketspeak.language.endings import Ending
from socketspeak.language.loggingin import Login
from socketspeak.language.questions import Question, Scene, Setting, Unwatch, greet
from socketspeak.language.replies import Plain
from socketspeak.language.requests import ENDLESS_OCTETS
from socketspeak.language.statuses import Status
from socketspeak.language.turns import OVERLONG, Crowded, HeldBack, Item, Turns
from socketspeak.language.voice import Voice

QUEUE = 32  # requests that wait in a session; then reading stops, until which a leaving peer is noticed


class Conversation(Turns):
    """One session. Every method returns the acts to perform, in order.

    `local`: the peer is on this host. Whether it is encrypted, `secured` says.
    """

    __slots__ = ("_first_voice",)

    def __init__(self, setting: Setting, voice: Voice, *, local: bool = True) -> None:
        super().__init__(setting, voice, local)
        self._first_voice = voice

    # -- what the transport may ask

    @property
    def voice(self) -> Voice:
        """The voice in which the session is answered now."""
        return self._scene.voice

    @property
    def at_rest(self) -> bool:
        """Whether a line heard now is answered now: nothing waits, nothing ends, nothing is to be watched."""
        return (
            self._pending is None
            and not self._queue
            and self._finish is None
            and not self._wary
            and not self.parted
        )

    @property
    def room(self) -> int:
        """How many more lines may wait."""
        return QUEUE - len(self._queue)

    @property
    def ready(self) -> bool:
        """Whether a queued request can be answered next."""
        return bool(self._queue) and self._pending is None and not self.parted

    @property
    def engaged(self) -> bool:
        """Whether the peer waits for something: it is not idle."""
        return self._pending is not None

    @property
    def watching(self) -> bool:
        """Whether ticks are to come: a session with a watch is not idle."""
        return self._scene.watch is not None

    @property
    def admitted(self) -> bool:
        """Whether nobody has to log in any more."""
        return self._scene.admitted

    # -- what happens

    def renewed(self, setting: Setting) -> tuple[Act, ...]:
        """What the server shares is another: its places, its languages, its menu.

        The session goes on in its language, and the list that it was shown stays the one to select from.
        """
        scene = self._scene
        scene.setting = setting
        scene.voice = setting.same_voice(scene.voice)
        self._first_voice = setting.same_voice(self._first_voice)
        return () if scene.watch is None else (self._start_watch(scene.watch),)

    def opened(self) -> tuple[Act, ...]:
        """The peer is there: greet it."""
        return self._acts(greet(self._scene.setting))

    def secured(self) -> tuple[Act, ...]:
        """TLS stands, from the start or by STARTTLS: what was said and learnt in clear does not count."""
        scene, stopped = self._scene, self._stop_watch()
        self._scene = Scene(scene.setting, self._first_voice, scene.setting.menu, scene.local, secure=True)
        self._queue.clear()
        self._pending = None
        self._begun_login = False
        self._watch_out()
        return stopped

    def interrupted(self) -> tuple[Act, ...]:
        """Ctrl-C: end the watch, if there is one."""
        return self._acts(Unwatch()) if self.watching and not self.parted else ()

    def heard(self, line: bytes, unix_seconds: int, later: bool = False) -> tuple[Act, ...]:
        """A line came, without its end; the time is that of the agreed clock, in Unix seconds.

        With `later` it only joins the queue: the peer does not read what it was told already.
        """
        return self._take(line, unix_seconds, later)

    def overlong(self, unix_seconds: int, later: bool = False) -> tuple[Act, ...]:
        """A line came that is longer than LINE_OCTETS, and was dropped."""
        return self._take(OVERLONG, unix_seconds, later)

    def crowded(self, seconds: int, unix_seconds: int, later: bool = False) -> tuple[Act, ...]:
        """A line came beyond its address's rate, and was dropped; after so many seconds one more may come."""
        return self._take(Crowded(seconds), unix_seconds, later)

    def proceed(self, unix_seconds: int) -> tuple[Act, ...]:
        """Answer the request that has waited longest, if one can be answered."""
        if not self.ready:
            return ()
        return self._answer(self._queue.pop(0), unix_seconds) + self._end()

    def answered(self, ticket: int, outcome: Outcomes) -> tuple[Act, ...]:
        """An act of this session that has a ticket has its outcome; one that nothing waits for is ignored."""
        pending = self._pending
        if pending is None or ticket != self._ticket or self.parted:
            return ()
        self._pending = None
        if isinstance(outcome, Status):
            return (self._say(outcome), *self._end())
        if isinstance(pending, Login) and not isinstance(outcome, Outcome):
            return self._went(outcome) + self._end()
        if not (isinstance(pending, Question) and isinstance(outcome, Outcome)):
            raise TypeError(f"ticket {ticket} was for a {type(pending).__name__}")
        if pending.choices is not None:
            self._scene.choices = pending.choices
        return (self._say(pending.reply(outcome)), *self._end())

    def waited(self, ticket: int) -> tuple[Act, ...]:
        """The time of a Wait is over."""
        pending = self._pending
        if not isinstance(pending, HeldBack) or ticket != self._ticket or self.parted:
            return ()
        self._pending = None
        return (self._say(pending.reply), *self._end())

    def faulted(self) -> tuple[Act, ...]:
        """Our own bug struck while a request was answered: say so, and go on."""
        if self.parted:
            return ()
        forgone, self._pending = self._forgo(), None
        return (*forgone, self._say(Plain(451, message(m.INTERNAL_FAULT))), *self._end())

    def peer_finished(self) -> tuple[Act, ...]:
        """The peer sends no more: answer what it asked, then part."""
        return self._finish_with(Ending.FINISHED, None)

    def endless_line(self) -> tuple[Act, ...]:
        """The peer sends and sends, and no end of a line."""
        return self._finish_with(Ending.ENDLESS, message(m.ENDLESS_LINE, limit=ENDLESS_OCTETS))

    def shutting_down(self) -> tuple[Act, ...]:
        """The server stops: answer what was asked, say 421, part."""
        return self._finish_with(Ending.SHUTDOWN, message(m.SHUTTING_DOWN))

    # -- within

    def _take(self, item: Item, unix_seconds: int, later: bool) -> tuple[Act, ...]:
        if self.parted:
            return ()
        if later or self._pending is not None or self._queue:
            self._queue.append(item)
            return ()
        return self._answer(item, unix_seconds) + self._end()

    # -- the end

    def _finish_with(self, why: Ending, farewell: Message | None) -> tuple[Act, ...]:
        if self._finish is None:
            self._finish = why, farewell
        return self._end()

    def _end(self) -> tuple[Act, ...]:
        """Part, if that was decided and nothing is left to answer."""
        if self._finish is None or self._pending is not None or self._queue or self.parted:
            return ()
        why, farewell = self._finish
        if farewell is not None:
            return self.dismissed(why, farewell)
        return (*self._forgo(), self._part(why))
