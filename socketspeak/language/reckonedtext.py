"""Differences, transitions and meetings as text."""

from __future__ import annotations

from collections.abc import Iterator

from socketspeak.language import messages as m
from socketspeak.language.catalog import Catalog, Message, message
from socketspeak.language.framing import framed
from socketspeak.language.replies import Change, Difference, LocalSpan, Slot, Slots, Transitions
from socketspeak.language.stamps import (
    amount_text,
    local_time,
    offset_text,
    second_stamp,
    time_text,
    utc_stamp,
)


def difference_text(reply: Difference, catalog: Catalog) -> str:
    """By how much one clock is ahead of another: `+12:00 America/Sao_Paulo Asia/Tokyo; …`."""
    says = m.IS_AHEAD if reply.seconds > 0 else m.IS_BEHIND if reply.seconds else m.IS_THE_SAME
    phrase = message(
        says,
        origin=catalog.place(reply.origin, reply.origin_place),
        target=catalog.place(reply.target, reply.target_place),
        amount=amount_text(reply.seconds),
    )
    fields = f"{offset_text(reply.seconds)} {reply.origin} {reply.target}"
    return framed(reply.code, [f"{fields}; {catalog.say(phrase)}"])


def transitions_text(reply: Transitions, catalog: Catalog) -> str:
    """The transitions, a line each, or one that says that there is none."""
    if not reply.changes:
        return framed(reply.code, [f"none {reply.zone}; {catalog.say(no_change(reply, catalog))}"])
    place = catalog.place(reply.zone, reply.place)
    return framed(reply.code, [_change(change, reply.zone, place, catalog) for change in reply.changes])


def no_change(reply: Transitions, catalog: Catalog) -> Message:
    """That no transition is known."""
    since = catalog.date(local_time(reply.since, 0).date())
    return message(m.NO_CHANGE, place=catalog.place(reply.zone, reply.place), date=since)


def _change(change: Change, zone: str, place: str, catalog: Catalog) -> str:
    before, after = change.before, change.after
    fields = (
        f"{utc_stamp(change.at)} {offset_text(before.offset)} {before.abbreviation} "
        f"{offset_text(after.offset)} {after.abbreviation} {zone}"
    )
    return f"{fields}; {catalog.say(_what_happens(change, place, catalog))}"


def _what_happens(change: Change, place: str, catalog: Catalog) -> Message:
    before, after = change.before, change.after
    at, then = local_time(change.at, before.offset), local_time(change.at, after.offset)
    same_day = at.date() == then.date()
    if change.kind == "gap":
        says = m.GOES_FORWARD if same_day else m.GOES_FORWARD_TO_DAY
    elif change.kind == "fold":
        says = m.GOES_BACK if same_day else m.GOES_BACK_TO_DAY
    else:
        says = m.IS_RENAMED if before.abbreviation != after.abbreviation else m.CHANGES_ITS_RULE
    return message(
        says,
        date=catalog.date(at.date()),
        time=time_text(at.time()),
        place=place,
        amount=amount_text(after.offset - before.offset),
        day=catalog.date(then.date()),
        then=time_text(then.time()),
        before=before.abbreviation,
        after=after.abbreviation,
    )


def slots_text(reply: Slots, catalog: Catalog) -> str:
    """The spans, a line for each place in each; or the compromise, which says who is outside of the hours."""
    lines = [line for slot in reply.slots for line in _slot(slot, "", catalog)]
    if reply.compromise is not None:
        lines += _slot(reply.compromise, " compromise=yes", catalog)
    return framed(reply.code, lines or [f"none; {catalog.say(message(m.NO_MEETING))}"])


def _slot(slot: Slot, mark: str, catalog: Catalog) -> Iterator[str]:
    for local in slot.local:
        inside = "yes" if local.inside else "no"
        fields = (
            f"{utc_stamp(slot.start)} {utc_stamp(slot.end)} {local.zone} "
            f"{second_stamp(slot.start, local.start_offset)} {second_stamp(slot.end, local.end_offset)}"
        )
        yield f"{fields} inside={inside}{mark}; {catalog.say(_span(slot, local, catalog))}"


def _span(slot: Slot, local: LocalSpan, catalog: Catalog) -> Message:
    start = local_time(slot.start, local.start_offset)
    end = local_time(slot.end, local.end_offset)
    if start.date() == end.date():
        says = m.MEETING_SPAN if local.inside else m.MEETING_OUTSIDE
    else:
        says = m.MEETING_SPAN_OF_DAYS if local.inside else m.MEETING_OUTSIDE_OF_DAYS
    return message(
        says,
        place=catalog.place(local.zone, local.place),
        date=catalog.date(start.date()),
        start=time_text(start.time()),
        day=catalog.date(end.date()),
        end=time_text(end.time()),
    )
