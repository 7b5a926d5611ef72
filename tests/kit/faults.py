"""The table of faults: all that a source on the other side of a network does to those who ask it.

A fault is what happens to a connection that has just asked; it may do nothing more, or never end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import repeat

from tests.kit.bodies import BODIES, CONTROLS, Question, bomb, stray, truth
from tests.kit.faulty import Behaviour, Call
from tests.kit.replying import (
    JSON,
    answering,
    asked_by,
    head,
    honest,
    pouring,
    saying,
    telling,
    then_closing,
    true_body,
    whole,
)

FOR_EVER = 3600.0  # seconds: no asker waits so long
DRIP_SECONDS = 0.05
STRAY_SECONDS = 0.02
BLOCK = b" " * 65_536
BLOCKS = 4_800  # 300 MB in all


def packed_bomb() -> Iterator[bytes]:
    """A gzip bomb, in one chunk."""
    yield b"%x\r\n%b\r\n0\r\n\r\n" % (len(bomb()), bomb())


async def silence(call: Call) -> None:
    """Say nothing."""
    await call.pause(FOR_EVER)


async def dripped_head(call: Call) -> None:
    """Answer truly, one octet after another."""
    await call.drip(whole(true_body(call)), DRIP_SECONDS)


async def dripped_body(call: Call) -> None:
    """Answer truly, the body one octet after another."""
    body = true_body(call)
    call.say(head(JSON, f"Content-Length: {len(body)}"))
    await call.drip(body, DRIP_SECONDS)


async def half(call: Call) -> None:
    """Send half of the true answer, and give it the time to arrive."""
    call.say(whole(true_body(call))[:-150])
    await call.pause(0.02)


async def stalled(call: Call) -> None:
    """Stop in the body."""
    await half(call)
    await call.pause(FOR_EVER)


async def reset_in_the_body(call: Call) -> None:
    """Break off in the body."""
    await half(call)
    call.reset()


async def cut_with_a_length(call: Call) -> None:
    """Close in the body, whose length was told."""
    await half(call)
    call.hang_up()


async def cut_without_a_length(call: Call) -> None:
    """Close in the body, whose end nothing tells."""
    call.say(head(JSON), true_body(call)[:-20])
    call.hang_up()


async def same_stamp(call: Call) -> None:
    """Give the first answer's stamp again, as a cache does that does not say so."""
    asked = asked_by(call)
    if call.source.first_stamp_ns is None:
        call.source.first_stamp_ns = asked.now_ns
    call.answer(whole(truth(Question(asked.dialect, asked.zone, call.source.first_stamp_ns))))


async def more_than_the_answer(call: Call) -> None:
    """Answer truly, and send answers behind it to what was not asked, five years off."""
    call.answer(whole(true_body(call)) + whole(stray(asked_by(call))) * 3)


async def late_answer_after_the_answer(call: Call) -> None:
    """Answer truly, and a little later answer what was not asked."""
    call.answer(whole(true_body(call)))
    await call.pause(STRAY_SECONDS)
    call.say(whole(stray(asked_by(call))))


async def noise_after_the_answer(call: Call) -> None:
    """Answer truly, and send what is no answer behind it."""
    call.answer(whole(true_body(call)) + b"\x00\xff" * 1000)


async def reset_when_kept(call: Call) -> None:
    """Answer truly on a new connection; break off a kept one as it is used."""
    if call.requests > 1:
        call.reset()
    else:
        await honest(call)


async def redirected_to_itself(call: Call) -> None:
    """Send the asker to where it has just been."""
    call.answer(_moved(f"http://127.0.0.1:{call.source.port}{call.target}"))


async def redirected_elsewhere(call: Call) -> None:
    """Send the asker to a stranger."""
    call.answer(_moved(f"http://127.0.0.1:{call.source.elsewhere}{call.target}"))


def _moved(location: str) -> bytes:
    return whole(b"{}", JSON, f"Location: {location}", status="302 Found")


async def two_lengths(call: Call) -> None:
    """Answer truly, with two lengths of which one is right."""
    body = true_body(call)
    call.say(head(JSON, f"Content-Length: {len(body)}", "Content-Length: 3"), body)


def refusing(status: str, *lines: str) -> Behaviour:
    """Answer with a failure."""
    return answering(whole(json.dumps({"error": "no"}).encode(), JSON, *lines, status=status))


CONTROL_LINE = CONTROLS.replace("\r\n", "").replace("\x00", "")
NO_TEXT = "\udcff\udc9b\udc80"  # octets that are no UTF-8

FAULTS: Mapping[str, Behaviour] = {
    "nothing at all": honest,
    "silence": silence,
    "headers dripped": dripped_head,
    "body dripped": dripped_body,
    "body stalled": stalled,
    "reset in the body": reset_in_the_body,
    "truncated with a length": cut_with_a_length,
    "truncated without a length": cut_without_a_length,
    "300 MB announced": pouring(
        head(JSON, f"Content-Length: {BLOCKS * len(BLOCK)}"), lambda: repeat(BLOCK, BLOCKS)
    ),
    "300 MB without a length": pouring(head(JSON), lambda: repeat(BLOCK, BLOCKS)),
    "300 MB in chunks": pouring(
        head(JSON, "Transfer-Encoding: chunked"),
        lambda: repeat(b"%x\r\n%b\r\n" % (len(BLOCK), BLOCK), BLOCKS),
    ),
    "300 MB in one chunk": pouring(
        head(JSON, "Transfer-Encoding: chunked") + b"12c00000\r\n", lambda: repeat(BLOCK, BLOCKS)
    ),
    "300 MB of an error": pouring(head(JSON, status="500 No"), lambda: repeat(BLOCK, BLOCKS)),
    "gzip bomb": telling(lambda asked: bomb(), JSON, "Content-Encoding: gzip"),
    "gzip bomb for the journey": pouring(head(JSON, "Transfer-Encoding: gzip, chunked"), packed_bomb),
    "200,000 headers": pouring(
        b"HTTP/1.1 200 OK\r\n", lambda: (b"X-%d: %d\r\n" % (n, n) * 100 for n in range(2_000))
    ),
    "a header without end": pouring(b"HTTP/1.1 200 OK\r\nX: ", lambda: repeat(b"y" * 65_536, BLOCKS)),
    "a status line without end": pouring(b"HTTP/1.1 200 ", lambda: repeat(b"y" * 65_536, BLOCKS)),
    "100,000 interim responses": pouring(b"", lambda: repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 1_000)),
    "HTML with 200": answering(whole(b"<!doctype html><p>Welcome to your hotel", "Content-Type: text/html")),
    "HTML that says it is JSON": answering(whole(b"<!doctype html><p>Welcome to your hotel", JSON)),
    "wrong content type": telling(truth, "Content-Type: text/plain"),
    "no content type": telling(truth, "X-Kind: none"),
    "same stamp twice": same_stamp,
    "404": refusing("404 Not Found"),
    "429 with Retry-After": refusing("429 Too Many Requests", "Retry-After: 60"),
    "429 without Retry-After": refusing("429 Too Many Requests"),
    "429 with a Retry-After beyond reason": refusing("429 Too Many Requests", f"Retry-After: {'9' * 400}"),
    "429 with a Retry-After that is none": refusing("429 Too Many Requests", "Retry-After: -1"),
    "controls in the Retry-After": refusing("429 Too Many Requests", f"Retry-After: {CONTROL_LINE}"),
    "no UTF-8 in the Retry-After": refusing("429 Too Many Requests", f"Retry-After: {NO_TEXT}"),
    "500": refusing("500 Internal Server Error"),
    "503": refusing("503 Service Unavailable"),
    "503 with Retry-After": refusing("503 Service Unavailable", "Retry-After: Wed, 21 Oct 2099 07:28:00 GMT"),
    "redirect loop": redirected_to_itself,
    "redirect to a file": answering(_moved("file:///etc/passwd")),
    "redirect to another host": redirected_elsewhere,
    "kept connection reset as it is used": reset_when_kept,
    "another answer after the answer": more_than_the_answer,
    "another answer long after the answer": late_answer_after_the_answer,
    "noise after the answer": noise_after_the_answer,
    "bad chunk": saying(head(JSON, "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunk longer than it says": saying(head(JSON, "Transfer-Encoding: chunked") + b"1\r\n{}}\r\n0\r\n\r\n"),
    "negative length": saying(head(JSON, "Content-Length: -1") + b"{}"),
    "double length": two_lengths,
    "not HTTP": then_closing(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "controls in the status line": answering(whole(b"{}", JSON, status=f"500 {CONTROL_LINE}")),
    "controls in the content type": telling(truth, f"Content-Type: text/{CONTROL_LINE}"),
    "controls in the encoding": telling(truth, JSON, f"Content-Encoding: {CONTROL_LINE}"),
    "no UTF-8 in the status line": answering(whole(b"{}", JSON, status=f"500 {NO_TEXT}")),
    "no UTF-8 in the content type": telling(truth, f"Content-Type: text/{NO_TEXT}"),
    "no UTF-8 in the encoding": telling(truth, JSON, f"Content-Encoding: {NO_TEXT}"),
    "no UTF-8 in the age": telling(truth, JSON, f"Age: {NO_TEXT}", f"X-Cache: {NO_TEXT}"),
    "no UTF-8 in the date": telling(truth, JSON, f"Date: {NO_TEXT}"),
    "no UTF-8 in a cookie": telling(truth, JSON, f"Set-Cookie: {NO_TEXT}"),
    "controls in a header's name": telling(truth, JSON, f"X{CONTROL_LINE}: y"),
    **{name: telling(body) for name, body in BODIES.items()},
}
