"""Another edition of the tz database, other settings and other authorities, while clients ask."""

from __future__ import annotations

from dataclasses import replace

import pytest
import trustme

from socketspeak.clock.discipline import Discipline
from socketspeak.clock.interval import Sample
from socketspeak.clock.values import Host, State
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import FaultKind, ZoneSample
from socketspeak.zones.values import Rule
from tests.sources.rig import by_the_package, fetching, is_fault, knowing, serving, until
from tests.sources.test_trust import over_tls, trusting

SECOND_NS = 1_000_000_000


def another_edition(zone: str, unix_seconds: int) -> Rule:
    """The database after Japan has moved by an hour."""
    rule = by_the_package(zone, unix_seconds)
    return replace(rule, offset=rule.offset + 3600) if zone == "Asia/Tokyo" else rule


async def test_what_sources_said_of_a_zone_whose_rule_has_changed_is_asked_anew_and_the_rest_stays() -> None:
    async with serving() as server, knowing(server) as rig:
        rig.almanac.start()
        await until(lambda: rig.almanac.status()[0].state == "ok")
        await rig.ask("Asia/Tokyo", "Europe/Lisbon")
        edition = rig.almanac.edition
        rig.almanac.renew(another_edition, 0.8, "embedded")
        assert rig.almanac.edition > edition, "answers that are kept are given no more"
        assert (rig.source_of("Asia/Tokyo"), rig.source_of("Europe/Lisbon")) == ("embedded", "lab")
        assert await rig.ask("Asia/Tokyo", "Europe/Lisbon")
        assert (server.requests["Asia/Tokyo"], server.requests["Europe/Lisbon"]) == (2, 1)
        assert rig.source_of("Asia/Tokyo") == "embedded", "the two differ, and the database is trusted"
        rig.almanac.renew(another_edition, 0.8, "source")
        assert rig.source_of("Asia/Tokyo") == "lab"


async def test_without_patience_nobody_waits_any_more() -> None:
    async with serving() as server, knowing(server) as rig:
        rig.almanac.start()
        await until(lambda: rig.almanac.status()[0].state == "ok")
        rig.almanac.renew(by_the_package, 0, "embedded")
        assert not await rig.ask("Asia/Tokyo")
        await until(lambda: rig.source_of("Asia/Tokyo") == "lab")


async def test_after_another_authority_is_believed_the_old_one_is_no_more() -> None:
    mine, other = trustme.CA(), trustme.CA()
    async with over_tls(mine) as (_, source), fetching(trusting(other)) as fetcher:
        is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.TLS)
        fetcher.believe(trusting(mine))
        assert isinstance(await fetcher.fetch(source, "Etc/UTC"), ZoneSample)
        fetcher.believe(trusting(other))  # and the connection that was kept is used no more
        is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.TLS)


def test_whom_to_trust_is_a_word_of_two() -> None:
    with pytest.raises(ValueError, match="allowed are embedded, source"):
        RuleBook().trust("nobody")


@pytest.mark.parametrize("trust_host", [True, False])
def test_whose_clock_is_shown_without_a_majority_follows_from_the_next_look(trust_host: bool) -> None:
    hour_ns, now_ns = 3600 * SECOND_NS, 10 * SECOND_NS
    discipline = Discipline(["lab"], trust_host=not trust_host)
    host = Host(now_ns, now_ns, error_ns=SECOND_NS)
    discipline.learn("lab", Sample(hour_ns, 1, now_ns - SECOND_NS, now_ns), host)
    assert discipline.read(now_ns, now_ns).state is State.DISAGREE
    discipline.trust(host=trust_host)
    discipline.look(host)
    shows_host = discipline.read(now_ns, now_ns).unix_ns < hour_ns // 2
    assert shows_host is trust_host
