"""Several workers: real processes, that are killed, stopped, told to reload, and counted together."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from socketspeak.app.scramfile import put_user
from tests.kit.activation import Activation
from tests.kit.daemon import END_SECONDS, START_SECONDS, Daemon, until, world_time_server
from tests.kit.logins import a_verifier, base64, challenge_of
from tests.kit.scram import ScramClient
from tests.kit.tls import certificate_options, client_context, write_certificate

WORKER = re.compile(r"worker (\d) is process (\d+)")
AT_ONCE_SECONDS = 1.0
NOTED_SECONDS = 0.6  # a worker notes twice a second what it has counted


@contextmanager
def workers(here: Path, *options: str, **more: Any) -> Iterator[Daemon]:
    """A daemon with two workers that serve."""
    with Daemon(here, "--workers", "2", *options, **more) as daemon:
        until(lambda: len(pids(daemon)) == 2 or daemon.process.poll() is not None, START_SECONDS)
        yield daemon


def pids(daemon: Daemon) -> dict[int, int]:
    """The process that each worker was last, as the log says."""
    return {int(number): int(pid) for number, pid in WORKER.findall(daemon.log)}


def alive(pid: int) -> bool:
    """Whether there is such a process, which has not ended yet."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def status(peer: socket.socket, ready: bool = False) -> Any:
    """What STATUS says in JSON on a connection; at first it has to be asked for."""
    peer.sendall(b"STATUS\n" if ready else b"FORMAT JSON\nSTATUS\n")
    said = b""
    while not (found := re.search(rb'\{"code":211.*\}\r\n', said)):
        data = peer.recv(65_536)
        assert data
        said += data
    return json.loads(found[0])


def answering(told: Any) -> int:
    """The process that has answered."""
    (pid,) = [worker["pid"] for worker in told["workers"] if worker["answers"]]
    return int(pid)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """One that tests only talk to; Alice may log in."""
    folder = tmp_path_factory.mktemp("workers")
    put_user(folder / "users", a_verifier("alice", "wonderland"))
    with workers(folder, "--auth", "scram:users") as daemon:
        yield daemon


@contextmanager
def only(daemon: Daemon, pid: int) -> Iterator[None]:
    """Have one worker take all who come, as long as the others are held."""
    others = set(pids(daemon).values()) - {pid}
    for each in others:
        os.kill(each, signal.SIGSTOP)
    yield
    for each in others:
        os.kill(each, signal.SIGCONT)


@contextmanager
def peers(daemon: Daemon) -> Iterator[dict[int, socket.socket]]:
    """A connection to each of the two workers, by its process."""
    with ExitStack() as stack:
        found = {}
        for pid in pids(daemon).values():
            with only(daemon, pid):
                found[pid] = stack.enter_context(daemon.connect())
                assert answering(status(found[pid])) == pid
        yield found


def test_one_that_is_killed_is_replaced_and_nobody_else_notices_and_what_it_counted_stays(here: Path) -> None:
    with workers(here) as daemon, peers(daemon) as both:
        victim, other = both
        time.sleep(NOTED_SECONDS)
        before = status(both[other], ready=True)["counts"]
        os.kill(victim, signal.SIGKILL)
        until(lambda: "was ended by SIGKILL: there will be another in 0.2 s" in daemon.log, END_SECONDS)
        until(lambda: victim not in pids(daemon).values(), END_SECONDS)
        assert both[victim].recv(65_536) == b""
        told = status(both[other], ready=True)
        assert told["counts"]["connections"] >= before["connections"]
        assert told["counts"]["requests"] > before["requests"]
        assert told["counts"]["sessions"] == before["sessions"] - 1
        with peers(daemon) as now:
            assert other in now
        assert daemon.log.count("there will be another") == 1


def test_with_the_first_process_all_are_gone_at_once_and_the_port_is_free(here: Path) -> None:
    with workers(here) as daemon:
        port, both = daemon.port, pids(daemon).values()
        daemon.process.kill()
        until(lambda: not any(map(alive, both)), AT_ONCE_SECONDS)
        socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.parametrize(
    "everybody", [False, True], ids=["told to the first", "told to all, as systemd does"]
)
def test_all_are_drained_at_the_end(here: Path, everybody: bool) -> None:
    with workers(here, "--grace", "3") as daemon, peers(daemon) as both:
        before = time.monotonic()
        for pid in (*both, daemon.pid) if everybody else (daemon.pid,):
            os.kill(pid, signal.SIGTERM)
        for peer in both.values():
            assert b'"code":421' in peer.recv(65_536)
            peer.close()
        assert daemon.process.wait(END_SECONDS) == -signal.SIGTERM
        assert time.monotonic() - before < 2
        assert not any(map(alive, both))


def test_the_end_comes_in_time_though_a_worker_hangs(here: Path) -> None:
    with workers(here, "--grace", "0.2") as daemon:
        both = pids(daemon)
        os.kill(both[1], signal.SIGSTOP)
        before = time.monotonic()
        assert daemon.stop() == -signal.SIGTERM
        assert time.monotonic() - before < 0.2 + 2
        assert not any(map(alive, both.values()))


def test_a_second_signal_ends_all_at_once(here: Path) -> None:
    with workers(here) as daemon, peers(daemon) as both:
        os.kill(daemon.pid, signal.SIGTERM)
        until(lambda: daemon.log.count("stopping, with 10 s") == 2, END_SECONDS)
        assert daemon.stop() == -signal.SIGTERM
        until(lambda: not any(map(alive, both)), AT_ONCE_SECONDS)


def test_a_reload_reaches_all_and_those_that_begin_later_and_the_log_is_one_file(here: Path) -> None:
    config, log = here / "s.toml", here / "spoken.log"
    config.write_text("connections-per-address = 50\n")
    twistd = ("--logfile", str(log))

    def lines() -> str:
        return log.read_text() if log.exists() else ""

    with Daemon(here, "--workers", "2", "--config", str(config), twistd=twistd) as daemon:
        daemon.log_path = log
        until(lambda: len(WORKER.findall(lines())) == 2, START_SECONDS)
        log.rename(here / "old.log")
        config.write_text("connections-per-address = 1\n")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: lines().count("changed: connections-per-address") == 3, END_SECONDS)
        assert all(re.match(r"\d{4}-\d\d-\d\dT", line) for line in lines().splitlines())
        port = re.search(r"listening on 127\.0\.0\.1:(\d+)", (here / "old.log").read_text())
        assert port
        number, pid = WORKER.findall((here / "old.log").read_text())[0]
        os.kill(int(pid), signal.SIGKILL)
        until(lambda: f"worker {number} is process" in lines(), END_SECONDS)
        with ExitStack() as stack:  # whichever worker takes them
            assert [comes_in(stack, int(port[1])) for _ in range(8)] == [True] + [False] * 7


def test_the_limit_of_an_address_holds_for_all_workers_together(here: Path) -> None:
    with workers(here, "--connections-per-address", "4") as daemon, ExitStack() as stack:
        assert [comes_in(stack, daemon.port) for _ in range(12)] == [True] * 4 + [False] * 8


def comes_in(stack: ExitStack, port: int) -> bool:
    """Whether one more is let in; it stays."""
    peer = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=END_SECONDS))
    peer.sendall(b"PING\n")
    said = b""
    while not said.startswith(b"421") and b"200 PONG" not in said:
        data = peer.recv(65_536)
        assert data
        said += data
    return said.startswith(b"220")


def test_whoever_is_asked_tells_the_whole(shared: Daemon) -> None:
    with peers(shared) as both:
        for peer in both.values():
            peer.sendall(b"PING\n" * 10)
        time.sleep(NOTED_SECONDS)
        told = [status(peer, ready=True) for peer in both.values()]
        requests = [each["counts"]["requests"] for each in told]
        assert min(requests) >= 20 + 2
        assert requests[1] == requests[0] + 1 or requests[1] == requests[0]
        for each in told:
            assert [(w["number"], w["state"]) for w in each["workers"]] == [(1, "serving"), (2, "serving")]


def test_those_who_stay_are_shared_out(shared: Daemon) -> None:
    for pid in pids(shared).values():  # the kernel has its favourite
        assert sum(shares(shared, 1)) == 1
        with ExitStack() as stack:
            with only(shared, pid):
                assert all(comes_in(stack, shared.port) for _ in range(40))
            assert all(comes_in(stack, shared.port) for _ in range(40))
            assert min(shares(shared, 81)) >= 24


def shares(daemon: Daemon, total: int) -> list[int]:
    """How many sessions each worker has, as soon as so many are told of."""
    found: list[int] = []

    def told() -> bool:
        with daemon.connect() as peer:
            found[:] = [worker["sessions"] for worker in status(peer)["workers"]]
        return sum(found) == total

    until(told, END_SECONDS)
    return found


def test_a_failed_login_is_remembered_by_all(shared: Daemon) -> None:
    with peers(shared) as both:
        guesser, other = both.values()
        guesser.sendall(b"FORMAT TEXT\n")
        guesser.recv(65_536)
        client = ScramClient("alice", "a guess")
        guesser.sendall(b"AUTH SCRAM-SHA-256 " + base64(client.first()) + b"\n")
        proof = client.final(challenge_of(guesser.recv(65_536).decode().rstrip()))
        guesser.sendall(base64(proof) + b"\n")
        time.sleep(0.3)
        other.sendall(b"AUTH SCRAM-SHA-256 " + base64(client.first()) + b"\n")
        assert b'"code":431' in other.recv(65_536)


def test_a_source_is_asked_once_for_all(here: Path) -> None:
    with (
        world_time_server(here) as url,
        workers(here, "--source", f"lab=worldtimeapi:{url}", "--state", f"{here}/state.json") as daemon,
        peers(daemon) as both,
    ):
        one, two = both.values()
        for peer in (one, two):  # who has heard nothing of a source yet does not wait for it
            until(lambda peer=peer: status(peer, ready=True)["sources"][0]["state"] == "ok", END_SECONDS)
        for zone in ("Asia/Tokyo", "Africa/Lagos"):
            for peer in (one, two):
                peer.sendall(f"TIME {zone}\n".encode())
                assert b'"source":"lab"' in peer.recv(65_536)
                time.sleep(0.05)  # what one has heard, the other is told
        time.sleep(NOTED_SECONDS)
        (source, _) = status(one, ready=True)["sources"]
        assert 3 <= source["requests"] <= 4  # one a zone; each worker has asked at its start
        daemon.stop()
        assert "Africa/Lagos" in (here / "state.json").read_text()


def test_tls_and_sockets_of_systemd_go_with_workers(here: Path) -> None:
    tls, unix = socket.create_server(("127.0.0.1", 0)), f"{here}/speak.sock"
    certificate = certificate_options(write_certificate(here))
    doors = ("--listen-tls", "systemd:domain=INET:index=0", *certificate)
    with Activation(tls) as held, workers(here, *doors, listen=f"unix:{unix}", activation=held) as daemon:
        seen = set()
        for pid in pids(daemon).values():
            with only(daemon, pid):
                clear = socket.create_connection(tls.getsockname())
                with client_context().wrap_socket(clear, server_hostname="localhost") as peer:
                    seen.add(answering(status(peer)))
        assert seen == set(pids(daemon).values())
        os.kill(pids(daemon)[1], signal.SIGTERM)
        until(lambda: "ended with 0: there will be another" in daemon.log, END_SECONDS)
        with socket.socket(socket.AF_UNIX) as by_path:
            by_path.connect(unix)
            assert answering(status(by_path))
        assert daemon.stop() == -signal.SIGTERM
        assert not os.path.exists(unix)
        with socket.create_connection(tls.getsockname()):
            pass  # systemd's stays open
