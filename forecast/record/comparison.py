"""Two saved runs side by side: what each said, and what was different in what they were made from.

Why a forecast moved is for `forecast explain`; this is the plain list, and works for any two runs of a case.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from forecast.run_files import Document
from forecast.runs import Run

NOISE: Final = 2.0
"""Standard errors of a difference below which it is none."""


def compared(one: Run, other: Run) -> Document:
    """What `runs compare --json` prints.

    `difference` is the other's chance less the one's, and `noise` whether it is under 2 Monte Carlo errors; both are
    null where one of the runs has no such outcome or no number for it. Two horizons make chances by different days.
    """
    return {
        "case": one.forecast["case"],
        "runs": [_head(one), _head(other)],
        "outcomes": _outcomes(one, other),
        "inputs": {
            "files": _changed(one.record["inputs"]["files"], other.record["inputs"]["files"]),
            "base_rates": _changed(_base_rates(one), _base_rates(other)),
            "model": _changed(_model(one), _model(other)),
            "evidence": _evidence(one, other),
        },
        "versions": {
            name: [one.record["versions"].get(name), other.record["versions"].get(name)]
            for name in _changed(one.record["versions"], other.record["versions"])
        },
    }


def _head(run: Run) -> Document:
    said = run.forecast
    return {
        "id": run.id,
        "as_of": said["as_of"],
        "horizon": said["horizon"],
        "model": said["model"],
        "assumptions": said["assumption_set"]["name"],
        "method": said["diagnostics"]["method"],
        "publishable": said["publishable"],
        "seed": said["run"]["seed"],
        "created": said["run"]["created"],
    }


def _outcomes(one: Run, other: Run) -> list[Document]:
    first, second = ({row["id"]: row for row in run.forecast["outcomes"]} for run in (one, other))
    named = [*(name for name in first if name not in second), *second]
    return [_outcome(name, first.get(name), second.get(name)) for name in named]


def _outcome(name: str, first: Document | None, second: Document | None) -> Document:
    blank: Document = {"probability": None, "mcse": None}
    before, after = first or blank, second or blank
    then, now, errors = before["probability"], after["probability"], (before["mcse"], after["mcse"])
    gap = None if then is None or now is None else now - then
    noise = None if gap is None or None in errors else abs(gap) <= NOISE * math.hypot(*errors)
    label = (second or first or {})["label"]
    return {"id": name, "label": label, "from": then, "to": now, "difference": gap, "noise": noise}


def _evidence(one: Run, other: Run) -> Document:
    """Reports by what became of their codings."""
    first, second = _by_report(one), _by_report(other)
    return {
        "added": [report for report in second if report not in first],
        "removed": [report for report in first if report not in second],
        "changed": [report for report in second if report in first and first[report] != second[report]],
    }


def _by_report(run: Run) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for cells in run.record["inputs"]["evidence"]:
        found.setdefault(cells.get("report_id", ""), []).append(cells)
    return found


def _base_rates(run: Run) -> dict[str, str]:
    tables: dict[str, str] = run.record["inputs"].get("base_rates", {})
    return tables


def _model(run: Run) -> dict[str, str]:
    model = run.record["inputs"]["model"]
    return {model["name"]: model["text"], **model.get("builds_on", {})}


def _changed(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    return [name for name in dict.fromkeys([*first, *second]) if first.get(name) != second.get(name)]
