"""Scores as JSON (contract): the resolution, and for every line its means, its weeks and its rivals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from forecast.record.corp import Calibration
from forecast.record.pool_track import PoolRecord, PoolTrack
from forecast.record.rescoring import resolution_document
from forecast.record.scoreboard import LEVEL, CaseBoard, Comparison, Record, Skill, Standing, better_by, skill
from forecast.record.track import in_hindsight

RULES: Final = {
    "log": "-ln p, 0 to infinity, lower is better; null and infinite: true where what came true was given no chance",
    "brier": "sum over outcomes of (p - [it came])^2, 0 to 2, lower is better",
    "brier_half": "half of it, 0 to 1",
    "spherical": "p / |p|, 0 to 1, higher is better",
    "crps": "of the time of resolution, censored at the horizon, in weeks, lower is better; null where not said",
    "better_by": "by how much better than the rival, positive is better, whichever way the score runs",
    "interval": "a confidence sequence over questions, which holds whenever one looks; a claim is made where it leaves "
    "out 0",
}
NO_CLAIM: Final = "one question has come out once: nothing can be claimed of anybody's skill"
EMPTY: Final = {"log": None, "infinite": False, "brier": None, "brier_half": None, "spherical": None, "crps": None}


def case_document(board: CaseBoard, pools: PoolTrack | None = None) -> dict[str, Any]:
    """A resolved case, every line of it, and what they would have been worth together."""
    question, resolution = board.case.question, board.resolution
    return {
        "case": board.case.id,
        "resolution": {**resolution_document(resolution), "replaces": len(board.case.resolutions) - 1},
        "life": {
            "opening": question.opening.isoformat(),
            "horizon": question.horizon.isoformat(),
            "days": (resolution.date - question.opening).days,
        },
        "rules": RULES,
        "scores": [_standing(board, standing) for standing in board.standings],
        "pools": pools.document() if pools else [],
        "claim": None,
        "notes": [NO_CLAIM],
    }


def records_document(
    boards: Sequence[CaseBoard], records: Sequence[Record], pools: Sequence[PoolRecord], still_open: Sequence[str]
) -> dict[str, Any]:
    """Several cases, and every model and pool over them."""
    return {
        "rules": RULES,
        "questions": len(boards),
        "open": list(still_open),
        "records": [record_document(record) for record in records],
        "pools": [{"pool": each.pool, "questions": each.questions, **each.mean.document()} for each in pools],
        "cases": [{key: value for key, value in case_document(board).items() if key != "rules"} for board in boards],
    }


def _standing(board: CaseBoard, standing: Standing) -> dict[str, Any]:
    line = standing.line
    return {
        "model": line.model,
        "assumptions": line.assumptions,
        "default": line.default,
        **(line.mean.document() if line.mean else EMPTY),
        "days": line.days,
        "forecasts": len(line.entries),
        "unpublishable": line.unpublishable,
        "superseded": line.superseded,
        "incomparable": line.incomparable,
        "weeks": [_week(board, standing, number) for number in range(len(line.entries))],
        "skill": [_comparison(comparison) for comparison in standing.comparisons],
    }


def _week(board: CaseBoard, standing: Standing, number: int) -> dict[str, Any]:
    entry = standing.line.entries[number]
    beside = ((found.rival.name, found.theirs_by_forecast[number]) for found in standing.comparisons)
    return {
        "as_of": entry.run.as_of.isoformat(),
        "run": entry.run.id,
        "days": entry.days,
        "in_hindsight": in_hindsight(entry.run, board.resolution),
        **entry.scores.document(),
        "better_by": {
            name: {rule: _finite(gap) for rule, gap in better_by(entry.scores, theirs).items()}
            for name, theirs in beside
            if theirs is not None
        },
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    alone = skill(found.rival.name, [found])
    return {
        "against": found.rival.name,
        "forecasts": len(found.pairs),
        "days": found.days,
        "theirs": found.theirs.document() if found.theirs else None,
        "better_by": {rule: _finite(gap) for rule, gap in found.better_by.items()},
        **_intervals(alone),
        "missing": found.rival.missing,
        "overround": found.rival.overround,
    }


def _intervals(found: Skill) -> dict[str, Any]:
    return {
        "interval": {rule: list(interval) for rule, interval in found.intervals.items()},
        "level": LEVEL,
        "claim": found.claims,
    }


def record_document(record: Record) -> dict[str, Any]:
    """A model over several questions."""
    return {
        "model": record.model,
        "questions": record.questions,
        **record.mean.document(),
        "skill": [
            {
                "against": found.against,
                "questions": found.questions,
                "better_by": {rule: _finite(gap) for rule, gap in found.better_by.items()},
                **_intervals(found),
                "sequence": {rule: intervals.tolist() for rule, intervals in found.sequences.items()},
            }
            for found in record.skills
        ],
        "calibration": record.calibration and _calibration(record.calibration),
    }


def _calibration(found: Calibration) -> dict[str, Any]:
    rows = zip(found.chances, found.observed, found.low, found.high, strict=True)
    return {
        "brier": found.score,
        "miscalibration": found.miscalibration,
        "discrimination": found.discrimination,
        "uncertainty": found.uncertainty,
        "p": found.p,
        "curve": [
            {"chance": float(chance), "observed": float(observed), "band": [float(low), float(high)]}
            for chance, observed, low, high in rows
        ],
    }


def _finite(gap: float | None) -> float | str | None:
    """A difference from something infinite is infinite; JSON has no number for it."""
    return gap if gap is None or math.isfinite(gap) else ("infinite" if gap > 0.0 else "-infinite")
