"""The clock's laws, each a property that is tried on a room: the real one, or one that was broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.clock.network import DAY, EPOCH, PPM, SOURCES, S, Script, Step, World, scripts, steps
from tests.clock.rooms import Room

Law = Callable[..., None]  # a room, and how many examples

EXAMPLES = 300
EXAMPLES_TO_FIND_OUT = 3000  # of a broken room; the first that fails is the last


def tried(examples: int) -> settings:
    """How a law is tried: with the same examples each time, so that what is found out once is so always."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


later = st.integers(0, 20_000 * S)
HOUR = 3600 * S


def holds_the_truth(room: Room, examples: int = EXAMPLES) -> None:
    """The claimed interval always holds the true time, as long as fewer than half of the voters lie."""

    @tried(examples)
    @given(scripts(), later, st.integers(-PPM, PPM))
    def law(script: Script, after: int, ppm: int) -> None:
        world, clock = World(room), room.Discipline(script.names)
        for name, _, sample in script.exchanges(world):
            clock.learn(name, sample, world.host())
            _claims_truly(clock, world)
        world.wait(after, ppm)
        _claims_truly(clock, world)

    law()


def _claims_truly(clock: object, world: World) -> None:
    reading = clock.read(world.steady, 0)  # type: ignore[attr-defined]
    assert reading.bound_ns is not None
    # The steady clock is read in whole nanoseconds, and may be one behind.
    assert abs(reading.unix_ns - world.utc) <= reading.bound_ns + 1


def holds_the_truth_with_the_host_among_the_voters(room: Room, examples: int = EXAMPLES) -> None:
    """So it does where the host's clock has a vote, which is honest, or one of the few liars."""

    @tried(examples)
    @given(scripts(), st.integers(-S, S), st.integers(0, 2 * S), later, st.integers(-PPM, PPM))
    def law(script: Script, off: int, error: int, after: int, ppm: int) -> None:
        world, clock = World(room), room.Discipline(script.names)
        host_lies = abs(off) > max(error, S // 4)
        liars = len(script.names) - script.honest + host_lies
        for name, _, sample in script.exchanges(world):
            clock.learn(name, sample, world.host(off, error))
        if 2 * liars < len(script.names) + 1:
            _claims_truly(clock, world)
            world.wait(after, ppm)
            _claims_truly(clock, world)

    law()


def one_source_is_as_wide_as_it_must_be(room: Room, examples: int = EXAMPLES) -> None:
    """With one sample the width is exactly quantum, round trip and drift, and the bound half of that."""

    @tried(examples)
    @given(steps(1))
    def law(step: Step) -> None:
        world, clock = World(room), room.Discipline(["lab"])
        sample = world.exchange(step)
        clock.learn("lab", sample, world.host())
        agreed = clock.agreed(world.steady)
        assert agreed is not None
        round_trip = sample.received_ns - sample.sent_ns
        width = step.quantum + round_trip + -(-round_trip * PPM // (1_000_000 - PPM))
        assert agreed.high - agreed.low == width
        assert clock.read(world.steady, 0).bound_ns == -(-width // 2)

    law()


def ageing_never_narrows(room: Room, examples: int = EXAMPLES) -> None:
    """What is claimed never gets narrower by itself: it grows by the drift allowance at both ends."""

    @tried(examples)
    @given(scripts(), later)
    def law(script: Script, after: int) -> None:
        world, clock = World(room), room.Discipline(script.names)
        for name, _, sample in script.exchanges(world):
            clock.learn(name, sample, world.host())
        now, then = clock.agreed(world.steady), clock.agreed(world.steady + after)
        assert now is not None
        assert now.low - then.low == then.high - now.high
        grown = -(-after * PPM // (1_000_000 - PPM))
        assert grown - 1 <= then.high - now.high <= grown
        # What is held back of the time that is shown is added to its bound, and that gets less.
        early, late = (clock.read(world.steady + DAY + each, 0).bound_ns for each in (0, after))
        assert grown - 1 <= late - early <= grown

    law()


def a_sample_never_widens(room: Room, examples: int = EXAMPLES) -> None:
    """A sample of a source that has a vote already makes what honest sources agree on no wider."""

    @tried(examples)
    @given(scripts(liars=False))
    def law(script: Script) -> None:
        world, clock = World(room), room.Discipline(script.names)
        heard = set()
        for name, _, sample in script.exchanges(world):
            before = clock.agreed(world.steady)
            clock.learn(name, sample, world.host())
            after = clock.agreed(world.steady)
            if name in heard:
                assert before is not None
                assert after is not None
                # Drift is rounded up each time that it is added.
                assert after.high - after.low <= before.high - before.low + 4
            heard.add(name)

    law()


def reading_is_pure(room: Room, examples: int = EXAMPLES) -> None:
    """Reading changes nothing: any readings in any order are the same, and the edition stays."""

    @tried(examples)
    @given(scripts(), st.lists(later, min_size=2, max_size=5))
    def law(script: Script, instants: Sequence[int]) -> None:
        world, clock = World(room), room.Discipline(script.names)
        for name, _, sample in script.exchanges(world):
            clock.learn(name, sample, world.host())
        edition = clock.edition
        there = [clock.read(world.steady + after, 0) for after in instants]
        back = [clock.read(world.steady + after, 0) for after in reversed(instants)]
        assert there == back[::-1]
        assert clock.edition == edition

    law()


def never_goes_back(room: Room, examples: int = EXAMPLES) -> None:
    """The time that is shown never goes back while the clock is not disrupted, and no majority lies."""

    @tried(examples)
    @given(scripts())
    def law(script: Script) -> None:
        world, clock = World(room), room.Discipline(script.names)
        shown = 0
        for name, step, sample in script.exchanges(world):
            before = clock.read(world.steady, 0).unix_ns
            clock.learn(name, sample, world.host())
            after = clock.read(world.steady, 0).unix_ns
            assert after >= max(before, shown) or shown == 0
            shown = after
            clock.look(world.host(off=step.lie))  # the host's clock may be anywhere
            assert clock.read(world.steady, 0).unix_ns >= shown

    law()


def three_with_one_an_hour_off_are_never_led_astray(room: Room, examples: int = EXAMPLES) -> None:
    """Three sources, one of them an hour off, whatever it says: the clock is right, and names it."""

    @tried(examples)
    @given(st.lists(steps(3), min_size=1, max_size=8), st.sampled_from([-HOUR, HOUR]), st.integers(0, 2))
    def law(script: Sequence[Step], lie: int, liar: int) -> None:
        world, clock = World(room), room.Discipline(SOURCES[:3])
        first = [Step(**{**vars(script[0]), "source": at, "pause": 0}) for at in range(3)]
        for step in (*first, *script):
            lying = Step(**{**vars(step), "lie": lie})
            sample = world.exchange(lying, lies=step.source == liar)
            clock.learn(SOURCES[step.source], sample, world.host())
            heard = {voter.name for voter in clock.voters(world.steady, 0)} & {*SOURCES}
            if len(heard) == 3:
                _claims_truly(clock, world)
                voters = clock.voters(world.steady, 0)
                assert [v.name for v in voters if v.agrees is False] == [SOURCES[liar]]
            elif len(heard) == 2 and SOURCES[liar] in heard:
                assert clock.read(world.steady, 0).bound_ns is None

    law()


def sleep_is_not_slept_through(room: Room, examples: int = EXAMPLES) -> None:
    """Once a look has seen that the machine slept, nothing from before is claimed any more."""

    @tried(examples)
    @given(scripts(liars=False), steps(1), st.integers(S, 10 * DAY))
    def law(script: Script, crossing: Step, slept: int) -> None:
        world, clock = World(room), room.Discipline(script.names)
        for name, _, sample in script.exchanges(world):
            clock.learn(name, sample, world.host())
        sample = world.exchange(crossing, slept=slept)
        clock.learn(script.names[0], sample, world.host(-EPOCH))
        reading = clock.read(world.steady, world.utc)
        assert (reading.unix_ns, reading.bound_ns) == (world.utc, None)
        assert reading.state is room.State.DISRUPTED
        for name, _, sample in script.exchanges(world):
            clock.learn(name, sample, world.host())
            _claims_truly(clock, world)

    law()


def a_step_of_the_host_changes_no_answer(room: Room, examples: int = EXAMPLES) -> None:
    """However the host's clock is set under a clock that stands without it, the same is answered."""

    @tried(examples)
    @given(scripts(), st.lists(st.sampled_from([-DAY, -HOUR, HOUR, DAY]), min_size=1, max_size=4), later)
    def law(script: Script, jumps: Sequence[int], after: int) -> None:
        world, clock, still = World(room), room.Discipline(script.names), room.Discipline(script.names)
        for number, (name, _, sample) in enumerate(script.exchanges(world)):
            clock.learn(name, sample, world.host())
            still.learn(name, sample, world.host())
            for jump in jumps if number >= len(script.names) else ():
                world.wait(S)
                clock.look(world.host(off=jump, error=1000))
                still.look(world.host())
                assert clock.read(world.steady, 0) == still.read(world.steady, 0)
        world.wait(after)
        assert clock.read(world.steady, 0) == still.read(world.steady, 0)

    law()


near = st.tuples(st.integers(0, 20), st.integers(0, 10))


def the_majority_is_the_hull(room: Room, examples: int = EXAMPLES) -> None:
    """What a majority allows is the hull of the points that more than half of the intervals hold."""

    @tried(examples)
    @given(st.lists(near, min_size=1, max_size=7))
    def law(edges: Sequence[tuple[int, int]]) -> None:
        votes = [room.Interval(low, low + width, 0) for low, width in edges]
        points = [
            point for point in range(31) if 2 * sum(v.low <= point <= v.high for v in votes) > len(votes)
        ]
        hull = room.Interval(points[0], points[-1], 0) if points else None
        assert room.majority(votes, PPM) == hull

    law()


LAWS: tuple[Law, ...] = (
    the_majority_is_the_hull,
    holds_the_truth,
    holds_the_truth_with_the_host_among_the_voters,
    one_source_is_as_wide_as_it_must_be,
    ageing_never_narrows,
    a_sample_never_widens,
    reading_is_pure,
    never_goes_back,
    three_with_one_an_hour_off_are_never_led_astray,
    sleep_is_not_slept_through,
    a_step_of_the_host_changes_no_answer,
)
