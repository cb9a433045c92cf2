"""Premises of a what-if, from the words of a command line or a scenario: what is seen, and what is done."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from forecast.case.phrases import instead_of, listed, quoted
from forecast.case.schema import Case

FARTHEST: Final = 6.0
"""Standard units from the usual state: beyond it a value says "never"."""
_VALUE: Final = r"(?P<value>[+-]?\d+(\.\d+)?)"
_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_SEE: Final = re.compile(rf"(?P<driver>\w+)={_VALUE}( on (?P<day>{_DAY}))?", re.ASCII)
_REPORT: Final = re.compile(r"report:(?P<indicator>\w+)=(?P<grade>[0-5])(@(?P<cell>[A-F][1-6]))?", re.ASCII)
_DO: Final = re.compile(rf"(?P<driver>\w+)={_VALUE}( from (?P<first>{_DAY}))?( (until|to) (?P<last>{_DAY}))?", re.ASCII)


@dataclass(frozen=True)
class SeenDriver:
    """A driver seen at a value, now or in the week that begins on the Monday nearest to a day."""

    driver: str
    value: float
    day: dt.date | None = None


@dataclass(frozen=True)
class HypotheticalReport:
    """A report of an event of its own, by a source not heard before.

    Attributes
    ----------
    indicator
        What it would be coded under.
    grade
        1 to 5; 0 for a search that found nothing.
    cell
        Its Admiralty cell.
    effort
        Of a search that found nothing, the chance that it would have found it.
    """

    indicator: str
    grade: int
    cell: tuple[str, int] = ("B", 2)
    effort: float = 1.0


@dataclass(frozen=True)
class Hold:
    """A driver held at a value.

    Attributes
    ----------
    driver
        Its id.
    value
        In standard units.
    first, last
        The days from and until which; None for from now, and for ever.
    """

    driver: str
    value: float
    first: dt.date | None = None
    last: dt.date | None = None


Premise = SeenDriver | HypotheticalReport | Hold


class PremiseError(ValueError):
    """Words that are no premise of a case; the message says how to mend them."""


def parse_see(words: str, case: Case) -> SeenDriver | HypotheticalReport:
    """What is seen: `DRIVER=VALUE`, `DRIVER=VALUE on DATE`, or `report:INDICATOR=GRADE@CELL`.

    Raises
    ------
    PremiseError
        If the words have another form, or name what the case has not.
    """
    text = " ".join(words.split())
    if text.startswith("report:"):
        told = _REPORT.fullmatch(text)
        if told is None:
            raise PremiseError(f"{quoted(words)}: write report:INDICATOR=GRADE, or report:INDICATOR=GRADE@B2")
        _check(told["indicator"], case.indicators, "indicator")
        cell = told["cell"] or "B2"
        return HypotheticalReport(told["indicator"], int(told["grade"]), (cell[0], int(cell[1])))
    seen = _SEE.fullmatch(text)
    if seen is None:
        forms = "write DRIVER=VALUE, DRIVER=VALUE on DATE, or report:INDICATOR=GRADE@B2"
        raise PremiseError(f"{quoted(words)}: {forms}; {_said(case)}")
    return SeenDriver(_driver(seen["driver"], case), _value(seen["value"]), _day(seen["day"]))


def parse_do(words: str, case: Case) -> Hold:
    """What is done: `DRIVER=VALUE`, with `from DATE` and `until DATE` where it does not begin now or hold for ever.

    Raises
    ------
    PremiseError
        If the words have another form, or name what the case has not.
    """
    done = _DO.fullmatch(" ".join(words.split()))
    if done is None:
        forms = "write DRIVER=VALUE, DRIVER=VALUE from DATE, or … from DATE until DATE"
        raise PremiseError(f"{quoted(words)}: {forms}; {_said(case)}")
    first, last = _day(done["first"]), _day(done["last"])
    if first is not None and last is not None and last < first:
        raise PremiseError(f"{quoted(words)}: it would end before it begins")
    return Hold(_driver(done["driver"], case), _value(done["value"]), first, last)


def consistent(premises: Iterable[Premise]) -> tuple[Premise, ...]:
    """The premises, each look and each act once; two reports of one kind are of two events, and stay.

    Raises
    ------
    PremiseError
        If two of them cannot hold together: a driver at two values in one week, or an act that never acts.
    """
    told: list[Premise] = []
    for premise in premises:
        if isinstance(premise, HypotheticalReport) or premise not in told:
            told.append(premise)
    looks: dict[tuple[str, dt.date | None], SeenDriver] = {}
    for look in (premise for premise in told if isinstance(premise, SeenDriver)):
        other = looks.setdefault((look.driver, look.day), look)
        if other != look:
            raise PremiseError(f"{in_words(other)} and {in_words(look)}: one driver has one value: keep one of them")
    holds = [premise for premise in told if isinstance(premise, Hold)]
    for place, hold in enumerate(holds):
        for later in holds[place + 1 :]:
            if _never_acts(hold, later):
                message = f"{in_words(hold)} never acts beside {in_words(later)}, which is named after it"
                raise PremiseError(f"{message}: keep one of them, or name the one that begins first, first")
    return tuple(told)


def _never_acts(hold: Hold, later: Hold) -> bool:
    """Whether an act of one driver that is named later, and so counts, covers the whole time of another."""
    begins, ends = (dt.date.min, dt.date.max)
    covered = (later.first or begins) <= (hold.first or begins) and (later.last or ends) >= (hold.last or ends)
    return hold.driver == later.driver and covered


def in_words(premise: Premise) -> str:
    """A premise as it is written."""
    match premise:
        case HypotheticalReport():
            return f"report:{premise.indicator}={premise.grade}@{premise.cell[0]}{premise.cell[1]}"
        case SeenDriver():
            return f"{premise.driver}={premise.value:+g}" + (f" on {premise.day}" if premise.day else "")
        case Hold():
            first = f" from {premise.first}" if premise.first else ""
            return f"{premise.driver}={premise.value:+g}{first}" + (f" until {premise.last}" if premise.last else "")


def _said(case: Case) -> str:
    """Which words a premise of a case is made of."""
    return f"a value is in standard units, and the drivers are {listed(case.drivers)}"


def _driver(name: str, case: Case) -> str:
    _check(name, case.drivers, "driver")
    return name


def _check(name: str, known: Mapping[str, object], what: str) -> None:
    if name not in known:
        raise PremiseError(f"{quoted(name)} is no {what}: {instead_of(name, known, f'name one of the {what}s')}")


def _value(number: str) -> float:
    value = float(number)
    if abs(value) > FARTHEST:
        raise PremiseError(f"{number}: choose a value from -{FARTHEST:g} to +{FARTHEST:g} standard units")
    return value


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise PremiseError(f"{quoted(text or '')} is not a date: the calendar has no such day") from None
