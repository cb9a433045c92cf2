"""A record of questions that nobody asked: made-up cases, forecast week by week and scored as real ones are.

Each world is written as a case folder, read back, and forecast as of its opening day and every second week after it,
from what was published by then; its folder stays in `.backtest/simulated/`. The sampled model is compiled once and
fitted with fewer draws than a forecast that is published takes; a fit with faults counts nevertheless, since to leave
out the worlds that are hard to fit would be to try another model. The solved models are asked beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from forecast.case.reading import read_case
from forecast.crew.errand import Crew
from forecast.durable import make_place, replace_file
from forecast.evidence.journal import view
from forecast.evidence.ledger import ledger_of
from forecast.inference.batch import Batch, Fit
from forecast.inference.chains import Settings
from forecast.installed import versions
from forecast.model.anchor import anchor
from forecast.model.contract import ExactModel, Model, load_model, load_sampled, shelf
from forecast.model.problem import Problem, build_problem
from forecast.record.backtest import FOLDER, as_of_dates
from forecast.record.breaking import KINDS, kind_of
from forecast.record.corp import Calibration
from forecast.record.inventing import NAME, QUESTION, World, invent, write_world
from forecast.record.scoreboard import CaseBoard, Record, board_of, calibration_at_one_age, records_of
from forecast.record.solved import Solver
from forecast.record.store import Store
from forecast.record.worlds import Worlds
from forecast.runs import Run, digest

Array = NDArray[np.float64]
Stage = Callable[[str], None]
Progress = Callable[[int, int], None]

SAMPLED: Final = "latent_drivers"
SOLVED: Final = ("ach", "base_rates", "uniform")
SETTINGS: Final = Settings(chains=2, tune=200, draws=300, target_accept=0.8)
RHAT: Final = 1.05
DIVERGENT_SHARE: Final = 0.01
EVERY: Final = 2
"""Weeks from one forecast to the next."""
SEED: Final = 1
PLACE: Final = "simulated"
WHOLE: Final = next(iter(KINDS))
"""The kind that is not broken."""


@dataclass(frozen=True)
class Lived:
    """A made-up case that has been forecast.

    Attributes
    ----------
    number, kind, name
        Which world.
    ended, outcome
        When and how it ended.
    forecasts
        Model, day, chances, (last day of a week, chance of a resolution by then), and faults of the fit.
    """

    number: int
    kind: str
    name: str
    ended: str
    outcome: str
    forecasts: tuple[Mapping[str, Any], ...]

    @classmethod
    def kept(cls, fields: dict[str, Any]) -> Lived:
        """As a file keeps it."""
        return cls(**{**fields, "forecasts": tuple(fields["forecasts"])})

    @property
    def faulty(self) -> int:
        """How many fits have faults."""
        return sum(bool(each["faults"]) for each in self.forecasts)


@dataclass(frozen=True)
class Simulated:
    """The worlds that were lived in, and what every model's forecasts were worth.

    Attributes
    ----------
    lived
        The worlds.
    boards
        Each as a resolved case, in the same order.
    records
        Every model's record: over `all` worlds, over all that are `broken`, and by kind.
    """

    lived: tuple[Lived, ...]
    boards: tuple[CaseBoard, ...]
    records: Mapping[str, tuple[Record, ...]]

    def calibration(self, model: str, *, broken: bool | None = None) -> Calibration | None:
        """Of a model's forecasts of one age; None where no question lived so long."""
        return calibration_at_one_age(
            (board, standing)
            for world, board in zip(self.lived, self.boards, strict=True)
            if broken in (None, world.kind != WHOLE)
            for standing in board.standings
            if standing.line.model == model
        )

    @property
    def fits(self) -> int:
        """How many posteriors were sampled."""
        return sum(each["model"] == SAMPLED for world in self.lived for each in world.forecasts)


def simulated_record(
    workspace: Path,
    worlds: int,
    crew: Crew,
    seed: int = SEED,
    stage: Stage = lambda _: None,
    progress: Progress = lambda _done, _all: None,
) -> Simulated:
    """Live through as many worlds as are wanted; those that were before are not lived through again.

    Raises
    ------
    UsageError
        If one of the crew would get other numbers.
    StoreError
        If something cannot be kept, or the crew is out of reach.
    """
    place = workspace / FOLDER / PLACE
    make_place(place)
    replace_file(workspace / FOLDER / ".gitignore", b"*\n")
    model, opening = load_sampled(SAMPLED, workspace), opening_problem(workspace)
    store = Store(place / f"{_identity(model, seed)}.jsonl", Lived.kept)
    done = {number: each for number, each in store.read().items() if number < worlds}
    missing = [number for number in range(worlds) if number not in done]
    progress(len(done), worlds)
    if missing:
        stage("Compiling")
    errand: Worlds[tuple[Lived, World]] = Worlds.of(model, opening, seed, live)
    for _, (lived, world) in crew.work(errand, missing, lambda: stage("Simulating")):
        write_world(world, place)
        store.add(lived)
        done[lived.number] = lived
        progress(len(done), worlds)
    found = tuple(done[number] for number in range(worlds))
    boards = tuple(_board(lived, place) for lived in found)
    return Simulated(found, boards, _scored(found, boards))


def opening_problem(workspace: Path) -> Problem:
    """The made-up question on its opening day, anchored: what all worlds have in common."""
    case = read_case(QUESTION / NAME)
    problem = build_problem(case, view([], case.question.opening, "published"))
    stated = anchor(load_sampled(SAMPLED, workspace), problem)
    return problem.anchored(stated.mean, stated.sd)


def live(batch: Batch, model: Model, opening: Problem, seed: int, number: int) -> tuple[Lived, World]:
    """Make up a world, write it as a case, and forecast it week by week from what was known."""
    rng = np.random.default_rng([seed, number])
    world = invent(model.law, opening, kind_of(number), number, rng)
    with TemporaryDirectory(prefix="forecast-") as ground:
        case = read_case(write_world(world, Path(ground)))
        rows = ledger_of(case).read()
    forecasts: list[Mapping[str, Any]] = []
    for day in as_of_dates(case, rows)[::EVERY]:
        problem = build_problem(case, view(rows, day, "published"))
        problem = problem.anchored(np.asarray(opening.intercept_mean), opening.intercept_sd)
        fit = batch.fit(problem, rng, SETTINGS)
        incidence = model.law.project(fit.draws, problem)
        forecasts.append(_said(SAMPLED, problem, incidence, _faults(fit, incidence)))
        for name in SOLVED:
            solved = load_model(str(shelf() / f"{name}.py"), shelf())
            if isinstance(solved, ExactModel):
                forecasts.append(_said(name, problem, solved.law.incidence(problem), []))
    return Lived(number, world.kind, world.name, world.ended.isoformat(), world.outcome, tuple(forecasts)), world


def _said(model: str, problem: Problem, incidence: Array, faults: list[str]) -> Mapping[str, Any]:
    calendar, chances = problem.calendar, incidence.mean(axis=0)
    said = dict(zip(problem.structure.outcomes, chances[-1].tolist(), strict=True))
    weeks = [[week.isoformat(), float(by)] for week, by in zip(calendar.future_weeks, chances.sum(axis=1), strict=True)]
    return {
        "model": model,
        "as_of": calendar.as_of.isoformat(),
        "chances": {**said, "unresolved": max(0.0, 1.0 - float(chances[-1].sum()))},
        "weeks": weeks,
        "faults": faults,
    }


def _faults(fit: Fit, incidence: Array) -> list[str]:
    """What speaks against a fit: chances on which its chains disagree, and divergences."""
    from arviz_stats.base import array_stats

    chances = fit.by_chain(incidence[:, -1])
    worst = max(float(array_stats.rhat(chances[..., place])) for place in range(chances.shape[-1]))
    said = [] if worst < RHAT else [f"R-hat {worst:.3f}"]
    return said if fit.divergences <= DIVERGENT_SHARE * len(fit) else [*said, f"{fit.divergences} divergences"]


def _scored(found: Sequence[Lived], boards: Sequence[CaseBoard]) -> dict[str, tuple[Record, ...]]:
    """In the order of their numbers: in that of their endings, what came of them would say which is next."""
    chosen = {"all": set(KINDS), "broken": set(KINDS) - {WHOLE}, **{kind: {kind} for kind in KINDS}}
    records = {
        name: records_of(board for lived, board in zip(found, boards, strict=True) if lived.kind in kinds)
        for name, kinds in chosen.items()
    }
    return {name: each for name, each in records.items() if each}


def _board(lived: Lived, place: Path) -> CaseBoard:
    """A world as a resolved case, with every model's forecasts."""
    case = read_case(place / "data" / lived.name)
    if case.resolution is None:
        raise ValueError(f"{lived.name} has lost its resolution")
    runs = [run_of(lived, said, case.question.horizon, place) for said in lived.forecasts]
    return board_of(case, case.resolution, runs, Solver(runs, place))


def run_of(lived: Lived, said: Mapping[str, Any], horizon: date, place: Path) -> Run:
    """A forecast of a world as the run that it would have been."""
    name = f"{said['as_of']}-{digest([lived.name, said['model']])[:8]}"
    outcomes = [outcome for outcome in said["chances"] if outcome != "unresolved"]
    forecast = {
        "case": lived.name,
        "as_of": said["as_of"],
        "horizon": horizon.isoformat(),
        "model": said["model"],
        "assumption_set": {"name": "stated"},
        "default": said["model"] == SAMPLED,
        "publishable": True,
        "outcomes": [{"id": outcome, "probability": chance} for outcome, chance in said["chances"].items()],
        "timing": [
            {"week": week, "unresolved": 1.0 - by, "cumulative": dict.fromkeys(outcomes)} for week, by in said["weeks"]
        ],
        "run": {"id": name, "created": f"{said['as_of']}T20:00:00+00:00"},
    }
    return Run(place / "reports" / lived.name / name, forecast, {"inputs": {"files": {}}})


def _identity(model: Model, seed: int) -> str:
    """All that decides what comes of a world of a given number."""
    here = Path(__file__).parent
    return digest(
        {
            "question": {
                path.relative_to(QUESTION).as_posix(): path.read_text("utf-8") for path in sorted(QUESTION.rglob("*.*"))
            },
            "models": {**model.texts},
            "worlds": {name: (here / name).read_text("utf-8") for name in ("breaking.py", "inventing.py")},
            "settings": {**asdict(SETTINGS), "every": EVERY},
            "seed": seed,
            "versions": versions(),
        }
    )[:12]
