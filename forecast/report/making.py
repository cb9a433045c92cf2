"""What the checks of a forecast found, and what it takes to make it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecast.report.words import Number, count, significant


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What the checks of the computation found; None where a check does not apply to the method."""

    method: str
    passed: bool
    failures: tuple[str, ...]
    rhat: Number | None
    ess_bulk: Number | None
    ess_tail: Number | None
    divergences: Number | None
    ebfmi: Number | None
    pareto_k: Number | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What it takes to make the same forecast again."""

    run: str
    created: str
    seed: str
    inputs: str
    model: str
    assumption_set: str
    assumption_set_label: str
    versions: tuple[tuple[str, str], ...]
    seconds: Number
    files: tuple[str, ...]


def diagnostics(forecast: Mapping[str, Any]) -> Diagnostics:
    """The checks of a `forecast.json`, as a page says them."""
    found = forecast["diagnostics"]

    def whole(name: str) -> Number | None:
        return None if found[name] is None else count(round(found[name]))

    def fine(name: str) -> Number | None:
        return None if found[name] is None else Number(found[name], f"{found[name]:.3f}")

    return Diagnostics(
        method=found["method"],
        passed=found["gate"] == "pass",
        failures=tuple(found["failures"]),
        rhat=fine("rhat_max"),
        ess_bulk=whole("ess_bulk_min"),
        ess_tail=whole("ess_tail_min"),
        divergences=whole("divergences"),
        ebfmi=fine("ebfmi_min") if found.get("ebfmi_min") is not None else None,  # the first version has none
        pareto_k=fine("pareto_k"),
    )


def provenance(forecast: Mapping[str, Any], record: Mapping[str, Any]) -> Provenance:
    """Where a forecast comes from; `record` has the parts that a page shows."""
    run = forecast["run"]
    return Provenance(
        run=run["id"],
        created=run["created"],
        seed=str(run["seed"]),
        inputs=run["inputs"],
        model=record["inputs"]["model"],
        assumption_set=forecast["assumption_set"]["name"],
        assumption_set_label=forecast["assumption_set"]["label"],
        versions=tuple(sorted(run["versions"].items())),
        seconds=significant(run["seconds"]["total"]),
        files=tuple(record["inputs"]["files"]),
    )
