"""What a zone's city is called."""

from __future__ import annotations

import pytest

from socketspeak.zones.citynames import city_names
from tests.zones.installed import DATABASE


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/Sao_Paulo", "São Paulo"),
        ("America/Maceio", "Maceió"),
        ("America/Bogota", "Bogotá"),
        ("America/Belem", "Belém"),
        ("America/Bahia", "Bahia"),  # with an accent in Spanish, which is not spoken there
        ("America/Mexico_City", "Mexico City"),
        ("America/Merida", "Mérida"),
        ("America/Mazatlan", "Mazatlán"),  # where Spanish is official in fact, not by law
        ("Africa/Sao_Tome", "São Tomé"),
        ("Europe/Amsterdam", "Amsterdam"),  # Ámsterdam in Spanish
        ("Europe/Lisbon", "Lisbon"),
        ("Asia/Kolkata", "Kolkata"),
        ("Asia/Yangon", "Yangon"),
        ("Asia/Kathmandu", "Kathmandu"),
        ("Asia/Ho_Chi_Minh", "Ho Chi Minh City"),
        ("Europe/Kyiv", "Kyiv"),
        ("America/Nuuk", "Nuuk"),
        ("Pacific/Chuuk", "Chuuk"),
        ("America/Curacao", "Curaçao"),
        ("America/Noronha", "Fernando de Noronha"),
        ("America/Indiana/Knox", "Knox, Indiana"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("America/Port-au-Prince", "Port-au-Prince"),
        ("Etc/UTC", "UTC"),
        ("Etc/GMT+5", "GMT+5"),
        ("EST5EDT", "EST5EDT"),
    ],
)
def test_a_city_has_its_english_name_with_the_accents_of_home(zone: str, name: str) -> None:
    assert city_names(DATABASE)[zone] == name


def test_every_listed_zone_has_a_name_that_fits_on_a_line() -> None:
    names = city_names(DATABASE)
    assert tuple(names) == DATABASE.listed
    assert all(type(name) is str and name.isprintable() and 0 < len(name) <= 30 for name in names.values())
