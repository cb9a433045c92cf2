"""Reports that may be of one event, or carry one origin, and are not said to: proposals for a person to confirm.

Two reports are compared where one of these brings them together, never all with all:

    link      the same web address, but for what only counts visitors              → one origin
    text      published within a week, with headlines whose words are mostly the same (Jaccard's share)  → one origin
    actors    of one day and one indicator, and naming the same people or places   → one event

Reports of one origin that tell of the same indicator within a day are proposed as one event as well. How sure a
proposal is orders it, and is no probability: a group is as sure as its weakest link.

Words that are in fewer reports bring more together: of two headlines that share a given part of their words, at least
one shared word stands among the rarest of each (prefix filtering; Chaudhuri et al. 2006, Bayardo et al. 2007). Where
very many reports share a word, each meets those published next to it, so that the work grows with the reports.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Final, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from forecast.evidence.journal import Report, View

type Kind = Literal["event", "origin"]

WINDOW: Final = timedelta(days=7)
ALIKE: Final = 0.5
"""The share of words that near-duplicate headlines have in common."""
SHARED: Final = 0.5
"""The share of names, of those of the report that names fewer."""
SHORTEST: Final = 4
"""Words without which a headline must be the same to the letter."""
NEIGHBOURS: Final = 12
_COMMON: Final = 0.1
"""A name in a larger share of reports than this is what the case is about, and tells nothing apart."""
_FEW: Final = 20
_COUNTERS: Final = re.compile(r"utm_\w+|fbclid|gclid|ref|cmpid|output|amp")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class Proposal:
    """Reports that should share an event or an origin.

    Attributes
    ----------
    into
        The id that all would have: that of the report published first.
    reports
        All that would share it, in order of publication.
    why, sure
        What brings them together, and how sure the weakest link is, up to 1.
    """

    kind: Kind
    into: str
    reports: tuple[Report, ...]
    why: tuple[str, ...]
    sure: float


@dataclass(frozen=True)
class Joining:
    """A report, and the event or origin that it is to have, or that somebody said is not its own."""

    report_id: str
    kind: Kind
    into: str


@dataclass(frozen=True)
class _Link:
    """Two reports, and why they belong together."""

    one: Report
    other: Report
    why: str
    sure: float


def proposals(known: View, apart: Iterable[Joining] = ()) -> tuple[Proposal, ...]:
    """What might be joined, the surest first.

    Parameters
    ----------
    apart
        What somebody said is not one: no group holds such a report with such an event or origin.
    """
    reports, apart = known.reports, tuple(apart)
    carried = [*_same_link(reports), *_same_text(reports)]
    told = [*_same_actors(reports), *map(_of_one_event, filter(_is_one_event, carried))]
    found = [
        *_joined("origin", carried, reports, lambda report: report.origin_id, apart),
        *_joined("event", told, reports, lambda report: report.event_id, apart),
    ]
    return tuple(sorted(found, key=lambda each: (-each.sure, each.kind, each.into)))


def _is_one_event(link: _Link) -> bool:
    same = {coding.indicator for coding in link.one.codings} & {coding.indicator for coding in link.other.codings}
    return bool(same) and abs(link.one.event_date - link.other.event_date) <= timedelta(days=1)


def _of_one_event(link: _Link) -> _Link:
    """One page may tell of two things, so that what one origin is sure of is less sure of one event."""
    return replace(link, sure=round(0.8 * link.sure, 2))


# ---------------------------------------------------------------------------- what brings two together


def _same_link(reports: Iterable[Report]) -> Iterator[_Link]:
    for group in _blocks(reports, lambda report: _address(report.url)).values():
        for one, other in pairwise(group):
            yield _Link(one, other, "the same link", 0.9 if one.source == other.source else 0.7)


def _address(url: str) -> str | None:
    """An address without what does not say where it leads."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    asked = [(key, value) for key, value in parse_qsl(parts.query) if not _COUNTERS.fullmatch(key.casefold())]
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    path = parts.path.rstrip("/").removesuffix("/amp")
    return f"{host}{path}?{urlencode(sorted(asked))}" if path or asked else None


def _same_text(reports: Sequence[Report]) -> Iterator[_Link]:
    words = {report.report_id: frozenset(_words(_headline(report))) for report in reports}
    for group in _blocks(reports, lambda report: " ".join(_words(_headline(report))) or None).values():
        for one, other in pairwise(group):
            if other.published_date - one.published_date <= WINDOW:
                yield _Link(one, other, "the same headline", 0.95)
    for one, other in _meetings(reports, words):
        mine, theirs = words[one.report_id], words[other.report_id]
        alike = len(mine & theirs) / len(mine | theirs)
        if ALIKE <= alike < 1.0 and min(len(mine), len(theirs)) >= SHORTEST:
            yield _Link(one, other, f"{alike:.0%} of the headlines' words are shared", round(0.3 + 0.6 * alike, 2))


def _meetings(reports: Iterable[Report], words: Mapping[str, frozenset[str]]) -> Iterator[tuple[Report, Report]]:
    """Reports that share one of their rarest words and were published within the window, each pair once."""
    known = Counter(word for each in words.values() for word in each)
    shelves: dict[str, list[Report]] = {}
    for report in reports:  # in order of publication
        own = sorted(words[report.report_id], key=lambda word: (known[word], word))
        met: set[str] = set()
        for word in own[: len(own) - math.ceil(ALIKE * len(own)) + 1]:
            shelf = shelves.setdefault(word, [])
            for other in shelf[-NEIGHBOURS:]:
                if other.report_id not in met and report.published_date - other.published_date <= WINDOW:
                    met.add(other.report_id)
                    yield other, report
            shelf.append(report)


def _same_actors(reports: Sequence[Report]) -> Iterator[_Link]:
    names = {report.report_id: frozenset(_names(report)) for report in reports}
    known = Counter(name for each in names.values() for name in each)
    most = max(_FEW, _COMMON * len(reports))
    telling = {report: frozenset(name for name in each if known[name] <= most) for report, each in names.items()}
    coded = [(report, indicator) for report in reports for indicator in {c.indicator for c in report.codings}]
    days: dict[tuple[object, str], list[Report]] = {}
    for report, indicator in coded:
        days.setdefault((report.event_date, indicator), []).append(report)
    for (_, indicator), group in days.items():
        for place, report in enumerate(group):
            for other in group[max(0, place - NEIGHBOURS) : place]:
                mine, theirs = telling[report.report_id], telling[other.report_id]
                shared = mine & theirs
                share = len(shared) / min(len(mine), len(theirs)) if shared else 0.0
                if share >= SHARED:
                    named = ", ".join(sorted(shared)[:4])
                    why = f"the same day and indicator ({indicator}), and both name {named}"
                    yield _Link(other, report, why, round(0.3 + 0.4 * share, 2))


def _headline(report: Report) -> str:
    return report.title or report.codings[0].note


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _names(report: Report) -> Iterator[str]:
    """Words of a headline, but its first, with a capital; where a script has none, long words."""
    words = _WORD.findall(report.title)
    yield from (word for word in words[1:] if word[0].isupper() or (not word[0].islower() and len(word) > 4))
    yield from (word for word in words[:1] if sum(letter.isupper() for letter in word) > 1)


def _blocks[K: Hashable](reports: Iterable[Report], key: Callable[[Report], K | None]) -> dict[K, list[Report]]:
    found: dict[K, list[Report]] = {}
    for report in reports:
        if (name := key(report)) is not None:
            found.setdefault(name, []).append(report)
    return found


# ---------------------------------------------------------------------------- groups


def _joined(
    kind: Kind,
    links: Iterable[_Link],
    reports: Sequence[Report],
    own: Callable[[Report], str],
    apart: Iterable[Joining],
) -> Iterator[Proposal]:
    """Links grown together into groups of ids, the surest first: what joined a group last says how sure it is.

    Groups of which one holds an id that somebody told apart from one in the other stay two.
    """
    told = {report.report_id: own(report) for report in reports}
    foes: dict[str, set[str]] = {}
    for no in apart:
        if no.kind == kind and (mine := told.get(no.report_id, no.into)) != no.into:
            foes.setdefault(mine, set()).add(no.into)
            foes.setdefault(no.into, set()).add(mine)
    divided = {name: {name} for name in foes}
    leader: dict[str, str] = {}
    said: dict[str, tuple[float, dict[str, None]]] = {}

    def led_by(name: str) -> str:
        while (above := leader.setdefault(name, name)) != name:
            leader[name] = leader[above]
            name = leader[name]
        return name

    for link in sorted(links, key=lambda link: -link.sure):
        one, other = led_by(own(link.one)), led_by(own(link.other))
        if one != other and foes.get(one, set()).isdisjoint(divided.get(other, ())):
            sures, whys = zip(*(said.pop(name, (1.0, {})) for name in (one, other)), strict=True)
            leader[other] = one
            for kept in (foes, divided):
                kept[one] = kept.get(one, set()) | kept.get(other, set())
            said[one] = (min(*sures, link.sure), {**whys[0], **whys[1], link.why: None})
    members = _blocks(reports, lambda report: led_by(own(report)) if own(report) in leader else None)
    for name, (sure, why) in said.items():
        yield Proposal(kind, own(members[name][0]), tuple(members[name]), tuple(why), sure)
