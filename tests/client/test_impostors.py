"""A login against servers that do not know the password, or make it weak, slow, or endless."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import UNIXAddress
from twisted.internet.defer import Deferred

from socketspeak.client import Login, ProtocolBroken, SocketSpeakError, connect
from socketspeak.client.login import MOST_ITERATIONS, log_in
from tests.client.doorman import NAME, PASSWORD, Answer, Doorman, challenge, doorway, opened, plain, to
from tests.pair.pump import error_of

ALICE = Login(NAME, PASSWORD)


# --- The server must prove itself ---------------------------------------------------------------------------


def without_proof(doorman: Doorman, line: bytes) -> None:
    """Let everybody in, as one who does not know the password would."""
    doorman.log_in(line)
    doorman.answer_to_proof = lambda _: doorman.say(plain(235, "hello", user=NAME))


def with_proof(text: str) -> Callable[[Doorman, bytes], None]:
    """Say this in the place of a proof."""

    def log_in(doorman: Doorman, line: bytes) -> None:
        doorman.log_in(line)
        doorman.answer_to_proof = lambda _: doorman.say(challenge(text))

    return log_in


@pytest.mark.parametrize(
    "answer",
    [
        without_proof,
        with_proof(f"v={b64encode(bytes(32)).decode()}"),
        with_proof("v=" + b64encode(b"short").decode()),
        with_proof("e=other-error"),
        with_proof("v="),
        with_proof(""),
        with_proof("\udcff".encode("utf-8", "surrogateescape").decode("latin-1")),
    ],
)
async def test_a_server_that_does_not_know_the_password_is_none(answer: Answer) -> None:
    async with doorway(AUTH=answer) as server:
        with pytest.raises(ProtocolBroken, match="does not prove that it knows the password"):
            await connect(server.endpoint, login=ALICE)
        await server.ended


SALT = b64encode(b"s" * 16).decode()


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (f"r={{nonce}}more,s={SALT},i={MOST_ITERATIONS + 1}", "4000001 iterations are too many"),
        (f"r={{nonce}}more,s={SALT},i=4095", "must not be < 4096"),
        (f"r=another,s={SALT},i=4096", "nonce"),
        (f"r={{nonce}},s={SALT},i=4096", "nonce"),
        (f"r={{nonce}}{'x' * 900},s={SALT},i=4096", "cannot be read|longer than 1000"),
        ("r={nonce}more,s=,i=4096", "server first message"),
        ("", "server first message"),
        ("e=unknown-user", "the server returned an error"),
    ],
)
async def test_a_server_that_weakens_the_login_or_makes_it_endless_is_left(first: str, why: str) -> None:
    def begin(doorman: Doorman, line: bytes) -> None:
        nonce = opened(line).decode().rpartition("r=")[2]
        doorman.sendLine(challenge(first.format(nonce=nonce)))

    async with doorway(AUTH=begin) as server:
        begun = time.monotonic()
        with pytest.raises(ProtocolBroken, match=f"(?i){why}"):
            await connect(server.endpoint, login=ALICE)
        await server.ended
        assert time.monotonic() - begun < 1


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=3), st.sampled_from([334, 235, 200, 535]))
def test_whatever_a_server_says_in_a_login_the_client_ends_it_in_its_own_words(
    said: list[bytes], last: int
) -> None:
    connection = to(UNIXAddress("/run/clock"))
    logging_in = Deferred.fromCoroutine(log_in(connection, ALICE))
    for octets in said:
        connection.dataReceived(plain(334, challenge=b64encode(octets).decode()) + b"\r\n")
    connection.dataReceived(plain(last) + b"\r\n")
    assert isinstance(error_of(logging_in), SocketSpeakError)
