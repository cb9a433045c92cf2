"""What a person says of a question before there is a case, and the faults that can be seen in it already."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal

from forecast.case.blocks import Block, Id, Probability, Text
from forecast.case.document import Document, Place, Plain
from forecast.case.phrases import instead_of, quoted
from forecast.case.rules import LONGEST_LIFE
from forecast.case.schema import Test
from forecast.case.shape import shaped
from forecast.errors import InputError, Problem
from forecast.starting.template import Template, template_names

RESERVED = ("other", "unresolved")
_ANY = re.compile(r"\b(any|anyone|anybody|anything|else|other|others|whoever|whichever|whatever)\b", re.IGNORECASE)
_STANDSTILL = re.compile(
    r"\b(no|none|nothing|not|never|status quo|stalemate|unresolved|undecided|continues?)\b", re.IGNORECASE
)
_TOGETHER = 1e-6


class SaidOutcome(Block):
    """An outcome as somebody names it; what is left out comes from the template's outcome that it is `like`."""

    id: Id
    label: Text
    like: Id | None = None
    description: Text | None = None
    test: Text | None = None
    share: Probability | None = None


class SaidOther(Block):
    """What `other` chiefly is, and how likely."""

    label: Text | None = None
    description: Text | None = None
    share: Probability | None = None


class Answers(Block):
    """The answers to what `forecast init` asks; only the template and the question cannot be left out."""

    template: Text
    question: Text
    title: Text | None = None
    opening: dt.date | None = None
    history_from: dt.date | None = None
    horizon: dt.date | None = None
    clock: Literal["recorded", "published"] | None = None
    author: Text = "unnamed"
    counts: Text | None = None
    outcomes: list[SaidOutcome] = []
    other: SaidOther = SaidOther()
    tree: list[Test] = []
    resolved: Probability | None = None
    due: dt.date | None = None
    country: Text | None = None
    trigger_date: dt.date | None = None


def read_answers(document: Document, said: Mapping[str, Plain]) -> Answers:
    """The answers of a file, with those that were given besides in the place of its own.

    Raises
    ------
    InputError
        With every fault of their shape.
    """
    problems: list[Problem] = []
    before = document.data if isinstance(document.data, dict) else {}
    answers = shaped(Document(document.file, {**before, **said}, document.lines), Answers, problems)
    if answers is not None and answers.template not in template_names():
        remedy = instead_of(answers.template, template_names(), "see forecast init --list")
        problems.append(document.problem(("template",), f"there is no template {quoted(answers.template)}", remedy))
    if answers is None or problems:
        raise InputError(problems)
    return answers


# ---------------------------------------------------------------------------- outcome sets


def outcome_faults(outcomes: Sequence[SaidOutcome], template: Template) -> Iterator[tuple[Place, str, str]]:
    """Outcome sets that cannot be: a place in the list, what is wrong, and how to mend it."""
    usual = [outcome.id for outcome in template.outcomes]
    for number, outcome in enumerate(outcomes):
        if outcome.id in RESERVED:
            message = f"every case has {quoted(outcome.id)} already"
            yield (number, "id"), message, "leave it out; what it covers is said under 'other'"
        if outcome.like is not None and outcome.like not in usual:
            message = f"the template has no outcome {quoted(outcome.like)}"
            yield (number, "like"), message, instead_of(outcome.like, usual, "leave 'like' out")
    for (_, one), (number, two) in combinations(enumerate(outcomes), 2):
        if one.id == two.id:
            yield (number, "id"), f"two outcomes are called {quoted(one.id)}", "give each an id of its own"
        elif _folded(one.label) == _folded(two.label):
            message = f"{quoted(one.id)} and {quoted(two.id)} say the same, {quoted(two.label)}: both would come true"
            yield (number, "label"), message, "make one outcome of the two, or say what parts them"
        elif one.test and two.test and _folded(one.test) == _folded(two.test):
            message = f"no test parts {quoted(one.id)} from {quoted(two.id)}: whenever one holds, so does the other"
            yield (number, "test"), message, "add what only one of them passes, or make one outcome of the two"


def outcome_doubts(outcomes: Sequence[SaidOutcome]) -> Iterator[tuple[Place, str, str]]:
    """Outcome sets that can be, and are seldom meant: a standstill, a label for anything, one inside another."""
    for number, outcome in enumerate(outcomes):
        if _STANDSTILL.search(outcome.label):
            message = f"{quoted(outcome.label)} sounds like the question being open still at the horizon"
            yield (number, "label"), message, "leave it out if so: that state, 'unresolved', every case has"
        if found := _ANY.search(outcome.label):
            message = f"{quoted(outcome.label)} may hold together with another outcome: it says {quoted(found[0])}"
            yield (number, "label"), message, "say what it leaves out, or leave it out: what nobody names is 'other'"
    for one, (second, two) in ((one, later) for (_, one), later in combinations(enumerate(outcomes), 2)):
        few, many = _words(one.label), _words(two.label)
        if few and few < many:
            message = f"whoever has {quoted(two.label)} may have {quoted(one.label)} too, which is tested first"
            yield (second, "label"), message, f"name {quoted(two.id)} before {quoted(one.id)}, the narrower first"
        elif few and few == many and one.test is None and two.test is None:
            message = f"{quoted(one.label)} and {quoted(two.label)} say nearly the same"
            yield (second, "label"), message, "say in a test of each what parts them"


def horizon_fault(opening: dt.date, horizon: dt.date) -> str | None:
    """What is wrong with a horizon."""
    if horizon <= opening:
        return f"the horizon ({horizon}) is not after the day from which forecasts are made ({opening})"
    if (horizon - opening).days > 366 * LONGEST_LIFE:
        return f"the horizon ({horizon}) is more than {LONGEST_LIFE} years after the opening ({opening})"
    return None


def answer_faults(answers: Answers, template: Template, today: dt.date) -> Iterator[tuple[Place, str, str]]:
    """Every fault of the answers together, beyond their shape."""
    if answers.horizon is not None and (wrong := horizon_fault(answers.opening or today, answers.horizon)):
        yield ("horizon",), wrong, "correct --horizon or --opened, which a file calls 'horizon' and 'opening'"
    if answers.horizon is not None and answers.due is not None and answers.due > answers.horizon:
        message = f"what is due by {answers.due} is due after the horizon ({answers.horizon}), where it hastens nothing"
        yield ("due",), message, "leave --due out, or correct one of the two"
    for place, message, remedy in outcome_faults(answers.outcomes, template):
        yield ("outcomes", *place), message, remedy
    stated = [outcome.share for outcome in answers.outcomes if outcome.share is not None]
    if stated and len(stated) < len(answers.outcomes):
        lacking = next(n for n, outcome in enumerate(answers.outcomes) if outcome.share is None)
        yield ("outcomes", lacking), "some outcomes have a share and this one has none", "give all a share, or none"
    elif stated:
        total = sum(stated) + (answers.other.share or 0.0)
        if answers.other.share is not None and abs(total - 1) > _TOGETHER:
            message = f"the shares sum to {total:.6g}"
            yield ("outcomes",), message, "change them so that they sum to 1, 'other' included"
        elif answers.other.share is None and sum(stated) > 1 - 1e-4:
            message = f"the shares sum to {sum(stated):.6g} and leave nothing for 'other'"
            yield ("outcomes",), message, "leave for 'other' what may come in no named way"
    known = {outcome.id for outcome in answers.outcomes} or {outcome.id for outcome in template.outcomes}
    for number, test in enumerate(answers.tree):
        for name in test.outcomes:
            if name not in known | {"other"}:
                message = f"there is no outcome {quoted(name)}"
                yield ("tree", number, "then"), message, instead_of(name, known, "name an outcome of the list")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _words(text: str) -> frozenset[str]:
    """The words of a label that carry meaning, as far as length tells."""
    return frozenset(word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2 and word != "the")
