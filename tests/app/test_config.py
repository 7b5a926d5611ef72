"""What an operator may set, and what is said of what may not."""

from __future__ import annotations

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress

from socketspeak.app import config
from socketspeak.app.config import Config, ConfigError
from socketspeak.app.doors import address_text, is_encrypted, is_public
from socketspeak.app.options import Options


@pytest.mark.parametrize(("text", "seconds"), [("0", 0.0), ("1.5", 1.5), ("8e-1", 0.8)])
def test_a_number_within_its_range_is_taken(text: str, seconds: float) -> None:
    assert config.number("patience", text, 0, 1.5) == seconds


@pytest.mark.parametrize("text", ["-0.1", "1.6", "nan", "inf", "-inf", "", "soon", "1,5"])
def test_any_other_number_is_refused_with_option_value_and_range(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.number("patience", text, 0, 1.5)
    assert str(refused.value) == f"--patience {text!r} is not allowed: a number of seconds from 0 to 1.5"


@pytest.mark.parametrize("text", ["1", "200", "1000"])
def test_parts_in_a_million_within_their_range_are_taken(text: str) -> None:
    assert config.whole("drift", text, 1, 1000, "parts in a million") == int(text)


@pytest.mark.parametrize("text", ["0", "1001", "-1", "1.5", "", "many", "٢٠٠", "9" * 5000])
def test_other_parts_in_a_million_are_refused_with_option_value_and_range(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.whole("drift", text, 1, 1000, "parts in a million")
    allowed = "a whole number of parts in a million from 1 to 1000"
    assert str(refused.value) == f"--drift {text!r} is not allowed: {allowed}"


def test_the_default_menu_begins_with_the_four_cities_and_ends_with_utc() -> None:
    menu = Config().menu
    assert [zone.split("/")[1] for zone in menu[:4]] == ["Sao_Paulo", "Maceio", "Recife", "Bahia"]
    assert len(menu) == 17
    assert menu[-1] == "Etc/UTC"


def test_embedded_is_no_source_that_is_asked() -> None:
    assert config.sources(["embedded"]) == ()
    named = config.sources(["embedded", "lab=worldtimeapi:http://lab.example/api", "timenow"])
    assert [source.name for source in named] == ["lab", "timenow"]


@pytest.mark.parametrize(
    ("text", "language"), [("en", "en"), ("pt_BR", "pt-BR"), ("PT", "pt-BR"), ("es-MX", "es")]
)
def test_a_language_is_chosen_as_with_lang(text: str, language: str) -> None:
    assert config.language(text) == language


@pytest.mark.parametrize("text", ["", "de", "português", "pt-BR,es"])
def test_an_unknown_language_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.language(text)
    assert str(refused.value) == f"--language {text!r} is not allowed: en, pt-BR or es"


def test_the_language_of_sessions_that_choose_none_is_english_unless_an_operator_says_otherwise() -> None:
    assert Config().language == "en"
    options = Options()
    options.parseOptions(["--language", "pt-pt"])
    assert options.checked.language == "pt-BR"


@pytest.mark.parametrize(
    ("address", "text", "public"),
    [
        (IPv4Address("TCP", "127.0.0.1", 8082), "127.0.0.1:8082", False),
        (IPv4Address("TCP", "0.0.0.0", 8082), "0.0.0.0:8082", True),
        (IPv6Address("TCP", "::1", 8082), "[::1]:8082", False),
        (IPv6Address("TCP", "::", 8082), "[::]:8082", True),
        (UNIXAddress(b"/run/speak.sock"), "/run/speak.sock", False),
    ],
)
def test_an_address_is_written_as_operators_do_and_known_for_public(
    address: IPv4Address | IPv6Address | UNIXAddress, text: str, public: bool
) -> None:
    assert address_text(address) == text
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("endpoint", "encrypted"),
    [
        ("tcp:8082", False),
        ("unix:/run/tls.sock", False),
        ("ssl:8443:privateKey=key.pem", True),
        ("tls:/etc/certificates:tcp:8443", True),
        ("haproxy:ssl:8443", True),
    ],
)
def test_an_endpoint_that_encrypts_is_known_by_its_description(endpoint: str, encrypted: bool) -> None:
    assert is_encrypted(endpoint) is encrypted
