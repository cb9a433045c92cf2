"""A tiny valid case, and changes to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CASE: dict[str, Any] = {
    "title": "Who runs the harbour",
    "question": "Who runs the harbour of Port Example after the strike?",
    "opening": dt.date(2026, 1, 12),
    "history_from": dt.date(2025, 12, 1),
    "horizon": dt.date(2026, 6, 28),
    "clock": "published",
    "assumptions": "first-look",
    "resolution": {
        "counts": "The council signs a contract with an operator.",
        "tree": [
            {"test": "The contract names the city's own company.", "then": "city"},
            {"test": "The contract names a private company.", "then": "private"},
        ],
    },
    "outcomes": [
        {"id": "city", "label": "The city", "description": "The city's own company runs the harbour."},
        {"id": "private", "label": "A private company", "description": "A private company runs the harbour."},
    ],
    "other": {"description": "The harbour closes, or anything else."},
}

DRIVERS: dict[str, Any] = {
    "drivers": [
        {
            "id": "budget",
            "label": "The city's budget",
            "description": "How much money the city has.",
            "minus_two": "The city cannot pay its bills.",
            "plus_two": "The city has more than it can spend.",
        },
        {
            "id": "unions",
            "label": "The unions",
            "description": "How strong the dockers' unions are.",
            "minus_two": "Nobody joins a strike.",
            "plus_two": "The whole city strikes with them.",
        },
    ]
}


def indicator(name: str, **changes: Any) -> dict[str, Any]:
    """A valid codebook entry; `driver`, `outcome` and the rest are given as changes."""
    return {
        "id": name,
        "label": f"About {name}",
        "look_for": f"Reports of {name}.",
        "grades": {str(grade): f"Grade {grade} of {name}." for grade in range(1, 6)},
        "examples": [f"A paper writes of {name}."],
        **changes,
    }


CODEBOOK: dict[str, Any] = {
    "indicators": [
        indicator("tax_income", driver="budget", align={"council": 1}),
        indicator("strikes", driver="unions", polarity="positive"),
        indicator("tender", outcome="private"),
    ]
}

SOURCES: dict[str, Any] = {
    "types": {"press": "Newspapers", "official": "Public bodies"},
    "sides": {"council": "The city council"},
    "sources": [
        {"name": "Port Gazette", "type": "press", "language": "en", "reliability": "B"},
        {"name": "Harbour Office", "type": "official", "language": "en", "reliability": "C", "lean": "council"},
    ],
}


def assumption(name: str, kind: str, **content: Any) -> dict[str, Any]:
    """A named assumption with a reason and a source."""
    return {"id": name, "kind": kind, **content, "reason": f"Why {name} holds.", "source": "Our own judgement"}


ASSUMPTIONS: list[dict[str, Any]] = [
    assumption(
        "stated-chances",
        "shares",
        shares={"city": 0.4, "private": 0.4, "other": 0.2},
        judged_on=dt.date(2026, 1, 12),
    ),
    assumption("steady-pace", "pace", per_week=0.05),
    assumption("money-for-the-city", "loading", driver="budget", outcome="city", strength="++"),
    assumption("unions-against-private", "loading", driver="unions", outcome="private", strength="-"),
    assumption("unions-cost-money", "influence", cause="unions", effect="budget", strength="-"),
    assumption("level-of-unions", "level", driver="unions", mean=0.5, sd=0.4),
    assumption("half-life-of-budgets", "half_life", driver="budget", weeks=52),
]


def write_case(
    folder: Path,
    *,
    case: Mapping[str, Any] | None = None,
    drivers: Mapping[str, Any] | None = None,
    codebook: Mapping[str, Any] | None = None,
    sources: Mapping[str, Any] | None = None,
    assumptions: Sequence[Mapping[str, Any]] | None = None,
) -> Path:
    """Write the case into `folder`, which becomes its id, and return the folder.

    `case`, `drivers`, `codebook` and `sources` replace whole outermost keys of their files; `assumptions`
    replaces the list of its only set, `first-look`.
    """
    write_yaml(folder / "case.yaml", {"id": folder.name, **CASE, **(case or {})})
    write_yaml(folder / "drivers.yaml", {**DRIVERS, **(drivers or {})})
    write_yaml(folder / "codebook.yaml", {**CODEBOOK, **(codebook or {})})
    write_yaml(folder / "sources.yaml", {**SOURCES, **(sources or {})})
    write_set(folder, "first-look", ASSUMPTIONS if assumptions is None else assumptions)
    return folder


def write_set(
    folder: Path, name: str, assumptions: Sequence[Mapping[str, Any]], based_on: str | None = None, **more: Any
) -> Path:
    """Write one more assumption set into a case folder and return its file."""
    base = {} if based_on is None else {"based_on": based_on}
    head = {"set": name, "label": f"The set {name}", "author": "Ada", "date": dt.date(2026, 1, 12)}
    return write_yaml(
        folder / "assumptions" / f"{name}.yaml", {**head, **base, **more, "assumptions": list(assumptions)}
    )


def write_yaml(path: Path, content: object) -> Path:
    """Write plain values as YAML, in block style and without anchors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    yaml = YAML(typ="rt")
    yaml.representer.ignore_aliases = lambda *_: True
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        yaml.dump(content, stream)
    return path
