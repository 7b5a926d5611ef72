"""How it ends: goodbye, a server that stops, a connection that goes; nobody is left waiting."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectingCancelledError, ConnectionAborted, ConnectionDone, DNSLookupError
from twisted.internet.error import ConnectionLost as Reset
from twisted.internet.interfaces import IProtocolFactory, IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from zope.interface import implementer

from socketspeak.client import ConnectionLost, ServerClosing, connect
from socketspeak.client.protocol import CLOSE_SECONDS
from tests.kit.desk import calls_left
from tests.pair.pump import End, Pair, error_of, outcome_of, slow_pair


@pytest.fixture
def waiting() -> Pair:
    """A pair whose source never answers, so that the server waits for its patience, 0.8 seconds."""
    return slow_pair(None)


def test_close_says_goodbye_and_waits_until_the_connection_is_gone() -> None:
    pair = Pair()
    closing = pair.client.close()
    assert not closing.called
    pair.settle()
    assert outcome_of(closing) is None
    assert all(isinstance(end.lost, ConnectionDone) for end in pair.ends)
    assert pair.desk.counts.sessions == 0
    assert pair.clock.getDelayedCalls() == []


def test_close_may_be_called_again_and_again() -> None:
    pair = Pair()
    first, second = pair.client.close(), pair.client.close()
    assert pair.ends[0].unsent == b"QUIT\r\n"
    pair.settle()
    assert [outcome_of(first), outcome_of(second), outcome_of(pair.client.close())] == [None, None, None]


def test_what_was_asked_before_the_close_is_answered(waiting: Pair) -> None:
    asked, closing = waiting.client.time("tokyo"), waiting.client.close()
    waiting.settle()
    assert not asked.called
    waiting.settle(0.8)
    assert waiting.result(asked)[0].source == "embedded"
    assert outcome_of(closing) is None


def test_nothing_can_be_asked_after_the_close() -> None:
    pair = Pair()
    pair.client.close()
    late = error_of(pair.client.time("tokyo"))
    assert str(late) == "the connection was lost: this client has closed it"
    pair.settle()
    assert str(error_of(pair.client.ping())) == str(late)


def test_a_close_that_is_cancelled_hangs_up_at_once(waiting: Pair) -> None:
    asked, closing = waiting.client.time("tokyo"), waiting.client.close()
    closing.cancel()
    assert isinstance(error_of(closing), CancelledError)
    assert isinstance(error_of(asked), ConnectionLost)
    waiting.settle()
    assert all(waiting.ends[at].lost for at in (0, 1))
    assert calls_left(waiting.clock) == []


def test_a_server_that_never_says_goodbye_is_left_after_five_seconds() -> None:
    pair = Pair()
    closing = pair.client.close()
    pair.ends[0].unsent = b""  # the network has lost it
    pair.settle(CLOSE_SECONDS - 0.1)
    assert not closing.called
    pair.settle(0.1)
    assert outcome_of(closing) is None
    assert pair.desk.counts.sessions == 0


def test_a_lost_connection_fails_all_that_is_pending_and_says_how_many_that_were(waiting: Pair) -> None:
    asked = [waiting.client.time("tokyo"), waiting.client.ping(), waiting.client.list()]
    waiting.settle()
    for end in waiting.ends:
        end.lose(Reset())
    errors = [error_of(each) for each in asked]  # type: ignore[arg-type]
    assert {type(error) for error in errors} == {ConnectionLost}
    assert len({id(error) for error in errors}) == 3
    assert {str(error) for error in errors} == {
        "the connection was lost with 3 requests unanswered: "
        "Connection to the other side was lost in a non-clean fashion."
    }
    assert outcome_of(waiting.client.close()) is None


def test_a_server_that_just_closes_is_said_to_have_closed(waiting: Pair) -> None:
    asked = waiting.client.time("tokyo")
    waiting.settle()
    waiting.ends[1].loseConnection()
    waiting.settle()
    assert (
        str(error_of(asked)) == "the connection was lost with 1 request unanswered: the server has closed it"
    )


def test_one_who_cancels_another_when_the_connection_goes_does_no_harm(waiting: Pair) -> None:
    first, second, third = (waiting.client.time(place) for place in ("tokyo", "lisbon", "cairo"))
    first.addErrback(lambda _: second.cancel())
    waiting.settle()
    waiting.ends[0].lose(Reset())
    assert first.called
    assert isinstance(error_of(second), CancelledError)
    assert isinstance(error_of(third), ConnectionLost)


def test_a_server_that_stops_answers_what_was_asked_and_says_that_it_closes(waiting: Pair) -> None:
    asked = waiting.client.time("tokyo")
    waiting.settle()
    drained = waiting.register.drain(10)
    waiting.settle(0.8)
    waiting.settle(0.1)
    assert waiting.result(asked)[0].zone == "Asia/Tokyo"
    assert outcome_of(drained) is None
    late = error_of(waiting.client.time("tokyo"))
    assert isinstance(late, ServerClosing)
    assert str(late) == "421 SocketSpeak is shutting down"


def test_what_a_stopping_server_did_not_hear_any_more_fails_with_421() -> None:
    pair = Pair()
    drained = pair.register.drain(10)
    for _ in range(3):
        pair.clock.advance(0.01)  # the server looks twice for more requests, and none arrives
    asked = [pair.client.time("tokyo"), pair.client.ping()]
    pair.settle()
    assert {str(error_of(each)) for each in asked} == {"421 SocketSpeak is shutting down"}  # type: ignore[arg-type]
    assert outcome_of(drained) is None
    assert pair.clock.getDelayedCalls() == []


def test_a_server_that_closes_but_takes_nothing_more_is_left_after_five_seconds() -> None:
    pair = Pair()
    asked, (mine, its) = pair.client.time("tokyo"), pair.ends
    its.pauseProducing()
    mine.protocol.dataReceived(b'{"code":421,"message":"SocketSpeak is shutting down"}\r\n')
    assert isinstance(error_of(asked), ServerClosing)
    pair.settle(CLOSE_SECONDS - 0.1)
    assert mine.lost is None
    pair.settle(0.1)
    assert isinstance(mine.lost, ConnectionAborted)


def test_a_client_that_goes_leaves_nothing_at_the_server(waiting: Pair) -> None:
    waiting.client.time("tokyo").addErrback(lambda _: None)
    waiting.settle()
    waiting.ends[0].abortConnection()
    waiting.settle()
    assert waiting.desk.counts.sessions == 0


async def asking(pair: Pair, trouble: Exception | None = None) -> str:
    async with await connect(pair.endpoint) as client:
        (clock,) = await client.time("tokyo")
        if trouble is not None:
            raise trouble
    return clock.zone


def test_an_async_with_closes_the_connection_at_its_end() -> None:
    pair = Pair()
    zone = Deferred.fromCoroutine(asking(pair))
    assert pair.result(zone) == "Asia/Tokyo"
    assert all(end.lost for end in pair.ends)


def test_an_async_with_closes_the_connection_when_its_body_fails_too() -> None:
    pair = Pair()
    failing = Deferred.fromCoroutine(asking(pair, LookupError("mine")))
    with pytest.raises(LookupError, match="mine"):
        pair.result(failing)
    assert all(end.lost for end in pair.ends)


# --- A connect that is cancelled ----------------------------------------------------------------------------


@implementer(IStreamClientEndpoint)
class Stubborn:
    """An endpoint that takes its time, and makes of being cancelled what it likes."""

    def __init__(self, ending: Exception | None) -> None:
        self._ending = ending
        self._connecting: Deferred[Any] = Deferred(self._cancelled)
        self.protocol: Any = None
        self.end: End | None = None

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[Any]:
        self.protocol = protocolFactory.buildProtocol(None)  # type: ignore[arg-type]
        return self._connecting

    def succeed(self) -> None:
        """The connection stands."""
        self._connecting.callback(self.protocol)

    def _cancelled(self, connecting: Deferred[Any]) -> None:
        if self._ending is not None:
            connecting.errback(self._ending)
            return
        self.end = End(Clock(), self.protocol)
        self.protocol.makeConnection(self.end)
        connecting.callback(self.protocol)


@pytest.mark.parametrize("ending", [DNSLookupError("no such name"), ConnectingCancelledError(None), None])
def test_a_connect_that_is_cancelled_is_cancelled_whatever_the_endpoint_says(
    ending: Exception | None,
) -> None:
    connecting = connect(Stubborn(ending))
    connecting.cancel()
    assert isinstance(error_of(connecting), CancelledError)


def test_a_connect_that_takes_too_long_says_so_whatever_the_endpoint_says() -> None:
    clock = Clock()
    connecting = connect(Stubborn(DNSLookupError("no such name")), timeout=3, clock=clock)
    clock.advance(3)
    assert str(error_of(connecting)) == "no answer within 3 s"


def test_a_connection_that_comes_about_after_all_is_let_go_of() -> None:
    endpoint, clock = Stubborn(None), Clock()
    connecting = connect(endpoint, clock=clock)
    connecting.cancel()
    assert isinstance(error_of(connecting), CancelledError)
    assert endpoint.end is not None
    endpoint.protocol.dataReceived(b'220 hello\r\n{"code":200,"message":"JSON"}\r\n')
    clock.advance(CLOSE_SECONDS + 10)
    assert endpoint.end.disconnecting


def test_a_connection_that_has_no_clock_wants_one_to_be_given() -> None:
    endpoint = Stubborn(None)
    connecting = connect(endpoint)
    transport = StringTransport()
    endpoint.protocol.makeConnection(transport)
    endpoint.succeed()
    assert str(error_of(connecting)) == "this kind of connection has no clock: give connect() one"
    assert transport.disconnected
