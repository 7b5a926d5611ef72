"""The kit's world-time server, run by itself as the whole daemon's tests run it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from urllib.request import urlopen

from tests.laws.tree import ROOT


def test_it_prints_its_port_and_answers_with_its_delay_and_offset() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.kit.sources",
        "--port",
        "0",
        "--delay",
        "0.05",
        "--offset",
        "3600",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            port = int(child.stdout.readline())
            started = time.time()
            with urlopen(f"http://127.0.0.1:{port}/api/timezone/Asia/Tokyo", timeout=5) as response:
                answer = json.load(response)
            assert time.time() - started >= 0.1
        finally:
            child.terminate()
    assert (answer["timezone"], answer["utc_offset"]) == ("Asia/Tokyo", "+09:00")
    assert 3599 < answer["unixtime"] - started < 3602
