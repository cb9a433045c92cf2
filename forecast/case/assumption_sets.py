"""Assumption sets: their files, what a set takes over from the one it is based on, and what goes without saying."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from forecast.case.assumptions import Assumption, HalfLife, Level, Momentum
from forecast.case.document import Document, Every, Place
from forecast.case.phrases import instead_of, listed, quoted
from forecast.case.plain_yaml import read_yaml
from forecast.case.schema import Driver, Indicator
from forecast.errors import InputError, Problem

LONGEST_CHAIN = 8
USUAL_SPREAD = 0.3
USUAL_HALF_LIFE = 26.0

_ASSUMPTION: TypeAdapter[Assumption] = TypeAdapter(Assumption)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def set_names(folder: Path) -> tuple[str, ...]:
    """The assumption sets of a case folder, by name."""
    return tuple(sorted(path.stem for path in (folder / "assumptions").glob("*.yaml") if _NAME.fullmatch(path.stem)))


def read_chain(folder: Path, chosen: str | None, case: Document, problems: list[Problem]) -> tuple[Document, ...]:
    """Read the chosen set (None: the one that `case.yaml` names) and those it is based on, as far as that goes.

    The chosen set's file comes last: each file builds on the ones before it.
    """
    name = case.get("assumptions") if chosen is None else chosen
    return tuple(reversed(list(_follow(folder, name, case, problems))))


def _follow(folder: Path, name: object, asker: Document, problems: list[Problem]) -> Iterator[Document]:
    place: Place = ("assumptions",)
    followed: list[str] = []
    while isinstance(name, str) and _NAME.fullmatch(name):
        if name in followed:
            circle = " → ".join([*followed[followed.index(name) :], name])
            problems.append(asker.problem(place, f"the sets are based on each other: {circle}", "end the circle"))
            return
        if len(followed) == LONGEST_CHAIN:
            message = f"more than {LONGEST_CHAIN} sets are based on one another"
            problems.append(asker.problem(place, message, "write out in one set what the others say"))
            return
        if name not in set_names(folder):
            remedy = instead_of(name, set_names(folder), f"write the file assumptions/{name}.yaml")
            problems.append(asker.problem(place, f"there is no assumption set {quoted(name)}", remedy))
            return
        try:
            document = read_yaml(folder / "assumptions" / f"{name}.yaml")
        except InputError as error:
            problems += error.problems
            return
        yield document
        if document.get("set") not in (name, None):
            message = f"the set calls itself {quoted(str(document.get('set')))} but its file is {name}.yaml"
            problems.append(document.problem(("set",), message, f"write 'set: {name}', or rename the file"))
        followed.append(name)
        asker, place, name = document, ("based_on",), document.get("based_on")


# ---------------------------------------------------------------------------- what is stated


def subject_of(stated: Assumption) -> tuple[str, ...]:
    """What an assumption speaks of."""
    match stated.kind:
        case "shares" | "pace" | "episodes" | "selection" | "nominees":
            return (stated.kind,)
        case "deadline" | "reference_class":  # two deadlines may have one day: what hurries it twice, hurries it more
            return (stated.kind, stated.id)
        case "level" | "half_life":
            return (stated.kind, stated.driver)
        case "influence":
            return (stated.kind, stated.cause, stated.effect)
        case "loading":
            return (stated.kind, stated.driver, stated.outcome)
        case "gate_pace":
            return (stated.kind, stated.gate)
        case "hastening":
            return (stated.kind, stated.driver, stated.gate or "")
        case "ripening" | "momentum":
            return (stated.kind, stated.outcome)


@dataclass(frozen=True)
class Placed:
    """An assumption and where it is written."""

    stated: Assumption
    document: Document
    place: Place

    @property
    def subject(self) -> tuple[str, ...]:
        """What it speaks of. Of two assumptions with one subject only one can hold."""
        return subject_of(self.stated)

    def problem(self, message: str, remedy: str, key: str | None = None) -> Problem:
        """A fault of this assumption, or of one of its keys."""
        return self.document.problem(self.place if key is None else (*self.place, key), message, remedy)


@dataclass(frozen=True)
class Stock:
    """Every assumption that holds in the chosen set, by id.

    `whole` is False where one of them could not be read, so that nothing may be concluded from what is missing.
    """

    chosen: Document
    items: dict[str, Placed]
    whole: bool


def take_stock(documents: tuple[Document, ...], problems: list[Problem]) -> Stock:
    """What holds after each file has replaced what it restates: an assumption of the same id, or subject."""
    held: dict[str, Placed] = {}
    whole = bool(documents) and documents[0].get("based_on") is None
    for document in documents:
        own = [_placed(document, place, value) for place, value in document.each("assumptions", Every.ENTRY)]
        fit = [placed for placed in own if placed is not None]
        whole = whole and len(fit) == len(own)
        problems += _said_twice(fit)
        subjects = {placed.subject for placed in fit}
        held = {name: placed for name, placed in held.items() if placed.subject not in subjects}
        held |= {placed.stated.id: placed for placed in fit}
    return Stock(documents[-1] if documents else Document("assumptions", None, {}), held, whole)


def _placed(document: Document, place: Place, value: object) -> Placed | None:
    try:
        return Placed(_ASSUMPTION.validate_python(value), document, place)
    except ValidationError:  # said in full by the check of the file's shape
        return None


def _said_twice(own: Iterable[Placed]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], Placed] = {}
    for placed in own:
        other = first.setdefault(placed.subject, placed)
        if other is not placed:
            pair = listed([other.stated.id, placed.stated.id])
            kind, *about = placed.subject
            what = f"the {kind.replace('_', ' ')}" + (f" of {listed(filter(None, about))}" if any(about) else "")
            yield placed.problem(f"{pair} both state {what}", "keep one of the two")


# ---------------------------------------------------------------------------- what goes without saying


def with_defaults(
    stock: Stock, drivers: Iterable[Driver], indicators: Iterable[Indicator], problems: list[Problem]
) -> dict[str, Assumption]:
    """The assumptions by id, with those spelled out that go without saying.

    They are the level and half-life of every driver, and the momentum of every outcome with an indicator of its own.
    """
    items = {name: placed.stated for name, placed in stock.items.items()}
    subjects = {placed.subject for placed in stock.items.values()}
    own = sorted({indicator.outcome for indicator in indicators if indicator.outcome})
    for default in [*_of_drivers(drivers), *map(_of_outcome, own)]:
        about = default.outcome if default.kind == "momentum" else default.driver
        if (default.kind, about) in subjects:
            continue
        if default.id in stock.items:
            kind = default.kind.replace("_", "-")
            message = f"the id {quoted(default.id)} is kept for the {kind} of {quoted(about)}"
            problems.append(stock.items[default.id].problem(message, "choose another id", key="id"))
        items.setdefault(default.id, default)
    return items


def _of_outcome(outcome: str) -> Momentum:
    return Momentum(
        id=f"momentum-{outcome.replace('_', '-')}",
        kind="momentum",
        outcome=outcome,
        reason="Default: what is told of an outcome itself moves it like a strong driver, and fades like a usual one.",
        source="default",
    )


def _of_drivers(drivers: Iterable[Driver]) -> Iterator[Level | HalfLife]:
    for driver in drivers:
        name = driver.id.replace("_", "-")
        yield Level(
            id=f"level-{name}",
            kind="level",
            driver=driver.id,
            mean=0.0,
            sd=USUAL_SPREAD,
            reason="Default: nothing says that this driver's level is other than usual.",
            source="default",
        )
        yield HalfLife(
            id=f"half-life-{name}",
            kind="half_life",
            driver=driver.id,
            weeks=USUAL_HALF_LIFE,
            reason="Default: half of today's news about a driver stays true for half a year.",
            source="default",
        )
