"""How a refresh grows with a case: with its drivers, its outcomes and its weeks, one of them at a time.

    python -m tests.benchmarks.curves --out docs/benchmarks/curves.json --table docs/speed.md

Every case is a made-up one, written as files and refreshed by the command in a process of its own: a level, a half-life
and a loading of every driver (in the mean the smaller, the more there are), sixty reports of sixty
events, half of the weeks behind and half ahead. What the command compiles is there before. A refresh that is not done
after `--patience` is stopped and told as such; the benchmark goes on from where it was stopped itself. The exponent is
the slope between the last two sizes that came to an end: 1 is in proportion, 2 with the square.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from forecast.evidence.exchange import csv_bytes, csv_records
from tests.benchmarks.page import keep, setting, tell
from tests.evidence.samples import cells
from tests.small_case import CASE, assumption, indicator, write_case

ROOT = Path(__file__).parents[2]
NAME, AS_OF = "grown", date(2026, 2, 4)
USUAL = {"drivers": 6, "outcomes": 5, "weeks": 26}
SIZES = {"drivers": (3, 6, 12, 25, 50), "outcomes": (3, 5, 10, 25, 50), "weeks": (13, 26, 104, 260, 520)}
REPORTS = 60

Measured = dict[str, Any]


def main() -> None:
    """Refresh every case, print a table, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patience", type=int, default=600, help="seconds after which a refresh is stopped (600)")
    parser.add_argument("--out", type=Path, help="write what was measured as JSON")
    parser.add_argument("--table", type=Path, help="write the table between its marks in this Markdown file")
    asked = parser.parse_args()
    refreshed(USUAL, 3600)  # compiles what all share
    document = begun(asked.out, asked.patience)
    for what, sizes in SIZES.items():
        curve = document["curves"].setdefault(what, {})
        for size in sizes:
            if str(size) in curve:
                continue
            found = curve[str(size)] = refreshed({**USUAL, what: size}, asked.patience)
            sys.stderr.write(f"{what:8} {size:4} {'stopped' if found is None else found['wall']}\n")
            if asked.out:  # it is long, and what was measured is not lost with what was not
                keep(document, asked.out)
    tell("curves", document, table(document), asked.out, asked.table)


def begun(out: Path | None, patience: int) -> Measured:
    """What was measured before, where the file that is asked for is of the same day and plan; else nothing."""
    plan = {**setting(), "usual": USUAL, "patience": patience}
    kept: Measured = json.loads(out.read_text("utf-8")) if out and out.is_file() else {}
    return kept if all(kept.get(key) == value for key, value in plan.items()) else {**plan, "curves": {}}


def refreshed(sizes: dict[str, int], patience: int) -> Measured | None:
    """One refresh by the command; None where it was not done in time."""
    with tempfile.TemporaryDirectory() as workspace:
        grown(Path(workspace, "data", NAME), **sizes)
        command = [sys.executable, "-m", "forecast", "refresh", NAME, "--as-of", AS_OF.isoformat(), "--json"]
        started = time.perf_counter()
        try:
            done = subprocess.run(
                command, cwd=workspace, env=environment(), capture_output=True, text=True, timeout=patience, check=False
            )
        except subprocess.TimeoutExpired:
            return None
        wall = time.perf_counter() - started
    if not done.stdout:
        return {"wall": round(wall, 1), "sample": None, "ess": None, "gate": done.stderr.strip().splitlines()[-1]}
    said = json.loads(done.stdout)
    found = said["diagnostics"]
    return {
        "wall": round(wall, 1),
        "sample": said["run"]["seconds"]["sample"],
        "ess": round(found["ess_bulk_min"]),
        "gate": found["gate"],
    }


def environment() -> dict[str, str]:
    """The variables of the process, and the program of the checkout."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def grown(folder: Path, *, drivers: int, outcomes: int, weeks: int) -> None:
    """Write a case of this size, and its evidence."""
    behind = timedelta(weeks=weeks // 2)
    named = [f"driver_{number}" for number in range(drivers)]
    ends = [f"outcome_{number}" for number in range(outcomes - 1)]
    base = {**CASE["outcomes"][0], "label": ""}
    question = {
        "history_from": AS_OF - behind,
        "opening": AS_OF - min(behind, timedelta(weeks=3)),
        "horizon": AS_OF + timedelta(weeks=weeks - weeks // 2),
        "resolution": {
            **CASE["resolution"],
            "tree": [{"test": f"It ends in way {number}.", "then": end} for number, end in enumerate(ends)],
        },
        "outcomes": [
            {**base, "id": end, "label": f"Way {number}", "description": f"It ends in way {number}."}
            for number, end in enumerate(ends)
        ],
    }
    stated = {**dict.fromkeys(ends, round(0.9 / len(ends), 6))}
    items = [
        assumption(
            "stated-chances", "shares", shares={**stated, "other": 1.0 - sum(stated.values())},
            judged_on=question["opening"],
        ),
        assumption("steady-pace", "pace", per_week=1.0 / weeks),
    ]  # fmt: skip
    for number, driver in enumerate(named):
        items += [
            assumption(f"level-{number}", "level", driver=driver, mean=0.0),
            assumption(f"half-life-{number}", "half_life", driver=driver, weeks=26),
            assumption(
                f"loading-{number}", "loading", driver=driver, outcome=ends[number % len(ends)],
                mean=round(0.3 / math.sqrt(drivers / USUAL["drivers"]), 3),
            ),
        ]  # fmt: skip
    write_case(
        folder,
        case=question,
        drivers={
            "drivers": [
                {
                    "id": driver,
                    "label": f"The driver {number}",
                    "description": f"What moves it, {number}.",
                    "minus_two": f"As low as {number} goes.",
                    "plus_two": f"As high as {number} goes.",
                }
                for number, driver in enumerate(named)
            ]
        },
        codebook={"indicators": [indicator(f"about_{driver}", driver=driver) for driver in named]},
        assumptions=items,
    )
    (folder / "evidence.csv").write_bytes(evidence(named, behind))


def evidence(drivers: list[str], behind: timedelta) -> bytes:
    """Reports spread over the weeks behind; the same at every call."""
    chance, lines = random.Random(1), []
    for number in range(REPORTS):
        day = AS_OF - timedelta(days=1 + number * (behind.days - 1) // REPORTS)
        row = cells(
            report_id=f"R{number}",
            event_id=f"event-{number}",
            indicator=f"about_{drivers[number % len(drivers)]}",
            grade=str(chance.randint(1, 5)),
            event_date=day.isoformat(),
            published_date=day.isoformat(),
            coded_at=f"{day.isoformat()}T12:00:00Z",
            reliability=chance.choice("ABC"),
            credibility=str(chance.randint(1, 4)),
        )
        lines.append(list(row.values()))
    return csv_bytes([]) + csv_records(lines)


def exponent(curve: dict[str, Measured | None]) -> float:
    """The slope of the sampling's seconds between the last two sizes that came to an end, on logarithmic scales."""
    ended = [(int(size), found["sample"]) for size, found in curve.items() if found and found["sample"]]
    if len(ended) < 2:
        return math.nan
    (small, quick), (large, slow) = ended[-2:]
    return math.log(slow / quick) / math.log(large / small)


def table(document: Measured) -> str:
    """What was measured as Markdown."""
    usual = ", ".join(f"{size} {what}" for what, size in document["usual"].items())
    lines = [
        f"Measured on {document['made']} ({document['machine']}); {usual} where another number is not given.",
        "",
        "| | seconds in all | of them sampling | fewest effective draws | gate |",
        "|---|--:|--:|--:|---|",
    ]
    for what, curve in document["curves"].items():
        for size, found in curve.items():
            if found is None:
                lines.append(f"| {size} {what} | stopped after {document['patience']} | | | |")
            else:
                sampled = "" if found["sample"] is None else f"{found['sample']:.1f}"
                lines.append(
                    f"| {size} {what} | {found['wall']:.0f} | {sampled} | {found['ess'] or ''} | {found['gate']} |"
                )
    steep = ", ".join(f"{exponent(curve):.1f} for {what}" for what, curve in document["curves"].items())
    return "\n".join([*lines, "", f"Exponents of the sampling at the upper end: {steep}."]) + "\n"


if __name__ == "__main__":
    main()
