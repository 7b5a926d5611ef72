"""What makes the sessions of a server, for whoever is let in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory

from socketspeak.language.conversation import Conversation
from socketspeak.language.questions import Setting
from socketspeak.language.voice import Voice
from socketspeak.limits.addresses import group_of, is_local
from socketspeak.limits.rates import Rates
from socketspeak.server.desk import Desk
from socketspeak.server.encrypted import EncryptedFactory
from socketspeak.server.gate import Gate, Refusal
from socketspeak.server.metered import MeteredSession
from socketspeak.server.register import Register
from socketspeak.server.session import Session

if TYPE_CHECKING:
    from socketspeak.server.login import Logins


class SessionFactory(Factory):
    """Makes the sessions of one server."""

    noisy = False

    def __init__(
        self,
        desk: Desk,
        setting: Setting,
        voice: Voice,
        register: Register,
        *,
        encrypted: EncryptedFactory | None = None,
        logins: Logins | None = None,
        gate: Gate | None = None,
        rates: Rates | None = None,
    ) -> None:
        """Without a gate everyone is let in; without rates, or where they are off, nobody is held back."""
        self._desk = desk
        self._setting = setting
        self._voice = voice
        self._register = register
        self._encrypted = encrypted
        self._logins = logins
        self._gate = gate
        self._rates = rates

    def renew(self, setting: Setting, voice: Voice) -> None:
        """Make the sessions of another setting from now on; those that are there are told by the register."""
        self._setting = setting
        self._voice = voice

    def buildProtocol(self, addr: IAddress | None) -> Session | Refusal:
        host = getattr(addr, "host", "")  # a UNIX socket's peer has none
        group = group_of(host)
        refusal = None if self._gate is None else self._gate.refusal(group)
        if refusal is not None:
            return refusal  # and never None, which TLS cannot stand
        conversation = Conversation(self._setting, self._voice, local=is_local(host))
        visitor = None if self._logins is None else self._logins.visitor(host)
        rates = self._rates
        make = Session if rates is None or rates.off else partial(MeteredSession, rates)
        return make(
            self._desk,
            conversation,
            self._register,
            encrypted=self._encrypted,
            visitor=visitor,
            group=group,
        )
