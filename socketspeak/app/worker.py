"""A worker: a copy of the first process, made by fork, that serves at the ports which that one has opened."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorNotRunning
from twisted.internet.process import registerReapProcessHandler, unregisterReapProcessHandler
from twisted.internet.protocol import Factory
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from socketspeak.app.channel import FAILED, OUTCOME, RELOAD, SERVING, STOP, Channel, Heard
from socketspeak.app.crew import SERVING as SERVES
from socketspeak.app.crew import STOPPING, Crew
from socketspeak.app.daemon import Daemon
from socketspeak.app.foreman import Foreman
from socketspeak.server.desk import Desk
from socketspeak.sources.hearsay import read

NOTE_SECONDS = 0.5  # between two notes of what is counted: what others tell of it is no older
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
HEEDED = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD})

_log = Logger()


class Started:
    """A worker's process, as the first process has it: Twisted reaps it."""

    def __init__(self, pid: int, end: socket.socket, number: int, foreman: Foreman, reactor: Any) -> None:
        self.pid = pid
        self._number = number
        self._foreman = foreman
        self._channel = joined(end, partial(foreman.heard, number), lambda: None, reactor)
        registerReapProcessHandler(pid, self)

    def tell(self, word: str, *rest: object) -> None:
        """Say something to it."""
        self._channel.tell(word, *rest)

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def abandon(self) -> None:
        """In a worker that has been forked: this one is none of its business."""
        unregisterReapProcessHandler(self.pid, self)
        transport: Any = self._channel.transport
        if transport is not None:
            transport.socket.close()

    def reapProcess(self) -> None:
        """A process has ended; was it this one?"""
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            pid, status = self.pid, 0
        if pid:
            unregisterReapProcessHandler(self.pid, self)
            self.processEnded(status)

    def processEnded(self, status: int) -> None:
        """It has ended."""
        self._channel.close()
        self._foreman.ended(self._number, _told(status))


class Workers:
    """Starts workers."""

    def __init__(self, work: Callable[[int, socket.socket], int], reactor: Any) -> None:
        """`work` is what a worker does, in its own process, up to its exit status."""
        self._work = work
        self._reactor = reactor

    def start(self, number: int, foreman: Foreman) -> Started:
        """Fork. No other thread may be at work: what it holds would be held for ever in the copy."""
        ours, its = socket.socketpair()
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()  # or both would write what waits there
        parent = os.getpid()
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, HEEDED)
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._become(number, its, foreman, parent, masked)
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        its.close()
        return Started(pid, ours, number, foreman, self._reactor)

    def _become(self, number: int, its: socket.socket, foreman: Foreman, parent: int, masked: Any) -> None:
        """In the worker; never returns: what is behind it on the stack is the first process's."""
        status = 1
        try:
            die_with(parent)
            for hand in foreman.hands:
                if isinstance(hand, Started):
                    hand.abandon()
            forget_signals()
            renew(self._reactor)
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
            status = self._work(number, its)
        except BaseException:
            _log.failure("a worker broke")
        finally:
            for stream in filter(None, (sys.stdout, sys.stderr)):
                with suppress(Exception):
                    stream.flush()
            os._exit(status)


def joined(end: socket.socket, heard: Heard, ended: Callable[[], None], reactor: Any) -> Channel:
    """The channel at one end of a pair of sockets."""
    channel = Channel(heard, ended)
    factory = Factory.forProtocol(lambda: channel)
    factory.noisy = False
    end.setblocking(False)
    reactor.adoptStreamConnection(end.fileno(), socket.AF_UNIX, factory)
    end.close()  # the transport has a duplicate
    return channel


def die_with(parent: int) -> None:
    """Have the kernel kill this process as soon as that one, its parent, is gone; where it can."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it was gone before


def forget_signals() -> None:
    """Hear none in the first process's place. What a shell wants to be ignored stays ignored."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def renew(reactor: Any) -> None:
    """Make the reactor, which the fork has copied while it ran, as good as new, and the same object.

    So all that was made with it stays good. What it waits for is the first process's: an epoll is shared by a
    fork, and may not be touched. Its clock stays as it was set.
    """
    for waker in reactor._internalReaders:
        waker.connectionLost(None)  # which closes our copies of its pipe
    seconds = reactor.seconds
    vars(reactor).clear()
    type(reactor).__init__(reactor)
    reactor.seconds = seconds


class Worker:
    """What one worker does from its start to its end."""

    def __init__(
        self,
        *,
        daemon: Daemon,
        desk: Desk,
        crew: Crew,
        reload: Callable[[], None],
        reactor: Any,
    ) -> None:
        self._daemon = daemon
        self._desk = desk
        self._crew = crew
        self._reactor = reactor
        self._state = SERVES
        self._well = False
        self._over = False
        self._heeds: Mapping[str, Callable[..., None]] = {
            STOP: self._end,
            RELOAD: reload,
            OUTCOME: self._learn,
            FAILED: self._punish,
        }

    def work(self, number: int, end: socket.socket) -> int:
        """Serve until told to end; gives the exit status."""
        reactor = self._reactor
        channel = joined(end, self._heard, self._alone, reactor)
        self._crew.join(number, channel.tell)
        self._daemon.take_over(self._crew.busier)
        noting = LoopingCall(self._note)
        noting.clock = reactor

        def begin() -> None:
            try:
                self._daemon.startService()
            except Exception:
                _log.failure("a worker cannot start")
                reactor.callLater(0, self._end)
                return
            self._well = True
            noting.start(NOTE_SECONDS).addErrback(lambda failure: _log.failure("noting broke", failure))
            channel.tell(SERVING)

        reactor.callWhenRunning(begin)
        reactor.addSystemEventTrigger("before", "shutdown", self._stop)
        reactor.run()
        self._note()
        return 0 if self._well else 1

    def _end(self) -> None:
        with suppress(ReactorNotRunning):  # it ends already: systemd tells all processes, and so do we
            self._reactor.stop()

    def _stop(self) -> Deferred[None]:
        self._state = STOPPING
        return self._daemon.stopService().addBoth(self._done)

    def _done(self, result: Any) -> Any:
        self._over = True
        return result

    def _note(self) -> None:
        own = self._desk.own_status()
        self._crew.note(self._state, own.counts, own.sources)

    def _heard(self, word: str, rest: list[Any]) -> None:
        self._heeds[word](*rest)

    def _learn(self, source: str, zone: str, outcome: Mapping[str, Any]) -> None:
        self._desk.almanac.hear(source, zone, read(outcome))

    def _punish(self, group: str) -> None:
        self._crew.penalties.failed_elsewhere(group, self._reactor.seconds())

    def _alone(self) -> None:
        """The first process is gone: nobody would end this one, and it would hold the ports."""
        if not self._over:  # else it is this end that was closed
            os.kill(os.getpid(), signal.SIGKILL)


def _told(status: int) -> str:
    """How a process ended, in words."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        with suppress(ValueError):
            return f"was ended by {signal.Signals(number).name}"
        return f"was ended by signal {number}"
    return f"ended with {os.WEXITSTATUS(status)}"
