"""The daemon in other languages, over real sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.daemon import Daemon


def test_a_client_chooses_its_language_and_another_keeps_its_own(daemon: Daemon) -> None:
    with daemon.connect():
        said = daemon.ask("LANG pt-BR", "HORA tokyo", "LISTA JP", "AJUDA hora", "lisbom", "SAIR")
        assert said[0] == "200 o idioma é pt-BR"
        assert said[1].endswith(" em Tóquio")
        assert said[2].endswith("; Tóquio, Japão")
        assert said[3].startswith("210-HORA lugar")
        assert said[-2].startswith("550 lugar desconhecido: lisbom")
        assert said[-1] == "221 até logo"
        assert daemon.ask("tokyo")[0].endswith(" in Tokyo")


@pytest.mark.parametrize(
    ("tag", "greeting", "farewell"),
    [("pt", "pronto, a hora do mundo num socket", "até logo"), ("ES-mx", "listo, la hora", "hasta luego")],
)
def test_an_operator_chooses_the_language_of_the_greeting(
    tag: str, greeting: str, farewell: str, tmp_path: Path
) -> None:
    with Daemon(tmp_path, "--language", tag) as daemon, daemon.connect() as peer:
        stream = peer.makefile("rb")
        assert greeting in stream.readline().decode()
        peer.sendall(b"QUIT\n")
        assert stream.read().decode().endswith(f"221 {farewell}\r\n")
        assert daemon.ask("LANG en", "QUIT")[-1] == "221 goodbye"
