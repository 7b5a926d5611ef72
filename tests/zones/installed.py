"""The installed tz database, built once for all tests of this room."""

from __future__ import annotations

from socketspeak.app.tzfiles import read_database
from socketspeak.zones.atlas import Atlas
from socketspeak.zones.database import Database
from socketspeak.zones.engine import Engine
from socketspeak.zones.placefile import shipped
from socketspeak.zones.values import Found, Place, Several

FILES = read_database("package")
DATABASE = Database(FILES)
ENGINE = Engine(DATABASE.directory, DATABASE.names)
NOW = 1795457045  # 2026-11-23T18:04:05Z, the instant of the protocol's examples
TABLE = shipped()
ATLAS = Atlas(DATABASE, ENGINE, TABLE, NOW)


def found(text: str) -> Place:
    """The one place that a text means."""
    answer = ATLAS.resolve(text, NOW)
    assert isinstance(answer, Found), answer
    return answer.place


def several(text: str) -> list[Place]:
    """The places that a text may mean."""
    answer = ATLAS.resolve(text, NOW)
    assert isinstance(answer, Several), answer
    assert answer.text == text
    return list(answer.places)
