"""The client's page is true: its example runs, and its tables are the code's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from socketspeak import client
from socketspeak.client.errors import CODES
from tests.kit.daemon import Daemon
from tests.kit.door import guarded

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PRINTED = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
END_SECONDS = 20.0


def printed_by(example: str, tmp_path: Path) -> list[str]:
    """What an example prints, run against a daemon."""
    with Daemon(tmp_path, "--source", "embedded") as daemon:
        return run(example.replace("8082", str(daemon.port)), tmp_path)


def run(example: str, folder: Path) -> list[str]:
    """What an example prints."""
    script = folder / "example.py"
    script.write_text(example, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=END_SECONDS,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_first_example_runs_and_prints_what_it_is_for(tmp_path: Path) -> None:
    assert (len(EXAMPLES), len(PRINTED)) == (4, 2)
    clock, failure = printed_by(EXAMPLES[0], tmp_path)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+09:00 JST 1", clock)
    assert failure == "550 no such place: lisbom ('lisbon',)"


def test_the_example_of_reckoning_prints_what_stands_below_it(tmp_path: Path) -> None:
    assert printed_by(EXAMPLES[1], tmp_path) == PRINTED[0].splitlines()


def test_the_example_of_watching_prints_what_stands_below_it(tmp_path: Path) -> None:
    assert printed_by(EXAMPLES[2], tmp_path) == PRINTED[1].splitlines()


def test_the_example_of_a_login_logs_in_and_says_where_it_may_not(tmp_path: Path) -> None:
    with guarded(tmp_path) as door:
        example = EXAMPLES[3].replace("8083", str(door.encrypted))
        assert run(example, tmp_path) == ["alice JST"]
        stranger = example.replace('Encryption("localhost"', 'Encryption("clock.example"')
        (said,) = run(stranger, tmp_path)
    assert said.startswith("the server's certificate is refused: it is for localhost")


def test_the_table_of_codes_is_the_code_s() -> None:
    documented = {int(code): name for code, name in re.findall(r"\| (\d{3}) \| `(\w+)`", PAGE)}
    assert documented == {code: kind.__name__ for code, kind in CODES.items()}


def test_every_name_that_the_room_offers_is_on_the_page() -> None:
    assert [name for name in client.__all__ if f"`{name}`" not in PAGE and f"`{name}(" not in PAGE] == []
