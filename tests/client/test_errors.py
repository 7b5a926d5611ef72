"""The exceptions: one a reply code, readable, and safe to show."""

from __future__ import annotations

import copy
import pickle

import pytest

from socketspeak import client
from socketspeak.client import (
    CertificateRefused,
    ConnectionLost,
    EncryptionFailed,
    Failed,
    FailedForGood,
    FailedForNow,
    NoAnswerInTime,
    NoSuchPlace,
    ProtocolBroken,
    SocketSpeakError,
)
from socketspeak.client.errors import CODES, failure_in, kind_of
from socketspeak.language.catalog import Message
from socketspeak.language.replies import Listing, Plain

CONTRACT = {  # every code of the contract's table that says no
    *(350, 421, 431, 450, 451, 452, 500, 501, 502, 503, 504, 530, 535, 538, 550, 552, 553)
}


def test_every_code_of_the_contract_that_says_no_has_a_kind_of_its_own() -> None:
    assert set(CODES) == CONTRACT
    assert len(set(CODES.values())) == len(CODES)


@pytest.mark.parametrize("code", sorted(CONTRACT))
def test_a_kind_is_documented_by_its_code_and_is_failed_for_now_or_for_good(code: int) -> None:
    kind = CODES[code]
    assert (kind.__doc__ or "").startswith(f"{code}: ")
    assert issubclass(kind, {3: Failed, 4: FailedForNow, 5: FailedForGood}[code // 100])
    assert kind.__name__ in client.__all__
    assert kind.explanation not in {Failed.explanation, FailedForNow.explanation, FailedForGood.explanation}


@pytest.mark.parametrize(
    ("code", "kind"), [(499, FailedForNow), (599, FailedForGood), (334, Failed), (399, Failed)]
)
def test_a_code_that_is_not_known_is_judged_by_its_first_digit(code: int, kind: type[Failed]) -> None:
    error = failure_in(Plain(code, Message("as it is")))
    assert type(error) is kind
    assert (error.code, str(error)) == (code, f"{code} as it is")


@pytest.mark.parametrize("reply", [Plain(200, Message("PONG")), Plain(221, Message("goodbye")), Listing(())])
def test_what_is_no_failure_raises_none(reply: Plain | Listing) -> None:
    assert failure_in(reply) is None


def test_an_error_says_what_the_server_said_and_suggested() -> None:
    error = failure_in(
        Plain(550, Message("no such place: lisbom"), {"place": "lisbom"}, ("lisbon", "lisboa"))
    )
    assert isinstance(error, NoSuchPlace)
    assert str(error) == "550 no such place: lisbom; near: lisbon, lisboa"
    assert (error.message, error.suggestions, error.extras) == (
        "no such place: lisbom",
        ("lisbon", "lisboa"),
        {"place": "lisbom"},
    )


def test_a_server_that_says_nothing_is_explained() -> None:
    assert str(kind_of(452)(452)) == "452 too many requests, wait"


def test_what_a_terminal_would_obey_is_not_in_an_error() -> None:
    assert str(kind_of(550)(550, "\x1b[2J\u202eno\r\nsuch")) == "550 [2Jnosuch"


@pytest.mark.parametrize(
    "error",
    [
        NoSuchPlace(550, "no such place: lisbom", ("lisbon",), (), {"place": "lisbom"}),
        ConnectionLost("reset", 3),
        ProtocolBroken("HTTP"),
        EncryptionFailed("502 not here", 502),
        CertificateRefused("it names no host"),
        NoAnswerInTime(0.5),
        SocketSpeakError("something"),
    ],
)
def test_an_error_survives_being_copied_and_sent_elsewhere(error: SocketSpeakError) -> None:
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is type(error)
        assert str(other) == str(error)
        assert vars(other) == vars(error)


def test_every_name_that_the_room_offers_is_there() -> None:
    assert sorted(client.__all__) == client.__all__
    assert all(vars(client)[name] is not None for name in client.__all__)
