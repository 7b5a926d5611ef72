"""Points of the earth, as people write them in degrees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.zones.coordinates import DECIMALS, Coordinates, coordinates_name, read_coordinates

SAO_PAULO, TOKYO = Coordinates(-23.55, -46.63), Coordinates(35.68, 139.69)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("-23.55,-46.63", SAO_PAULO),
        ("35.68, 139.69", TOKYO),
        (" 35.68 139.69 ", TOKYO),
        ("+35.68;+139.69", TOKYO),
        ("35.68N,139.69E", TOKYO),
        ("35.68n139.69e", TOKYO),
        ("23.55°S 46.63°W", SAO_PAULO),
        ("23.55 º S, 46.63 º O", SAO_PAULO),
        ("139.69E 35.68N", TOKYO),
        ("139.69L, 35.68", TOKYO),
        ("139.69, 35.68N", TOKYO),
        ("35.68°139.69°", TOKYO),
        ("\u221223.55,\u221246.63", SAO_PAULO),
        ("35N,139E", Coordinates(35, 139)),
        ("0.0,0.0", Coordinates(0, 0)),
    ],
)
def test_a_point_is_read_as_people_write_it(text: str, point: Coordinates) -> None:
    assert read_coordinates(text) == point


@pytest.mark.parametrize(
    "text",
    [
        *("1,2", "-3,-4", "1.5,2", "2,1.5", "35°,139°"),  # two numbers are two entries of a list, or offsets
        *("35N,139N", "35E,139E", "-23.5S,46.6W", "35.68", "35.68,", "35.68,139.69,1.0", "N,E", ",", ""),
        *(
            "1.5.5,2.5",
            "1.,2.",
            ".5,.5",
            "٣.٥,١.٥",
            "1e3.0,1.0",
            "nan,nan",
            "35.68139.69",
            "12345678901N,1.0",
        ),
    ],
)
def test_what_is_not_clearly_a_point_is_none(text: str) -> None:
    assert read_coordinates(text) is None


@pytest.mark.parametrize(
    ("text", "on_earth"),
    [
        ("90.0,180.0", True),
        ("-90.0,-180.0", True),
        ("90.01,0.0", False),
        ("0.0,-180.01", False),
        ("139.69,35.68", False),
    ],
)
def test_degrees_that_are_too_many_are_read_and_are_not_on_earth(text: str, on_earth: bool) -> None:
    point = read_coordinates(text)
    assert point is not None
    assert point.on_earth is on_earth


@pytest.mark.parametrize(
    ("point", "name"),
    [
        (SAO_PAULO, "23.55°S 46.63°W"),
        (TOKYO, "35.68°N 139.69°E"),
        (Coordinates(-10, 100), "10°S 100°E"),
        (Coordinates(-0.00001, 1.234567), "0°N 1.2346°E"),
    ],
)
def test_a_point_is_shown_with_its_hemispheres(point: Coordinates, name: str) -> None:
    assert coordinates_name(point) == name


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_the_name_of_a_point_is_read_as_that_point(latitude: float, longitude: float) -> None:
    rounded = Coordinates(round(latitude, DECIMALS), round(longitude, DECIMALS))
    assert read_coordinates(coordinates_name(Coordinates(latitude, longitude))) == rounded


@given(st.text("0123456789.,-+°NSEW \u2212", max_size=30))
def test_whatever_is_typed_is_a_point_or_none(text: str) -> None:
    point = read_coordinates(text)
    assert point is None or read_coordinates(coordinates_name(point)) is not None
