"""The table of settings, and the two places that they are given in: the command line and a file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.app.config import Config
from socketspeak.app.configfile import ConfigFile, ConfigFileError
from socketspeak.app.options import Options
from socketspeak.app.settings import SETTINGS, checked

EXAMPLE = Path(__file__).parents[2] / "deploy" / "socketspeak.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a configuration file may be written."""
    return tmp_path / "socketspeak.toml"


def read(file: Path, text: str, *typed: str) -> Config:
    """What a file and a command line say together."""
    file.write_text(text, encoding="utf-8")
    options = Options()
    options.read(["--config", str(file), *typed])
    return options.checked


def refused(file: Path, text: str | bytes) -> str:
    """What is said of a file that will not do, without its name."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SystemExit) as ended:
        Options().parseOptions(["--config", str(file)])
    line = str(ended.value)
    assert line.isprintable()
    start = f"twistd socketspeak: {file}: "
    assert line.startswith(start)
    return line.removeprefix(start)


def test_every_setting_is_a_field_of_the_config_and_its_default_is_the_configs() -> None:
    assert {setting.field for setting in SETTINGS} == {field.name for field in fields(Config)}
    from_the_table = checked({})
    without_sources = Config(sources=from_the_table.sources)  # a Config of its own asks nobody
    assert from_the_table == without_sources


def test_help_has_every_option_with_its_default() -> None:
    told = " ".join(str(Options()).split())
    for setting in SETTINGS:
        dashes = f"--{setting.name}" if setting.flag else f"--{setting.name}="
        assert f"{dashes} {' '.join(setting.told.split())}" in told
        assert "[default: " in setting.told
    assert "--config= " in told


def test_a_file_can_hold_every_kind_of_option(file: Path) -> None:
    found = read(
        file,
        'connections-per-address = 20\nidle = 1.5\nrate = "2.5"\nlisten = ["tcp:1", "unix:/run/s"]\n'
        'trust = "source"\nsource = ["embedded"]\n',
    )
    assert found.connections_per_address == 20
    assert (found.idle, found.rate) == (1.5, 2.5)
    assert found.listen == ("tcp:1", "unix:/run/s")
    assert (found.trust, found.sources) == ("source", ())


def test_a_flag_is_a_boolean(file: Path) -> None:
    file.write_text("require-login = true\n")
    assert ConfigFile(file).given == {"require-login": True}
    assert read(file, "require-login = false\n").require_login is False


def test_the_command_line_wins_and_replaces_what_can_be_repeated(file: Path) -> None:
    text = 'idle = 5\nburst = 7\nlisten = ["tcp:1", "tcp:2"]\n'
    found = read(file, text, "--idle", "6", "--listen", "tcp:3", "--listen", "tcp:4")
    assert (found.idle, found.burst) == (6.0, 7)
    assert found.listen == ("tcp:3", "tcp:4")


def test_an_empty_file_changes_nothing(file: Path) -> None:
    assert read(file, "\n# nothing\n") == checked({})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("idle = 0", "idle = 0 is not allowed: a number of seconds from 1 to 86400"),
        ("idle = nan", "idle = NaN is not allowed: a number of seconds from 1 to 86400"),
        ("idle = true", "idle = true is not allowed: a number of seconds from 1 to 86400"),
        ("burst = 2.0", "burst = 2.0 is not allowed: a whole number of requests from 1 to 1000000"),
        ("idle = 1979-05-27", "idle = 1979-05-27 is not allowed: a number of seconds from 1 to 86400"),
        ("language = 5", 'language = 5 is not allowed: a text in quotes, such as "…"'),
        ('listen = "tcp:1"', 'listen = "tcp:1" is not allowed: an array of texts, such as ["…", "…"]'),
        ("listen = [1]", 'listen = [1] is not allowed: an array of texts, such as ["…", "…"]'),
        ("listen = []", "listen = [] is not allowed: one endpoint at least"),
        ('listen = ["tcp:1", "tpc:2"]', 'listen = "tpc:2" is not allowed: a Twisted server endpoint'),
        ("require-login = 1", "require-login = 1 is not allowed: true or false"),
        ('menu = "tokyo, atlantis"', 'menu = "atlantis" is not allowed: a zone, a city or a country'),
        ('tzdata = "/no/where"', 'tzdata = "/no/where" is not allowed: package, system or a directory'),
        ('trust = "\\u001b[2J\u202e"', 'trust = "\\u001b[2J" is not allowed: embedded or source'),
    ],
)
def test_a_wrong_value_is_told_with_file_key_value_and_what_is_allowed(
    text: str, told: str, file: Path
) -> None:
    assert refused(file, text).startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("connection = 20", "connection = 20 is not allowed: the keys are the options of"),
        ("idle_time = 20", "near are"),
        ("[limits]\nidle = 5", "limits = a table is not allowed"),
        ('config = "other.toml"', 'config = "other.toml" is not allowed'),
    ],
)
def test_an_unknown_key_is_told_with_those_that_come_near(text: str, told: str, file: Path) -> None:
    assert told in refused(file, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("idle = 5\nburst", "line 2, column 6: this is no TOML: expected '=' after a key"),
        ("idle = ", "line 1, column 8: this is no TOML: invalid value"),
        ('# one\nmenu = """\nabc\n', "line 4, column 1: this is no TOML: unterminated string"),
        ("idle = 5\nidle = 6", "line 2, column 9: this is no TOML: cannot overwrite a value"),
        (b"idle = 5\n# \xff", "line 2, column 3: it is not UTF-8"),
        ("idle = " + "[" * 5000, "line 1, column 5008: this is no TOML: it is nested too deep"),
        ("idle = " + "9" * 5000, "line 1, column 5008: this is no TOML: exceeds the limit (4300 digits)"),
        ("#" * 1048577, "it is longer than 1048576 octets"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line_and_column(text: str | bytes, told: str, file: Path) -> None:
    assert refused(file, text).startswith(told)


def test_a_file_that_is_not_there_or_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    for path, told in (
        (missing, "it cannot be read: No such file or directory"),
        (tmp_path, "it is no file"),
    ):
        with pytest.raises(SystemExit) as ended:
            Options().parseOptions(["--config", str(path)])
        assert str(ended.value) == f"twistd socketspeak: {path}: {told}"


@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")))
def test_whatever_is_in_a_file_it_is_taken_or_told_in_one_printable_line(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(octets)
    assert said_of(file).isprintable()


def said_of(file: Path) -> str:
    """What is said against a file, nothing where it will do."""
    try:
        ConfigFile(file)
    except ConfigFileError as wrong:
        return str(wrong)
    return ""


def test_the_example_that_comes_along_changes_nothing() -> None:
    options = Options()
    options.read(["--config", str(EXAMPLE)])
    assert options.checked == checked({})


def test_the_example_has_every_option_with_its_default() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    shown = tomllib.loads("\n".join(line[2:] for line in lines if re.match(r"# [a-z-]+ = ", line)))
    for setting in SETTINGS:
        value = shown.pop(setting.name)
        if setting.default is not None:  # else it is the path of a file, which is not there
            assert setting.check(value if isinstance(value, list | bool) else str(value)) == setting.check(
                setting.default
            )
    assert shown == {}


def test_the_example_marks_what_takes_a_restart() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    paragraphs = [part for part in text.split("\n\n") if re.search(r"^# [a-z-]+ = ", part, re.MULTILINE)]
    marked = {
        name for part in paragraphs if "(R)" in part for name in re.findall(r"(?m)^# ([a-z-]+) = ", part)
    }
    assert marked == {setting.name for setting in SETTINGS if setting.at_the_start}
