"""Where the tz database is read from, and what of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import tzdata  # type: ignore[import-untyped]

from socketspeak.app import tzfiles
from socketspeak.app.tzfiles import host_version, read_database
from socketspeak.zones.database import DatabaseError

PACKAGE = read_database("package")


def write_zone(directory: Path, name: str) -> None:
    (directory / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(PACKAGE.directory, "UTC"), directory / name)


def test_the_package_is_read_whole_with_its_version() -> None:
    names = (Path(PACKAGE.directory).parent / "zones").read_text(encoding="ascii").split()
    assert PACKAGE.names == tuple(sorted(names))
    assert PACKAGE.version == tzdata.IANA_VERSION
    assert PACKAGE.rules.count("\nL ") == 253
    assert "PT\t+3843-00908\tEurope/Lisbon" in PACKAGE.zone_tab
    assert "\nBR\tBrazil\n" in PACKAGE.iso3166_tab


def test_a_directory_is_read_as_the_package_is(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE.directory, tmp_path / "zoneinfo")
    copied = read_database(str(tmp_path / "zoneinfo"))
    assert copied.directory == str(tmp_path / "zoneinfo")
    assert (copied.names, copied.version, copied.rules) == (PACKAGE.names, PACKAGE.version, PACKAGE.rules)


def test_a_relative_directory_is_kept_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_zone(tmp_path, "zones/UTC")
    monkeypatch.chdir(tmp_path)
    assert read_database("zones").directory == str(tmp_path / "zones")


def test_only_compiled_zones_are_names(tmp_path: Path) -> None:
    for name in (
        "Europe/Lisbon",
        "Etc/GMT+5",
        "America/Argentina/Buenos_Aires",
        "right/UTC",
        "posix/Asia/Tokyo",
    ):
        write_zone(tmp_path, name)
    for name in ("posixrules", "localtime", "with space", ".hidden", "Europe/posix"):
        write_zone(tmp_path, name)
    (tmp_path / "leapseconds").write_text("# none", encoding="ascii")
    (tmp_path / "empty").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "UTC").symlink_to(Path(PACKAGE.directory, "UTC"))
    (tmp_path / "circle").symlink_to(tmp_path)
    assert read_database(str(tmp_path)).names == (
        "America/Argentina/Buenos_Aires",
        "Etc/GMT+5",
        "Europe/Lisbon",
        "Europe/posix",
        "UTC",
    )


def test_without_tzdata_zi_the_links_are_those_of_backward_and_the_version_of_its_own_file(
    tmp_path: Path,
) -> None:
    write_zone(tmp_path, "UTC")
    (tmp_path / "backward").write_text("Link\tEtc/UTC\tUTC\n", encoding="ascii")
    (tmp_path / "version").write_text("2024a\n", encoding="ascii")
    files = read_database(str(tmp_path))
    assert (files.rules, files.version) == ("Link\tEtc/UTC\tUTC\n", "2024a")
    (tmp_path / "+VERSION").write_text("2024b\n", encoding="ascii")
    assert read_database(str(tmp_path)).version == "2024b"


def test_a_bare_directory_has_no_links_no_version_and_the_packages_tables(tmp_path: Path) -> None:
    write_zone(tmp_path, "UTC")
    files = read_database(str(tmp_path))
    assert (files.rules, files.version) == ("", "unknown")
    assert (files.zone_tab, files.iso3166_tab) == (PACKAGE.zone_tab, PACKAGE.iso3166_tab)


def test_a_directory_has_its_own_tables_where_it_has_them(tmp_path: Path) -> None:
    write_zone(tmp_path, "UTC")
    (tmp_path / "tzdata.zi").write_text("# version 2019c\nL Etc/UTC UTC\n", encoding="ascii")
    (tmp_path / "zone.tab").write_text("XX\t+0+0\tUTC\n", encoding="ascii")
    (tmp_path / "iso3166.tab").write_text("XX\tExland\n", encoding="ascii")
    files = read_database(str(tmp_path))
    assert (files.version, files.zone_tab, files.iso3166_tab) == ("2019c", "XX\t+0+0\tUTC\n", "XX\tExland\n")


def test_a_directory_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=f"{tmp_path}/missing is not a directory"):
        read_database(str(tmp_path / "missing"))


def test_a_directory_without_a_zone_is_said(tmp_path: Path) -> None:
    (tmp_path / "UTC").write_text("no zone", encoding="ascii")
    with pytest.raises(DatabaseError, match=f"{tmp_path} holds no compiled zone file"):
        read_database(str(tmp_path))


def test_the_hosts_database_is_the_first_directory_that_holds_a_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    write_zone(tmp_path, "full/UTC")
    (tmp_path / "full" / "tzdata.zi").write_text("# version 2019c\n", encoding="ascii")
    directories = [str(tmp_path / name) for name in ("missing", "empty", "full")]
    monkeypatch.setattr(tzfiles, "SYSTEM_DIRECTORIES", directories)
    assert read_database("system").directory == directories[2]
    assert host_version() == "2019c"


def test_a_host_without_a_database_has_no_version_and_cannot_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tzfiles, "SYSTEM_DIRECTORIES", [str(tmp_path)])
    assert host_version() is None
    with pytest.raises(DatabaseError, match="the host has no tz database"):
        read_database("system")


def test_a_host_that_does_not_say_its_version_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_zone(tmp_path, "UTC")
    monkeypatch.setattr(tzfiles, "SYSTEM_DIRECTORIES", [str(tmp_path)])
    assert host_version() is None
