"""The dialect of timeapi.io, version 1."""

from __future__ import annotations

from urllib.parse import quote

from socketspeak.sources.answer import (
    Answer,
    RefusedError,
    answered_zone,
    decoded,
    moment,
    validity,
)
from socketspeak.sources.instants import SECOND_NS, read_stamp
from socketspeak.sources.sample import Exchange, Outcome, SameZone, ZoneSample


def path(zone: str) -> str:
    """What follows the base URL and a slash to ask for a zone; `+` and the like are percent-encoded."""
    return f"timezone/zone?timeZone={quote(zone, safe='/')}"


def decode(body: bytes, exchange: Exchange, same_zone: SameZone) -> Outcome:
    """Read an answer; never raises, whatever bytes come."""
    return decoded(body, exchange, same_zone, _sample)


def _sample(answer: Answer, exchange: Exchange, same_zone: SameZone) -> ZoneSample:
    zone = answered_zone(answer, exchange, same_zone)
    local, utc = answer.read("local_time", read_stamp), answer.read("utc_time", read_stamp)
    offset = answer.offset("current_utc_offset_seconds")
    if offset is None:
        offset = None if local is None else local.offset
    if offset is None:
        raise RefusedError("it has no offset")
    if local is not None and local.offset not in {None, offset}:
        raise RefusedError("local_time and current_utc_offset_seconds differ in their offset")
    when = moment(local, utc, answer.take("unix_timestamp", int), offset)
    dst = answer.take("dst_active", bool)
    raw, saving = _parts(answer, offset, dst)
    start, end = validity(answer, when.stamp_ns // SECOND_NS, dst)
    return ZoneSample(
        source=exchange.source,
        asked=exchange.asked,
        zone=zone,
        stamp_ns=when.stamp_ns,
        quantum_ns=when.quantum_ns,
        sent_ns=exchange.sent_ns,
        received_ns=exchange.received_ns,
        cacheable=exchange.cacheable,
        offset=offset,
        dst=dst,
        raw_offset=raw,
        dst_offset=saving,
        valid_from=start,
        valid_until=end,
    )


def _parts(answer: Answer, offset: int, dst: bool | None) -> tuple[int | None, int | None]:
    """The standard offset and what daylight saving adds now, which must make up the total.

    `dst_offset_seconds` is what it adds in summer, also in winter; `dst_utc_offset_seconds` is the sum.
    """
    raw, summer = answer.offset("standard_utc_offset_seconds"), answer.offset("dst_utc_offset_seconds")
    added = answer.offset("dst_offset_seconds")
    if dst is None:
        return raw, None
    saving = (added if added is not None or raw is None else offset - raw) if dst else 0
    if raw is not None and saving is not None and raw + saving != offset:
        raise RefusedError("standard_utc_offset_seconds and dst_offset_seconds do not make up the offset")
    if dst and summer not in {None, offset}:
        raise RefusedError("dst_utc_offset_seconds is not the offset, and it is daylight saving time")
    return raw, saving
