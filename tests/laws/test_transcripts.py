"""The transcripts of the documents are acted out at both ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from socketspeak.language.dialogue import Answered, Dialogue, Ready, Send
from socketspeak.language.printable import shown
from socketspeak.language.reading import read_object, read_text_line
from socketspeak.language.requests import (
    LINE_OCTETS,
    Mistake,
    Request,
    parse_request,
    render_request,
)
from socketspeak.language.verbs import VERBS
from tests.kit.world import the_voices
from tests.laws.codes import codes_of_the_code
from tests.laws.documents import Block, blocks, blocks_of, every
from tests.laws.stages import acted_out
from tests.laws.transcripts import Scene, matches, requests_of, scenes
from tests.laws.tree import ROOT, forbid

README = ROOT / "README.md"
PROTOCOL = ROOT / "docs" / "protocol.md"
OPERATIONS = ROOT / "docs" / "operations.md"
SECONDS = 20


# --- The server's end ---------------------------------------------------------------------------------------


@every("session")
def test_the_server_says_what_the_transcript_says(block: Block) -> None:
    for scene, said in acted_out(block):
        if not matches(said, scene.said):
            told = "\n".join(f"S: {line}" for line in said)
            pytest.fail(f"{block.at}: to {scene.sent!r} the server truly says\n{told}", pytrace=False)


A_SESSION = ("C: TIME tokyo", "S: …", "C: QUIT", "S: 221 goodbye", "(the server closes)")


def _holds(*lines: str) -> bool:
    try:
        return all(matches(said, scene.said) for scene, said in acted_out(Block("here", "session", lines)))
    except AssertionError:
        return False


def test_a_transcript_that_is_right_passes() -> None:
    assert _holds(*A_SESSION)


@pytest.mark.parametrize(
    ("at", "broken"),
    [
        pytest.param(0, "C: PINK", id="another request"),
        pytest.param(1, "S: 250 soon", id="another answer"),
        pytest.param(3, "S: 221 goodbye ", id="a space too many"),
        pytest.param(3, "S: 220 goodbye", id="another code"),
        pytest.param(4, None, id="a close that is not told"),
    ],
)
def test_a_transcript_that_is_broken_fails(at: int, broken: str | None) -> None:
    lines = [broken if number == at else line for number, line in enumerate(A_SESSION)]
    if at == 0:
        lines[1] = "S: 250-…"
    assert not _holds(*(line for line in lines if line is not None))


def test_every_verb_and_code_is_acted_out_in_the_protocol() -> None:
    transcripts = [block for block in blocks(PROTOCOL) if block.info.startswith("session")]
    found = [scene for block in transcripts for scene in scenes(block)]
    asked = {line.split()[0].upper() for scene in found for line in scene.sent if line.strip()}
    told = {code for scene in found for line in scene.said for code in _codes_in(line)}
    forbid(f"no transcript asks {word}" for word in VERBS if word.encode() not in asked)
    unsayable = {451}  # a bug of ours: none is at hand
    forbid(f"no transcript is told {code}" for code in sorted(codes_of_the_code() - told - unsayable))


def _codes_in(line: str) -> list[int]:
    found = re.match(r'(?:\{"code":)?(\d{3})', line)
    return [int(found[1])] if found else []


# --- The client's end ---------------------------------------------------------------------------------------


@every("session")
def test_the_client_renders_what_the_transcript_sends(block: Block) -> None:
    for line in requests_of(block):
        request = parse_request(line)
        if len(line) > LINE_OCTETS or not isinstance(request, Request):
            continue  # deliberately malformed: what the server says of it is in the transcript
        rendered = render_request(request)
        assert parse_request(rendered) == Request(request.verb, request.argument)
        if line.split(b" ")[0] == request.verb.encode() and b"  " not in line:
            assert rendered == line


@every("session")
def test_the_client_reads_what_the_transcript_says(block: Block) -> None:
    for _, said in acted_out(block):
        unfinished = 0
        for line in said:
            if line.startswith("{"):
                assert not unfinished
                assert the_voices()["JSON"].render(read_object(line.encode())).decode() == f"{line}\r\n"
                continue
            code, last, text = read_text_line(line.encode())
            assert unfinished in (0, code)
            assert text == shown(text, LINE_OCTETS), "it would be shown otherwise than it was said"
            unfinished = 0 if last else code
        assert not unfinished


@every("session")
def test_the_clients_dialogue_has_the_transcript_as_far_as_it_is_in_json(block: Block) -> None:
    dialogue, ready = Dialogue(), False
    assert dialogue.opened() == (Send(b"FORMAT JSON"),)
    for scene, said in _in_json(block):
        # but for ticks, which nobody asks for
        lines = [line.encode() for line in said if not line.startswith('{"code":150,')]
        if not ready:
            ready = True
            assert dialogue.heard(b"220 ready") == ()
            (begun,) = dialogue.heard(lines.pop(0))
            assert isinstance(begun, Ready)
        requests = [parse_request(line) for line in scene.sent]
        tickets = [dialogue.ask(each)[0] for each in requests if isinstance(each, Request)][-len(lines) :]
        for ticket, line in zip(tickets, lines, strict=False):
            *_, heard = dialogue.heard(line)  # the end of a watch comes before its answer
            assert isinstance(heard, Answered)
            assert (heard.ticket, heard.reply.code) == (ticket, _codes_in(line.decode())[0])


def test_some_transcripts_are_in_json() -> None:
    told = {
        _codes_in(line)[0] for block in blocks_of("session") for _, said in _in_json(block) for line in said
    }
    assert told >= {200, 210, 211, 212, 250, 251, 252, 253, 254, 350}


def _in_json(block: Block) -> Iterator[tuple[Scene, list[str]]]:
    """The scenes of a block that are wholly in JSON, from the one that begins it on, unmalformed."""
    began = False
    for scene, said in acted_out(block):
        began = began or scene.sent[:1] == (b"FORMAT JSON",)
        rest = scene.sent[1:] if said[:1] and '"format":"JSON"' in said[0] else scene.sent
        wrong = [line for line in rest if isinstance(parse_request(line), Mistake)]
        if began and said and not wrong and all(line.startswith("{") for line in said):
            yield Scene(rest, scene.stage_directions, scene.said), said
        else:
            return
