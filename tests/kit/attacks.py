"""What one client can do to a server that others use: each attack goes on until it is stopped.

`python -m tests.kit.attacks --port N NAME` in a process of its own. It says `on` when all its connections
stand, and when its standard input ends, it prints as JSON what it has sent and read, and ends.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

BLOCK_OCTETS = 65_536
DRIPPING = 500  # connections
CROWD = 100  # connections: what one address may have
DRIP_SECONDS = 2.0
TAIL_OCTETS = 1000  # of what was heard, in which the end of a reply is looked for
READ_OCTETS = 1 << 20
LOOK_SECONDS = 0.05
CONNECT_SECONDS = 10.0


def many(line: bytes) -> bytes:
    """As many of a line as fit into a block, at least one."""
    return line * max(1, BLOCK_OCTETS // len(line))


@dataclass(frozen=True)
class Attack:
    """What is sent, over and over, on how many connections at once."""

    block: bytes
    connections: int = 1
    reads: bool = True
    drip_seconds: float = 0.0  # between two octets; 0: all as fast as it is taken
    one_at_a_time: bool = False  # a block only when the last one was answered
    leaves: bool = False  # after its block each connection is closed, and another one made
    first: bytes = b""


JSON = b"FORMAT JSON\n"
# Each with a clock of its own before there were zones: of all that was tried nothing costs more
APART = (
    "ad,ae,af,al,at,be,bg,ch,cz,dk,ee,eg,fi,fr,gr,hu,ie,in,ir,is,it,jp,ke,kr,lk,lt,lu,lv,ma,mt,my,ng,nl,no,np,"
    "ng,om,pa,pe,ph,pk,pl,py,qa,re,ro,rs,sa,sc,se,sg,sn,sy,th,tn,tr,tw,ug,uy,ve,vn,ye,za,zm,zw,lb,il,iq,jo,ge,"
    "gh,gi,gt,gy,hk,hn,ht,jm,kh,kp,kw,la,ly,mc,md,mg,mm,mo,mr,mu,mv,mw,mz,na,ne,ni,sv"
)
LONGEST = b"TIME " + b",".join([b" utc".ljust(9)] * 99) + b"\n"
DEAREST = f"MEET {APART} ON 1850-01-01\n".encode()

ATTACKS: Mapping[str, Attack] = {
    "nothing": Attack(b"", connections=0),
    "line ends": Attack(b"\n" * BLOCK_OCTETS),
    "line ends and spaces": Attack(b" \r\n\n" * (BLOCK_OCTETS // 4)),
    "requests, answers read": Attack(many(b"TIME Asia/Tokyo\n")),
    "requests, nothing read": Attack(many(b"TIME Asia/Tokyo\n"), reads=False),
    "long answers, nothing read": Attack(many(b"LIST ALL\n"), CROWD, reads=False, first=JSON),
    "long requests, nothing read": Attack(many(LONGEST), CROWD, reads=False, first=JSON),
    "octets that drip": Attack(b"TIME Asia/Tokyo\n", DRIPPING, drip_seconds=DRIP_SECONDS),
    "dear requests": Attack(many(DEAREST), first=JSON),
    "dear requests of a crowd": Attack(DEAREST, CROWD, first=JSON, one_at_a_time=True),
    "pipelined requests of a crowd": Attack(many(b"TIME Asia/Tokyo\n"), CROWD),
    "lists of a crowd": Attack(b"LIST ALL\n", CROWD, first=JSON, one_at_a_time=True),
    "TELNET options of a crowd": Attack(b"\xff\xfd\x01" * (BLOCK_OCTETS // 3), CROWD),
    "TELNET options, nothing read": Attack(b"\xff\xfd\x01" * (BLOCK_OCTETS // 3), CROWD, reads=False),
    "an endless sub-negotiation": Attack(b"\xff\xfa\xff\xff" * (BLOCK_OCTETS // 4), CROWD, leaves=True),
    "come and go": Attack(b"PING\n", CROWD, leaves=True),
}


class One:
    """One connection of an attack."""

    def __init__(self, attack: Attack, port: int, source: str) -> None:
        self._attack = attack
        self._left = memoryview(attack.first + attack.block)
        self._tail = b""
        self.sent = self.read = 0
        self.next = time.monotonic() + attack.drip_seconds * os.getpid() % 1
        self.socket = socket.socket()
        self.socket.settimeout(CONNECT_SECONDS)
        if not attack.reads:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the least that the kernel allows
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)

    @property
    def events(self) -> int:
        """What it waits for."""
        reading = select.EPOLLIN if self._attack.reads else 0
        return reading | (select.EPOLLOUT if self._left and not self._attack.drip_seconds else 0)

    def write(self) -> None:
        """Send what is taken, and begin anew at its end."""
        sent = self.socket.send(self._left[: 1 if self._attack.drip_seconds else BLOCK_OCTETS])
        self.sent += sent
        self._left = self._left[sent:]
        if not self._left and not self._attack.one_at_a_time:
            self._left = memoryview(self._attack.block)

    def hear(self) -> bool:
        """Read what there is; whether the connection goes on."""
        heard = self.socket.recv(READ_OCTETS)
        self.read += len(heard)
        tail = (self._tail + heard)[-TAIL_OCTETS:]
        self._tail = tail
        if heard.endswith(b"\n") and self._attack.one_at_a_time and not self._left:
            self._left = memoryview(self._attack.block)
        return bool(heard) and not (self._attack.leaves and self.read)


class Crowd:
    """All connections of an attack."""

    def __init__(self, attack: Attack, port: int, source: str) -> None:
        self._attack, self._port, self._source = attack, port, source
        self._poll = select.epoll()
        self._all: dict[int, One] = {}
        self.sent = self.read = self.made = 0
        for _ in range(attack.connections):
            self._open()

    def go_on(self) -> None:
        """Do what can be done now, and wait a little where that is nothing."""
        for descriptor, events in self._poll.poll(LOOK_SECONDS):
            one = self._all[descriptor]
            try:
                goes_on = not events & select.EPOLLIN or one.hear()
                if goes_on and events & select.EPOLLOUT:
                    one.write()
                goes_on = goes_on and not events & select.EPOLLERR
            except BlockingIOError:
                continue
            except OSError:
                goes_on = False
            if goes_on:
                self._poll.modify(descriptor, one.events)
            else:
                self._close(one)
                self._open()
        if self._attack.drip_seconds:
            self._drip()

    def end(self) -> None:
        """Close all."""
        for one in tuple(self._all.values()):
            self._close(one)

    def _open(self) -> None:
        one = None
        while one is None:
            with suppress(ConnectionError):  # it is refused while the last ones are being closed
                one = One(self._attack, self._port, self._source)
        self._all[one.socket.fileno()] = one
        self._poll.register(one.socket, one.events)
        self.made += 1

    def _close(self, one: One) -> None:
        del self._all[one.socket.fileno()]
        one.socket.close()
        self.sent += one.sent
        self.read += one.read

    def _drip(self) -> None:
        now = time.monotonic()
        for one in self._all.values():
            if now >= one.next:
                one.next += DRIP_SECONDS
                one.write()


def main(arguments: list[str]) -> None:
    """Attack until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.kit.attacks", description=__doc__)
    parser.add_argument("name", choices=ATTACKS)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--source", default="127.0.0.1", help="the address to attack from")
    options = parser.parse_args(arguments)
    os.nice(10)  # the machine is for those who are attacked
    crowd = Crowd(ATTACKS[options.name], options.port, options.source)
    print("on", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        crowd.go_on()
    crowd.end()
    print(json.dumps({"sent": crowd.sent, "read": crowd.read, "connections": crowd.made}))


if __name__ == "__main__":
    main(sys.argv[1:])
