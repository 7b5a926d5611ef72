"""Conversions, differences, transitions and meetings, made up by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from socketspeak.language.replies import (
    Change,
    Clock,
    Conversion,
    Difference,
    LocalSpan,
    Reply,
    Shown,
    Slot,
    Slots,
    Transitions,
)


def reckonings(
    clocks: st.SearchStrategy[Clock],
    names: st.SearchStrategy[str],
    offsets: st.SearchStrategy[int],
    seconds: st.SearchStrategy[int],
) -> dict[str, st.SearchStrategy[Reply]]:
    """Replies of each kind, made of such clocks, names, offsets and instants (Unix seconds)."""
    shown = st.builds(Shown, offsets, names, st.booleans())
    changes = st.lists(st.builds(Change, seconds, shown, shown), max_size=3).map(tuple)
    local = st.lists(st.builds(LocalSpan, names, names, offsets, offsets, st.booleans()), max_size=3)
    slots = st.builds(Slot, seconds, seconds, local.map(tuple))
    return {
        "conversion": st.builds(
            Conversion,
            clocks,
            st.lists(clocks, max_size=3).map(tuple),
            st.booleans(),
            st.none() | clocks,
        ),
        "difference": st.builds(Difference, st.integers(-172_798, 172_798), names, names, names, names),
        "transitions": st.builds(Transitions, names, names, seconds, changes),
        "meeting": st.builds(Slots, st.lists(slots, max_size=2).map(tuple), st.none() | slots),
    }
