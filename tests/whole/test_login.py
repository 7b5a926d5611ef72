"""Logging in to the daemon itself, by a client that is nobody's library, over TLS and on loopback."""

from __future__ import annotations

import os
import re
import signal
import socket
import struct
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pytest

from socketspeak.app.scramfile import put_user
from tests.kit.daemon import END_SECONDS, START_SECONDS, Daemon, until
from tests.kit.logins import a_verifier, base64, challenge_of
from tests.kit.scram import ScramClient, plain
from tests.kit.tls import certificate_options, client_context, write_certificate

WITH_TLS = re.compile(r"listening on 127\.0\.0\.1:(\d+), with TLS")
RIGHT, WRONG, FAULT = "correct horse", "wrong donkey", "battery staple"
SOON = 1.0  # seconds: an answer that nothing holds back, on a machine that has other things to do

# Someone's own checker, as a plugin of Twisted: it breaks, and tells the password while it does.
PLUGIN = """
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.strcred import ICheckerFactory
from twisted.internet.defer import Deferred
from twisted.plugin import IPlugin
from zope.interface import implementer

class Breaking:
    credentialInterfaces = (IUsernamePassword,)
    def requestAvatarId(self, credentials):
        if credentials.username == b"never":
            return Deferred()
        password = credentials.password.decode()
        if credentials.username == b"breaks":
            raise ValueError(f"{password} is no number")
        from twisted.cred.error import UnauthorizedLogin
        raise UnauthorizedLogin(password)

@implementer(ICheckerFactory, IPlugin)
class Factory:
    authType, authHelp, argStringFormat = "breaking", "", ""
    credentialInterfaces = (IUsernamePassword,)
    def generateChecker(self, argstring):
        return Breaking()

factory = Factory()
"""


@dataclass(frozen=True)
class Door:
    """A daemon that wants a login: its ports, and the file of who has one."""

    daemon: Daemon
    encrypted: int
    users: Path


class Caller:
    """A connection from an address of this host, each of which fails on its own account."""

    def __init__(self, door: Door, source: str, *, tls: bool = True) -> None:
        port = door.encrypted if tls else door.daemon.port
        bare = socket.create_connection(("127.0.0.1", port), END_SECONDS, (source, 0))
        self._socket = client_context().wrap_socket(bare, server_hostname="localhost") if tls else bare
        self._stream = self._socket.makefile("rb")
        self.greeting = self.hear()

    def __enter__(self) -> Caller:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()

    def say(self, line: bytes) -> None:
        """Send a line."""
        self._socket.sendall(line + b"\r\n")

    def hear(self) -> str:
        """The last line of the next reply; nothing at the end."""
        while (line := self._stream.readline().decode().rstrip("\r\n"))[3:4] == "-":
            pass
        return line

    def ask(self, line: bytes) -> str:
        """Send a line, and hear the reply."""
        self.say(line)
        return self.hear()

    def reset(self) -> None:
        """Go without a word, as who has crashed."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def plain(self, name: str, password: str) -> str:
        """Log in by PLAIN."""
        return self.ask(b"AUTH PLAIN " + base64(plain(name, password)))

    def scram(self, name: str, password: str) -> str:
        """Log in by SCRAM-SHA-256; the server must know the password as well."""
        client = ScramClient(name, password)
        first = self.ask(b"AUTH SCRAM-SHA-256 " + base64(client.first()))
        proof = self.ask(base64(client.final(challenge_of(first))))
        if not proof.startswith("334 "):
            return proof
        assert client.believes(challenge_of(proof))
        return self.ask(b"")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The daemon, with Alice and somebody's own checker."""
    folder = tmp_path_factory.mktemp("login")
    put_user(folder / "users", a_verifier("alice", RIGHT))
    plugins = folder / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "breaking.py").write_text(PLUGIN)
    options = (
        *certificate_options(write_certificate(folder)),
        *("--listen-tls", "tcp:0:interface=127.0.0.1"),
        *("--auth", "scram:users", "--auth", "breaking:x", "--require-login"),
    )
    environment = {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}
    with Daemon(folder, *options, environment=environment) as daemon:
        until(lambda: WITH_TLS.search(daemon.log) or daemon.process.poll() is not None, START_SECONDS)
        found = WITH_TLS.search(daemon.log)
        assert found, daemon.log
        yield Door(daemon, int(found[1]), folder / "users")


@pytest.mark.parametrize("tls", [False, True], ids=["on loopback", "over TLS"])
def test_nothing_is_told_before_a_login_and_all_after_it(door: Door, tls: bool) -> None:
    with Caller(door, "127.0.1.1", tls=tls) as caller:
        assert caller.greeting.startswith("220 SocketSpeak ")
        assert "log in first" in caller.greeting
        assert caller.ask(b"TIME tokyo") == "530 log in first: AUTH"
        assert caller.scram("alice", RIGHT) == "235 you are logged in as alice"
        assert " Asia/Tokyo " in caller.ask(b"TIME tokyo")


def test_a_password_itself_is_taken_over_tls_and_never_in_clear(door: Door) -> None:
    with Caller(door, "127.0.1.2") as caller:
        assert caller.plain("alice", RIGHT) == "235 you are logged in as alice"
    with Caller(door, "127.0.1.2", tls=False) as caller:
        assert caller.plain("alice", RIGHT) == "538 encrypt first: STARTTLS"
        assert caller.ask(b"PING") == "200 PONG"


def test_a_failure_is_told_after_two_seconds_and_meanwhile_others_from_there_are_told_to_wait(
    door: Door,
) -> None:
    began = time.monotonic()
    with ExitStack() as callers:
        guessers = {
            name: callers.enter_context(Caller(door, source))
            for name, source in (("alice", "127.0.1.3"), ("nobody", "127.0.1.4"))
        }
        for name, guesser in guessers.items():
            guesser.say(b"AUTH PLAIN " + base64(plain(name, WRONG)))
        until(lambda: "login failed from 127.0.1.3, as 'alice', by PLAIN" in door.daemon.log, END_SECONDS)
        until(lambda: "login failed from 127.0.1.4, as 'nobody', by PLAIN" in door.daemon.log, END_SECONDS)
        for source, code in (("127.0.1.3", "431 "), ("127.0.1.4", "431 "), ("127.0.1.5", "235 ")):
            assert callers.enter_context(Caller(door, source)).plain("alice", RIGHT).startswith(code)
        told = {name: guesser.hear() for name, guesser in guessers.items()}
    assert told == dict.fromkeys(("alice", "nobody"), "535 wrong name or password")
    assert 2 <= time.monotonic() - began < 2 + SOON


def test_who_hangs_up_on_the_answer_waits_all_the_same(door: Door) -> None:
    with Caller(door, "127.0.1.6", tls=False) as guesser:
        client = ScramClient("alice", WRONG)
        first = guesser.ask(b"AUTH SCRAM-SHA-256 " + base64(client.first()))
        guesser.say(base64(client.final(challenge_of(first))))
        until(lambda: "login failed from 127.0.1.6, " in door.daemon.log, END_SECONDS)
    with Caller(door, "127.0.1.6") as again:
        assert again.plain("alice", RIGHT).startswith("431 ")


def test_who_comes_into_the_file_can_log_in_after_sighup_and_nobody_is_dropped(door: Door) -> None:
    with Caller(door, "127.0.1.7") as caller:
        assert caller.scram("alice", RIGHT).startswith("235 ")
        put_user(door.users, a_verifier("bob", RIGHT))
        door.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: re.search("reloaded .*the users", door.daemon.log), END_SECONDS)
        assert caller.ask(b"PING") == "200 PONG"
    with Caller(door, "127.0.1.7") as caller:
        assert caller.scram("bob", RIGHT) == "235 you are logged in as bob"


def test_a_checker_that_breaks_is_a_fault_of_ours_and_the_session_goes_on(door: Door) -> None:
    with Caller(door, "127.0.1.8") as caller:
        assert caller.plain("breaks", FAULT).startswith("451 ")
        assert caller.plain("alice", RIGHT).startswith("235 ")
    until(lambda: "checking a login broke: ValueError at " in door.daemon.log, END_SECONDS)


def test_no_password_is_in_the_log_or_the_list_of_processes(door: Door) -> None:
    with Caller(door, "127.0.1.9") as caller:
        for message in (plain("breaks", FAULT), plain("nobody", WRONG), plain("alice", RIGHT)):
            caller.ask(b"AUTH PLAIN " + base64(message))
            caller.ask(b"AUHT PLAIN " + base64(message))
            caller.ask(base64(message)[:100])
    with Caller(door, "127.0.1.10") as caller:
        caller.say(b"AUTH PLAIN " + base64(plain("never", FAULT)))
        caller.reset()
    until(lambda: "login failed from 127.0.1.10, as 'never'" in door.daemon.log, END_SECONDS)
    arguments = Path(f"/proc/{door.daemon.pid}/cmdline").read_text()
    for secret in (RIGHT, WRONG, FAULT):
        # Base64 of a text depends on where in a triple of octets it begins
        for shape in (secret, *(b64encode(b"\0" * at + secret.encode())[4:-4].decode() for at in range(3))):
            assert shape not in door.daemon.log + arguments


def test_what_was_counted_stands_in_the_status(door: Door) -> None:
    with Caller(door, "127.0.1.11") as caller:
        caller.plain("alice", RIGHT)
        caller.ask(b"FORMAT JSON")
        status = caller.ask(b"STATUS")
    for name in ("logins", "failed_logins", "logins_too_soon"):
        found = re.search(rf'"{name}":(\d+)', status)
        assert found, status
        assert int(found[1]) > 0, name
