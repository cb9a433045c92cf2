"""Asking at the terminal for what `forecast init` needs; a wrong outcome set is told as soon as it is said."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from forecast.commands.console import err, parse_date, say, visible
from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.case.document import Plain
    from forecast.starting.answers import SaidOutcome
    from forecast.starting.template import Template


def interview(known: Mapping[str, Plain]) -> dict[str, Plain]:
    """Ask for what is not known yet; an empty answer takes what stands in brackets."""
    from forecast.starting.template import read_template, template_names

    said: dict[str, Plain] = {}
    if "template" not in known:
        for name in template_names():
            say(f"  {name}: {read_template(name).fits}")
        said["template"] = ask("Kind of question", None, _kind)
    template = read_template(str(known.get("template", said.get("template"))))
    if "question" not in known:
        said["question"] = ask("The question, in one sentence", None, str)
    if "opening" not in known:
        said["opening"] = ask("Opens on (YYYY-MM-DD)", date.today().isoformat(), day)  # noqa: DTZ011  the reader's day
    if "horizon" not in known:
        opening = date.fromisoformat(str(known.get("opening", said.get("opening"))))
        usual = (opening + timedelta(weeks=template.weeks)).isoformat()
        said["horizon"] = ask("Open until (YYYY-MM-DD)", usual, partial(_horizon, opening))
    if "resolved" not in known:
        usual_chance = f"{100 * template.resolved:.0f}%"
        said["resolved"] = ask("Chance that it is resolved at all by then", usual_chance, chance)
    if "outcomes" not in known:
        outcomes = _outcomes(template)
        if outcomes:
            said["outcomes"] = outcomes
    return said


def ask[Answer](question: str, usual: str | None, read: Callable[[str], Answer]) -> Answer:
    """Ask until the answer can be read; no line at all is a way to leave."""
    while True:
        err.print(visible(f"{question}{f' [{usual}]' if usual else ''}: "), end="", soft_wrap=True)
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        if not (text := line.strip() or usual or ""):
            continue
        try:
            return read(text)
        except UsageError as error:
            say(str(error))


def _outcomes(template: Template) -> list[Plain]:
    """The outcomes one by one; none keeps the template's."""
    from pydantic import ValidationError

    from forecast.starting.answers import SaidOutcome, outcome_doubts, outcome_faults

    usual = ", ".join(f"{outcome.id} ({outcome.label})" for outcome in template.outcomes)
    say(f"Outcomes. Usual ones: {usual}. 'other' and 'unresolved' are always there.")
    say("Yours, in the order in which they are tested, as ID=LABEL or ID:LIKE=LABEL; an empty line ends the list.")
    named: list[SaidOutcome] = []
    while True:
        text = ask(f"Outcome {len(named) + 1}", "done", str)
        if text == "done":
            return [dict(one.model_dump(exclude_none=True)) for one in named]
        name, _, label = (part.strip() for part in text.partition("="))
        name, _, like = (part.strip() for part in name.partition(":"))
        try:
            one = SaidOutcome(id=name, label=label, like=like or None)
        except ValidationError:
            say(f"'{text}' cannot be read: write a short id in small letters, an equals sign, and a label")
            continue
        if faults := list(outcome_faults([*named, one], template)):
            say("; ".join(f"{message}: {remedy}" for _, message, remedy in faults))
            continue
        doubts = {doubt[1:] for doubt in outcome_doubts([*named, one])} - {doubt[1:] for doubt in outcome_doubts(named)}
        for message, remedy in sorted(doubts):
            say(f"{message}: {remedy}")
        if doubts and ask("Keep it? y or n", "n", str).casefold() not in ("y", "yes"):
            continue
        tests = {outcome.id: outcome.test for outcome in template.outcomes}
        if name not in tests:
            taken = {before.test or tests.get(before.id) for before in named}
            offered = tests.get(one.like or "")
            plain = f"Agencies report it: {label}."
            usual_test = offered if offered and offered not in taken else plain
            one = one.model_copy(update={"test": ask("On which observable fact does it hold", usual_test, str)})
            if faults := list(outcome_faults([*named, one], template)):
                say("; ".join(f"{message}: {remedy}" for _, message, remedy in faults))
                continue
        named.append(one)


def _kind(text: str) -> str:
    from forecast.starting.template import read_template

    read_template(text)
    return text


def _horizon(opening: date, text: str) -> date:
    """A horizon that was answered."""
    from forecast.starting.answers import horizon_fault

    horizon = day(text)
    if wrong := horizon_fault(opening, horizon):
        raise UsageError(wrong)
    return horizon


def day(text: str) -> date:
    """A day that was answered."""
    return parse_date(text, "the answer")


def chance(text: str) -> float:
    """A chance that was answered, as 0.4 or 40%."""
    try:
        found = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        found = -1.0
    if not 0.001 <= found <= 0.999:
        raise UsageError(f"'{text}' is not a chance between 0.001 and 0.999: write it as 0.4 or 40%")
    return found
