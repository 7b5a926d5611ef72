"""The discipline: what the time is by those clocks that a majority agrees with, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from socketspeak.clock.agreement import majority, meet
from socketspeak.clock.hostvote import HostVote
from socketspeak.clock.interval import DRIFT_PPM, Interval, Sample, aged, drift
from socketspeak.clock.testimony import Testimony
from socketspeak.clock.values import HOST, Host, Reading, State, Voter

SECOND_NS = 1_000_000_000
FAR_NS = 600 * SECOND_NS  # ten minutes: no host that anyone looks after is so far off, nor is a good source
UNHEARD_NS = 3600 * SECOND_NS  # an hour, as a rule is fresh: drift alone has added 0.7 s to the bound


@dataclass(frozen=True, slots=True)
class _Shown:
    """What reading needs, worked out when something is learnt: the interval's middle, its half, the floor."""

    interval: Interval
    middle: int
    half: int
    state: State
    heard_ns: int  # the steady instant of the last news from those who agree
    floor_ns: int = 0


class Discipline:
    """Learns from samples and looks at the host, and tells the time with its error bound.

    Each source that has given a sample is a voter, and so is the host's clock where the kernel says that it
    is synchronised. Instants of the steady clock and of the host's wall clock are nanoseconds, and come as
    arguments. Reading is pure: learning and looking alone change anything, and `edition` with it.
    """

    def __init__(self, order: Sequence[str], drift_ppm: int = DRIFT_PPM, *, trust_host: bool = True) -> None:
        """Start without a sample; the steady clock is at most `drift_ppm` millionths fast or slow.

        `order` names the sources, the preferred first. Where no majority can be had, the host's clock is
        shown if `trust_host` is set and it votes, else that of the first source that has given a sample.
        """
        self._ppm = drift_ppm
        self._trust_host = trust_host
        self._testimony = Testimony(order, drift_ppm)
        self._host = HostVote(drift_ppm)
        self._shown: _Shown | None = None
        self._awake_since: int | None = None  # the steady instant at which the last sleep was noticed
        self._disrupted = False
        self.edition = 0  # changes whenever `read` says otherwise for another reason than time's passing

    @property
    def contradictions(self) -> dict[str, int]:
        """By source: samples that could not be true together with what it had said before."""
        return dict(self._testimony.contradictions)

    def trust(self, host: bool) -> None:
        """Show the host's clock, if it votes, where there is no majority, or not; from the next look on."""
        self._trust_host = host

    def look(self, host: Host) -> int:
        """Take a look at the host in; for how long the machine slept since the last, 0 where it did not.

        What was known before a sleep is dropped: the steady clock stood still, nobody knows for how long.
        """
        self._take_in(host)
        self._show(host)
        return self._host.slept_ns

    def learn(self, source: str, sample: Sample, host: Host) -> bool:
        """Take a sample in; False where it contradicts what the source said before, and so replaces it.

        `host` is how the host's clocks stand now, never earlier than an instant that was read. A sample that
        was asked for before the machine slept says nothing. Raises KeyError for a source that is not in the
        order, and ValueError for a sample from the future.
        """
        if host.steady_ns < sample.received_ns:
            raise ValueError(f"a sample received at {sample.received_ns} ns, and it is {host.steady_ns} ns")
        self._take_in(host)
        agrees = True
        if self._awake_since is None or sample.sent_ns >= self._awake_since:
            agrees = self._testimony.take_in(source, sample)
        self._show(host)
        return agrees

    def read(self, steady_ns: int, wall_ns: int) -> Reading:
        """What the time is; while no source has a say it is the host's, `wall_ns`."""
        shown = self._shown
        if shown is None:
            if self._disrupted:
                return Reading(wall_ns, None, State.DISRUPTED)
            return Reading(wall_ns, self._host.bound_ns(steady_ns, wall_ns), State.LOCAL)
        unix_ns = shown.middle + steady_ns
        held_back = 0
        if unix_ns < shown.floor_ns:
            held_back = shown.floor_ns - unix_ns
            unix_ns = shown.floor_ns
        if shown.state is State.DISAGREE:
            return Reading(unix_ns, None, State.DISAGREE)
        elapsed = steady_ns - shown.interval.at
        grown = drift(elapsed, self._ppm) if elapsed > 0 else 0
        state = State.FREE_RUNNING if steady_ns - shown.heard_ns > UNHEARD_NS else shown.state
        return Reading(unix_ns, shown.half + grown + held_back, state)

    def unix_ns(self, steady_ns: int) -> int | None:
        """The instant that `read` gives, for those who need nothing else; None where it is the host's."""
        shown = self._shown
        return None if shown is None else max(shown.middle + steady_ns, shown.floor_ns)

    def bound_ns(self, steady_ns: int) -> int | None:
        """The bound that `read` gives, in nanoseconds, where the time is not the host's; else None."""
        return None if self._shown is None else self.read(steady_ns, 0).bound_ns

    def drift_ns(self, elapsed_ns: int) -> int:
        """How much wider a bound can get in so many nanoseconds."""
        return drift(elapsed_ns, self._ppm)

    def interval(self, source: str, steady_ns: int) -> Interval | None:
        """Where a source's samples put UTC minus the steady clock by now; None where it has given none."""
        known = self._testimony.interval(source)
        return None if known is None else aged(known, steady_ns, self._ppm)

    def agreed(self, steady_ns: int) -> Interval | None:
        """Where the agreed clock puts UTC minus the steady clock by now; None where nothing is agreed on."""
        shown = self._shown
        if shown is None or shown.state is State.DISAGREE:
            return None
        return aged(shown.interval, steady_ns, self._ppm)

    def voters(self, steady_ns: int, wall_ns: int) -> tuple[Voter, ...]:
        """Each clock that has said what the time is, beside the agreed one; the host's, always, is the last.

        None while the time is the host's, and there is none to compare with.
        """
        shown = self._shown
        if shown is None:
            return ()
        found = [self._voter(shown, name, vote, steady_ns) for name, vote in self._votes()]
        if self._host.interval is None:
            found.append(Voter(HOST, wall_ns - steady_ns - shown.middle, None, None))
        return tuple(found)

    def _voter(self, shown: _Shown, name: str, vote: Interval, steady_ns: int) -> Voter:
        now = aged(vote, steady_ns, self._ppm)
        middle = (now.low + now.high) // 2
        agrees = meet(vote, shown.interval, self._ppm)
        return Voter(name, middle - shown.middle, now.high - middle, agrees)

    def _votes(self) -> Iterator[tuple[str, Interval]]:
        """Those who have a vote, in order of preference; the host is the last."""
        yield from self._testimony.all()
        if self._host.interval is not None:
            yield HOST, self._host.interval

    def _take_in(self, host: Host) -> None:
        self._host.look(host)
        if self._host.slept_ns:
            self._awake_since = host.steady_ns
            self._disrupted = self._testimony.forget() or self._disrupted
            self._host.doubt()
        elif self._host.stepped and self._shown is not None:
            self._host.doubt()

    def _show(self, host: Host) -> None:
        """Work out anew what is shown, and keep all as it is where that is nothing new."""
        sources = [interval for _, interval in self._testimony.all()]
        self._host.compare(majority(sources, self._ppm))
        before = self._shown
        now = self._agreed(host) if sources else None
        if now is not None:
            self._disrupted = False
            now = replace(now, floor_ns=self._floor(before, now.interval, host.steady_ns))
        if _gist(now) != _gist(before):
            self.edition += 1
        self._shown = now

    def _agreed(self, host: Host) -> _Shown:
        votes = dict(self._votes())
        interval = majority(list(votes.values()), self._ppm)
        if interval is None:
            trusted = votes[HOST] if self._trust_host and HOST in votes else next(iter(votes.values()))
            return self._made(trusted, State.DISAGREE, host.steady_ns)
        heard = max(
            self._heard(name, host) for name, vote in votes.items() if meet(vote, interval, self._ppm)
        )
        if len(votes) > 1:
            return self._made(interval, State.SYNCED, heard)
        return self._made(interval, State.DISAGREE if self._far(interval, host) else State.SINGLE, heard)

    def _made(self, interval: Interval, state: State, heard_ns: int) -> _Shown:
        middle = (interval.low + interval.high) // 2
        return _Shown(interval, middle, interval.high - middle, state, heard_ns)

    def _heard(self, name: str, host: Host) -> int:
        return host.steady_ns if name == HOST else self._testimony.heard(name)

    def _far(self, interval: Interval, host: Host) -> bool:
        """Whether one source alone is too far from the host's clock to be believed.

        A clock that was believed, and is not contradicted, stays so: it is the host's that was stepped.
        """
        before = self._shown
        if before is not None and before.state is not State.DISAGREE and self._continues(before, interval):
            return False
        middle = (interval.low + interval.high) // 2
        return abs(middle + host.steady_ns - host.wall_ns) > FAR_NS

    def _continues(self, before: _Shown, interval: Interval) -> bool:
        return meet(before.interval, interval, self._ppm)

    def _floor(self, before: _Shown | None, now: Interval, steady_ns: int) -> int:
        """The last time that was shown, which the next may not go behind.

        Where the two intervals contradict each other the clock was wrong, and to hold on to it would keep it
        wrong for as long as it was off: the floor is given up.
        """
        if before is None or not self._continues(before, now):
            return 0
        return max(before.floor_ns, before.middle + steady_ns)


def _gist(shown: _Shown | None) -> tuple[Interval, State] | None:
    """All of it that an answer is made of, the floor apart, which follows from it."""
    return None if shown is None else (shown.interval, shown.state)
