"""What the parts of a case owe each other, beyond the names they use."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from forecast.case.assumption_sets import Placed, Stock
from forecast.case.assumptions import (
    Deadline,
    Episodes,
    GatePace,
    Influence,
    Nominees,
    Pace,
    ReferenceClass,
    Selection,
    Shares,
    Strong,
)
from forecast.case.document import Document, Every
from forecast.case.phrases import listed, nearest, quoted
from forecast.case.plain_csv import YEARS
from forecast.errors import Problem

TOLERANCE = 1e-6
LONGEST_HISTORY, LONGEST_LIFE = 5, 10
"""Years. A model that moves week by week grows with the square of its history, and says little of the far future."""

# ---------------------------------------------------------------------------- the question and the codebook


def question_problems(case: Document, folder_name: str) -> Iterator[Problem]:
    """Faults of `case.yaml` that no single key shows."""
    name = case.get("id")
    if isinstance(name, str) and name != folder_name:
        message = f"the case calls itself {quoted(name)} but its folder is {quoted(folder_name)}"
        yield case.problem(("id",), message, f"write 'id: {folder_name}', or rename the folder")
    for key in ("history_from", "opening", "horizon"):
        day = case.get(key)
        if isinstance(day, dt.date) and not YEARS[0] <= day.year <= YEARS[1]:
            message = f"{quoted(key)} ({day}) is in no year that a case can speak of"
            yield case.problem((key,), message, f"write a year from {YEARS[0]} to {YEARS[1]}")
    yield from _apart(case, "history_from", "opening", LONGEST_HISTORY)
    yield from _apart(case, "opening", "horizon", LONGEST_LIFE, same_day=False)
    for place, then in case.each("resolution", "tree", Every.ENTRY, "then"):
        if isinstance(then, list):
            names = [name for name in then if isinstance(name, str)]
            if not then:
                yield case.problem(place, "this test leads to no outcome", "name the outcome that holds when it does")
            elif len(set(names)) < len(names):
                yield case.problem(place, "this test names an outcome twice", "name each outcome once")


def _apart(case: Document, earlier: str, later: str, years: int, *, same_day: bool = True) -> Iterator[Problem]:
    first, second = case.get(earlier), case.get(later)
    if not (isinstance(first, dt.date) and isinstance(second, dt.date)):
        return
    if first > second or (first == second and not same_day):
        which = "is after" if first > second else "is the same day as"
        message = f"'{earlier}' ({first}) {which} '{later}' ({second})"
        yield case.problem((earlier,), message, "correct one of the two dates")
    elif (second - first).days > 366 * years:
        message = f"'{earlier}' ({first}) is more than {years} years before '{later}' ({second})"
        yield case.problem((earlier,), message, "bring the two dates closer together")


def codebook_problems(codebook: Document) -> Iterator[Problem]:
    """Indicators that do not tell about exactly one thing."""
    for place, entry in codebook.each("indicators", Every.ENTRY):
        if not isinstance(entry, dict):
            continue
        told = [key for key in ("driver", "outcome") if entry.get(key) is not None]
        if len(told) != 1:
            what = "nothing" if not told else "a driver and an outcome"
            name = quoted(str(entry.get("id", "this one")))
            message = f"the indicator {name} tells about {what}"
            yield codebook.problem(place, message, "give it either 'driver' or 'outcome'")


# ---------------------------------------------------------------------------- the assumptions


def assumption_problems(stock: Stock, case: Document) -> Iterator[Problem]:
    """Faults of the chosen set as a whole, with all that it takes over."""
    placed = stock.items.values()
    yield from _unstrong(placed)
    yield from _circles([item for item in placed if isinstance(item.stated, Influence)])
    outcomes = [name for _, name in case.texts("outcomes", Every.ENTRY, "id")]
    for item in placed if case.read else ():
        if isinstance(item.stated, Shares):
            yield from _incomplete(item, item.stated, outcomes)
            yield from _judged_too_late(item, item.stated, case)
        if isinstance(item.stated, Episodes):
            yield from _without_an_end(item, item.stated, outcomes)
            yield from _begun_too_late(item, item.stated, case)
        if isinstance(item.stated, Deadline) and not YEARS[0] <= item.stated.by.year <= YEARS[1]:
            message = f"'by' ({item.stated.by}) is in no year that a case can speak of"
            yield item.problem(message, f"write a year from {YEARS[0]} to {YEARS[1]}", key="by")
        if isinstance(item.stated, Deadline) and item.stated.announced is not None:
            yield from _announced_too_late(item, item.stated.announced, item.stated.by)
    yield from _due_twice(placed)
    yield from _in_two_classes([item for item in placed if isinstance(item.stated, ReferenceClass)])
    if stock.whole:
        yield from _missing(stock, case)


def _announced_too_late(item: Placed, announced: dt.date, by: dt.date) -> Iterator[Problem]:
    if announced >= by:
        message = f"{quoted(item.stated.id)} is announced on {announced}, not before the day by which it is due ({by})"
        yield item.problem(
            message, "give the day on which it became known: it hurries from the next one on", key="announced"
        )


def _unstrong(placed: Iterable[Placed]) -> Iterator[Problem]:
    for item in placed:
        stated = item.stated
        if isinstance(stated, Strong) and (stated.strength is None) == (stated.mean is None):
            what = "neither a strength nor a mean" if stated.strength is None else "a strength and a mean"
            message = f"{quoted(stated.id)} states {what}"
            yield item.problem(message, "write 'strength:' with '--' to '++', or 'mean:' with a number", key="strength")


def _missing(stock: Stock, case: Document) -> Iterator[Problem]:
    yield from _without_classes(stock)
    stated = [item.stated for item in stock.items.values()]
    if not any(isinstance(item, Shares) for item in stated):
        message = "no assumption of the kind 'shares' states the chances of the outcomes"
        yield stock.chosen.problem(("assumptions",), message, "add one, with every outcome and 'other'")
    if not any(isinstance(item, Pace) for item in stated):
        message = "no assumption of the kind 'pace' states how fast the question resolves"
        yield stock.chosen.problem(("assumptions",), message, "add one, in resolutions per week")
    paced = {item.gate for item in stated if isinstance(item, GatePace)}
    for _, gate in case.texts("gates", Every.ENTRY, "id"):
        if gate not in paced:
            message = f"no assumption of the kind 'gate_pace' states how fast the gate {quoted(gate)} is passed"
            yield stock.chosen.problem(("assumptions",), message, "add one, in passages per week")


def _due_twice(items: Iterable[Placed]) -> Iterator[Problem]:
    """Deadlines of one thing on the same days, as people write them twice by mistake; what is elicited adds up."""
    first: dict[tuple[str, dt.date, float], str] = {}
    for item in items:
        stated = item.stated
        if isinstance(stated, Deadline) and stated.source != "elicited":
            other = first.setdefault((stated.gate or "", stated.by, stated.weeks), stated.id)
            if other != stated.id:
                message = f"{listed([other, stated.id])} both state the deadline of {stated.by}, of the same days"
                yield item.problem(message, "keep one of the two")


def _in_two_classes(classes: Iterable[Placed]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for item in classes:
        for country in item.stated.countries if isinstance(item.stated, ReferenceClass) else ():
            other = first.setdefault(country, item.stated.id)
            if other != item.stated.id:
                message = f"{quoted(country)} is in {quoted(other)} and in {quoted(item.stated.id)}"
                yield item.problem(message, "keep it in one reference class", key="countries")


def _without_classes(stock: Stock) -> Iterator[Problem]:
    kinds = {item.stated.kind for item in stock.items.values()}
    for item in stock.items.values():
        stated = item.stated
        if isinstance(stated, Episodes | Nominees) and "reference_class" not in kinds:
            message = f"{quoted(stated.id)} has no reference class: nothing says how relevant a country's past is"
            yield item.problem(message, "add an assumption of the kind 'reference_class' with its countries")
        if isinstance(stated, Selection | Nominees | ReferenceClass) and "episodes" not in kinds:
            message = f"{quoted(stated.id)} speaks of past episodes, but no assumption of the kind 'episodes' does"
            yield item.problem(message, "add one, or remove this one")
        if isinstance(stated, Episodes):
            classes = [one.stated for one in stock.items.values() if isinstance(one.stated, ReferenceClass)]
            if classes and not any(stated.country in one.countries for one in classes):
                message = f"the case's own country {quoted(stated.country)} is in no reference class"
                yield item.problem(message, "add it to one, with the relevance that its past has", key="country")


def _without_an_end(item: Placed, stated: Episodes, outcomes: list[str]) -> Iterator[Problem]:
    reached = {outcome for ending in stated.ends for outcome in ending.outcomes}
    ends = [ending.end for ending in stated.ends]
    if len(set(ends)) < len(ends) or any(len(set(one.outcomes)) < len(one.outcomes) for one in stated.ends):
        message = f"{quoted(stated.id)} names an end, or an outcome of one end, twice"
        yield item.problem(message, "name each end once, with each of its outcomes once", key="ends")
    if missing := [outcome for outcome in [*outcomes, "other"] if outcome not in reached]:
        message = f"no end of past episodes in {quoted(stated.id)} stands for {listed(missing)}"
        yield item.problem(message, "name each outcome at the end that it may come from", key="ends")


def _begun_too_late(item: Placed, stated: Episodes, case: Document) -> Iterator[Problem]:
    opening, began = case.get("opening"), stated.trigger_date
    if isinstance(opening, dt.date) and began > opening:
        message = f"'trigger_date' ({began}) is after the opening of the question ({opening})"
        yield item.problem(message, "name the day on which its own episode began", key="trigger_date")
    elif began.year < YEARS[0]:
        message = f"'trigger_date' ({began}) is in no year that a case can speak of"
        yield item.problem(message, f"write a year from {YEARS[0]} to {YEARS[1]}", key="trigger_date")


def _incomplete(item: Placed, stated: Shares, outcomes: list[str]) -> Iterator[Problem]:
    wanted = [*outcomes, "other"]
    misspelt = {nearest(name, wanted) for name in stated.shares if name not in wanted}  # said as an unknown outcome
    if missing := [name for name in wanted if name not in stated.shares and name not in misspelt]:
        message = f"{quoted(stated.id)} gives no share to {listed(missing)}"
        yield item.problem(message, "give every outcome and 'other' a share", key="shares")
    total = math.fsum(stated.shares.values())
    if abs(total - 1) > TOLERANCE:
        message = f"the shares of {quoted(stated.id)} sum to {total:.6g}"
        yield item.problem(message, "change them so that they sum to 1", key="shares")


def _judged_too_late(item: Placed, stated: Shares, case: Document) -> Iterator[Problem]:
    horizon, judged = case.get("horizon"), stated.judged_on
    if judged.year < YEARS[0]:
        message = f"'judged_on' ({judged}) is in no year that a case can speak of"
        yield item.problem(message, f"write a year from {YEARS[0]} to {YEARS[1]}", key="judged_on")
    elif isinstance(horizon, dt.date) and judged > horizon:
        message = f"'judged_on' ({judged}) is after the horizon ({horizon})"
        yield item.problem(message, "name the day of the judgement", key="judged_on")


def _circles(influences: Iterable[Placed]) -> Iterator[Problem]:
    arrows = {item.subject[1:]: item for item in influences}
    while True:
        graph: dict[str, list[str]] = {}
        for cause, effect in arrows:
            graph.setdefault(effect, []).append(cause)
        try:
            TopologicalSorter(graph).prepare()
            return
        except CycleError as error:
            circle: list[str] = error.args[1]
        inside = [(cause, effect) for cause, effect in arrows if (cause, effect) in pairwise(circle)]
        message = f"influences run in a circle: {' → '.join(circle)}"
        yield arrows.pop(inside[-1]).problem(message, "remove one of these arrows")
