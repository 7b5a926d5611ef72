"""What one item of a session leads to: the part of a conversation that answers, one item after another."""

from __future__ import annotations

from dataclasses import dataclass

from socketspeak.language import messages as m
from socketspeak.language.acts import (
    Act,
    Admitted,
    Ask,
    Denied,
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
from socketspeak.language.answering import step
from socketspeak.language.catalog import Message, message
from socketspeak.language.endings import Ending
from socketspeak.language.loggingin import CANCEL, MOST_FAILURES, Login, read_base64, reply_to
from socketspeak.language.manners import BAD_CODES, Manners, is_http
from socketspeak.language.questions import (
    HowIsIt,
    Leave,
    Question,
    Scene,
    Secure,
    Setting,
    Step,
    Unwatch,
    Watch,
)
from socketspeak.language.replies import Challenge, Plain, Reply, Watched
from socketspeak.language.requests import LINE_OCTETS, Mistake, parse_request
from socketspeak.language.voice import Voice

OVERLONG = None  # stands in the queue for a line that was too long to be kept


@dataclass(frozen=True, slots=True)
class Crowded:
    """Stands in the queue for a request beyond the rate: after so many seconds it would have had its turn."""

    seconds: int


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A reply that is said after a while."""

    reply: Reply


Item = bytes | Crowded | None


Pending = Question | HowIsIt | Login | HeldBack


class Turns:
    """What a session has set, what it waits for, and how each item is answered."""

    __slots__ = (
        "_begun_login",
        "_failures",
        "_finish",
        "_manners",
        "_pending",
        "_queue",
        "_scene",
        "_ticket",
        "_wary",
        "parted",
    )

    def __init__(self, setting: Setting, voice: Voice, local: bool) -> None:
        self._scene = Scene(setting, voice, setting.menu, local)
        self._queue: list[Item] = []
        self._pending: Pending | None = None
        self._ticket = 0
        self._finish: tuple[Ending, Message | None] | None = None  # the latter is said with a 421
        self._manners: Manners | None = None  # there from the first bad command on
        self._begun_login = False  # the next line is no request but a message of a login
        self._failures = 0
        self._wary = setting.require_login
        self.parted = False

    def dismissed(self, why: Ending, farewell: Message) -> tuple[Act, ...]:
        """A limit is reached: say so and part, whatever waits."""
        if self.parted:
            return ()
        return (*self._forgo(), self._say(Plain(421, farewell)), self._part(why))

    def _answer(self, item: Item, unix_seconds: int) -> tuple[Act, ...]:
        if self._begun_login:
            return self._login_message(item)
        if isinstance(item, Crowded):
            values = {"seconds": item.seconds}
            return (self._say(Plain(452, message(m.TOO_MANY_REQUESTS, **values), values)),)
        if item is OVERLONG:
            return self._judged(Plain(552, message(m.LINE_TOO_LONG, limit=LINE_OCTETS)))
        if is_http(item):
            return self.dismissed(Ending.HTTP, message(m.NO_HTTP))
        request = parse_request(item, self._scene.voice.catalog.vocabulary.verbs)
        if request is None:
            return ()
        if isinstance(request, Mistake):
            return self._judged(Plain(request.code, request.why))
        voice = self._scene.voice
        acts = self._judged(step(self._scene, request, unix_seconds))
        watch = self._scene.watch
        if watch is not None and self._scene.voice is not voice:
            return (*acts, self._start_watch(watch))  # the ticks speak as the replies do
        return acts

    def _stop_watch(self) -> tuple[Act, ...]:
        stopped = (StopWatch(),) if self._scene.watch is not None else ()
        self._scene.watch = None
        return stopped

    def _start_watch(self, watch: Watch) -> StartWatch:
        return StartWatch(watch.places, watch.every, self._scene.voice)

    def _judged(self, what: Step | Login) -> tuple[Act, ...]:
        """Count bad commands, the replies to which come the later the more they are."""
        code = what.code if isinstance(what, Plain) else 0
        if self._manners is None and code not in BAD_CODES:
            return self._acts(what)
        manners = self._manners = self._manners or Manners()
        seconds = manners.judge(code)
        self._watch_out()
        if not isinstance(what, Plain) or not seconds:
            return self._acts(what)
        if manners.spent:
            return (
                self._say(what),
                *self.dismissed(Ending.BAD_COMMANDS, message(m.TOO_MANY_BAD_COMMANDS)),
            )
        return (Wait(self._next(HeldBack(what)), seconds),)

    def _acts(self, what: Step | Login) -> tuple[Act, ...]:
        if isinstance(what, Question):
            return (Ask(self._next(what), what.zones, what.wait, what.keep),)
        if isinstance(what, HowIsIt):
            return (Report(self._next(what)),)
        if isinstance(what, Login):
            return (LogIn(self._next(what), what.mechanism, what.initial),)
        if isinstance(what, Leave):
            return (self._say(Plain(221, message(m.GOODBYE))), self._part(Ending.QUIT))
        if isinstance(what, Watch):
            self._scene.watch = what
            zones = tuple(place.zone for place in what.places)
            return (self._say(Watched(zones, what.every)), self._start_watch(what))
        if isinstance(what, Unwatch):
            return (self._say(Watched(())), *self._stop_watch())
        if isinstance(what, Secure):
            said = self._say(Plain(222, message(m.BEGIN_TLS)))
            return (said,) if self._finish is not None else (said, *self._stop_watch(), Encrypt())
        return (self._say(what),)

    def _next(self, pending: Pending) -> int:
        self._pending = pending
        self._ticket += 1
        return self._ticket

    def _say(self, reply: Reply) -> Say:
        return Say(reply, self._scene.voice)

    # -- a login

    def _login_message(self, item: Item) -> tuple[Act, ...]:
        """The line behind a challenge: the client's next message, which may be empty, or that it gives up."""
        response = read_base64(item) if isinstance(item, bytes) else None
        self._begun_login = False
        if response is None:
            why = m.LOGIN_CANCELLED if item == CANCEL else m.NOT_BASE64
            return (Forgo(), *self._judged(Plain(501, message(why))))
        return (Respond(self._next(Login("", None)), response),)

    def _went(self, outcome: LoginOutcome) -> tuple[Act, ...]:
        """How a login went, or that it goes on."""
        reply = reply_to(outcome)
        self._begun_login = isinstance(outcome, Challenge)
        if isinstance(outcome, Admitted):
            self._scene.user, self._scene.rights = outcome.name, outcome.rights
        self._watch_out()
        if isinstance(outcome, Denied):
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                farewell = message(m.TOO_MANY_FAILED_LOGINS)
                return (self._say(reply), *self.dismissed(Ending.FAILED_LOGINS, farewell))
        return self._judged(reply)

    def _forgo(self) -> tuple[Act, ...]:
        begun, self._begun_login = self._begun_login, False
        return (Forgo(),) if begun or isinstance(self._pending, Login) else ()

    def _watch_out(self) -> None:
        """Whether every line must be looked at, also one whose answer is in memory."""
        bad = self._manners is not None and self._manners.bad > 0
        self._wary = bad or self._begun_login or not self._scene.admitted

    def _part(self, why: Ending) -> Part:
        self.parted = True
        self._queue.clear()
        self._pending = None
        return Part(why)
