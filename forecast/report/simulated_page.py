"""A simulated record as a page of Markdown: what every model was worth, losses included, and where it was worst."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from forecast.record.breaking import KINDS
from forecast.record.corp import Calibration
from forecast.record.scoreboard import AGE, Record, Skill
from forecast.record.scores import Scores
from forecast.record.simulated_record import EVERY, SAMPLED, SOLVED, WHOLE, Simulated
from forecast.report.markdown import code, table

WORST: Final = 5
RIVALS: Final = ("base_rates", "ach", "uniform")


def reliabilities(found: Simulated) -> Mapping[str, Calibration]:
    """What the picture shows: the sampled model where it is right and where it is not, and its rivals everywhere."""
    shown = {
        f"{SAMPLED}, as modelled": found.calibration(SAMPLED, broken=False),
        f"{SAMPLED}, broken worlds": found.calibration(SAMPLED, broken=True),
        **{f"{name}, all worlds": found.calibration(name) for name in SOLVED},
    }
    return {name: each for name, each in shown.items() if each is not None}


def page(found: Simulated, picture: str) -> str:
    """The page.

    Parameters
    ----------
    found
        The record.
    picture
        Name of the file with the diagrams, which lies beside the page.
    """
    whole = sum(world.kind == WHOLE for world in found.lived)
    faulty = sum(world.faulty for world in found.lived)
    parts = [
        "# A simulated record\n",
        f"Written by `forecast backtest --simulated {len(found.lived)} -o …`; nothing in it was chosen by hand.\n",
        f"{len(found.lived)} made-up questions, {whole} as the model has the world and {len(found.lived) - whole} that "
        f"break it in one way each, were reported on week by week, ended on their day, and were forecast on the "
        f"opening day and every {EVERY} weeks after it by `{SAMPLED}` ({found.fits} fits, with fewer draws than a "
        f"published forecast takes; {faulty} with faults, counted nevertheless) and by the models that are solved.\n",
        "## All worlds\n",
        _scores(found.records["all"]),
        "Log, Brier and weeks (the CRPS of *when*): lower is better; spherical: higher.\n",
        *_skills(found),
        "## By kind of world\n",
        _by_kind(found),
        f"Brier: half the score, 0 to 1. *Lost to* counts the worlds in which `{SAMPLED}` did worse than that model.\n",
        "## Calibration\n",
        f"![How often what was given a chance came true]({picture})\n",
        f"One forecast of each question, {AGE} weeks after its opening, where it was still open. A mean over "
        "a question's life would not do: how long a question lives hangs on how it ends.\n",
        _calibrations(reliabilities(found)),
        "*p*: in what share of worlds in which the forecasts are right the miscalibration is as large.\n",
        "## Where it was worst\n",
        _worst(found),
    ]
    return "\n".join(parts)


def _scores(records: Sequence[Record]) -> str:
    rows = [(code(record.model), str(record.questions), *_figures(record.mean)) for record in records]
    return table(("model", "questions", "log", "Brier, 0-2", "spherical", "weeks"), rows)


def _figures(mean: Scores) -> tuple[str, ...]:
    figures = (mean.log, mean.brier, mean.spherical, mean.crps)
    return tuple("" if each is None else "infinite" if math.isinf(each) else f"{each:.3f}" for each in figures)


def _skills(found: Simulated) -> list[str]:
    parts = []
    for name, title in (("all", "all worlds"), (WHOLE, "worlds as the model has them"), ("broken", "broken worlds")):
        record = next((each for each in found.records.get(name, ()) if each.model == SAMPLED), None)
        if record is not None:
            shown = [each for each in record.skills if each.against in RIVALS]
            parts += [
                f"`{SAMPLED}` against its rivals, {title} (half the Brier score; positive: better):\n",
                _claims(shown),
            ]
    return [
        *parts,
        "The intervals are confidence sequences, which hold after every question and are the wider for it.\n",
    ]


def _claims(skills: Sequence[Skill]) -> str:
    rows = []
    for each in skills:
        gap, (low, high) = each.better_by["brier_half"], each.intervals["brier_half"]
        claim = each.claims["brier_half"] or "none: the interval covers 0"
        told = "" if gap is None else f"{gap:+.4f}"
        rows.append((code(each.against), str(each.questions), told, f"{low:+.3f} to {high:+.3f}", claim))
    return table(("against", "questions", "better by", "95 % interval", "claim"), rows)


def _by_kind(found: Simulated) -> str:
    rows = []
    for kind, told in KINDS.items():
        records = {record.model: record for record in found.records.get(kind, ())}
        if SAMPLED in records:
            brier = [f"{records[name].mean.brier / 2:.3f}" if name in records else "" for name in (SAMPLED, *RIVALS)]
            lost = [str(_lost(found, kind, name)) for name in RIVALS]
            rows.append((told.label, str(records[SAMPLED].questions), *brier, *lost))
    heads = ("kind", "worlds", *(f"Brier of {code(name)}" for name in (SAMPLED, *RIVALS)))
    return table((*heads, *(f"lost to {code(name)}" for name in RIVALS)), rows)


def _lost(found: Simulated, kind: str, rival: str) -> int:
    lost = 0
    for world, board in zip(found.lived, found.boards, strict=True):
        means = {standing.line.model: standing.line.mean for standing in board.standings}
        ours, theirs = means.get(SAMPLED), means.get(rival)
        lost += bool(world.kind == kind and ours and theirs and ours.brier > theirs.brier)
    return lost


def _calibrations(found: Mapping[str, Calibration]) -> str:
    rows = [
        (name, f"{each.score:.3f}", f"{each.miscalibration:.3f}", f"{each.discrimination:.3f}",
         f"{each.uncertainty:.3f}", f"{each.p:.3f}")
        for name, each in found.items()
    ]  # fmt: skip
    return table(("forecasts", "Brier of an outcome", "miscalibration", "discrimination", "uncertainty", "p"), rows)


def _worst(found: Simulated) -> str:
    rows = []
    for world, board in zip(found.lived, found.boards, strict=True):
        mean = next((each.line.mean for each in board.standings if each.line.model == SAMPLED), None)
        if mean is not None:
            rows.append((mean.log, (code(world.name), KINDS[world.kind].label, code(world.outcome), world.ended)))
    worst = sorted(rows, key=lambda row: row[0], reverse=True)[:WORST]
    told = [(*cells, f"{log:.3f}") for log, cells in worst]
    return table(("world", "kind", "ended as", "on", "mean log score"), told)
