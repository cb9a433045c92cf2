"""Asking an analyst at the terminal for what she can judge: chances now, chances if, levels, and by when.

Each answer is checked when it is given, and asked again with the reason: nothing that she said is lost to a slip.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from forecast.case.document import Document, shown
from forecast.case.phrases import instead_of, quoted
from forecast.commands.console import say
from forecast.commands.interview import ask, chance, day
from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.case.document import Plain
    from forecast.case.schema import Case, Driver

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_FORMS = ("word", "quantiles", "roulette", "skip")
_EDGES = (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)


def judging(case: Case) -> Document:
    """The judgements of who sits at the terminal; an empty answer passes over what she cannot judge.

    Raises
    ------
    UsageError
        If nobody is there to ask, or the question is no longer open.
    """
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to ask: give --answers FILE, or run the command at a terminal")
    today = date.today()  # noqa: DTZ011  the analyst's day
    if today > case.question.horizon:
        over = f"the question was open until {case.question.horizon}"
        raise UsageError(f"{over}: give judgements of a day before that with --answers FILE")
    said: dict[str, Plain] = {
        "set": ask("Name of the new set (small letters and hyphens)", None, _new_set(case)),
        "author": ask("Your name", None, str),
        "date": today,
        "reason": ask("In a sentence, what your judgement rests on", None, str),
    }
    say("Chances now, given that it is resolved by the horizon; they sum to 100 %.")
    now = _split(case, "{label}", case.assumptions.shares.shares)
    said["shares"] = now
    given = ask(f"Chance that it is resolved at all by {case.question.horizon} (or 'skip')", "skip", _or_skip)
    if given is not None:
        said["resolved"] = [{"by": case.question.horizon, "chance": given}]
    fixed = ask("A day that is fixed for the decision (YYYY-MM-DD, or 'skip')", "skip", _day_of_its_life(case))
    if fixed is not None:
        said["ends"] = [_ends_on(case, fixed)]
    conditionals: list[Plain] = []
    levels: list[Plain] = []
    for driver in case.drivers.values():
        say(f"{driver.label}: {driver.description}")
        if ask("Can you judge what it would change? y or n", "n", _one_of(("y", "n"))) == "y":
            conditionals.append(_conditional(case, driver, "clearly higher", driver.plus_two, now))
            if ask("And were it clearly lower? y or n", "n", _one_of(("y", "n"))) == "y":
                conditionals.append(_conditional(case, driver, "clearly lower", driver.minus_two, now))
        if (level := _level(driver)) is not None:
            levels.append(level)
    return Document("the answers", {**said, "conditionals": conditionals, "levels": levels}, {})


def _ends_on(case: Case, fixed: date) -> dict[str, Plain]:
    """The chance of a fixed day, and since when it is known; it may slip by a day or two."""
    by = min(fixed + timedelta(days=2), case.question.horizon)
    given = ask(f"Chance that it ends from that day to {by}, if it is open until then", None, chance)
    since = ask("The day on which it was announced, or 'opening' if it was known then", "opening", _announced(fixed))
    said: dict[str, Plain] = {"from": fixed, "by": by, "chance": given}
    if since is not None:
        said["announced"] = since
    if fixed - max(since or case.question.opening, case.question.opening) > timedelta(days=1):
        before = ask("Chance that it ends before that day all the same (or 'skip')", "skip", _or_skip)
        said |= {} if before is None else {"before": before}
    return {**said, "reason": ask("Why", None, str)}


def _conditional(case: Case, driver: Driver, were: str, words: str, now: dict[str, Plain]) -> dict[str, Plain]:
    """How the chances would split if a driver were so; where it is lower, asked only of who wants to say it."""
    say(f"Were it {were} from now on ({words}), how would the chances split?")
    why = ask("Why", None, str)
    return {"driver": driver.id, "were": were, "shares": _split(case, "{label}", now), "reason": why}


def _split(case: Case, wording: str, usual: dict[str, Plain] | dict[str, float]) -> dict[str, Plain]:
    """Chances that sum to 1; asked again until they do."""
    labels = {outcome.id: outcome.label for outcome in case.question.outcomes} | {"other": case.question.other.label}
    while True:
        split: dict[str, Plain] = {
            name: ask(f"  {wording.format(label=label)}", f"{100 * float(str(usual[name])):.1f}%", chance)
            for name, label in labels.items()
        }
        total = sum(float(str(value)) for value in split.values())
        if abs(total - 1) < 0.02:
            return {name: float(str(value)) / total for name, value in split.items()}
        say(f"these sum to {100 * total:.1f} %, not 100 %: once more")


def _level(driver: Driver) -> dict[str, Plain] | None:
    """A level by a word, by quantiles, or by chips in bins; a range that no case can state is asked again."""
    from forecast.elicitation.judgements import LEVELS, DriverLevel, level_faults

    form = ask(f"Its level from here on: {', '.join(_FORMS[:-1])} or skip", "skip", _one_of(_FORMS))
    if form == "skip":
        return None
    if form == "word":
        words = tuple(LEVELS)
        word = ask(f"{', '.join(words[:-1])} or {words[-1]}", "usual", _one_of(words))
        return {"driver": driver.id, "level": word, "reason": ask("Why", None, str)}
    asked = _quantiles if form == "quantiles" else _roulette
    while True:
        judged = asked()
        faults = list(level_faults(DriverLevel.model_validate({"driver": driver.id, **judged, "reason": "asked next"})))
        if not faults:
            return {"driver": driver.id, **judged, "reason": ask("Why", None, str)}
        say("; ".join(f"{message}: {remedy}" for _, message, remedy in faults))


def _quantiles() -> dict[str, Plain]:
    say("In ordinary swings from the usual state (0): between -2 and +2 lies nearly everything that was ever seen.")
    named = {"0.05": "so low that it is lower only once in 20", "0.5": "as likely above as below", "0.95": "so high"}
    return {"quantiles": {p: ask(f"  {words}", None, _number) for p, words in named.items()}}


def _roulette() -> dict[str, Plain]:
    say("Lay 20 chips into the bins from -2 to +2: each is one chance in 20.")
    names = ("around -2", "around -1", "around 0, usual", "around +1", "around +2")
    chips: list[Plain] = [ask(f"  chips {name}", "0", _chips) for name in names]
    for name, laid in zip(names, chips, strict=True):
        say(f"  {name:>15} {'o' * int(str(laid))}")
    return {"edges": list(_EDGES), "chips": chips}


def _new_set(case: Case) -> Callable[[str], str]:
    """Read the name of a set that can be written: a valid one, and not there yet."""
    from forecast.elicitation.keeping import already_there

    def read(text: str) -> str:
        if not _NAME.fullmatch(text):
            raise UsageError(f"{quoted(text)} cannot be the name of a set: write it like 'ana' or 'ana-in-march'")
        if file := already_there(case.folder, text):
            raise UsageError(f"{shown(file)} is there already: choose another name (judgements are never overwritten)")
        return text

    return read


def _one_of(words: Iterable[str]) -> Callable[[str], str]:
    choices = tuple(words)

    def read(text: str) -> str:
        if text not in choices:
            raise UsageError(f"{quoted(text)} is no answer: {instead_of(text, choices, 'choose one')}")
        return text

    return read


def _or_skip(text: str) -> float | None:
    return None if text == "skip" else chance(text)


def _day_of_its_life(case: Case) -> Callable[[str], date | None]:
    """Read a day on which the question is open, or that there is none."""

    def read(text: str) -> date | None:
        if text == "skip":
            return None
        if not case.question.opening < (asked := day(text)) <= case.question.horizon:
            life = f"between the opening ({case.question.opening}) and the horizon ({case.question.horizon})"
            raise UsageError(f"{asked} is not {life}")
        return asked

    return read


def _announced(fixed: date) -> Callable[[str], date | None]:
    """Read the day on which a fixed day became known; None of one that always was."""

    def read(text: str) -> date | None:
        if text == "opening":
            return None
        if (since := day(text)) >= fixed:
            raise UsageError(f"{since} is not before {fixed}")
        return since

    return read


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise UsageError(f"{quoted(text)} is not a number")
    return found


def _chips(text: str) -> int:
    if not text.isdecimal() or len(text) > 3 or int(text) > 100:
        raise UsageError(f"{quoted(text)} is not a number of chips: write 0 to 100")
    return int(text)
