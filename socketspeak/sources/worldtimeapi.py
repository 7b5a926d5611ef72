"""The dialect of worldtimeapi.org and its family (time.now, and SocketSpeak's own HTTP face)."""

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
from socketspeak.sources.instants import SECOND_NS, read_offset, read_stamp
from socketspeak.sources.sample import Exchange, Outcome, SameZone, ZoneSample


def path(zone: str) -> str:
    """What follows the base URL and a slash to ask for a zone; `+` and the like are percent-encoded."""
    return f"timezone/{quote(zone, safe='/')}"


def decode(body: bytes, exchange: Exchange, same_zone: SameZone) -> Outcome:
    """Read an answer; never raises, whatever bytes come."""
    return decoded(body, exchange, same_zone, _sample)


def _sample(answer: Answer, exchange: Exchange, same_zone: SameZone) -> ZoneSample:
    zone = answered_zone(answer, exchange, same_zone)
    local, utc = answer.read("datetime", read_stamp), answer.read("utc_datetime", read_stamp)
    offset = answer.read("utc_offset", read_offset)
    if offset is None:
        offset = None if local is None else local.offset
    if offset is None:
        raise RefusedError("it has no offset")
    if local is not None and local.offset not in {None, offset}:
        raise RefusedError("datetime and utc_offset differ in their offset")
    when = moment(local, utc, answer.take("unixtime", int), offset)
    dst = answer.take("dst", bool)
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
        abbreviation=answer.take("abbreviation", str),
        dst=dst,
        raw_offset=raw,
        dst_offset=saving,
        valid_from=start,
        valid_until=end,
    )


def _parts(answer: Answer, offset: int, dst: bool | None) -> tuple[int | None, int | None]:
    """The standard offset and what daylight saving adds, which must make up the total."""
    raw, saving = answer.offset("raw_offset"), answer.offset("dst_offset")
    if raw is None or saving is None or raw + saving == offset:
        return raw, saving
    if saving == offset:  # some give the total in force as dst_offset
        return raw, offset - raw
    if raw == offset and not dst:  # and some what daylight saving would add in summer
        return raw, 0
    raise RefusedError("raw_offset and dst_offset do not make up the offset")
