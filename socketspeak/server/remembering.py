"""The short way to an answer: most of what is asked was asked within the same second before, by somebody."""

from __future__ import annotations

from collections.abc import Sequence

from socketspeak.language.acts import Say
from socketspeak.language.conversation import Conversation
from socketspeak.language.framing import Pieces
from socketspeak.language.stamps import NS
from socketspeak.language.voice import Voice
from socketspeak.server.desk import Desk
from socketspeak.server.draining import DrainingTransport
from socketspeak.server.lines import LINES_A_TURN
from socketspeak.server.register import Register
from socketspeak.server.splitting import Item


class RememberingTransport(DrainingTransport):
    """Answers lines from memory, where a conversation at rest would answer the same."""

    def __init__(self, desk: Desk, conversation: Conversation, register: Register) -> None:
        super().__init__(register)
        self._desk = desk
        self._conversation = conversation

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

    def goodbye_heard(self) -> None:
        """A peer that is owed nothing is let go here and now, as a conversation at rest would have it."""
        if self._socket is not None and self._conversation.at_rest and self.undisturbed():
            self._peer_finished = True
            self.let_go()
        else:
            super().goodbye_heard()

    def _kept(self, voice: Voice) -> tuple[dict[object, Pieces], int]:
        """The answers kept for this very second in a voice, and the instant, in Unix nanoseconds."""
        almanac = self._desk.almanac
        unix_ns = almanac.unix_ns()
        return self._desk.memory.table(voice, unix_ns // NS, almanac.edition), unix_ns

    def _from_memory(self, items: Sequence[Item]) -> int:
        """Answer what can be answered from memory, up to the first that cannot; how many those were."""
        voice = self._conversation.voice
        table, unix_ns = self._kept(voice)
        fraction = voice.format.fraction(unix_ns)
        answers: list[bytes] = []
        for item in items:
            pieces = table.get(item)
            if pieces is None:
                break
            answers.append(fraction.join(pieces))
        if answers:
            self._stirred = self._register.tick
            self.put(b"".join(answers))
        return len(answers)

    def _say_and_keep(self, act: Say, line: bytes, unix_ns: int) -> None:
        table = self._desk.memory.table(act.voice, unix_ns // NS, self._desk.almanac.edition)
        pieces = act.voice.pieces(act.reply)
        self._desk.memory.keep(table, line, pieces)
        self._write(act.voice.format.fraction(unix_ns).join(pieces))

    def _write(self, reply: bytes) -> None:
        self._stirred = self._register.tick
        self.put(reply)
