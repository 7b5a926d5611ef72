"""The files that options name, and the sources that are asked where nobody says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import trustme

from socketspeak.app import config
from socketspeak.app.config import ConfigError
from socketspeak.app.files import checked_authorities, checked_state
from socketspeak.app.house import who_vouches
from socketspeak.app.options import Options
from socketspeak.sources.sample import ZoneSample
from tests.sources.rig import fetching
from tests.sources.test_trust import over_tls


def test_by_default_two_public_servers_are_asked_and_the_database_stands_behind_them() -> None:
    assert config.DEFAULT_SOURCES == ("timeapi", "timenow", "embedded")
    options = Options()
    options.parseOptions([])
    assert [source.base_url for source in options.checked.sources] == [
        "https://timeapi.io/api/v1",
        "https://time.now/developer/api",
    ]


def test_embedded_alone_leaves_nobody_to_ask() -> None:
    options = Options()
    options.parseOptions(["--source", "embedded"])
    assert options.checked.sources == ()


def test_the_state_file_is_an_absolute_path_there_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert checked_state(None) is None
    assert checked_state("state.json") == str(tmp_path / "state.json")
    (tmp_path / "state.json").touch()
    assert checked_state(str(tmp_path / "state.json")) == str(tmp_path / "state.json")


@pytest.mark.parametrize(
    "value", ["", ".", "missing/state.json", "file/state.json", "pipe", "x" * 5000, "a\0b"]
)
def test_a_state_file_that_cannot_be_written_is_refused(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError) as refused:
        checked_state(value)
    allowed = "a file, there or not, in a folder that is there and can be written to"
    assert str(refused.value) == f"--state {value!r} is not allowed: {allowed}"


def test_all_authorities_of_a_file_are_taken(tmp_path: Path) -> None:
    authorities = [trustme.CA(), trustme.CA()]
    file = tmp_path / "authorities.pem"
    file.write_bytes(b"# ours\n" + b"\n".join(each.cert_pem.bytes() for each in authorities))
    found = checked_authorities(str(file))
    assert len(found) == 2
    assert who_vouches(config.Config(source_ca=found)) is not None
    assert checked_authorities(None) == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b"", "there is none in it"),
        (b"\x30\x82 as DER has it", "there is none in it"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a certificate in it is broken"),
    ],
)
def test_a_file_without_authorities_is_refused(content: bytes | None, why: str, tmp_path: Path) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        checked_authorities(str(file))
    assert str(refused.value).endswith(f"is not allowed: a file of certificates in PEM ({why})")


@pytest.mark.parametrize("ours", [True, False])
async def test_whom_the_file_vouches_for_is_asked_and_nobody_else(ours: bool, tmp_path: Path) -> None:
    authority = trustme.CA()
    (tmp_path / "ca.pem").write_bytes((authority if ours else trustme.CA()).cert_pem.bytes())
    trusted = who_vouches(config.Config(source_ca=checked_authorities(str(tmp_path / "ca.pem"))))
    async with over_tls(authority) as (_, source), fetching(trusted) as fetcher:
        outcome = await fetcher.fetch(source, "Etc/UTC")
    assert isinstance(outcome, ZoneSample) is ours
