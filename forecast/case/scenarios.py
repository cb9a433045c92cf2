"""Saved scenarios: premises that a case asks about again and again (`scenarios.yaml`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from forecast.case.blocks import Block, Name, Text
from forecast.case.document import Document, shown
from forecast.case.phrases import instead_of, quoted
from forecast.case.plain_yaml import read_yaml
from forecast.case.premises import Premise, PremiseError, consistent, parse_do, parse_see
from forecast.case.schema import Case
from forecast.case.shape import shaped
from forecast.errors import InputError, Problem, UsageError

FILE = "scenarios.yaml"


class StatedScenario(Block):
    """One scenario: what is seen and what is done, in the words of `forecast whatif`."""

    id: Name
    label: Text
    reason: Text
    see: list[Text] = Field(default=[], max_length=20)
    do: list[Text] = Field(default=[], max_length=20)


class ScenariosFile(Block):
    """`scenarios.yaml`."""

    scenarios: list[StatedScenario] = Field(max_length=100)


@dataclass(frozen=True)
class Scenario:
    """A scenario that has been read."""

    id: str
    label: str
    premises: tuple[Premise, ...]


def read_scenarios(case: Case) -> tuple[Scenario, ...]:
    """The saved scenarios of a case; none where it has no such file.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    path = case.folder / FILE
    if not os.path.isfile(path):
        return ()
    document, problems = read_yaml(path), list[Problem]()
    file = shaped(document, ScenariosFile, problems)
    found = tuple(_scenarios(file, document, case, problems)) if file is not None else ()
    if problems:
        raise InputError(problems)
    return found


def scenario_problems(case: Case) -> tuple[Problem, ...]:
    """Every fault of the file of scenarios."""
    try:
        read_scenarios(case)
    except InputError as error:
        return error.problems
    return ()


def find_scenario(case: Case, name: str) -> Scenario:
    """One scenario by its id.

    Raises
    ------
    UsageError
        If the case has none of that id.
    InputError
        With every fault of the file.
    """
    known = {scenario.id: scenario for scenario in read_scenarios(case)}
    if name not in known:
        where = shown(case.folder / FILE)
        raise UsageError(
            f"--scenario {name}: {quoted(name)} is no scenario: {instead_of(name, known, f'write it in {where}')}"
        )
    return known[name]


def _scenarios(file: ScenariosFile, document: Document, case: Case, problems: list[Problem]) -> Iterator[Scenario]:
    said: set[str] = set()
    for place, stated in enumerate(file.scenarios):
        here = ("scenarios", place)
        if stated.id in said:
            problems.append(
                document.problem((*here, "id"), f"the id {quoted(stated.id)} stands there twice", "rename one")
            )
        said.add(stated.id)
        if not (stated.see or stated.do):
            problems.append(document.problem(here, "it sees and does nothing", "give it a 'see' or a 'do'"))
        premises: list[Premise] = []
        for key, parse, words in (("see", parse_see, stated.see), ("do", parse_do, stated.do)):
            for number, one in enumerate(words):
                try:
                    premises.append(parse(one, case))
                except PremiseError as error:
                    what, _, remedy = str(error).rpartition(": ")
                    problems.append(document.problem((*here, key, number), what, remedy))
        try:
            premises = list(consistent(premises))
        except PremiseError as error:
            what, _, remedy = str(error).rpartition(": ")
            problems.append(document.problem(here, what, remedy))
        yield Scenario(stated.id, stated.label, tuple(premises))
