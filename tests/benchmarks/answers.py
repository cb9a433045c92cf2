"""Every answer about a saved run, from the start of its process to its end, beside a bare Python and numpy.

    python -m tests.benchmarks.answers --out docs/benchmarks/answers.json --table docs/speed.md

Each is a process of its own in a scratch workspace with the shipped case and its saved runs; where a run's draws are
not at hand they are made again first, untimed. What is kept of an answer is thrown away before it is asked, and it is
asked again after. All are timed in turns, so that a slow minute of the machine meets every
one of them; what is printed is the fastest of each, in seconds of processor time and of the clock, and how many times
as much processor time that is as `import numpy` takes in the same run. The table goes between two marks of the file
that it is written to, and nothing else of that file is touched.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forecast.inference import code
from tests.benchmarks.page import setting, tell

ROOT = Path(__file__).parents[2]
CASE = "iraq-2026"
CACHE = "cache"
AGAIN = " (again)"
NOTHING, NUMPY = "python -c pass", "import numpy"
BARE = {NOTHING: ("-c", "pass", ""), NUMPY: ("-c", "import numpy", "")}
ANSWERS = (
    ("--help",),
    ("show", CASE),
    ("runs", CASE),
    ("evidence", "list", CASE),
    ("score", CASE),
    ("explain", CASE),
    ("watch", CASE),
    ("whatif", CASE, "--see", "sadrist_involvement=+1"),
    ("whatif", CASE, "--see", "report:us_measures=5@B2"),
    ("whatif", CASE, "--do", "us_pressure=0"),
    ("whatif", CASE, "--target", "sadrist=0.15"),
    ("whatif", CASE, "--scenarios"),
    ("sensitivity", CASE, "--no-refit"),
    ("refresh", CASE, "--fast", "--as-of", "2026-02-06"),
    ("report", CASE, "--quick", "-o", os.devnull),
)
ENDED = ("resolve", CASE, "--outcome", "other", "--date", "2026-02-09", "--reason", "made up", "--source", "made up")
"""How the question ended in the world in which forecasts are scored; it is nowhere but in the scratch workspace."""

Measured = dict[str, Any]


def main() -> None:
    """Time every answer, print the table, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, help="how often each is timed, in turns (3)")
    parser.add_argument("--reports", type=Path, default=ROOT / "reports", help="the saved runs (the repository's own)")
    parser.add_argument("--out", type=Path, help="write what was measured as JSON")
    parser.add_argument("--table", type=Path, help="write the table between its marks in this Markdown file")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "asked"
        shutil.copytree(ROOT / "data", workspace / "data")
        shutil.copytree(asked.reports, workspace / "reports")
        timed(("-m", "forecast", "explain", CASE, "--json"), workspace)  # makes the two runs' draws, if need be
        shutil.copytree(code.folder(), Path(folder) / CACHE)
        copies = {command: Path(shutil.copytree(workspace, Path(folder) / command)) for command in ("score", "refresh")}
        timed(("-m", "forecast", *ENDED), copies["score"])
        answers = measured(workspace, copies, Path(folder) / CACHE, asked.repeats)
    document = {
        **setting(),
        "case": CASE,
        "answers": answers,
    }
    tell("answers", document, table(document, asked.repeats), asked.out, asked.table)


def measured(workspace: Path, copies: dict[str, Path], cache: Path, repeats: int) -> dict[str, Measured]:
    """Every command, in turns: the fastest of each, by processor time and by the clock."""
    commands = BARE | {" ".join(("forecast", *words)): ("-m", "forecast", *words) for words in ANSWERS}
    every: dict[str, list[Measured]] = {}
    for _ in range(repeats):
        for name, words in commands.items():
            place = copies.get(words[2], workspace)  # what writes, writes beside
            shutil.rmtree(cache / "answers", ignore_errors=True)
            every.setdefault(name, []).append(timed(words, place, cache))
            if (cache / "answers").is_dir():
                every.setdefault(f"{name}{AGAIN}", []).append(timed(words, place, cache))
    return {name: {what: min(one[what] for one in found) for what in found[0]} for name, found in every.items()}


def timed(words: Sequence[str], workspace: Path, cache: Path | None = None) -> Measured:
    """One process: seconds of processor time in user mode, seconds by the clock, and how it ended."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=workspace,
        env=os.environ | {"PYTHONPATH": str(ROOT), **({code.PLACE: str(cache)} if cache else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode not in (0, 4):  # 4: made, but not to be published
        raise SystemExit(f"{' '.join(words)} ended with {ended.returncode}: {ended.stderr[-500:]}")
    return {"user": after.ru_utime - before.ru_utime, "wall": wall, "exit": ended.returncode}


def table(document: Measured, repeats: int) -> str:
    """What was measured as Markdown."""
    answers = document["answers"]
    nothing, numpy = (answers[name]["user"] for name in (NOTHING, NUMPY))
    lines = [
        f"Measured on {document['made']} ({document['machine']}), {document['case']}, fastest of {repeats} in turns.",
        "",
        "| | processor seconds | seconds | times a bare Python | times `import numpy` |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, one in answers.items():
        user, wall = one["user"], one["wall"]
        lines.append(f"| `{name}` | {user:.2f} | {wall:.2f} | {user / nothing:.0f} | {user / numpy:.1f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
