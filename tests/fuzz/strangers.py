"""Targets that play strangers whom we ask: sources, another server; and what operators write."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from socketspeak.app.configfile import ConfigFile, ConfigFileError
from socketspeak.app.screen import Screen, Stream
from socketspeak.language.catalog import Catalog
from socketspeak.language.dialogue import Answered, Dialogue, Encrypt, Send
from socketspeak.language.reading import NotAReply, Read, read_object
from socketspeak.language.replies import (
    Areas,
    Clocks,
    Conversion,
    Difference,
    Listing,
    Plain,
    Reply,
    Slots,
    Transitions,
)
from socketspeak.language.requests import Request
from socketspeak.language.statuses import Status
from socketspeak.language.voice import voices
from socketspeak.sources.dialects import DIALECTS
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Exchange, Fault, ZoneSample
from socketspeak.sources.specification import EMBEDDED_SOURCE, parse_source
from tests.fuzz.oracles import check_line, check_texts
from tests.kit.world import the_world
from tests.language.replying import as_read

JSON = voices(Catalog())["JSON"]
TYPES = ("application/json", "text/html", None, "application/json; charset=latin-1")
ASKED = 4  # requests of a client whose server is a stranger
YEARS_2020_TO_2100 = range(1_577_836_800, 4_133_980_800)
MOST_OFFSET_SECONDS = 26 * 3600  # that any clock has ever been from UTC, and more
NS = 1_000_000_000


def worldtimeapi(data: bytes) -> None:
    """What a source answers is a sample that makes sense, or a fault that can be logged."""
    _decoded("worldtimeapi", data)


def timeapi(data: bytes) -> None:
    """The same of the other dialect."""
    _decoded("timeapi", data)


def _decoded(dialect: str, data: bytes) -> None:
    kind = TYPES[data[0] % len(TYPES)] if data else None
    asked = Exchange("lab", "America/New_York", sent_ns=5, received_ns=9, content_type=kind)
    found = DIALECTS[dialect].decode(data[1:], asked, lambda one, other: one.lower() == other.lower())
    assert isinstance(found, ZoneSample | Fault)
    if isinstance(found, Fault):
        check_texts(found)
    if isinstance(found, ZoneSample):
        now = found.stamp_ns // NS
        assert now in YEARS_2020_TO_2100
        assert abs(found.offset) <= MOST_OFFSET_SECONDS
        assert found.valid_until is None or found.valid_until > now
        assert found.valid_from is None or found.valid_from <= now
        book = RuleBook("source")
        book.remember(found, the_world().engine.rule(found.asked, now))
        check_texts(book.entries())


def reply(data: bytes) -> None:
    """A reply is read as one that can be shown, and reads the same when it is written; or it is none."""
    try:
        found = read_object(data)
    except NotAReply as wrong:
        check_line(str(wrong))
        return
    if isinstance(found, Plain):
        check_texts((found.message, found.near))
    else:
        check_texts(found)
        assert not _at_one_instant(found) or read_object(JSON.render(found)) == as_read(found)
    _shown(found)


def _at_one_instant(found: Read) -> bool:
    """Whether clocks are as a server has them, which gives them all the same fraction of a second."""
    return not isinstance(found, Clocks) or len({clock.unix_ns % NS for clock in found.clocks}) == 1


def _shown(found: Read) -> None:
    out = io.StringIO()
    screen = Screen(Stream(out), Stream(out))
    show(found, screen)
    for each in out.getvalue().split("\n"):
        check_line(each)


def show(found: Reply, screen: Screen) -> None:
    """Show a reply as the command does."""
    match found:
        case Clocks():
            screen.clocks(found.clocks)
        case Listing():
            screen.entries(found.entries)
        case Areas():
            screen.areas(found.areas)
        case Conversion():
            screen.conversion("now", found)
        case Difference():
            screen.difference(found)
        case Transitions():
            screen.transitions(found)
        case Slots():
            screen.meeting(found)
        case Status():
            screen.status(found)
        case Plain():
            screen.complain(Catalog().say(found.message))


def dialogue(data: bytes) -> None:
    """A client takes whatever a server says: what it sends are lines, what it tells can be shown."""
    for starttls in (False, True):
        client = Dialogue(starttls=starttls)
        acts = [*client.opened()]
        for number in range(ASKED):
            acts += client.ask(Request("TIME", str(number)))[1]
        for said in data.split(b"\n"):
            acts += client.heard(said)
            if isinstance(acts[-1], Encrypt):
                acts += client.secured()
        answered = [act.ticket for act in acts if isinstance(act, Answered)]
        assert answered == [*range(len(answered))]
        for act in acts:
            if isinstance(act, Send):
                assert b"\n" not in act.line
            elif not isinstance(act, Answered):
                check_texts(act)


def source(data: bytes) -> None:
    """What stands behind --source is a source that can be asked, or a mistake that can be told."""
    text = data.decode("utf-8", "replace")
    try:
        found = parse_source(text)
    except ValueError as wrong:
        check_line(str(wrong))
        return
    if found != EMBEDDED_SOURCE:
        check_texts(found)
        assert found.dialect in DIALECTS
        assert found.base_url.startswith(("http://", "https://"))
        assert found.host


def configuration(data: bytes) -> None:
    """A configuration file is read, or refused in one line that can be shown."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path = Path(folder, "configuration.toml")
        path.write_bytes(data)
        try:
            ConfigFile(path)
        except ConfigFileError as wrong:
            check_line(str(wrong))
