"""Runs that say something else in every field that is free text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.report.sample import Sample, sample

EVIDENCE = ("event_id", "origin_id", "source", "source_type", "coder", "title", "marking")


def spoilt(words: Callable[[int], str]) -> Sample:
    """The sample run with other words in every free text; each place of the run gets a number of its own."""
    run = sample()
    place = 0

    def put(block: dict[str, Any], *names: str) -> None:
        nonlocal place
        for name in names:
            place += 1
            block[name] = words(place)

    for forecast in (run.forecast, *run.runs):
        put(forecast, "title", "question", "counts")
        put(forecast["assumption_set"], "label")
        for block in forecast["outcomes"]:
            put(block, "label", "description")
        for block in forecast["driver_paths"]:
            put(block, "label", "minus_two", "plus_two")
        for block in forecast["assumptions"]:
            put(block, "about", "unit", "reason", "source")
        for block in forecast["gates"]:
            put(block, "label")
        forecast["markets"]["names"] = [words(4), words(5)]
        put(forecast["run"], "id", "inputs")
        put(forecast["run"]["versions"], "pymc")
        forecast["notes"] = [words(0)]
        forecast["diagnostics"]["failures"] = [words(1)]
        forecast["publishable"] = forecast is not run.forecast
    for block in run.record["indicators"].values():
        put(block, "label")
    for row in run.record["inputs"]["evidence"]:
        put(row, *EVIDENCE, "url", "note")
        row["report_id"] = words(0)[:100] + row["report_id"]
        row["reliability"] = words(0)[:50]
    run.record["inputs"]["files"] = {words(2): "", "case.yaml": ""}
    run.record["inputs"]["model"]["name"] = words(3)
    return run


def crowded(texts: Sequence[str], addresses: Sequence[str] | None = None) -> Sample:
    """The sample run with as many entries in every list as there are texts, each saying its text in every field."""
    run = sample()
    forecast, inputs = run.forecast, run.record["inputs"]
    numbered = list(enumerate(texts))
    row, assumption = inputs["evidence"][0], forecast["assumptions"][0]
    label, rest = run.record["indicators"][row["indicator"]], forecast["outcomes"][1:]
    share = forecast["outcomes"][0]["probability"] / len(texts)
    outcome = {**forecast["outcomes"][0], "probability": share, "interval": [0.0, 2 * share], "previous": None}
    forecast["outcomes"] = [
        *({**outcome, "id": f"o{n}", "label": text, "description": text} for n, text in numbered),
        *rest,
    ]
    for week in forecast["timing"]:
        week["cumulative"] |= {f"o{n}": 0.0 for n, _ in numbered}
    path = {**forecast["driver_paths"][0], "weeks": forecast["driver_paths"][0]["weeks"][-2:]}
    forecast["driver_paths"] = [
        {**path, "id": f"d{n}", "label": text, "minus_two": text, "plus_two": text} for n, text in numbered
    ]
    forecast["drivers"] = [{**forecast["drivers"][0], "id": f"d{n}"} for n, _ in numbered]
    forecast["assumptions"] = [
        {**assumption, "id": f"a{n}", **dict.fromkeys(("about", "unit", "reason", "source"), text)}
        for n, text in numbered
    ]
    forecast["gates"] = [{"id": f"g{n}", "label": text, "passed": None} for n, text in numbered]
    forecast["notes"] = list(texts)
    del forecast["markets"]  # a price of each market for each outcome would be as many cells as texts, squared
    forecast["publishable"], forecast["diagnostics"]["failures"] = False, list(texts)
    run.record["indicators"] = {f"i{n}": {**label, "label": text, "tells_about": f"d{n}"} for n, text in numbered}
    inputs["evidence"] = [
        {
            **row,
            **dict.fromkeys(EVIDENCE, text),
            "report_id": f"{n:04} {text}",
            "note": f"Note: {text}",
            "indicator": f"i{n}",
            "url": "" if addresses is None else addresses[n],
        }
        for n, text in numbered
    ]
    return run
