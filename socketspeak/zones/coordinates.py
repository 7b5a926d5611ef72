"""Points of the earth, as people write them in degrees, and as SocketSpeak does."""

from __future__ import annotations

import re
from dataclasses import dataclass

DECIMALS = 4  # of a degree in a name: ten metres, nearer than any zone's boundary is known

# A figure of more than 9 digits is no one's degrees, and would only make a name long
_NUMBER = (
    r"(?P<{0}sign>[+\-\u2212]?)(?P<{0}size>[0-9]{{1,9}}(?P<{0}point>\.[0-9]{{1,20}})?)"
    r" ?[°º]? ?(?P<{0}side>[NSEWLO]?)"
)
_BETWEEN = r"(?:\s*[,;]\s*|\s+|(?<=[NSEWLO°º]))"
_WRITTEN = re.compile(_NUMBER.format("a_") + _BETWEEN + _NUMBER.format("b_"), re.IGNORECASE | re.ASCII)
_SIDES = {"N": 1, "S": -1, "E": 1, "L": 1, "W": -1, "O": -1}  # L and O: leste, oeste


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A latitude, north being positive, and a longitude, east being positive, both in degrees."""

    latitude: float
    longitude: float

    @property
    def on_earth(self) -> bool:
        """Whether there is such a point: latitudes go to 90 degrees, longitudes to 180."""
        return abs(self.latitude) <= 90 and abs(self.longitude) <= 180


def read_coordinates(text: str) -> Coordinates | None:
    """The point that a text states in degrees, or None where it states none.

    `-23.55,-46.63`, `35.68N, 139.69E` and `23.55°S 46.63°W` are such texts. Both numbers need a decimal point
    or a hemisphere's letter, so that `1,2` is none. Latitude comes first, unless the letters say otherwise;
    the minus sign may be U+2212. Degrees that are too many are given too: see `Coordinates.on_earth`.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        return None
    first, second = _degrees(written, "a_"), _degrees(written, "b_")
    if first is None or second is None:
        return None
    axes = _axis(written["a_side"]), _axis(written["b_side"])
    if axes[0] == axes[1] != "":
        return None
    swapped = axes[0] == "longitude" or axes[1] == "latitude"
    return Coordinates(second, first) if swapped else Coordinates(first, second)


def coordinates_name(point: Coordinates) -> str:
    """How a point is shown: `23.55°S 46.63°W`, with four decimals at most; it is read as that point."""
    return f"{_name(point.latitude, 'NS')} {_name(point.longitude, 'EW')}"


def _degrees(written: re.Match[str], which: str) -> float | None:
    sign, side = written[which + "sign"], written[which + "side"].upper()
    if (sign and side) or not (written[which + "point"] or side):
        return None
    size = float(written[which + "size"])
    return -size if sign in ("-", "\u2212") or _SIDES.get(side) == -1 else size


def _axis(side: str) -> str:
    if not side:
        return ""
    return "latitude" if side.upper() in "NS" else "longitude"


def _name(degrees: float, sides: str) -> str:
    rounded = round(degrees, DECIMALS)
    figure = f"{abs(rounded):.{DECIMALS}f}".rstrip("0").rstrip(".")
    return f"{figure}°{sides[rounded < 0]}"
