"""SCRAM-SHA-256 as the server speaks it: RFC 7677's example, and everything that must not let anybody in."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.acts import Denied, Garbled
from socketspeak.language.replies import Challenge
from socketspeak.server.scram import Exchange
from socketspeak.server.verifiers import Roll, verifier_of
from tests.kit.logins import SECRET, Sham, a_roll, a_verifier
from tests.kit.scram import ScramClient

# RFC 7677, section 3
USER, PASSWORD, SALT = "user", "pencil", b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
C_NONCE, S_NONCE = "rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
FIRST = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
SERVER_FIRST = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
FINAL = (
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
)
SERVER_FINAL = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def rfc_7677() -> Exchange:
    """The server of the RFC's example."""
    return Exchange(Roll([verifier_of(USER, PASSWORD, 4096, SALT)], SECRET), S_NONCE)


def told(outcome: object) -> bytes:
    """What a challenge says."""
    assert isinstance(outcome, Challenge), outcome
    return outcome.octets


def test_the_example_of_rfc_7677_goes_as_it_does_there() -> None:
    exchange = rfc_7677()
    assert exchange.first(FIRST) == Challenge(SERVER_FIRST)
    assert exchange.final(FINAL) == Challenge(SERVER_FINAL)
    assert exchange.name == "user"


def test_the_client_of_the_tests_is_the_one_of_rfc_7677() -> None:
    client = ScramClient(USER, PASSWORD, nonce=C_NONCE)
    assert client.first() == FIRST
    assert client.final(SERVER_FIRST) == FINAL
    assert client.believes(SERVER_FINAL)


@pytest.mark.parametrize(
    ("name", "password"),
    [("alice", "wonderland"), ("a,b=c", "pa,ss=word"), ("josé", "senha com acentuação"), ("爱丽丝", "密码")],
)
def test_who_knows_the_password_gets_in_and_sees_the_servers_proof(name: str, password: str) -> None:
    client, exchange = ScramClient(name, password), Exchange(a_roll(**{name: password}))
    assert client.believes(told(exchange.final(client.final(told(exchange.first(client.first()))))))
    assert exchange.name == name


def test_names_and_passwords_that_look_the_same_are_the_same() -> None:
    exchange = Exchange(a_roll(user="IX"))
    client = ScramClient("us\u00ader", "IX")  # a soft hyphen; RFC 4013, section 3
    assert client.believes(told(exchange.final(client.final(told(exchange.first(client.first()))))))
    assert a_verifier("x", "\u2168") == a_verifier("x", "IX")  # the Roman numeral nine


@pytest.mark.parametrize(("name", "password"), [("alice", "wunderland"), ("nobody", "wonderland")])
def test_a_wrong_password_and_an_unknown_name_are_denied_alike(name: str, password: str) -> None:
    client, exchange = ScramClient(name, password), Exchange(a_roll())
    assert exchange.final(client.final(told(exchange.first(client.first())))) == Denied()


def test_an_unknown_name_has_the_same_salt_each_time_and_another_than_others() -> None:
    def salt(name: str, roll: Roll) -> tuple[bytes, int]:
        client = ScramClient(name, "?")
        client.final(told(Exchange(roll).first(client.first())))
        return client.salt, client.iterations

    one, other = a_roll(), a_roll(alice="wonderland", bob="builder")
    assert salt("nobody", one) == salt("nobody", other)  # also after a restart, and with more users
    assert salt("nobody", one) != salt("nemo", one)
    assert salt("no\u00adbody", one) == salt("nobody", one)
    assert [len(salt(name, one)[0]) for name in ("alice", "nobody")] == [16, 16]


def test_a_decoy_has_a_count_that_users_have() -> None:
    roll = Roll([a_verifier("alice", "x", 4096), a_verifier("bob", "y", 5000)], SECRET)
    found = [roll.find(f"nobody{number}") for number in range(64)]
    assert {verifier.iterations for verifier, _ in found} == {4096, 5000}
    assert not any(true for _, true in found)


def test_a_decoy_lets_nobody_in_even_where_its_proof_is_right() -> None:
    client, exchange = ScramClient("nobody", "wonderland"), Exchange(Sham((), SECRET))
    assert exchange.final(client.final(told(exchange.first(client.first())))) == Denied()


@pytest.mark.parametrize(
    ("name", "header"),
    [("alice", "y,,"), ("alice", "n,a=alice,"), ("alice", "y,a=al\u00adice,"), ("a,b=c", "n,a=a=2Cb=3Dc,")],
)
def test_one_may_miss_channel_binding_and_act_as_oneself(name: str, header: str) -> None:
    client, exchange = (
        ScramClient(name, "wonderland", header=header),
        Exchange(a_roll(**{name: "wonderland"})),
    )
    assert client.believes(told(exchange.final(client.final(told(exchange.first(client.first()))))))


@pytest.mark.parametrize(
    "header", ["p=tls-unique,,", "p=tls-exporter,,", "n,a=bob,", "y,a=bob,", "p=tls-unique,a=alice,"]
)
def test_channel_binding_and_acting_as_another_are_denied(header: str) -> None:
    assert Exchange(a_roll()).first(ScramClient("alice", "wonderland", header=header).first()) == Denied()


@pytest.mark.parametrize(
    ("header", "binding"), [("n,,", "y,,"), ("y,,", "n,,"), ("n,a=alice,", "n,,"), ("n,,", "p=tls-unique,,")]
)
def test_a_header_that_was_changed_on_the_way_is_denied(header: str, binding: str) -> None:
    client = ScramClient("alice", "wonderland", header=header, binding=binding)
    exchange = Exchange(a_roll())
    assert exchange.final(client.final(told(exchange.first(client.first())))) == Denied()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"n",
        b"n,,",
        b"n,,n=alice",
        b"n,,r=abc,n=alice",
        b"n,,n=,r=abc",
        b"n,,n=alice,r=",
        b"n,,n=al=ice,r=abc",
        b"n,,n=al\0ice,r=abc",
        b"n,,n=alice,r=a\x07c",
        b"n,,m=x,n=alice,r=abc",
        b"n,,n=alice,n=bob,r=abc",
        b"n,,n=\xff\xfe,r=abc",
        b"n,,n=\xd8\xa71,r=abc",
        b"x,,n=alice,r=abc",
        b"n,alice,n=alice,r=abc",
        b"n,a=,n=alice,r=abc",
    ],
)
def test_what_is_no_first_message_is_garbled(message: bytes) -> None:
    assert Exchange(a_roll()).first(message) == Garbled()


@pytest.mark.parametrize(
    "final",
    [
        b"",
        b"c=biws",
        b"c=biws,r=NONCE",
        b"c=biws,p=AAAA,r=NONCE",
        b"c=biws,r=NONCE,p=",
        b"c=biws,r=NONCE,p=%%%%",
        b"c=biws,r=another,p=AAAA",
        b"c=b\xffws,r=NONCE,p=AAAA",
        b"c=biws,r=NONCE,m=x,p=AAAA",
    ],
)
def test_what_is_no_last_message_is_garbled(final: bytes) -> None:
    exchange = Exchange(a_roll(), "server")
    told(exchange.first(b"n,,n=alice,r=client"))
    assert exchange.final(final.replace(b"NONCE", b"clientserver")) == Garbled()


@pytest.mark.parametrize("octets", [1, 31, 33, 500])
def test_a_proof_of_another_length_is_denied(octets: int) -> None:
    exchange = Exchange(a_roll(), "server")
    told(exchange.first(b"n,,n=alice,r=client"))
    assert exchange.final(b"c=biws,r=clientserver,p=" + b64encode(b"x" * octets)) == Denied()


def test_the_messages_of_one_exchange_are_worth_nothing_in_another() -> None:
    roll = a_roll()
    client, exchange = ScramClient("alice", "wonderland"), Exchange(roll)
    final = client.final(told(exchange.first(client.first())))
    told(exchange.final(final))
    again = Exchange(roll)
    told(again.first(client.first()))
    assert again.final(final) == Garbled()  # its nonce is another's


PIECES = st.sampled_from(
    [
        "n",
        "y",
        "p=",
        ",",
        "a=",
        "n=",
        "r=",
        "m=",
        "c=",
        "=2C",
        "=",
        "\0",
        "é",
        "\u202e",
        "\u00ad",
        "ا",
        "1",
        "biws",
    ]
)


@given(
    st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40),
    st.lists(PIECES, max_size=12).map("".join),
)
def test_whatever_a_client_says_is_answered_and_lets_nobody_in(first: str, final: str) -> None:
    exchange = Exchange(a_roll())
    outcome = exchange.first(first.encode(errors="replace"))
    if isinstance(outcome, Challenge):
        assert not isinstance(exchange.final(final.encode()), Challenge)
