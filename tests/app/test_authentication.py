"""`--auth`: what it takes, what it refuses without telling a secret, and how its files are read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.cred.error import UnauthorizedLogin

from socketspeak.app.authentication import Authentication, checked_authentication
from socketspeak.app.config import Config, ConfigError
from socketspeak.app.scramfile import put_user, remove_user
from socketspeak.limits.counts import Counts
from socketspeak.server.checking import ISpeaker, Presented
from tests.kit.logins import a_verifier


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """A file with Alice in it."""
    path = tmp_path / "users"
    put_user(path, a_verifier("alice", "wonderland"))
    return path


def passwords(path: Path, mode: int = 0o600) -> Path:
    """A file as Twisted's checker has it."""
    path.write_text("bob:builder\n")
    path.chmod(mode)
    return path


def test_without_it_nobody_can_log_in() -> None:
    assert checked_authentication(Config()) is None


def test_to_require_what_nobody_can_do_is_refused() -> None:
    with pytest.raises(ConfigError, match="--require-login True is not allowed: only together with --auth"):
        checked_authentication(Config(require_login=True))


def test_scram_is_offered_where_there_are_verifiers_and_plain_always(users: Path, tmp_path: Path) -> None:
    stored = f"file:{passwords(tmp_path / 'passwords')}"
    assert Authentication([f"scram:{users}"]).mechanisms == ("SCRAM-SHA-256", "PLAIN")
    assert Authentication([stored, f"scram:{users}"]).mechanisms == ("SCRAM-SHA-256", "PLAIN")
    assert Authentication([stored]).mechanisms == ("PLAIN",)


async def test_each_of_several_lets_its_own_in_and_nobody_else(users: Path, tmp_path: Path) -> None:
    from twisted.internet import reactor

    more = tmp_path / "more"
    put_user(more, a_verifier("carol", "christmas"))
    stored = passwords(tmp_path / "passwords")
    asked = Authentication([f"scram:{users}", f"file:{stored}", f"scram:{more}"])
    logins = asked.logins(Counts(), reactor)
    for name, password, right in [
        ("alice", "wonderland", True),
        ("bob", "builder", True),
        ("carol", "christmas", True),
        ("bob", "wonderland", False),
        ("dave", "builder", False),
    ]:
        assert await lets_in(logins, name, password) is right, name


async def lets_in(logins: Any, name: str, password: str) -> bool:
    """Whether the door opens."""
    try:
        _, speaker, _ = await logins.portal.login(Presented(name, password), None, ISpeaker)
    except UnauthorizedLogin:
        return False
    return bool(speaker.name == name)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("memory:alice:hunter2", "its passwords would stand in the list of processes"),
        ("unix", "crypt"),
        ("anonymous", "it checks no passwords"),
        ("hunter2", "there is no such plugin"),
        ("sesame:hunter2", "there is no such plugin"),
        ("file:", "No such file"),
        ("file:/nowhere", "No such file"),
        ("file:/tmp", "chmod 600"),
        ("scram:", "Is a directory"),
        ("scram:/nowhere", "No such file"),
    ],
)
def test_what_will_not_do_is_refused_and_told_why(spec: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        Authentication([spec])
    assert str(refused.value).startswith("--auth ")
    assert spec == "hunter2" or "hunter2" not in str(refused.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602])
def test_passwords_that_others_can_read_are_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigError, match="others can read it"):
        Authentication([f"file:{passwords(tmp_path / 'passwords', mode)}"])


def test_files_are_found_again_from_another_directory(
    users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = Authentication(["scram:users"])
    monkeypatch.chdir("/")
    assert asked.reload() is None


def test_who_is_new_or_gone_is_so_once_the_files_are_read_again(users: Path) -> None:
    asked = Authentication([f"scram:{users}"])
    roll = asked.roll
    assert roll is not None
    put_user(users, a_verifier("bob", "x"))
    remove_user(users, "alice")
    assert [roll.find(name)[1] for name in ("alice", "bob")] == [True, False]
    assert asked.reload() is None
    assert [roll.find(name)[1] for name in ("alice", "bob")] == [False, True]


def test_a_file_that_is_broken_by_now_keeps_what_was_and_says_why(users: Path) -> None:
    asked = Authentication([f"scram:{users}"])
    users.write_text("nonsense\n")
    why = asked.reload()
    assert why is not None
    assert why.startswith(f"--auth 'scram:{users}' is not allowed: ")
    assert "line 1 is broken" in why
    assert asked.roll is not None
    assert asked.roll.find("alice")[1]
