"""The documents are true: their transcripts are acted out at both ends, their lists are the code's."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import socketspeak
from socketspeak.app.options import Options
from socketspeak.language import messages as m
from socketspeak.language.dialogue import Answered, Dialogue, Ready, Send
from socketspeak.language.printable import shown
from socketspeak.language.reading import read_object, read_text_line
from socketspeak.language.replies import Status
from socketspeak.language.requests import (
    LINE_OCTETS,
    Mistake,
    Request,
    parse_request,
    places_of,
    render_request,
)
from socketspeak.language.verbs import BUILT, VERBS
from socketspeak.language.voice import FORMATS
from socketspeak.server.desk import Counts
from tests.kit.daemon import Daemon
from tests.kit.world import the_voices
from tests.laws.transcripts import (
    CLIENT_FINISHES,
    Block,
    Grammar,
    Scene,
    acted_out,
    blocks,
    blocks_of,
    matches,
    pages,
    prose,
    scenes,
)
from tests.laws.tree import PACKAGE, ROOT, forbid, modules

README = ROOT / "README.md"
PROTOCOL = ROOT / "docs" / "protocol.md"
OPERATIONS = ROOT / "docs" / "operations.md"
SECONDS = 20


def _id(block: Block) -> str:
    return block.at


def every(kind: str) -> pytest.MarkDecorator:
    """One test for each block of a kind."""
    return pytest.mark.parametrize("block", blocks_of(kind), ids=_id)


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


def _requests(block: Block) -> list[bytes]:
    return [line for scene in scenes(block) for line in scene.sent]


@every("session")
def test_the_client_renders_what_the_transcript_sends(block: Block) -> None:
    for line in _requests(block):
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
        lines = [line.encode() for line in said]
        if not ready:
            ready = True
            assert dialogue.heard(b"220 ready") == ()
            (begun,) = dialogue.heard(lines.pop(0))
            assert isinstance(begun, Ready)
        requests = [parse_request(line) for line in scene.sent]
        tickets = [dialogue.ask(each)[0] for each in requests if isinstance(each, Request)][-len(lines) :]
        for ticket, line in zip(tickets, lines, strict=False):
            (heard,) = dialogue.heard(line)
            assert isinstance(heard, Answered)
            assert (heard.ticket, heard.reply.code) == (ticket, _codes_in(line.decode())[0])


def test_some_transcripts_are_in_json() -> None:
    told = {
        _codes_in(line)[0] for block in blocks_of("session") for _, said in _in_json(block) for line in said
    }
    assert told >= {200, 210, 211, 212, 250, 251, 350}


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


# --- The grammar --------------------------------------------------------------------------------------------


@cache
def the_grammar() -> Grammar:
    """The ABNF of docs/protocol.md."""
    return Grammar("\n".join("\n".join(block.lines) for block in blocks_of("abnf")))


@every("session")
def test_the_grammar_agrees_on_what_is_sent(block: Block) -> None:
    for line in _requests(block):
        request = parse_request(line)
        assert the_grammar().fits("line", line + b"\n") == _is_text(line, request), line
        if isinstance(request, Request) and VERBS[request.verb].built:
            well_formed = _is_well_formed(request)
            assert the_grammar().fits("command", render_request(request)) == well_formed, line
            assert the_grammar().fits("request-line", line + b"\r\n") or not well_formed, line
        elif isinstance(request, Mistake):
            assert not the_grammar().fits("command", line), line


def _is_text(line: bytes, request: Request | Mistake | None) -> bool:
    is_no_text = isinstance(request, Mistake) and request.why.text in {m.NOT_TEXT, m.CONTROL_CHARACTER}
    return len(line) <= LINE_OCTETS and not is_no_text


def _is_well_formed(request: Request) -> bool:
    if request.verb == "FORMAT":
        return request.argument.upper() in FORMATS
    return request.verb != "TIME" or all(places_of(request.argument))


@every("session")
def test_the_grammar_agrees_on_what_is_said(block: Block) -> None:
    for _, said in acted_out(block):
        for line in said:
            for rule in _rules_for(line):
                assert the_grammar().fits(rule, f"{line}\r\n".encode()), f"{rule}: {line}"


def _rules_for(line: str) -> list[str]:
    if line.startswith("{"):
        return ["json-line"]
    of_a_kind = {"250": ["clock-line"], "251": ["list-line"], "350": ["list-line"]}
    return ["text-line", *of_a_kind.get(line[:3], [])]


@pytest.mark.parametrize("line", [b"250 noon\r\n", b"250 2026-11-23T15:04:05-03:00 UTC UTC dst=no; x\r\n"])
def test_the_grammar_refuses_what_is_no_answer(line: bytes) -> None:
    assert the_grammar().fits("text-line", line)
    assert not the_grammar().fits("clock-line", line)


def test_every_verb_that_is_answered_is_in_the_grammar() -> None:
    rules = " ".join(the_grammar().rules.values())
    forbid(word for verb in BUILT for word in (verb.word, *verb.synonyms) if f'"{word}"' not in rules)


# --- What is typed in a shell -------------------------------------------------------------------------------

OURS = {"nc", "ncat", "socat", "socketspeak", "twistd"}
VARYING = [
    (re.compile(r"\b((Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"), "Weekday"),
    (
        re.compile(
            r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b"
        ),
        "Month",
    ),
    (re.compile(r"\bno DST\b|\bDST\b|\bdst=(no|yes)|\"dst\":(true|false)"), "dst"),
    (re.compile(r"\b[A-Z]{2,3}T\b"), "ABBREVIATION"),
    (re.compile(r"(?<=^220-SocketSpeak )(\S+) \S+", re.MULTILINE), r"\1 HOST"),
    (re.compile(r"\d+"), "N"),
    (re.compile(r"[ \t]+"), " "),
]


def normal(text: str) -> str:
    """The text without what differs from one run to the next: figures, days, months, the host, padding."""
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return text.strip()


def programs_of(command: str) -> list[str]:
    """The programs of a pipeline, as far as they are those that are run for real."""
    pipeline = [shlex.split(part) for part in re.split(r"(?<![|\\])\|(?!\|)", command)]
    return [words[0] for words in pipeline if words and words[0] in OURS]


def typed(block: Block) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each command of a console block, with what it prints."""
    command = ""
    printed: list[str] = []
    for line in block.lines:
        if line.startswith("$ "):
            if command:
                yield command, tuple(printed)
            command, printed = line[2:], []
        else:
            printed.append(line)
    if command:
        yield command, tuple(printed)


def shell_cases() -> Iterable[object]:
    """The commands of all pages that can be run: those of our programs that show what they print."""
    for block in blocks_of("console"):
        for command, printed in typed(block):
            programs = programs_of(command)
            if programs and printed:
                yield pytest.param(block, command, printed, id=f"{block.at} {command[:40]}")


@pytest.mark.parametrize(("block", "command", "printed"), list(shell_cases()))
def test_a_command_prints_what_the_document_shows(
    block: Block, command: str, printed: tuple[str, ...], shell_daemon: Daemon, tmp_path: Path
) -> None:
    for program in programs_of(command):
        if program not in {"socketspeak", "twistd"} and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace("8082", str(shell_daemon.port))],
        cwd=tmp_path,
        env=_surroundings(shell_daemon),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        text=True,
        check=False,
    )
    port = str(shell_daemon.port)
    said = [normal(line.replace(port, "8082")) for line in done.stdout.rstrip().splitlines()]
    wanted = [line.strip() if line.strip() == "…" else normal(line) for line in printed]
    assert matches(said, tuple(wanted)), f"{block.at}: it truly prints\n{done.stdout}"


def _surroundings(daemon: Daemon) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "SOCKETSPEAK_SERVER": f"127.0.0.1:{daemon.port}",
        "COLUMNS": "110",
        "LANG": "C.UTF-8",
    }


@pytest.fixture(scope="module")
def shell_daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon with its defaults, for what is typed."""
    with Daemon(tmp_path_factory.mktemp("shell")) as running:
        assert running.port
        yield running


# --- What the documents list --------------------------------------------------------------------------------


def test_every_page_is_linked_from_the_readme() -> None:
    linked = set(_links(README))
    forbid(
        f"{page.relative_to(ROOT)} is not linked"
        for page in pages()
        if page != README and page.resolve() not in linked
    )


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    forbid(f"{page.name}: {target}" for target in _links(page) if not target.exists())


def _links(page: Path) -> list[Path]:
    found = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    targets = [target.partition("#")[0] for target in found if not re.match(r"[a-z]+:", target)]
    return [(page.parent / target).resolve() for target in targets if target]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_anchor_is_a_heading(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)\s#]*)#([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", target):
            where = (page.parent / target).resolve() if target else page
            headings = re.findall(r"^#+ +(.+)$", prose(where), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{page.name}: {target}#{anchor}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_test_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text):
        assert (ROOT / file).is_file(), f"{page.name}: {file}"
        if name:
            assert re.search(rf"def {name}\(", (ROOT / file).read_text(encoding="utf-8")), f"{file}::{name}"


def test_the_operators_page_has_every_option_and_no_other() -> None:
    known = set(re.findall(r"--([a-z][a-z-]*)", Options().getUsage()))
    rows = set(re.findall(r"^\| `--([a-z][a-z-]*)", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == known


def test_the_protocols_page_has_every_verb() -> None:
    text = PROTOCOL.read_text(encoding="utf-8")
    forbid(word for word in VERBS if not re.search(rf"`{word}\b", text))
    row = re.search(r"^\| 502 \|.*$", text, re.MULTILINE)
    assert row
    disabled = {verb.word for verb in VERBS.values() if not verb.built}
    assert set(re.findall(r"`([A-Z]+)`", row[0])) == disabled


def test_the_protocols_page_has_every_code_that_can_be_said() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (said|not yet) \|", PROTOCOL.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code) for code, when in rows if when == "said"} == codes_of_the_code()


@cache
def codes_of_the_code() -> set[int]:
    """The reply codes that the conversation can say, as its source has them."""
    trees = [module.tree for module in modules() if module.room == "language"]
    return {code for tree in trees for node in ast.walk(tree) for code in _codes_at(node)}


def _codes_at(node: ast.AST) -> Iterator[int]:
    numbers: list[ast.expr] = []
    match node:
        case ast.AnnAssign(target=ast.Name(id="code"), value=ast.Constant() as value):
            numbers = [value]
        case ast.Call(func=ast.Name(id="Plain" | "Mistake" | "Listing"), args=arguments):
            numbers = arguments
    for number in numbers:
        if isinstance(number, ast.Constant) and isinstance(number.value, int):
            yield number.value


def test_every_count_of_status_is_told_of() -> None:
    text = PROTOCOL.read_text(encoding="utf-8")
    forbid(name for name in Counts.__dataclass_fields__ if f"`{name}`" not in text)
    forbid(name for name in Status.__dataclass_fields__ if name == "counts" and f"`{name}`" not in text)


def test_the_log_lines_that_are_quoted_are_those_of_the_code() -> None:
    formats = {_as_pattern(text): text for text in _log_formats()}
    quoted = [line for block in blocks_of("log") for line in block.lines]
    ours = [line for line in quoted if re.search(r"\[socketspeak\.", line)]
    said = {line: [p for p in formats if re.search(rf"\] {p}$", line)] for line in ours}
    forbid(f"nothing logs {line!r}" for line, patterns in said.items() if not patterns)
    seen = {formats[pattern] for patterns in said.values() for pattern in patterns}
    forbid(f"not in docs/operations.md: {text!r}" for text in set(formats.values()) - seen)


def _log_formats() -> Iterator[str]:
    """What the daemon logs, but for its own bugs."""
    for module in modules():
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        attr="info" | "warn" | "error", value=ast.Attribute(attr="log" | "_log")
                    ),
                    args=[ast.Constant(value=str(text)), *_],
                ):
                    yield text


def _as_pattern(text: str) -> str:
    return "".join(
        ".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", text)
    )


@every("python")
def test_the_python_in_the_documents_compiles(block: Block) -> None:
    source = textwrap.dedent("\n".join(block.lines))
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST
    tree = compile(source, block.at, "exec", flags=flags)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("socketspeak"):
            module = __import__(node.module or "", fromlist=["_"])
            forbid(f"{block.at}: {alias.name}" for alias in node.names if not hasattr(module, alias.name))


def test_the_documents_are_not_wider_than_120_columns() -> None:
    forbid(
        f"{page.name}: {line[:60]}…"
        for page in pages()
        for line in prose(page).splitlines()
        if len(line) > 120 and not line.startswith("|")
    )


def test_the_change_log_knows_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(socketspeak.__version__)}\]", text, re.MULTILINE)
    assert PACKAGE.is_dir()
    assert CLIENT_FINISHES in (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
