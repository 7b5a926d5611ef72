"""Source specifications: what is allowed, and what is said of what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.sources.specification import EMBEDDED_SOURCE, SourceSpec, in_order, parse_source


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("timeapi", SourceSpec("timeapi", "timeapi", "https://timeapi.io/api/v1")),
        ("x=timeapi:http://h/v1", SourceSpec("x", "timeapi", "http://h/v1")),
        ("timenow", SourceSpec("timenow", "worldtimeapi", "https://time.now/developer/api")),
        ("worldtimeapi", SourceSpec("worldtimeapi", "worldtimeapi", "https://worldtimeapi.org/api")),
        ("embedded", EMBEDDED_SOURCE),
        (
            "lab=worldtimeapi:http://10.0.0.5:8083/api",
            SourceSpec("lab", "worldtimeapi", "http://10.0.0.5:8083/api"),
        ),
        ("a=worldtimeapi:HTTPS://Time.Example/", SourceSpec("a", "worldtimeapi", "https://Time.Example")),
        ("v6=worldtimeapi:http://[::1]:80/api/", SourceSpec("v6", "worldtimeapi", "http://[::1]:80/api")),
        ("A-b_9=worldtimeapi:http://h/a=b:c", SourceSpec("A-b_9", "worldtimeapi", "http://h/a=b:c")),
    ],
)
def test_a_specification_is_read(text: str, spec: SourceSpec) -> None:
    assert parse_source(text) == spec


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "",
            "unknown source ''; allowed are timeapi, timenow, worldtimeapi, NAME=DIALECT:BASE-URL, embedded",
        ),
        ("TimeNow", "unknown source 'TimeNow'"),
        ("http://x", "unknown source 'http://x'"),
        ("x=ntp:http://h", "unknown dialect 'ntp' in 'x=ntp:http://h'; allowed are timeapi, worldtimeapi"),
        ("x=embedded:http://h", "unknown dialect 'embedded'"),
        ("x=", "unknown dialect ''"),
        ("=worldtimeapi:http://h", "bad source name ''"),
        ("9x=worldtimeapi:http://h", "bad source name '9x'"),
        ("x" * 33 + "=worldtimeapi:http://h", "bad source name 'xxx"),
        ("a b=worldtimeapi:http://h", "bad source name 'a b'"),
        ("é=worldtimeapi:http://h", "bad source name 'é'"),
        ("Embedded=worldtimeapi:http://h", "source name 'Embedded' in .* is taken"),
        ("x=worldtimeapi", "the base URL '' in 'x=worldtimeapi' is missing"),
        ("x=worldtimeapi:ftp://h", "is not http or https"),
        ("x=worldtimeapi:h/api", "is not http or https"),
        ("x=worldtimeapi:http:///api", "has no host"),
        ("x=worldtimeapi:http://:80/api", "has no host"),
        ("x=worldtimeapi:http://me:secret@h/", "holds a user name or password"),
        ("x=worldtimeapi:http://h/?a=b", "holds a query or a fragment"),
        ("x=worldtimeapi:http://h/?", "holds a query or a fragment"),
        ("x=worldtimeapi:http://h/#a", "holds a query or a fragment"),
        ("x=worldtimeapi:http://h:99999/", "cannot be read"),
        ("x=worldtimeapi:http://h:port/", "cannot be read"),
        ("x=worldtimeapi:http://h:0/", "has the port 0"),
        ("x=worldtimeapi:http://[::1/", "cannot be read"),
        ("x=worldtimeapi:http://h/a b", "has a space"),
        ("x=worldtimeapi:http://h\n/", "has a space, a control character"),
        ("x=worldtimeapi:http://h/\\evil", "has a character that no URL may have"),
        ("x=worldtimeapi:http://münchen.example/", "a letter outside ASCII"),
        ("x=worldtimeapi:http://a..b/", "has a host that can have no address"),
        ("x=worldtimeapi:http://" + "a" * 64 + ".b/", "has a host that can have no address"),
        ("x=worldtimeapi:http://-a.b/", "has a host that can have no address"),
    ],
)
def test_a_wrong_specification_says_what_is_wrong_with_it(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong) as caught:
        parse_source(text)
    assert "allowed" in str(caught.value) or "choose another" in str(caught.value)
    assert str(caught.value).isprintable()


@given(st.text() | st.text("abw:/=.[]@#?0158", max_size=20).map(lambda text: f"x=worldtimeapi:http:{text}"))
def test_any_text_is_a_source_or_a_value_error(text: str) -> None:
    try:
        spec = parse_source(text)
    except ValueError:
        return
    assert spec.base_url == "" or spec.host


def test_embedded_is_always_last_named_or_not() -> None:
    one, other = parse_source("timenow"), parse_source("worldtimeapi")
    assert in_order([one, other]) == (one, other, EMBEDDED_SOURCE)
    assert in_order([EMBEDDED_SOURCE, one, EMBEDDED_SOURCE]) == (one, EMBEDDED_SOURCE)
    assert in_order([]) == (EMBEDDED_SOURCE,)


def test_no_two_sources_have_one_name() -> None:
    twice = [parse_source(f"{name}=worldtimeapi:http://h") for name in ("Lab", "lab")]
    with pytest.raises(ValueError, match="two sources are named 'lab'"):
        in_order(twice)


def test_a_source_knows_the_host_that_it_shares_with_others() -> None:
    assert parse_source("a=worldtimeapi:http://H.example:81/x").host == "h.example:81"
