"""What a world-time API truly says of a zone, worked out from tzdata without the project's help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

SECOND_NS = 1_000_000_000
ZONES = tuple(resources.files("tzdata").joinpath("zones").read_text().split())


def described(zone: str, now_ns: int, wrong_offset: int | None = None) -> dict[str, object]:
    """A zone at an instant, in the fields of the worldtimeapi dialect; `wrong_offset` is a lie to tell."""
    seconds, nanoseconds = divmod(now_ns, SECOND_NS)
    now = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=nanoseconds // 1000)
    local = now.astimezone(_zone(zone))
    offset, dst = local.utcoffset() or timedelta(), local.dst() or timedelta()
    if wrong_offset is not None:
        offset = timedelta(seconds=wrong_offset)
    face = (now + offset).replace(tzinfo=None)
    start, end = edges(zone, seconds) if dst else (None, None)
    return {
        "utc_offset": _written(offset),
        "timezone": zone,
        "day_of_week": face.isoweekday() % 7,
        "day_of_year": face.timetuple().tm_yday,
        "datetime": face.isoformat(timespec="microseconds") + _written(offset),
        "utc_datetime": now.isoformat(timespec="microseconds"),
        "unixtime": seconds,
        "raw_offset": int((offset - dst).total_seconds()),
        "week_number": face.isocalendar().week,
        "dst": bool(dst),
        "abbreviation": local.tzname(),
        "dst_offset": int(dst.total_seconds()),
        "dst_from": start,
        "dst_until": end,
        "client_ip": "192.0.2.58",
    }


def edges(zone: str, seconds: int) -> tuple[str | None, str | None]:
    """Where the daylight saving time of an instant begins and ends, as the dialect writes it."""
    return _edge(zone, seconds, -1), _edge(zone, seconds, 1)


def _edge(zone: str, inside: int, direction: int) -> str | None:
    """The instant at which the rule changes, a year away at most: by days, and then by halves."""
    rule = _rule(zone, inside)
    days = (inside + direction * 86_400 * day for day in range(1, 366))
    outside = next((at for at in days if _rule(zone, at) != rule), None)
    if outside is None:
        return None
    while abs(outside - inside) > 1:
        middle = (outside + inside) // 2
        inside, outside = (middle, outside) if _rule(zone, middle) == rule else (inside, middle)
    return datetime.fromtimestamp(max(inside, outside), UTC).isoformat()


def _rule(zone: str, seconds: int) -> tuple[timedelta | None, timedelta | None]:
    local = datetime.fromtimestamp(seconds, _zone(zone))
    return local.utcoffset(), local.dst()


@cache
def _zone(zone: str) -> ZoneInfo:
    """The zone from the package, never from the host; raises OSError or ValueError where there is none."""
    *folders, name = zone.split("/")
    place = resources.files("tzdata.zoneinfo").joinpath(*folders, name)
    with place.open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
