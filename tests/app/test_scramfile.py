"""The file of those who may log in: what is written, what is refused, and that nothing is ever lost."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from socketspeak.app.scramfile import ScramFileError, checked_name, put_user, read_users, remove_user
from socketspeak.server.verifiers import fits
from tests.kit.logins import a_verifier

LINE = "alice:SCRAM-SHA-256$4096:YWxpY2UtLS0tLS0tLS0tLQ==$" + "A" * 43 + "=:" + "B" * 43 + "="


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """A file with Alice in it."""
    path = tmp_path / "users"
    put_user(path, a_verifier("alice", "wonderland"))
    return path


def written(path: Path, *lines: str) -> Path:
    """A file with these lines, that nobody else may read."""
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(0o600)
    return path


def test_what_was_written_is_read_and_fits_the_password(users: Path) -> None:
    (alice,) = read_users(users).verifiers
    assert alice == a_verifier("alice", "wonderland")
    assert fits(alice, "wonderland")
    assert not fits(alice, "Wonderland")


def test_a_line_is_what_postgresql_has_behind_the_name(users: Path) -> None:
    base64 = "[A-Za-z0-9+/]+={0,2}"
    assert re.fullmatch(
        rf"alice:SCRAM-SHA-256\$4096:{base64}\${base64}:{base64}", users.read_text().splitlines()[-1]
    )


def test_no_password_is_in_the_file_and_nobody_else_can_read_it(users: Path) -> None:
    assert "wonderland" not in users.read_text()
    assert stat.S_IMODE(users.stat().st_mode) == 0o600


def test_a_file_that_others_could_read_under_any_umask_is_never_made(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        put_user(tmp_path / "users", a_verifier("alice", "x"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "users").stat().st_mode) == 0o600


def test_another_password_takes_the_place_of_the_old_one_and_every_other_line_stays(users: Path) -> None:
    put_user(users, a_verifier("bob", "builder"))
    users.write_text(users.read_text() + "\n# by hand\n")
    before = users.read_text().splitlines()
    assert put_user(users, a_verifier("alice", "another"))
    after = users.read_text().splitlines()
    assert [one == other for one, other in zip(before, after, strict=True)].count(False) == 1
    assert [each.name for each in read_users(users).verifiers] == ["alice", "bob"]


def test_who_is_taken_out_is_gone_and_who_was_not_there_changes_nothing(users: Path) -> None:
    assert remove_user(users, "alice")
    before = users.read_bytes()
    assert not remove_user(users, "alice")
    assert (users.read_bytes(), read_users(users).verifiers) == (before, ())


def test_taking_somebody_out_of_no_file_makes_none(tmp_path: Path) -> None:
    assert not remove_user(tmp_path / "users", "alice")
    assert list(tmp_path.iterdir()) == []


def test_the_secret_of_the_decoys_stays_the_same(users: Path) -> None:
    secret = read_users(users).secret
    put_user(users, a_verifier("bob", "x"))
    remove_user(users, "alice")
    assert secret is not None
    assert len(secret) == 32
    assert read_users(users).secret == secret


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_a_file_that_others_can_read_or_write_to_is_refused(users: Path, mode: int) -> None:
    users.chmod(mode)
    with pytest.raises(ScramFileError, match="others can read it or write to it: chmod 600"):
        read_users(users)
    with pytest.raises(ScramFileError, match="others"):
        put_user(users, a_verifier("bob", "x"))


@pytest.mark.parametrize(
    "line",
    [
        "alice",
        "alice:secret",
        LINE[:-1],
        LINE.replace("$4096:", "$4095:"),
        LINE.replace("$4096:", "$1000001:"),
        LINE.replace("$4096:", "$04096:"),
        LINE.replace("YWxpY2UtLS0tLS0tLS0tLQ==", "YWxpY2U="),
        LINE.replace("YWxpY2UtLS0tLS0tLS0tLQ==", "YWxpY2Ut="),
        LINE.replace("SHA-256", "SHA-1"),
        LINE + " ",
        LINE.replace("alice", "al\x07ice"),
        LINE.replace("alice", " alice"),
        "#decoys:x",
    ],
)
def test_a_broken_line_is_named_by_its_number_and_nothing_is_written(tmp_path: Path, line: str) -> None:
    path = written(tmp_path / "users", "# users", LINE.replace("alice", "bob"), "", line)
    with pytest.raises(ScramFileError, match=r"^line 4 is broken$"):
        read_users(path)
    before = path.read_bytes()
    with pytest.raises(ScramFileError, match="line 4"):
        put_user(path, a_verifier("carol", "x"))
    assert path.read_bytes() == before


def test_a_name_that_comes_twice_is_refused_also_where_it_only_looks_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "users", LINE, LINE.replace("alice", "al\u00adice"))
    with pytest.raises(ScramFileError, match="line 2 has a name that an earlier one has"):
        read_users(path)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "octets").write_bytes(b"\xff\xfe")
    (tmp_path / "octets").chmod(0o600)
    (tmp_path / "folder").mkdir()
    for name, why in {
        "none": "No such file",
        "pipe": "it is no file",
        "octets": "not UTF-8",
        "folder": "Is a directory",
    }.items():
        with pytest.raises(ScramFileError, match=why):
            read_users(tmp_path / name)
    with pytest.raises(ScramFileError, match="its folder cannot be used"):
        put_user(tmp_path / "none" / "users", a_verifier("alice", "x"))


@pytest.mark.parametrize("name", ["", " ", "a:b", "#a", " a", "a ", "a\nb", "a\x07", "x" * 256, "\u00ad"])
def test_a_name_that_would_break_the_file_is_none(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked_name(name)


def test_a_link_stays_one_and_what_it_points_to_is_written(users: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(users)
    put_user(link, a_verifier("bob", "x"))
    assert link.is_symlink()
    assert [each.name for each in read_users(users).verifiers] == ["alice", "bob"]


def test_where_writing_fails_the_old_file_stays_and_nothing_lies_about(
    users: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = users.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ScramFileError, match="it cannot be written: No space left on device"):
        put_user(users, a_verifier("bob", "x"))
    assert users.read_bytes() == before
    assert list(users.parent.iterdir()) == [users]


def test_the_owner_of_the_file_stays_its_owner(users: Path) -> None:
    if os.geteuid() == 0:
        os.chown(users, 12345, 23456)
    before = users.stat()
    put_user(users, a_verifier("bob", "x"))
    assert (users.stat().st_uid, users.stat().st_gid) == (before.st_uid, before.st_gid)


WRITER = """
import sys
from pathlib import Path
from socketspeak.app.scramfile import put_user
from socketspeak.server.verifiers import Verifier
for number in range(15):
    put_user(Path(sys.argv[1]), Verifier(f"{sys.argv[2]}{number}", 4096, b"s" * 16, b"k" * 32, b"v" * 32))
"""


def test_of_many_who_write_at_once_nobody_is_lost(users: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(users), name])
        for name in ("bob", "carol", "dave")
    ]
    assert [writer.wait(30) for writer in writers] == [0, 0, 0]
    assert len(read_users(users).verifiers) == 1 + 3 * 15
