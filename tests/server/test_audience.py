"""A crowd that is told by its sockets: in order, each octet once, and nobody twice."""

from __future__ import annotations

import gc
import random
import socket
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socketspeak.server.audience import SLICE, Audience, Send

LITTLE = 4096  # octets that a socket keeps for a peer that does not read


class Seat:
    """Who watches over a pair of sockets, and sends behind what is unsent as a session does."""

    def __init__(self) -> None:
        self.own, self.peer = socket.socketpair()
        self.own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LITTLE)
        for end in (self.own, self.peer):
            end.setblocking(False)
        self.unsent = b""
        self.goes_straight = True
        self.detoured: Callable[[], None] = lambda: None
        self.looks = 0  # how often it was told by `ticked`

    def joins(self, audience: Audience) -> None:
        """Watch, together with all who are there."""
        self.detoured = lambda: audience.detour(self)
        audience.add(self, 0)

    def straight(self) -> Send | None:
        return self.own.send if self.goes_straight and not self.unsent else None

    def leave(self, rest: bytes) -> None:
        self.unsent += rest
        self.detoured()

    def ticked(self, data: bytes) -> bool:
        self.looks += 1
        self.flush()
        if self.unsent:
            return False
        self.say(data)
        return True

    def say(self, data: bytes) -> None:
        """Send something, or leave it behind what is unsent."""
        if self.unsent:
            self.unsent += data
            return
        try:
            sent = self.own.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self.leave(data[sent:])

    def flush(self) -> None:
        """Send what was left."""
        waiting, self.unsent = self.unsent, b""
        if waiting:
            self.say(waiting)

    def read(self) -> bytes:
        """All that has come."""
        said = b""
        try:
            while data := self.peer.recv(1 << 16):
                said += data
        except BlockingIOError:
            pass
        return said

    def all_of_it(self) -> bytes:
        """All that was said, to the end."""
        said = self.read()
        while self.unsent:
            self.flush()
            said += self.read()
        return said

    def close(self) -> None:
        self.own.close()
        self.peer.close()


@contextmanager
def seats(number: int) -> Iterator[tuple[Audience, list[Seat]]]:
    """An audience, and who is in it."""
    audience = Audience()
    watchers: list[Seat] = []
    try:
        for _ in range(number):
            watchers.append(Seat())
            watchers[-1].joins(audience)
        yield audience, watchers
    finally:
        for seat in watchers:
            seat.close()


def tick(number: int) -> Callable[[int], bytes]:
    """A tick as it is told to who has skipped so many."""
    return lambda skipped: f"{number} {skipped};".encode()


def tell(audience: Audience, number: int) -> int:
    """Tell all of a tick; how many were told."""
    return sum(audience.tell(tick(number)))


def test_everybody_is_told_the_same_once() -> None:
    with seats(3) as (audience, watchers):
        watchers[1].goes_straight = False
        audience.remove(watchers[1])
        assert audience
        audience.add(watchers[1], 0)
        assert tell(audience, 1) == tell(audience, 2) == 3
        assert [seat.read() for seat in watchers] == [b"1 0;2 0;"] * 3


def test_what_a_socket_does_not_take_whole_comes_later_and_ticks_behind_it_are_skipped_and_counted() -> None:
    with seats(2) as (audience, (deaf, other)):
        long = b"x" * 100_000
        deaf.detoured = lambda: None  # the audience knows it by itself
        assert sum(audience.tell(lambda _: long)) == 2
        other.flush()
        assert 0 < len(deaf.unsent) < len(long)
        assert tell(audience, 2) == tell(audience, 3) == 2
        said = deaf.all_of_it()
        assert tell(audience, 4) == tell(audience, 5) == 2
        assert said + deaf.read() == long + b"4 2;5 0;"
        assert deaf.looks == 3  # the fifth went straight again


def test_a_reply_that_is_unsent_comes_before_the_next_tick() -> None:
    with seats(1) as (audience, (seat,)):
        seat.say(b"r" * 100_000)
        assert seat.unsent
        tell(audience, 1)
        said = seat.all_of_it()
        tell(audience, 2)
        assert said + seat.read() == b"r" * 100_000 + b"2 1;"


def test_a_socket_that_has_failed_does_not_keep_others_from_their_tick() -> None:
    with seats(3) as (audience, watchers):
        watchers[0].own.close()
        assert tell(audience, 1) == 3
        assert watchers[1].read() == watchers[2].read() == b"1 0;"
        assert watchers[0].unsent == b"1 0;"


def test_who_leaves_or_turns_off_while_a_tick_is_told_is_told_no_more_or_by_the_other_way() -> None:
    with seats(SLICE + 3) as (audience, watchers):
        leaving, turning, coming_back = watchers[-3:]
        telling = audience.tell(tick(1))
        assert next(telling) == SLICE
        audience.remove(leaving)
        turning.say(b"r" * 100_000)
        audience.remove(coming_back)
        audience.add(coming_back, 0)
        list(telling)
        assert [seat.read() for seat in (watchers[0], leaving, coming_back)] == [b"1 0;", b"", b""]
        assert turning.unsent.endswith(b"r")
        turning.all_of_it()
        tell(audience, 2)
        assert [seat.read() for seat in (turning, coming_back)] == [b"2 1;", b"2 0;"]


def test_who_comes_with_ticks_that_it_has_skipped_is_told_so_once() -> None:
    with seats(1) as (audience, (seat,)):
        audience.remove(seat)
        audience.add(seat, 2)
        tell(audience, 3)
        tell(audience, 4)
        assert seat.read() == b"3 2;4 0;"
        assert audience.remove(seat) == 0


def test_who_leaves_over_its_tick_has_left() -> None:
    class Leaving(Seat):
        def ticked(self, data: bytes) -> bool:
            audience.remove(self)
            return super().ticked(data)

    with seats(0) as (audience, watchers):
        watchers.append(Leaving())
        audience.add(watchers[0], 1)
        tell(audience, 2)
        assert not audience


def test_ticks_of_which_nobody_was_told_are_owned_up_to() -> None:
    with seats(2) as (audience, watchers):
        watchers[0].goes_straight = False
        audience.miss(2)
        tell(audience, 3)
        tell(audience, 4)
        assert [seat.read() for seat in watchers] == [b"3 2;4 0;"] * 2


@pytest.mark.parametrize("ticks", [0, 1])
def test_who_has_left_is_kept_nowhere(ticks: int) -> None:
    with seats(1) as (audience, watchers):
        for number in range(ticks):
            tell(audience, number)
        audience.remove(watchers[0])
        assert not audience
        watchers[0].close()
        gone = weakref.ref(watchers.pop())
        gc.collect()
        assert gone() is None


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_whatever_is_said_between_all_comes_in_order_and_no_tick_is_lost_or_doubled(
    dice: random.Random, number: int
) -> None:
    with seats(number) as (audience, watchers):
        heard = [b""] * number
        for second in range(30):
            for at, seat in enumerate(watchers):
                if dice.random() < 0.3:
                    seat.say(b"r" * dice.choice((10, 5000, 20_000)) + b";")
                if dice.random() < 0.5:
                    heard[at] += seat.read()
                    seat.flush()
            tell(audience, second)
        for at, seat in enumerate(watchers):
            heard[at] += seat.all_of_it()
        tell(audience, 30)
        for at, seat in enumerate(watchers):
            parts = (heard[at] + seat.read()).decode().split(";")[:-1]
            ticks = [tuple(map(int, part.split())) for part in parts if not part.startswith("r")]
            assert all(set(part) == {"r"} for part in parts if part.startswith("r"))
            expected = 0
            for second, skipped in ticks:
                assert second == expected + skipped
                expected = second + 1
            assert expected == 31
