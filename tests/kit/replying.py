"""How a faulty source answers: truly, always the same, by what it is asked, or without end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.kit.bodies import Question, question, truth
from tests.kit.faulty import Behaviour, Call

JSON = "Content-Type: application/json"


def head(*lines: str, status: str = "200 OK") -> bytes:
    """The head of an answer; a lone surrogate stands for an octet that is no UTF-8."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *lines, "")).encode(
        "utf-8", "surrogateescape"
    )


def whole(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """A whole answer, after which the connection is kept."""
    return head(*(lines or (JSON,)), f"Content-Length: {len(body)}", status=status) + body


def asked_by(call: Call) -> Question:
    """What the last request on a connection asks."""
    return question(call.source.dialect, call.target)


def true_body(call: Call) -> bytes:
    """The truth that was asked for."""
    asked = asked_by(call)
    if call.source.first_stamp_ns is None:
        call.source.first_stamp_ns = asked.now_ns
    return truth(asked)


async def honest(call: Call) -> None:
    """Answer truly, and keep the connection."""
    call.answer(whole(true_body(call)))


async def honest_once(call: Call) -> None:
    """Answer truly, and close: what comes next comes over a new connection."""
    call.say(whole(true_body(call), JSON, "Connection: close"))
    call.hang_up()


def saying(octets: bytes) -> Behaviour:
    """Say always the same."""

    async def say(call: Call) -> None:
        call.say(octets)

    return say


def answering(octets: bytes) -> Behaviour:
    """Give always the same whole answer."""

    async def answer(call: Call) -> None:
        call.answer(octets)

    return answer


def then_closing(octets: bytes) -> Behaviour:
    """Say always the same, and close."""

    async def close(call: Call) -> None:
        call.say(octets)
        call.hang_up()

    return close


def telling(body: Callable[[Question], bytes], *lines: str) -> Behaviour:
    """Answer with a body that depends on the question."""

    async def tell(call: Call) -> None:
        call.answer(whole(body(asked_by(call)), *lines))

    return tell


def pouring(start: bytes, pieces: Callable[[], Iterable[bytes]]) -> Behaviour:
    """Say something, and then as much as is taken."""

    async def pour(call: Call) -> None:
        call.say(start)
        await call.pour(pieces())

    return pour
