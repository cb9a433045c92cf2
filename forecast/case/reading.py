"""From a case folder to a `Case`, or to every fault of its files at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from forecast.case.assumption_sets import Stock, read_chain, set_names, take_stock, with_defaults
from forecast.case.assumptions import AssumptionSet, AssumptionsFile
from forecast.case.base_rates import read_base_rates
from forecast.case.changes import change_problems
from forecast.case.document import Document, shown
from forecast.case.members import member, read_members
from forecast.case.others import read_judgements, read_prices
from forecast.case.phrases import instead_of, quoted
from forecast.case.plain_yaml import MOST_FAULTS, read_yaml
from forecast.case.pooled_sets import pooled_stock
from forecast.case.references import SETS, reference_problems
from forecast.case.resolutions import read_resolutions
from forecast.case.rules import assumption_problems, codebook_problems, question_problems
from forecast.case.schema import Case, CaseFile, CodebookFile, Driver, DriversFile, Indicator
from forecast.case.shape import shaped
from forecast.case.sources import SourcesFile
from forecast.case.teams import Pooled
from forecast.errors import InputError, Problem, UsageError

FILES = ("case.yaml", "drivers.yaml", "codebook.yaml", "sources.yaml")


def read_case(folder: Path, assumptions: str | None = None) -> Case:
    """Read a case with one of its assumption sets.

    Parameters
    ----------
    folder
        The case folder.
    assumptions
        Name of the set; by default the one that `case.yaml` names.

    Raises
    ------
    InputError
        If the files have faults: all of them, in the order of files and lines.
    UsageError
        If `assumptions` is not the name of one of the case's sets.
    """
    if assumptions is not None and assumptions not in set_names(folder):
        remedy = instead_of(assumptions, set_names(folder), "this case has none")
        raise UsageError(f"there is no assumption set {quoted(assumptions)} in {shown(folder)}: {remedy}")

    problems: list[Problem] = []
    case, drivers, codebook, sources = documents = [_read(folder / name, problems) for name in FILES]
    chain = read_chain(folder, assumptions, case, problems)

    question = shaped(case, CaseFile, problems)
    driver_list = shaped(drivers, DriversFile, problems)
    indicator_list = shaped(codebook, CodebookFile, problems)
    register = shaped(sources, SourcesFile, problems)
    chains = read_members(folder, chain, case, problems)
    every = {document.file: document for each in (*chains.values(), chain) for document in each}
    sets = [shaped(document, AssumptionsFile, problems) for document in every.values()]

    files = {**{name: (file,) for name, file in zip(FILES, documents, strict=True)}, SETS: tuple(every.values())}
    problems += islice(reference_problems(files), MOST_FAULTS)
    problems += islice(question_problems(case, folder.resolve().name), MOST_FAULTS)
    if question:
        life = question.life
        changed = change_problems(case, question.changes, set(life.outcomes), life.opening, life.horizon)
        problems += islice(changed, MOST_FAULTS)
    problems += islice(codebook_problems(codebook), MOST_FAULTS)
    told = driver_list.drivers if driver_list else (), indicator_list.indicators if indicator_list else ()
    stock, pooled = _pooled(take_stock(chain, problems), sets[-1] if sets else None, chains, case, told, problems)
    problems += islice(assumption_problems(stock, case), MOST_FAULTS)
    items = with_defaults(stock, *told, problems)

    base_rates = read_base_rates(folder, items, problems)
    resolutions = read_resolutions(folder, question.life, problems) if question else ()
    judgements = read_judgements(folder, question.life, problems) if question else ()
    prices = read_prices(folder, question.life, problems) if question else ()
    chosen = sets[-1] if sets else None
    if problems or not (question and driver_list and indicator_list and register and chosen):
        raise InputError(_in_order(list(dict.fromkeys(problems)), [*documents, *every.values()]))
    return Case(
        folder=folder,
        question=question,
        drivers={driver.id: driver for driver in driver_list.drivers},
        indicators={indicator.id: indicator for indicator in indicator_list.indicators},
        sources={source.name: source for source in register.sources},
        source_types=register.types,
        sides=register.sides,
        assumptions=AssumptionSet(
            chosen.set,
            chosen.label,
            chosen.author,
            chosen.date,
            items,
            tuple(chosen.signed_off),
            tuple(sorted(chains)),
            pooled,
            next((each.markets for each in reversed(sets[-len(chain) :]) if each and each.markets), None),
        ),
        base_rates=base_rates,
        resolutions=resolutions,
        judgements=judgements,
        prices=prices,
    )


def _pooled(
    own: Stock,
    chosen: AssumptionsFile | None,
    chains: Mapping[str, tuple[Document, ...]],
    case: Document,
    told: tuple[Iterable[Driver], Iterable[Indicator]],
    problems: list[Problem],
) -> tuple[Stock, tuple[Pooled, ...]]:
    """What holds in the chosen set; where it pools others, once those are free of faults."""
    if not chains:
        return own, ()
    members = []
    for name, chain in chains.items():
        stock = take_stock(chain, problems)
        problems += islice(assumption_problems(stock, case), MOST_FAULTS)
        members.append(member(name, stock, with_defaults(stock, *told, problems)))
    if problems or chosen is None or chosen.pools is None:
        return replace(own, whole=False), ()
    return pooled_stock(own, chosen.pools, members, problems)


def _read(path: Path, problems: list[Problem]) -> Document:
    try:
        return read_yaml(path)
    except InputError as error:
        problems += error.problems
        return Document(shown(path), None, {})


def _in_order(problems: list[Problem], documents: list[Document]) -> list[Problem]:
    rank = {document.file: number for number, document in enumerate(documents)}
    return sorted(problems, key=lambda problem: (rank.get(problem.file, len(rank)), problem.line or 0))
