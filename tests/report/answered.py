"""Made-up answers about the sample's run, of the shapes that the commands print: `answered()` gives them all."""

from __future__ import annotations

import random
from typing import Any

from forecast.report.answers import Answers

from .sample import DRIVERS, Sample


def answered(run: Sample) -> Answers:
    """Everything that can be asked about the last run of a sample."""
    return Answers(
        explained=_explained(run),
        watched=_watched(run),
        hanging=_hanging(run),
        analysts=_analysts(run),
        scenarios=tuple(_scenarios(run)),
        pushes=tuple(_pushes(run)),
        mixing=_mixing(run),
        ground=_ground(run),
    )


def _chances(run: Sample) -> dict[str, float]:
    return {entry["id"]: entry["probability"] for entry in run.forecast["outcomes"]}


def _moved(run: Sample, towards: str, share: float) -> dict[str, float]:
    """The forecast with a share of everything else's chance given to one outcome."""
    return {
        name: chance + share * (1 - chance) if name == towards else (1 - share) * chance
        for name, chance in _chances(run).items()
    }


def _explained(run: Sample) -> dict[str, Any]:
    noise = random.Random(7)
    outcomes = []
    for entry in run.forecast["outcomes"]:
        bars = [
            ("time", "time", "Time passing, still open", noise.gauss(0, 0.002), 0.0001),
            ("event", "E08", "Bloc divided over tactics", noise.gauss(0, 0.01), 0.0005),
            ("event", "E15", "Indirect talks in Muscat called a good start", noise.gauss(0, 0.01), 0.0005),
            ("event", "others", "2 others", noise.gauss(0, 0.002), 0.0005),
        ]
        left = entry["change"] - sum(bar[3] for bar in bars)
        bars.append(("noise", "noise", "Monte Carlo noise", left, 0.05))
        outcomes.append(
            {
                "id": entry["id"],
                "from": entry["previous"],
                "to": entry["probability"],
                "change": entry["change"],
                "mcse": 0.002,
                "no_change": abs(entry["change"]) < 0.004,
                "bars": [
                    {
                        "kind": kind,
                        "id": name,
                        "label": label,
                        "contribution": moved,
                        "mcse": error,
                        "no_change": abs(moved) < 2 * error,
                    }
                    for kind, name, label, moved, error in bars
                ],
            }
        )
    return {
        "from": {"run": run.runs[-2]["run"]["id"], "as_of": run.runs[-2]["as_of"]},
        "to": {"run": run.forecast["run"]["id"], "as_of": run.forecast["as_of"]},
        "outcomes": outcomes,
        "surprises": {
            "repeated": False,
            "reports": [
                {"report": "S15", "title": "Indirect talks in Muscat called a good start", "bits": 2.75, "excess": 1.25}
            ],
        },
        "worth": {"independent": 11.3},
    }


def _watched(run: Sample) -> dict[str, Any]:
    rows = [("us_stance", "washington_aligned", 0.004), ("framework_unity", "compromise", 0.002)]
    return {
        "cell": "B2",
        "indicators": [
            {
                "id": indicator,
                "tells_about": run.record["indicators"][indicator]["tells_about"],
                "bits": bits,
                "effort": 1.0,
                "reported": 0.31,
                "points_if_reported": 0.0123,
                "grades": [
                    {"grade": grade, "probability": 0.1 + 0.05 * grade, "outcomes": _moved(run, towards, 0.01 * grade)}
                    for grade in range(1, 6)
                ],
            }
            for indicator, towards, bits in rows
        ],
    }


def _hanging(run: Sample) -> dict[str, Any]:
    levers = [
        ("pace", "Resolutions per week", "log rate", None, 0.3),
        ("cohesion-compromise", "Cohesion tilts: A compromise candidate", "log-odds", (0.4, 1.3), 0.4),
        ("resolve-sadrist", "Resolve tilts: The Sadrists", "log-odds", None, 0.95),
    ]
    return {
        "leader": "calibrated_resignation",
        "assumptions": [
            {
                "id": name,
                "about": about,
                "unit": unit,
                "stated": 0.5,
                "step": {"down": 0.1, "up": 0.9},
                "down": _moved(run, "unresolved", 0.02),
                "up": _moved(run, "compromise", 0.03),
                "mcse": dict.fromkeys(_chances(run), 0.001),
                "down_mcse": dict.fromkeys(_chances(run), 0.002),
                "up_mcse": dict.fromkeys(_chances(run), 0.003),
                "pareto_k": k,
                "diagnosis": "prior only: no evidence speaks of it",
                "flip": flip
                and {
                    "distance": flip[0],
                    "unit": unit,
                    "leader": "compromise",
                    "line": None,
                    "steps": flip[1],
                    "pareto_k": 0.1,
                    "reliable": True,
                },
            }
            for name, about, unit, flip, k in levers
        ],
        "sources": [
            {
                "id": source,
                "events": 3,
                "without": _moved(run, "other", 0.01),
                "pareto_k": 0.2,
                "leader": "calibrated_resignation",
                "leader_changes": False,
            }
            for source in ("Reuters", "Shafaq News")
        ],
    }


def _analysts(run: Sample) -> dict[str, Any]:
    """Two analysts, of whom one has no forecast of her own; they differ on shares, a loading and a half-life."""
    chances = _chances(run)
    own = _moved(run, "sadrist", 0.2)
    shares = [name for name in chances if name != "unresolved"][:2]
    numbers = [
        ("shares", "The stated shares", shares, 0.2, 0.04),
        ("loading", "Washington's pressure → Sadr", [""], 0.3, -0.02),
        ("half_life", "Washington's pressure: half-life", [""], 26.0, 0.0002),
    ]
    return {
        "outcomes": [{"id": name, "probability": chance} for name, chance in chances.items()],
        "analysts": [
            {"set": "anna", "run": "2026-02-08-00000000", "outcomes": own},
            {"set": "ben", "run": None, "outcomes": None},
        ],
        "pools": {"linear": own, "logarithmic": own},
        "numbers": [
            {
                "id": kind,
                "kind": kind,
                "about": about,
                "scale": "linear",
                "held": kind == "half_life",
                "parts": [
                    {"key": key, "team": team, "between": 0.1, "sd": 0.2, "views": [{"set": "anna", "value": team / 2}]}
                    for key in keys
                ],
                "taken": [
                    {
                        "set": "anna",
                        "reliable": kind != "loading",
                        "change": {name: change if name == "sadrist" else 0.0 for name in chances},
                    }
                ],
            }
            for kind, about, keys, team, change in numbers
        ],
    }


def _scenarios(run: Sample) -> list[dict[str, Any]]:
    then = _moved(run, "sadrist", 0.1)
    premises = [("us_pressure=-1", "do", 0.016), ("report:us_stance=5@A1", "see", 0.2045)]
    return [
        {
            "id": f"s{place}",
            "label": f"Scenario {place}",
            "premise": [premise],
            "kind": kind,
            "premise_probability": probability,
            "pareto_k": 0.1,
            "outcomes": [
                {"id": name, "base": chance, "probability": then[name], "change": then[name] - chance, "mcse": 0.001}
                for name, chance in _chances(run).items()
            ],
        }
        for place, (premise, kind, probability) in enumerate(premises)
    ]


def _pushes(run: Sample) -> list[dict[str, Any]]:
    rows = {(row["event_id"], row["indicator"]) for row in run.record["inputs"]["evidence"]}
    return [
        {"event": event, "indicator": indicator, "push": 0.3 - 0.05 * place}
        for place, (event, indicator) in enumerate(sorted(rows))
    ]


def _mixing(run: Sample) -> dict[str, Any]:
    noise = random.Random(3)
    return {
        "ranks": {name: [[noise.randint(40, 60) for _ in range(20)] for _ in range(4)] for name in _chances(run)},
        "energy": {"edges": [-2.0, 0.0, 2.0], "marginal": [0.25, 0.25], "steps": [0.2, 0.3]},
    }


def _ground(run: Sample) -> dict[str, Any]:
    return {
        "tree": [{"test": "Parliament dissolves itself.", "then": ["early_elections"]}],
        "history_from": "2025-11-11",
        "drivers": {driver[0]: {"label": driver[1], "description": "What it is."} for driver in DRIVERS},
        "influences": [{"cause": "us_pressure", "effect": "cohesion", "strength": "-"}],
        "half_lives": {"us_pressure": 26.0},
        "indicators": {
            name: {"label": entry["label"], "look_for": "Look.", "grades": [f"grade {n} means" for n in range(1, 6)]}
            for name, entry in run.record["indicators"].items()
        },
        "author": "ana",
        "date": "2026-01-24",
    }
