"""What a case means, beyond its shape: faults of meaning, and what an analyst should look at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from forecast.case.assumptions import Hastening, Influence, Loading, Shares
from forecast.case.document import Document, Every, Place, shown
from forecast.case.phrases import quoted
from forecast.case.plain_yaml import read_yaml
from forecast.case.schema import Case, Indicator
from forecast.case.strengths import tilts
from forecast.errors import InputError, Problem


@dataclass(frozen=True)
class Findings:
    """What was found: a case with problems cannot be used, one with warnings can."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check(case: Case) -> Findings:
    """Look for faults of meaning in a case whose files have the right shape."""
    places = _Places(case)
    return Findings(
        problems=(*_never_true(case, places), *_gates_always_open(case, places), *_ruled_out_by_success(case, places)),
        warnings=(
            *_never_parted(case, places),
            *_undecided_tests(case, places),
            *_idle_drivers(case, places),
            *_unseen_drivers(case, places),
            *_repeating_grades(case, places),
            *_untilted_outcomes(case, places),
            *_counted_twice(case, places),
        ),
    )


class _Places:
    """Finds the file and line of a thing in a case that has been read."""

    def __init__(self, case: Case) -> None:
        self._folder = case.folder
        self._set = case.assumptions.name
        self._documents: dict[str, Document] = {}

    def at(self, file: str, place: Place, message: str, remedy: str) -> Problem:
        return self._document(file).problem(place, message, remedy)

    def at_assumption(self, name: str, message: str, remedy: str) -> Problem:
        """A finding at an assumption, in the file of the chosen set or of one it is based on."""
        seen: set[object] = set()
        following: object = self._set
        while isinstance(following, str) and following not in seen:
            document = self._document(f"assumptions/{following}.yaml")
            for place, stated in document.each("assumptions", Every.ENTRY, "id"):
                if stated == name:
                    return document.problem(place, message, remedy)
            seen.add(following)
            following = document.get("based_on")
        return self._document(f"assumptions/{self._set}.yaml").problem((), message, remedy)

    def _document(self, file: str) -> Document:
        if file not in self._documents:
            path = self._folder / file
            try:
                self._documents[file] = read_yaml(path)
            except InputError:  # changed since the case was read: the finding holds, its line is lost
                self._documents[file] = Document(shown(path), None, {})
        return self._documents[file]


# ---------------------------------------------------------------------------- the resolution tree


def _never_true(case: Case, places: _Places) -> Iterator[Problem]:
    reached = {name for test in case.question.resolution.tree for name in test.outcomes}
    for number, outcome in enumerate(case.question.outcomes):
        if outcome.id not in reached:
            yield places.at(
                "case.yaml",
                ("outcomes", number),
                f"no test of the resolution tree leads to {quoted(outcome.id)}, so it can never come true",
                "add a test for it, or remove the outcome",
            )


def _never_parted(case: Case, places: _Places) -> Iterator[Problem]:
    tests = case.question.resolution.tree
    reached = {
        outcome.id: {number for number, test in enumerate(tests) if outcome.id in test.outcomes}
        for outcome in case.question.outcomes
    }
    for one, two in combinations(reached, 2):
        if reached[one] and reached[one] == reached[two]:
            yield places.at(
                "case.yaml",
                ("resolution", "tree", min(reached[one]), "then"),
                f"no test parts {quoted(one)} from {quoted(two)}: whenever one holds, so does the other",
                "add a test that only one of them passes, or make one outcome of the two",
            )


def _undecided_tests(case: Case, places: _Places) -> Iterator[Problem]:
    """Tests that decide nothing: they say what an earlier one says, or lead to `other`, as passing none does."""
    tests = case.question.resolution.tree
    first: dict[str, int] = {}
    for number, test in enumerate(tests):
        earlier = first.setdefault(_folded(test.test), number)
        if earlier != number:
            yield places.at(
                "case.yaml",
                ("resolution", "tree", number),
                f"test {number + 1} repeats test {earlier + 1} and can never decide anything",
                "remove it, or say what sets it apart",
            )
    decisive = max((number for number, test in enumerate(tests) if test.outcomes != ("other",)), default=-1)
    if decisive < len(tests) - 2:  # one closing test that says "anything else" reads well
        yield places.at(
            "case.yaml",
            ("resolution", "tree", decisive + 2),
            f"from test {decisive + 3} on nothing new can be decided: each leads to 'other', as passing no test does",
            "keep one closing test, or none",
        )


# ---------------------------------------------------------------------------- drivers, indicators and gates


def _idle_drivers(case: Case, places: _Places) -> Iterator[Problem]:
    stated = case.assumptions.items.values()
    felt = {item.driver for item in stated if isinstance(item, Loading | Hastening) and tilts(item)}
    arrows = [(item.cause, item.effect) for item in stated if isinstance(item, Influence) and tilts(item)]
    while found := {cause for cause, effect in arrows if effect in felt} - felt:
        felt |= found
    for number, driver in enumerate(case.drivers):
        if driver not in felt:
            yield places.at(
                "drivers.yaml",
                ("drivers", number),
                f"the driver {quoted(driver)} changes nothing: no loading or hastening, "
                "and no influence on a driver that has one",
                "state how it tilts an outcome, or remove it",
            )


def _unseen_drivers(case: Case, places: _Places) -> Iterator[Problem]:
    seen = {indicator.driver for indicator in case.indicators.values()}
    for number, driver in enumerate(case.drivers):
        if driver not in seen:
            yield places.at(
                "drivers.yaml",
                ("drivers", number),
                f"no indicator tells about the driver {quoted(driver)}, so no report can move it directly",
                "add an indicator for it to codebook.yaml",
            )


def _repeating_grades(case: Case, places: _Places) -> Iterator[Problem]:
    for number, indicator in enumerate(case.indicators.values()):
        for one, two in _same_grades(indicator):
            yield places.at(
                "codebook.yaml",
                ("indicators", number, "grades", str(two)),
                f"grades {one} and {two} of {quoted(indicator.id)} say the same, so coders cannot tell them apart",
                "say what one shows that the other does not",
            )


def _same_grades(indicator: Indicator) -> Iterator[tuple[int, int]]:
    return (
        (one, two)
        for one, two in combinations(range(1, 6), 2)
        if _folded(indicator.grades[one]) == _folded(indicator.grades[two])
    )


def _ruled_out_by_success(case: Case, places: _Places) -> Iterator[Problem]:
    named = {outcome.id: ("outcomes", number) for number, outcome in enumerate(case.question.outcomes)}
    for name, by in case.question.ruled_out_by.items():
        indicator = case.indicators[by.indicator]
        if indicator.outcome == name and (by.grade == 5) == (indicator.sign > 0):
            yield places.at(
                "case.yaml",
                (*named.get(name, ("other",)), "ruled_out_by"),
                f"grade {by.grade} of {quoted(indicator.id)} speaks most for {quoted(name)}, and would rule it out",
                f"write 'grade: {by.back_at}', or choose another indicator",
            )


def _gates_always_open(case: Case, places: _Places) -> Iterator[Problem]:
    for number, gate in enumerate(case.question.gates):
        indicator = case.indicators[gate.opened_by.indicator]
        if indicator.usual_grade >= gate.opened_by.grade:
            yield places.at(
                "case.yaml",
                ("gates", number, "opened_by"),
                f"the gate {quoted(gate.id)} opens at grade {gate.opened_by.grade} of {quoted(indicator.id)}, "
                f"whose usual grade is {indicator.usual_grade}: an everyday report would open it",
                "raise the gate's grade, or choose another indicator",
            )


# ---------------------------------------------------------------------------- assumptions


def _untilted_outcomes(case: Case, places: _Places) -> Iterator[Problem]:
    stated = case.assumptions.items.values()
    tilted = {item.outcome for item in stated if isinstance(item, Loading) and tilts(item)}
    tilted |= {indicator.outcome for indicator in case.indicators.values() if indicator.outcome}  # by its own momentum
    for number, outcome in enumerate(case.question.outcomes):
        if case.drivers and outcome.id not in tilted:
            yield places.at(
                "case.yaml",
                ("outcomes", number),
                f"no driver tilts the outcome {quoted(outcome.id)}: it moves only as the others do",
                "state a loading on it, or say in its description why nothing favours it",
            )


def _counted_twice(case: Case, places: _Places) -> Iterator[Problem]:
    opening = case.question.opening
    for item in case.assumptions.items.values():
        if isinstance(item, Shares) and item.judged_on > opening and item.judged_with == "none":
            yield places.at_assumption(
                item.id,
                f"the shares were judged on {item.judged_on}, after the opening on {opening}, but 'judged_with: none' "
                "says that they stand before all reports: what the judge knew by then may be counted twice",
                "write 'judged_with: reports' if those reports were in hand, or keep it and say why in 'reason'",
            )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
