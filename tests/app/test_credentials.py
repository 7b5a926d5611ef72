"""The command's options of encryption and login: whom it believes, and where it has the password from."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import pytest

from tests.app.carrying import Asked, ask, refusal
from tests.client.doorman import NAME, PASSWORD, Doorway, doorway, plain
from tests.client.loopback import Server
from tests.kit.certificates import authority, expired, issued


@pytest.fixture
def ca(tmp_path: Path) -> str:
    """A file with who vouches for the servers here."""
    path = tmp_path / "ca.pem"
    path.write_bytes(b"Whom we trust:\n" + authority().cert_pem.bytes())
    return str(path)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file with the right password, as it should be."""
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\nwith the cat's name\n")
    path.chmod(0o600)
    return path


# --- Encryption ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--tls", "--starttls"])
async def test_a_server_is_asked_over_tls(option: str, ca: str) -> None:
    async with doorway(issued("127.0.0.1"), tls=option == "--tls", LIST=plain(550, "no list")) as server:
        asked = await ask("list", option, "--ca", ca, server=server.address)
        await server.ended
    assert (asked.status, asked.err) == (1, ["socketspeak: 550 no list"])
    assert server.heard[-3:] == [b"FORMAT JSON", b"LIST", b"QUIT"]


async def test_the_certificate_must_be_the_named_ones_where_one_is_named(ca: str) -> None:
    name = ["--tls-name", "clock.example"]
    async with doorway(issued("clock.example"), tls=True, LIST=plain(550, "no list")) as server:
        assert (await ask("list", "--tls", "--ca", ca, *name, server=server.address)).status == 1
    async with doorway(issued("127.0.0.1"), tls=True) as server:
        refused = await ask("list", "--tls", "--ca", ca, *name, server=server.address)
    assert refused.status == 3
    assert "it is for 127.0.0.1, and not for clock.example" in refused.err[0]


async def test_a_server_that_is_not_believed_exits_with_3_and_says_why(ca: str) -> None:
    async with doorway(expired("127.0.0.1"), tls=True) as server:
        asked = await ask("list", "--tls", "--ca", ca, server=server.address)
    assert (asked.status, asked.out, len(asked.err)) == (3, [], 1)
    said = f"socketspeak: {server.address}: the server's certificate is refused: it expired on 20"
    assert asked.err[0].startswith(said)


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("--tls", "the server speaks in clear; perhaps it offers STARTTLS"),
        ("--starttls", "the server does not begin TLS: 502 "),
    ],
)
async def test_a_server_without_tls_exits_with_3_and_is_asked_nothing(option: str, why: str) -> None:
    async with Server() as server:
        address = server.address
        asked = await ask("time", "tokyo", option, server=address)
    assert (asked.status, asked.out, len(asked.err)) == (3, [], 1)
    assert asked.err[0].startswith(f"socketspeak: {address}: the connection cannot be encrypted: {why}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--ca", "x"], "--ca 'x' is not allowed: it goes with --tls or --starttls"),
        (["--tls-name", "x"], "--tls-name 'x' is not allowed: it goes with --tls or --starttls"),
        (["--tls", "--starttls"], "--tls and --starttls exclude one another"),
        (
            ["--tls", "--ca", "/nowhere"],
            "--ca '/nowhere' is not allowed: a file of certificates in PEM (No such",
        ),
        (["--tls", "--ca", "/"], "--ca '/' is not allowed: a file of certificates in PEM (Is a directory)"),
        (
            ["--tls", "--ca", "a\0b"],
            "--ca 'a\\x00b' is not allowed: a file of certificates in PEM (embedded null",
        ),
        (
            ["--tls", "--ca", os.devnull],
            "--ca '/dev/null' is not allowed: a file of certificates in PEM (there is",
        ),
        (["--tls", "--tls-name", ""], "--tls-name '' is not allowed: '' is neither a host's name nor an IP"),
        (["--tls", "--server", "a,b:1"], "--server 'a,b' is not allowed: 'a,b' is neither a host's name nor"),
        (["--tls", "--server", "unix:/x"], "--server 'unix:/x' is not allowed: --tls-name must say whose"),
        (
            ["--starttls", "--server", "tls:a:1"],
            "--server 'tls:a:1' is not allowed: --tls and --starttls are for",
        ),
        (["--password-file", "x"], "--password-file 'x' is not allowed: it goes with --user"),
        (["--user", ""], "--user '' is not allowed: the name is empty"),
        (["--user", "a\nb"], "--user 'a\\nb' is not allowed: the name is not allowed: control characters"),
    ],
)
async def test_what_cannot_be_is_said_before_a_connection_is_made(arguments: list[str], said: str) -> None:
    asked = await ask("status", *arguments)
    assert (asked.status, asked.out, len(asked.err)) == (2, [], 1)
    assert asked.err[0].startswith(f"socketspeak: {said}")


# --- Login --------------------------------------------------------------------------------------------------


async def asked_as_alice(server: Doorway, *arguments: str) -> Asked:
    """What comes of a question by somebody who logs in."""
    return await ask("list", "--user", NAME, *arguments, server=server.address)


NO_LIST = plain(550, "no list")


async def test_the_password_is_the_first_line_of_a_file(kept: Path) -> None:
    async with doorway(LIST=NO_LIST) as server:
        asked = await asked_as_alice(server, "--password-file", str(kept))
    assert (asked.status, asked.err) == (1, ["socketspeak: 550 no list"])


async def test_the_password_may_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKETSPEAK_PASSWORD", PASSWORD)
    async with doorway(LIST=NO_LIST) as server:
        assert (await asked_as_alice(server)).err == ["socketspeak: 550 no list"]


async def test_a_file_that_is_named_counts_more_than_the_environment(
    monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    monkeypatch.setenv("SOCKETSPEAK_PASSWORD", "battery staple")
    async with doorway(LIST=NO_LIST) as server:
        asked = await asked_as_alice(server, "--password-file", str(kept))
    assert asked.err == ["socketspeak: 550 no list"]


async def test_a_password_of_the_environment_alone_is_no_wish_to_log_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOCKETSPEAK_PASSWORD", PASSWORD)
    async with doorway(LIST=NO_LIST) as server:
        await ask("list", server=server.address)
    assert server.heard == [b"FORMAT JSON", b"LIST", b"QUIT"]


async def test_a_refused_login_exits_with_1_and_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKETSPEAK_PASSWORD", "battery staple")
    async with doorway(LIST=NO_LIST) as server:
        asked = await asked_as_alice(server)
    assert (asked.status, asked.out, asked.err) == (1, [], ["socketspeak: 535 login failed"])
    assert b"LIST" not in server.heard


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
async def test_a_password_that_others_can_read_or_change_is_not_taken(kept: Path, mode: int) -> None:
    kept.chmod(mode)
    asked = await ask("status", "--user", NAME, "--password-file", str(kept))
    assert asked.status == 2
    assert asked.err[0].startswith(
        f"socketspeak: --password-file '{kept}' is not allowed: a file whose first"
    )
    assert asked.err[0].endswith("(others can, until `chmod 600`)")


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "the password is empty"),
        (b"\nsecret\n", "the password is empty"),
        (b"secret\xff\n", "(it is not UTF-8 text)"),
        (b"secret\0\n", "the password is not allowed: control characters forbidden"),
        (b"secret" * 100_000, "the password is longer than 255 octets"),
    ],
)
async def test_a_file_without_a_password_is_said_to_be_one_and_never_shown(
    kept: Path, octets: bytes, why: str
) -> None:
    kept.write_bytes(octets)
    asked = await ask("status", "--user", NAME, "--password-file", str(kept))
    assert (asked.status, asked.out, len(asked.err)) == (2, [], 1)
    assert why in asked.err[0]
    assert "secret" not in asked.err[0]


async def test_without_a_terminal_nobody_is_asked_for_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(PASSWORD))
    monkeypatch.setattr("getpass.getpass", lambda _: PASSWORD)
    asked = await ask("status", "--user", NAME)
    assert asked.status == 2
    assert asked.err[0].startswith(
        "socketspeak: --user takes a password: --password-file, SOCKETSPEAK_PASSWORD,"
    )


@pytest.mark.parametrize("words", [["--password", "secret"], ["--password=secret"], ["--password"]])
def test_a_password_is_no_argument(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(["status", "--user", NAME, *words], capsys)
    assert "--password is not allowed: everybody on this machine would see it" in said
    assert "secret" not in said
