"""The ABNF of docs/protocol.md, as regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CORE = {
    "SP": rb"[ ]",
    "DQUOTE": rb"[\x22]",
    "HTAB": rb"\t",
    "DIGIT": rb"[0-9]",
    "ALPHA": rb"[A-Za-z]",
    "CR": rb"\r",
    "LF": rb"\n",
    "CRLF": rb"(?:\r\n)",
}
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>%s"[^"]*"|"[^"]*")|(?P<range>%x[0-9A-F]+(?:-[0-9A-F]+|(?:\.[0-9A-F]+)+)?)"""
    r"""|(?P<repeat>\d*\*\d*|\d+)(?=[^\s])|(?P<name>[A-Za-z][\w-]*)|(?P<mark>[()\[\]/]))"""
)


class Grammar:
    """ABNF without recursion (RFC 5234, and RFC 7405's `%s` strings), over octets."""

    def __init__(self, text: str) -> None:
        text = re.sub(r";[^\n]*", "", re.sub(r'"[^"\n]*"', lambda found: found[0].replace(";", "\0"), text))
        folded = re.sub(r"\n[ \t]+", " ", text.replace("\0", ";"))
        rules = (line.partition("=") for line in folded.splitlines() if line.strip())
        self.rules = {name.strip(): rule for name, _, rule in rules}
        self._read: dict[str, bytes] = dict(_CORE)

    def fits(self, name: str, octets_of_line: bytes) -> bool:
        """Whether the whole text is what the rule of that name says."""
        return re.fullmatch(self.expression(name), octets_of_line, re.DOTALL) is not None

    def expression(self, name: str) -> bytes:
        """A rule as a regular expression."""
        if name not in self._read:
            self._read[name] = b"(?:" + b"".join(self._pieces(self.rules[name])) + b")"
        return self._read[name]

    def _pieces(self, rule: str) -> Iterator[bytes]:
        quantifier = b""
        at = 0
        closing: list[bytes] = []
        while rule[at:].strip():
            found = _TOKEN.match(rule, at)
            assert found, f"no ABNF: {rule[at:]!r}"
            at = found.end()
            if found["repeat"]:
                quantifier = _quantifier(found["repeat"])
                continue
            mark = found["mark"]
            if mark == "/":
                yield b"|"
            elif mark in ("(", "["):
                closing.append(b")" + (b"?" if mark == "[" else quantifier))
                yield b"(?:"
            elif mark:
                yield closing.pop()
            else:
                yield self._element(found) + quantifier
            quantifier = b""

    def _element(self, found: re.Match[str]) -> bytes:
        if found["name"]:
            return self.expression(found["name"])
        if found["range"]:
            first, dash, last = found["range"][2:].partition("-")
            if dash:
                return b"[\\x%s-\\x%s]" % (first.zfill(2).encode(), last.zfill(2).encode())
            return b"(?:" + b"".join(b"\\x%s" % part.zfill(2).encode() for part in first.split(".")) + b")"
        text = found["string"]
        exact = text.startswith("%s")
        return (b"(?:" if exact else b"(?i:") + re.escape(text.removeprefix("%s")[1:-1].encode()) + b")"


def _quantifier(repeat: str) -> bytes:
    low, star, high = repeat.partition("*")
    return f"{{{low or 0},{high}}}".encode() if star else f"{{{low}}}".encode()
