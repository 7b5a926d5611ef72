"""Rights that twistd gives up (`--uid`, `--gid`) once the ports are open and the key is read."""

from __future__ import annotations

import os
import pwd
import re
import signal
import socket
from pathlib import Path

from tests.kit.daemon import END_SECONDS, Daemon, until
from tests.kit.tls import certificate_options, client_context, write_certificate

NOBODY = pwd.getpwnam("nobody")
FIRST_FREE_PORT = 1024  # below it a port takes rights that nobody has


def a_low_port() -> int:
    """A port that only the privileged may open, and that is free."""
    for port in range(FIRST_FREE_PORT - 1, 0, -1):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("every low port is taken")


def rights(daemon: Daemon) -> dict[str, list[str]]:
    """Who the process is to the kernel: its users and groups, real, effective and saved."""
    text = Path(f"/proc/{daemon.pid}/status").read_text()
    return {name: words.split() for name, words in re.findall(r"^(Uid|Gid|Groups):(.*)$", text, re.MULTILINE)}


def test_rights_are_given_up_once_the_port_is_open_and_the_key_is_read(here: Path) -> None:
    port, both = a_low_port(), write_certificate(here)
    drop = ("--uid", "nobody", "--gid", str(NOBODY.pw_gid))
    listen = f"tcp:{port}:interface=127.0.0.1"
    with Daemon(here, *certificate_options(both), twistd=drop, listen=listen) as daemon:
        if os.geteuid() != 0:
            # Nobody else has rights to give up, and then nothing runs that would seem to have done so.
            assert daemon.process.wait(END_SECONDS) != 0
            return
        assert daemon.port == port
        with socket.create_connection(("127.0.0.1", port), timeout=END_SECONDS) as clear:
            clear.sendall(b"STARTTLS\n")
            said = b""
            while b"\n222 " not in said:
                said += clear.recv(65_536)
            with client_context().wrap_socket(clear, server_hostname="localhost") as peer:
                peer.sendall(b"QUIT\n")
                assert peer.recv(4096) == b"221 goodbye\r\n"
        groups = {str(group) for group in os.getgrouplist("nobody", NOBODY.pw_gid)}
        told = rights(daemon)
        assert told["Uid"] == [str(NOBODY.pw_uid)] * 4
        assert told["Gid"] == [str(NOBODY.pw_gid)] * 4
        assert set(told["Groups"]) == groups
        daemon.process.send_signal(signal.SIGHUP)
        # What it can read no more stays as it was.
        until(lambda: "not reloaded, what was before stays: --" in daemon.log, END_SECONDS)
        assert daemon.ask("PING") == ["200 PONG"]
