"""Source specifications: what an operator writes after `--source`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from socketspeak.sources.dialects import DIALECTS
from socketspeak.zones.values import EMBEDDED

PUBLIC = {
    "timeapi": ("timeapi", "https://timeapi.io/api/v1"),
    "timenow": ("worldtimeapi", "https://time.now/developer/api"),
    "worldtimeapi": ("worldtimeapi", "https://worldtimeapi.org/api"),
}
ALLOWED = f"allowed are {', '.join(PUBLIC)}, NAME=DIALECT:BASE-URL, {EMBEDDED}"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\]")
_PRINTABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A configured source: its name, the dialect it speaks, and where; `base_url` ends without a slash.

    The tz database at hand is a source too: its dialect is `embedded` and its base URL is empty.
    """

    name: str
    dialect: str
    base_url: str

    @property
    def host(self) -> str:
        """The host and port that requests go to, for limits that count by host."""
        return urlsplit(self.base_url).netloc.lower()


EMBEDDED_SOURCE = SourceSpec(EMBEDDED, EMBEDDED, "")


def parse_source(text: str) -> SourceSpec:
    """Read one specification.

    Raises ValueError that says what is wrong, the value, and what is allowed.
    """
    if text == EMBEDDED:
        return EMBEDDED_SOURCE
    if text in PUBLIC:
        return SourceSpec(text, *PUBLIC[text])
    name, equals, rest = text.partition("=")
    if not equals:
        raise ValueError(f"unknown source {text!r}; {ALLOWED}")
    dialect, _, base_url = rest.partition(":")
    _check_name(name, text)
    _check_dialect(dialect, text)
    _check_url(base_url, text)
    return SourceSpec(name, dialect, urlsplit(base_url).geturl().rstrip("/"))


def in_order(specs: Iterable[SourceSpec]) -> tuple[SourceSpec, ...]:
    """The sources in order of preference, `embedded` last, named or not.

    Raises ValueError where two have the same name, in whatever case.
    """
    listed = [spec for spec in specs if spec != EMBEDDED_SOURCE]
    seen: set[str] = set()
    for spec in listed:
        if spec.name.lower() in seen:
            raise ValueError(f"two sources are named {spec.name!r}; each needs a name of its own")
        seen.add(spec.name.lower())
    return (*listed, EMBEDDED_SOURCE)


def _check_name(name: str, text: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"bad source name {name!r} in {text!r}; allowed is a letter and up to 31 more, digits, _ or -"
        )
    if name.lower() == EMBEDDED:
        raise ValueError(f"source name {name!r} in {text!r} is taken by the tz database; choose another")


def _check_dialect(dialect: str, text: str) -> None:
    if dialect not in DIALECTS:
        raise ValueError(f"unknown dialect {dialect!r} in {text!r}; {_dialects()}")


def _dialects() -> str:
    return f"allowed are {', '.join(sorted(DIALECTS))}"


def _check_url(url: str, text: str) -> None:
    if not _PRINTABLE.fullmatch(url):
        wrong = "has a space, a control character or a letter outside ASCII" if url else "is missing"
        raise ValueError(f"the base URL {url!r} in {text!r} {wrong}; {_URLS}")
    try:
        parts = urlsplit(url)
        wrong = _wrong_with(url, parts)
    except ValueError as error:
        wrong = f"cannot be read ({error})"
    if wrong:
        raise ValueError(f"the base URL {url!r} in {text!r} {wrong}; {_URLS}")


_URLS = "allowed is http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH"


def _wrong_with(url: str, parts: SplitResult) -> str:
    """What is wrong with a base URL, empty for nothing; raises ValueError for a port that is no number."""
    if parts.scheme not in {"http", "https"}:
        return "is not http or https"
    if not parts.hostname:
        return "has no host"
    if "@" in parts.netloc:
        return "holds a user name or password"
    if "?" in url or "#" in url:
        return "holds a query or a fragment"
    if parts.port == 0:
        return "has the port 0"
    if not _HOST.fullmatch(re.sub(r":\d*$", "", parts.netloc)):
        return "has a host that can have no address"
    if re.search(r"[\\\"<>^`{|}]", parts.path):
        return "has a character that no URL may have"
    return ""
