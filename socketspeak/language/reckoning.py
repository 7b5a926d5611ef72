"""What the verbs that reckon with time answer: CONVERT, DIFF, TRANSITIONS and MEET."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from socketspeak.language import messages as m
from socketspeak.language.acts import Outcome
from socketspeak.language.arguments import (
    Journey,
    Options,
    count_of,
    day_of,
    hours_of,
    journeys_of,
    odd_value,
    one_place,
    options_of,
    two_places,
    when_of,
)
from socketspeak.language.catalog import message
from socketspeak.language.dates import WallTime
from socketspeak.language.keywords import Keywords
from socketspeak.language.questions import Question, Scene, Step, clock_of, zones_of
from socketspeak.language.replies import (
    Change,
    Clock,
    Conversion,
    Difference,
    LocalSpan,
    Plain,
    Shown,
    Slot,
    Slots,
    Transitions,
)
from socketspeak.language.requests import Mistake, Request, places_of
from socketspeak.language.resolving import Resolved, resolve
from socketspeak.language.stamps import NS, is_in_years, local_time
from socketspeak.zones.values import Place, Rule, Span

Failed = Plain | Question  # what is said where a place is not known, or is one of several

NOON = time(12)
MOST_MEETING_LINES = 300  # spans times places: 50 KB; only hours that leave minutes out have many spans


def convert(scene: Scene, request: Request, now: int) -> Step:
    """CONVERT: what clocks show elsewhere when those of a place show a time."""
    found = when_of(request, _keywords(scene))
    if isinstance(found, Mistake):
        return _refusal(found)
    when, rest = found
    resolved = _journey(scene, request, rest, now)
    if not isinstance(resolved, Resolved):
        return resolved
    if when is not None:
        return _converted(scene, resolved.places, when, now)
    return Question(
        zones_of(resolved.places), lambda outcome: _conversion_now(resolved.places, outcome), wait=True
    )


def difference(scene: Scene, request: Request, now: int) -> Step:
    """DIFF: how far two clocks are apart now."""
    resolved = _journey(scene, request, request.argument, now, to_one_place=True)
    if not isinstance(resolved, Resolved):
        return resolved
    origin, target = resolved.places
    return Question(
        zones_of(resolved.places), lambda outcome: _difference(origin, target, outcome), wait=True
    )


def transitions(scene: Scene, request: Request, now: int) -> Step:
    """TRANSITIONS: when a place's clocks change, next or from a date on."""
    words = _keywords(scene)
    options = options_of(request, since=words.since, count=words.count)
    if isinstance(options, Mistake):
        return _refusal(options)
    day, count = day_of(request, options.given.get("since")), count_of(request, options.given.get("count"))
    if isinstance(day, Mistake) or isinstance(count, Mistake):
        return _refusal(day, count)
    resolved = _named(scene, request, options, now, one_place(request, options.places))
    if not isinstance(resolved, Resolved):
        return resolved
    (place,) = resolved.places
    since = now if day is None else int(datetime.combine(day, time(), UTC).timestamp())
    changes = scene.setting.timetable.transitions(place, since, count)
    return Transitions(
        zone=place.zone,
        place=place.name,
        since=since,
        changes=tuple(Change(each.at, _shown(each.before), _shown(each.after)) for each in changes),
    )


def meet(scene: Scene, request: Request, now: int) -> Step:
    """MEET: when all of several places are inside their hours on a day."""
    words = _keywords(scene)
    options = options_of(request, hours=words.hours, on=words.on)
    if isinstance(options, Mistake):
        return _refusal(options)
    hours, day = hours_of(request, options.given.get("hours")), day_of(request, options.given.get("on"))
    if isinstance(hours, Mistake) or isinstance(day, Mistake):
        return _refusal(hours, day)
    resolved = _named(scene, request, options, now, two_places(request, options.places))
    if not isinstance(resolved, Resolved):
        return resolved
    places = resolved.places
    day = day or _today(scene, places[0], now)
    meeting = scene.setting.timetable.meeting(places, day, hours)
    if meeting is None:
        return _no_such_day(scene, places[0], day)
    if len(meeting.spans) * len(places) > MOST_MEETING_LINES:
        spans = len(meeting.spans)
        return Plain(501, message(m.TOO_MANY_SPANS, spans=spans, places=len(places)))
    compromise = meeting.compromise
    return Slots(
        slots=tuple(_slot(scene, places, span, ()) for span in meeting.spans),
        compromise=None if compromise is None else _slot(scene, places, compromise, meeting.out),
    )


# -- places


def _keywords(scene: Scene) -> Keywords:
    return scene.voice.catalog.vocabulary.keywords


def _journey(
    scene: Scene, request: Request, text: str, now: int, to_one_place: bool = False
) -> Resolved | Failed:
    """The places of `place TO place`, read in the first way in which all of them are known."""
    journeys = journeys_of(request, text, _keywords(scene))
    if isinstance(journeys, Mistake):
        return _refusal(journeys)
    failures: list[Plain] = []
    for journey in journeys:
        found = _travelled(scene, request, journey, now, to_one_place)
        if not isinstance(found, Plain):
            return found
        failures.append(found)
    return failures[0]


def _travelled(
    scene: Scene, request: Request, journey: Journey, now: int, to_one_place: bool
) -> Resolved | Failed:
    wrong = one_place(request, places_of(journey.origin))
    if to_one_place:
        wrong = wrong or one_place(request, journey.targets)
    return _refusal(wrong) if wrong else resolve(scene, request, (journey.origin, *journey.targets), now)


def _named(
    scene: Scene, request: Request, options: Options, now: int, wrong: Mistake | None
) -> Resolved | Failed:
    """The places before the options; where one is unknown, an odd value among its words may be why."""
    found = resolve(scene, request, options.places, now) if wrong is None else _refusal(wrong)
    if isinstance(found, Plain):
        odd = odd_value(request, options)
        return found if odd is None else _refusal(odd)
    return found


# -- times


def _converted(scene: Scene, places: Sequence[Place], when: WallTime, now: int) -> Step:
    source, *targets = places
    timetable = scene.setting.timetable
    meant = timetable.local_time(source, when.on(_today(scene, source, now)))
    if meant is None:
        return _outside(scene, source)
    at = meant.unix_seconds
    rules = [timetable.rule(target, at) for target in targets]
    for target, rule in zip(targets, rules, strict=True):
        if not is_in_years(at, rule.offset):
            return _outside(scene, target)
    second = meant.second
    return Conversion(
        source=_clock(source, meant.rule, at),
        targets=tuple(_clock(target, rule, at) for target, rule in zip(targets, rules, strict=True)),
        gap=meant.gap,
        second=None if second is None else _clock(source, second, at + meant.rule.offset - second.offset),
    )


def _conversion_now(places: Sequence[Place], outcome: Outcome) -> Conversion:
    source, *targets = (clock_of(place, outcome) for place in places)
    return Conversion(source, tuple(targets))


def _clock(place: Place, rule: Rule, unix_seconds: int) -> Clock:
    """What a place's clock shows at an instant that was asked for: exact, and by the embedded database."""
    return Clock(
        unix_ns=unix_seconds * NS,
        zone=place.zone,
        offset=rule.offset,
        abbreviation=rule.abbreviation,
        dst=rule.dst,
        bound_ns=0,
        source=rule.source,
        place=place.name,
        country=place.country,
        asked=place.asked,
    )


def _difference(origin: Place, target: Place, outcome: Outcome) -> Difference:
    seconds = clock_of(target, outcome).offset - clock_of(origin, outcome).offset
    return Difference(seconds, origin.zone, target.zone, origin.name, target.name)


def _shown(rule: Rule) -> Shown:
    return Shown(rule.offset, rule.abbreviation, rule.dst)


def _today(scene: Scene, place: Place, now: int) -> date:
    return local_time(now, scene.setting.timetable.rule(place, now).offset).date()


def _slot(scene: Scene, places: Sequence[Place], span: Span, out: Sequence[int]) -> Slot:
    """The span in each place; where clocks change at its end, that is no more a part of it."""
    rule = scene.setting.timetable.rule
    local = (
        LocalSpan(
            zone=place.zone,
            place=place.name,
            start_offset=rule(place, span.start).offset,
            end_offset=rule(place, span.end - 1).offset,
            inside=at not in out,
        )
        for at, place in enumerate(places)
    )
    return Slot(span.start, span.end, tuple(local))


# -- failures


def _refusal(*parts: object) -> Plain:
    wrong = next(part for part in parts if isinstance(part, Mistake))
    return Plain(wrong.code, wrong.why)


def _outside(scene: Scene, place: Place) -> Plain:
    return Plain(553, message(m.OUTSIDE_OF_YEARS, place=_name(scene, place)))


def _no_such_day(scene: Scene, place: Place, day: date) -> Plain:
    """A day without a noon was skipped; any other has instants beyond the calendar."""
    noon = scene.setting.timetable.local_time(place, datetime.combine(day, NOON))
    if noon is None or not noon.gap:
        return _outside(scene, place)
    return Plain(553, message(m.NO_SUCH_DAY, place=_name(scene, place), date=day.isoformat()))


def _name(scene: Scene, place: Place) -> str:
    return scene.voice.catalog.place(place.zone, place.name)
