"""A made-up run with everything a run can hold, for the report's tests: `sample()` gives its three parts."""

from __future__ import annotations

import copy
import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

OUTCOMES = [
    ("compromise", "A compromise candidate", "A premier other than the nominee whom all sides accept.", 0.2, 0.22),
    ("washington_aligned", "A government aligned with Washington", "A premier whom Tehran opposes.", 0.15, 0.09),
    ("sadrist", "The Sadrists force a balanced government", "The movement enters and reshapes the race.", 0.13, 0.06),
    ("early_elections", "Early elections are called", "Parliament dissolves itself.", 0.14, 0.08),
    ("calibrated_resignation", "The nominee steps aside by agreement", "A managed withdrawal.", 0.16, 0.28),
    ("other", "Resolved some other way", "Among others: the nominee is confirmed after all.", 0.12, 0.17),
]
DRIVERS = [
    ("iran_stability", "Iran's regime stability", "the leadership is breaking up", "firmly in control"),
    ("settlement", "US-Iran settlement", "open war", "a signed agreement"),
    ("us_pressure", "US pressure on Baghdad", "no objection to anyone", "sanctions and a public veto"),
    ("sadrist_involvement", "Sadrist involvement", "complete withdrawal", "in the street and in the talks"),
    ("cohesion", "The Framework's cohesion behind its nominee", "open split", "unanimous support"),
    ("resolve", "The nominee's resolve", "has offered to leave", "will not leave at any price"),
    ("acceptance", "Kurdish and Sunni acceptance", "refuse the nominee", "ready to vote for the nominee"),
    ("election_momentum", "Momentum for early elections", "nobody speaks of them", "a date is being negotiated"),
]
EVENTS = [
    # indicator, driver, day, title, source, type, reliability, credibility, grade, carries
    (
        "us_stance",
        2,
        "2026-01-27",
        "Trump warns against a third Maliki term",
        "Truth Social",
        "official",
        "A",
        "1",
        5,
        "",
    ),
    ("us_stance", 2, "2026-01-27", "US president says aid would end", "Reuters", "wire", "A", "2", 5, "S01"),
    ("us_stance", 2, "2026-01-28", "Chargé d'affaires repeats the warning", "Shafaq News", "press", "C", "3", 4, ""),
    ("envoy", 2, "2026-01-31", "Envoy no longer in post, sources say", "Reuters", "wire", "B", "3", 4, ""),
    ("framework_unity", 4, "2026-01-24", "Framework nominates Maliki by majority", "INA", "state", "B", "1", 4, ""),
    ("framework_unity", 4, "2026-01-31", "Framework reaffirms its nominee", "Reuters", "wire", "B", "2", 4, ""),
    ("framework_unity", 4, "2026-01-31", "Hikma stays away from the meeting", "Shafaq News", "press", "C", "2", 2, ""),
    ("framework_unity", 4, "2026-02-06", "Bloc divided over tactics", "TRT", "press", "C", "3", 1, ""),
    ("nominee_words", 5, "2026-01-28", "Maliki calls it blatant interference", "AFP", "wire", "B", "1", 5, ""),
    ("nominee_words", 5, "2026-02-03", "Maliki would accept being replaced", "Reuters", "wire", "B", "2", 2, ""),
    ("nominee_words", 5, "2026-02-05", "Maliki about to withdraw, paper says", "Al-Mada", "press", "D", "4", 1, ""),
    ("kurdish_vote", 6, "2026-01-27", "President's election put off", "Rudaw", "press", "B", "1", 2, ""),
    (
        "kurdish_vote",
        6,
        "2026-02-01",
        "Second session fails for want of a quorum",
        "Shafaq News",
        "press",
        "B",
        "1",
        2,
        "",
    ),
    ("kurdish_vote", 6, "2026-02-02", "Barzani asks for an agreed mechanism", "Kurdistan24", "party", "C", "2", 3, ""),
    ("muscat_talks", 1, "2026-02-06", "Indirect talks in Muscat called a good start", "AP", "wire", "A", "2", 4, ""),
    (
        "muscat_talks",
        1,
        "2026-02-06",
        "Oman's minister meets both delegations",
        "Shafaq News",
        "press",
        "B",
        "2",
        4,
        "S15",
    ),
    (
        "muscat_talks",
        1,
        "2026-02-04",
        "Two-day talks end with a memorandum",
        "Palestine Telegraph",
        "blog",
        "E",
        "5",
        5,
        "",
    ),
    ("iran_protests", 0, "2026-01-10", "Protests in several Iranian cities", "BBC", "press", "B", "2", 2, ""),
    (
        "sadr_silence",
        3,
        "2026-01-29",
        "Sadr keeps silent on the nomination",
        "The New Region",
        "press",
        "C",
        "2",
        2,
        "",
    ),
    ("election_talk", 7, "2026-01-20", "Lawmaker floats a vote within a year", "Al-Sumaria", "press", "C", "4", 3, ""),
    ("iran_protests", 0, "2025-12-02", "Rial falls to a new low", "Iran International", "press", "C", "2", 2, ""),
]
NEGATIVE = {"iran_protests", "sadr_silence"}
AS_OFS = ["2026-01-25", "2026-01-28", "2026-02-01", "2026-02-04", "2026-02-08"]
HISTORY_FROM, HORIZON = date(2025, 11, 10), date(2026, 12, 31)


@dataclass(frozen=True)
class Sample:
    """A run and all the runs of its case; deep copies, so that a test may change what it likes."""

    forecast: dict[str, Any]
    record: dict[str, Any]
    runs: list[dict[str, Any]]


def sample() -> Sample:
    """The last of five runs."""
    runs: list[dict[str, Any]] = []
    for place, as_of in enumerate(AS_OFS):
        runs.append(_forecast(as_of, place / (len(AS_OFS) - 1), runs[-1] if runs else None))
    return Sample(copy.deepcopy(runs[-1]), _record(), runs)


def _forecast(as_of: str, progress: float, previous: dict[str, Any] | None) -> dict[str, Any]:
    outcomes = [
        _outcome(
            *entry[:3], stated=entry[3], probability=entry[3] + progress * (entry[4] - entry[3]), previous=previous
        )
        for entry in OUTCOMES
    ]
    stated_unresolved = 1 - sum(entry[3] for entry in OUTCOMES)
    outcomes.append(
        _outcome(
            "unresolved",
            "Still open at the horizon",
            "Nothing has been resolved by the horizon.",
            stated=stated_unresolved,
            probability=1 - sum(outcome["probability"] for outcome in outcomes),
            previous=previous,
        )
    )
    paths = [_path(place, driver, date.fromisoformat(as_of)) for place, driver in enumerate(DRIVERS)]
    return {
        "case": "iraq-2026",
        "title": "Iraq's next government",
        "question": "Who forms Iraq's government after al-Maliki's nomination, and how?",
        "counts": "Parliament's confidence in a full government, or the formal calling of early elections.",
        "opening": "2026-01-24",
        "as_of": as_of,
        "horizon": HORIZON.isoformat(),
        "publishable": True,
        "model": "latent_drivers",
        "default": True,
        "assumption_set": {"name": "similar-chances", "label": "The five have similar chances"},
        "outcomes": outcomes,
        "timing": _timing(date.fromisoformat(as_of), outcomes),
        "drivers": [
            {"id": path["id"], "mean": week["mean"], "sd": 0.6, "interval": week["interval"]}
            for path in paths
            for week in path["weeks"][-1:]
        ],
        "driver_paths": paths,
        "assumptions": _assumptions(),
        "evidence": {"events": 19, "reports": 20, "retracted": 1, "after_as_of": 0, "origins": 18, "codings": 22},
        "markets": _markets(outcomes),
        "gates": [{"id": "president", "label": "Parliament elects the president of the republic", "passed": None}],
        "notes": ["The latest report is of 6 February; the two days after it hold none."],
        "diagnostics": {
            "method": "nuts",
            "rhat_max": 1.003,
            "ess_bulk_min": 1810,
            "ess_tail_min": 1500,
            "divergences": 0,
            "ebfmi_min": 0.83,
            "pareto_k": None,
            "gate": "pass",
            "failures": [],
        },
        "run": {
            "id": f"{as_of}-1a2b3c4d",
            "seed": int(as_of.replace("-", "")),
            "created": f"{as_of}T18:00:00Z",
            "inputs": "sha256:" + "0123456789abcdef" * 4,
            "versions": {"forecast": "0.1.0", "python": "3.13.0", "pymc": "6.4.0"},
            "seconds": {"total": 41.53, "compile": 12.2, "sample": 25.1},
        },
    }


def _markets(outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    """Two markets that ask twice as much for the first outcome as the forecast without them gives it."""
    first, rest = outcomes[0]["probability"], 1 - outcomes[0]["probability"]
    bare = {each["id"]: each["probability"] * (1 - 0.98 * first) / rest for each in outcomes[1:]}
    bare[outcomes[0]["id"]] = 0.98 * first
    asked = {name: chance * (1 - 2 * first) / (1 - first) for name, chance in bare.items()}
    asked[outcomes[0]["id"]] = 2 * first
    return {
        "names": ["Harbour Exchange", "The Crowd"],
        "dates": ["2026-02-05", "2026-02-06"],
        "pareto_k": 0.2,
        "effective_draws": 1800.0,
        "outcomes": [
            {
                "id": each["id"],
                "prices": [asked[each["id"]], each["probability"]],
                "without": bare[each["id"]],
                "without_mcse": 0.001,
                "contribution": each["probability"] - bare[each["id"]],
                "mcse": 0.0012,
            }
            for each in outcomes
        ],
    }


def _outcome(
    outcome_id: str,
    label: str,
    description: str,
    stated: float,
    probability: float,
    previous: dict[str, Any] | None,
) -> dict[str, Any]:
    known = {entry["id"]: entry["probability"] for entry in previous["outcomes"]} if previous else {}
    before = known.get(outcome_id)
    return {
        "id": outcome_id,
        "label": label,
        "description": description,
        "probability": probability,
        "interval": [probability * 0.45, min(0.97, probability * 1.9)],
        "level": 0.9,
        "mcse": 0.002,
        "previous": before,
        "change": None if before is None else probability - before,
        "stated": stated,
        "base_rate": 0.9 * stated,
    }


def _timing(as_of: date, outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    monday = as_of - timedelta(days=as_of.weekday())
    mondays = []
    while monday <= HORIZON:
        if monday + timedelta(days=6) > as_of:
            mondays.append(monday)
        monday += timedelta(days=7)
    done = [1 - math.exp(-0.06 * (place + 1)) for place in range(len(mondays))]
    rows = []
    for monday, share in zip(mondays, done, strict=True):
        cumulative = {o["id"]: o["probability"] * share / done[-1] for o in outcomes[:-1]}
        rows.append({"week": monday.isoformat(), "unresolved": 1 - sum(cumulative.values()), "cumulative": cumulative})
    return rows


def _path(place: int, driver: tuple[str, str, str, str], as_of: date) -> dict[str, Any]:
    noise = random.Random(place)
    target = [-0.6, 0.4, 1.5, -0.2, -0.9, -0.7, -0.5, 0.1][place]
    weeks: list[dict[str, Any]] = []
    monday, level = HISTORY_FROM, 0.0
    while monday <= as_of:
        level += 0.18 * (target - level) + noise.gauss(0, 0.05)
        half = 1.4 - 0.05 * len(weeks)
        weeks.append({"week": monday.isoformat(), "mean": level, "interval": [level - half, level + half]})
        monday += timedelta(days=7)
    weeks[-1]["mean"] += 0.02 * place * as_of.weekday()
    return {"id": driver[0], "label": driver[1], "minus_two": driver[2], "plus_two": driver[3], "weeks": weeks}


def _assumptions() -> list[dict[str, Any]]:
    pace = {
        "id": "pace",
        "kind": "pace",
        "about": "Resolutions per week once every gate is passed",
        "unit": "per week",
        "prior": {"mean": 0.05, "sd": 0.02},
        "posterior": {"mean": 0.041, "sd": 0.015, "interval": [0.021, 0.07]},
        "contraction": 0.25,
        "prior_only": False,
        "reason": "Formations since 2005 took five months in the median.",
        "source": "https://example.org/formations",
    }
    half_life = {
        "id": "half-life-cohesion",
        "kind": "half_life",
        "about": "Half-life of news about the Framework's cohesion",
        "unit": "weeks",
        "prior": {"mean": 26.0, "sd": None},
        "posterior": None,
        "contraction": None,
        "prior_only": True,
        "reason": "Alliances of the last four parliaments shifted twice a year.",
        "source": "Analysts' judgement",
    }
    loadings = [
        {
            "id": f"{driver[0].replace('_', '-')}-{outcome[0].replace('_', '-')}",
            "kind": "loading",
            "about": f"How {driver[1]} tilts: {outcome[1]}",
            "unit": "log-odds per unit",
            "prior": {"mean": 0.5 - place * 0.1, "sd": 0.3},
            "posterior": {"mean": 0.48 - place * 0.1, "sd": 0.29, "interval": [0.0 - place * 0.1, 0.95 - place * 0.1]},
            "contraction": 0.01 * place,
            "prior_only": True,
            "reason": "Stated by the team in January.",
            "source": "Essay, possibility I",
        }
        for driver in DRIVERS
        for place, outcome in enumerate(OUTCOMES[:3])
    ]
    return [pace, half_life, *loadings]


def _record() -> dict[str, Any]:
    indicators: dict[str, dict[str, Any]] = {}
    rows = []
    for place, (indicator, driver, day, title, source, kind, reliability, credibility, grade, carries) in enumerate(
        EVENTS
    ):
        indicators[indicator] = {
            "label": indicator.replace("_", " ").capitalize(),
            "tells_about": DRIVERS[driver][0],
            "sign": -1 if indicator in NEGATIVE else 1,
            "usual_grade": 3,
        }
        row = {
            "report_id": f"S{place + 1:02}",
            "event_id": f"E{int(carries[1:]) if carries else place + 1:02}",
            "origin_id": carries or f"S{place + 1:02}",
            "indicator": indicator,
            "grade": str(grade),
            "event_date": day,
            "published_date": day,
            "source": source,
            "source_type": kind,
            "reliability": reliability,
            "credibility": credibility,
            "coder": "ana",
            "coded_at": "2026-02-09",
            "retracted_at": "2026-02-07" if source == "Palestine Telegraph" else "",
            "url": f"https://www.example.org/{place + 1}",
            "note": "As the codebook says.",
            "title": title,
            "marking": "",
            "effort": "",
        }
        rows.append(row)
        if place in {0, 9}:
            rows.append({**row, "coder": "bo", "grade": str(max(1, grade - 1)), "note": "I read it as milder."})
    files = {"case.yaml": "id: iraq-2026\n", "drivers.yaml": "", "assumptions/similar-chances.yaml": ""}
    inputs = {"files": files, "model": {"name": "latent_drivers", "text": "# the model"}, "evidence": rows}
    return {
        "inputs": inputs,
        "inputs_digest": "sha256:" + "0123456789abcdef" * 4,
        "seed": 20260208,
        "method": "nuts",
        "versions": {"possibilities": "0.1.0"},
        "indicators": indicators,
        "posterior": "sha256:" + "fedcba9876543210" * 4,
    }
