"""Many who watch and only listen: a process of its own, that reads in the middle between two seconds.

`python -m benchmarks.listeners PORT COUNT FILE`: the file has a JSON list of what they send, in turn.
It prints `watching` once all are told of their first tick, and goes on until it is ended.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from benchmarks.cases import ADDRESSES
from benchmarks.machine import open_files

ANSWERS = (b"\n255 ", b'\n{"code":255,')  # the last line of WATCH's reply, in each format
ANSWER_SECONDS = 10.0
READ_AT = 0.5  # of a second: nobody is told then
MOST_OCTETS = 65_536


def listening(port: int, number: int, first: bytes) -> socket.socket:
    """One who is connected, from an address of many, and has been told that it watches."""
    peer = socket.create_connection(
        ("127.0.0.1", port), ANSWER_SECONDS, source_address=(f"127.0.0.{1 + number % ADDRESSES}", 0)
    )
    peer.sendall(first)
    said = b""
    while not any(answer in said for answer in ANSWERS):
        data = peer.recv(MOST_OCTETS)
        if not data:
            raise SystemExit(f"WATCH was answered {said[-100:]!r}")
        said += data
    peer.setblocking(False)
    return peer


def read_for_ever(peers: Sequence[socket.socket]) -> None:
    """Take what has come, once a second; says `watching` when everybody has had something."""
    waiting, said = selectors.EpollSelector(), False
    for peer in peers:
        waiting.register(peer, selectors.EVENT_READ)
    while True:
        time.sleep((READ_AT - time.time()) % 1)
        ready = waiting.select(0)
        for key, _ in ready:
            if not key.fileobj.recv(MOST_OCTETS):  # type: ignore[union-attr]
                raise SystemExit("a watcher was disconnected")
        if not said and len(ready) == len(peers):
            print("watching", flush=True)
            said = True


def main() -> None:
    """Connect all, and read."""
    port, count, file = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    open_files()
    firsts = islice(cycle(json.loads(file.read_text(encoding="utf-8"))), count)
    read_for_ever([listening(port, number, first.encode()) for number, first in enumerate(firsts)])


if __name__ == "__main__":
    main()
