"""Whether anybody still reads a pipe, told at once: the next line may be an hour away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer


@implementer(IReadDescriptor)
class _Outlet:
    """Our end of a pipe; the reactor calls its connection lost when nobody has the other end any more."""

    def __init__(self, descriptor: int, unread: Callable[[], object]) -> None:
        self._descriptor = descriptor
        self._unread = unread

    def fileno(self) -> int:
        return self._descriptor

    def logPrefix(self) -> str:
        return "standard output"

    def doRead(self) -> None:
        """Nothing can be read at this end."""

    def connectionLost(self, reason: Failure) -> None:
        self._unread()


@contextmanager
def noticing(descriptor: int | None, reactor: IReactorFDSet, unread: Callable[[], object]) -> Iterator[None]:
    """Call `unread` as soon as nobody reads this pipe any more; None is no pipe."""
    if descriptor is None:
        yield
        return
    outlet = _Outlet(descriptor, unread)
    reactor.addReader(outlet)
    try:
        yield
    finally:
        reactor.removeReader(outlet)
