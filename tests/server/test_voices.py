"""Sessions of one server in different languages: each is told what it reads, from memory, too."""

from __future__ import annotations

from twisted.internet.task import Clock

from socketspeak.server.factory import SessionFactory
from socketspeak.server.register import Register
from tests.kit.desk import a_desk
from tests.kit.peer import MemoryTransport, Peer
from tests.kit.world import NOON, the_setting, the_voices

TIMES = [
    "Tuesday, 24 November 2026, 03:04:05 in Tokyo",
    "terça-feira, 24 de novembro de 2026, 03:04:05 em Tóquio",
    "martes, 24 de noviembre de 2026, 03:04:05 en Tokio",
]


def phrases(peer: Peer) -> list[str]:
    return [line.partition("; ")[2] for line in peer.said if line.startswith("250 ")]


def test_an_answer_kept_for_one_language_is_not_given_in_another() -> None:
    peer = Peer()
    peer.send(b"tokyo\n", b"LANG pt\n", b"tokyo\n", b"LANG es\n", b"tokyo\n", b"tokyo\n", b"LANG en\ntokyo\n")
    assert phrases(peer) == [*TIMES, TIMES[2], TIMES[0]]


def test_a_line_means_in_each_session_what_its_language_makes_of_it() -> None:
    clock = Clock()
    desk = a_desk(clock)
    english, portuguese = Peer(desk, clock), Peer(desk, clock)
    portuguese.send(b"LANG pt-BR\n", b"HORA Asia/Tokyo\n", b"HORA Asia/Tokyo\n")
    english.send(b"HORA Asia/Tokyo\n")
    assert portuguese.codes == ["200 ", "250 ", "250 "]
    assert english.codes == ["550 "]


def test_what_one_session_reads_is_kept_for_the_others_of_its_language() -> None:
    clock = Clock()
    desk = a_desk(clock)
    first, second = Peer(desk, clock), Peer(desk, clock)
    first.send(b"LANG es\nHORA tokyo\n")
    kept = desk.memory.table(the_voices("es")["TEXT"], NOON, desk.almanac.edition)
    kept[b"HORA tokyo"] = (b"250 ", b" kept\r\n")
    second.send(b"LANG es-MX\n", b"HORA tokyo\n")
    assert second.said[-1] == "250 123 kept"


def test_languages_may_change_in_the_middle_of_what_is_sent_at_once() -> None:
    peer = Peer()
    peer.send(b"tokyo\ntokyo\nLANG pt\ntokyo\nHORA tokyo\nIDIOMA es\ntokyo\nSALIR\n")
    assert phrases(peer) == [TIMES[0], TIMES[0], TIMES[1], TIMES[1], TIMES[2]]
    assert peer.said[-1] == "221 hasta luego"


def test_sessions_begin_in_the_language_that_the_operator_has_chosen() -> None:
    clock = Clock()
    desk = a_desk(clock)
    register = Register(desk.counts, clock)
    factory = SessionFactory(desk, the_setting(), the_voices("es")["TEXT"], register)
    for _ in range(2):  # the second greeting is from memory
        transport = MemoryTransport()
        transport.connect(factory.buildProtocol(None))
        assert " listo, la hora del mundo en un socket\r\n" in transport.sent.decode()
