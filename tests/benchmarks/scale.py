"""How the evidence grows: 10^2 to 10^6 generated reports, read, checked, written and seen as of a day.

    python -m tests.benchmarks.scale --out docs/benchmarks/scale.json --table docs/speed.md

Each size is measured in a process of its own, whose largest memory is told. The reports are of the shipped case's
indicators, sources and days, two of each event; every one has an address and a note of its own, as real ones have.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.evidence.exchange import csv_bytes, csv_records, read_file
from forecast.evidence.intake import take_in
from forecast.evidence.journal import view
from forecast.evidence.ledger import CsvLedger
from forecast.model.problem import build_problem
from tests.benchmarks.page import setting, tell
from tests.evidence.samples import cells

ROOT = Path(__file__).parents[2]
CASE, FIRST, AS_OF = "iraq-2026", date(2025, 11, 10), date(2026, 2, 8)
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
STEPS = {
    "read": "read as text, and every cell judged",
    "import": "all of `evidence import`: read, checked, and written",
    "ledger": "the ledger read again",
    "view": "seen as of a day",
    "problem": "made a problem of the model",
}

Measured = dict[str, Any]


def main() -> None:
    """Measure every size, print a table, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest size (a million)")
    parser.add_argument("--out", type=Path, help="write what was measured as JSON")
    parser.add_argument("--table", type=Path, help="write the table between its marks in this Markdown file")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        sys.stdout.write(json.dumps(measured(asked.one)))
        return
    found = {}
    for size in [size for size in SIZES if size <= asked.most]:
        words = [sys.executable, "-m", "tests.benchmarks.scale", "--one", str(size)]
        done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
        found[size] = json.loads(done.stdout)
    document = {**setting(), "case": CASE, "as_of": AS_OF.isoformat(), "sizes": found}
    tell("scale", document, table(document), asked.out, asked.table)


def measured(size: int) -> Measured:
    """Processor seconds of every step, and the largest memory of this process in MB."""
    case = read_case(ROOT / "data" / CASE)
    spent: dict[str, float] = {}

    def timed[T](step: str, what: Callable[[], T]) -> T:
        before = time.process_time()
        result = what()
        spent[step] = round(time.process_time() - before, 3)
        return result

    with tempfile.TemporaryDirectory() as place:
        path, ledger = Path(place, "new.csv"), CsvLedger(Path(place, "evidence.csv"))
        path.write_bytes(generated(case, size))
        now = datetime(2026, 6, 1, tzinfo=UTC)
        timed("read", lambda: read_file(path, now))
        timed("import", lambda: take_in(read_file(path, now), case, ledger))
        rows = timed("ledger", ledger.read)
        seen = timed("view", lambda: view(rows, AS_OF, "published"))
        timed("problem", lambda: build_problem(case, seen))
        assert len(seen.reports) == size
    return {"seconds": spent, "memory": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


def generated(case: Case, size: int) -> bytes:
    """A file of so many reports; the same at every call."""
    return csv_bytes([]) + csv_records(_lines(case, size))


def _lines(case: Case, size: int) -> Iterator[list[str]]:
    chance = random.Random(1)
    indicators, sources = list(case.indicators), list(case.sources)
    days = (AS_OF - FIRST).days - 1
    for number in range(size):
        if number % 2 == 0:
            indicator, day = chance.choice(indicators), FIRST + timedelta(days=chance.randrange(days))
        source = chance.choice(sources)
        yield list(
            cells(
                report_id=f"R{number}",
                event_id=f"event-{number // 2}",
                indicator=indicator,
                grade=str(chance.randint(1, 5)),
                event_date=day.isoformat(),
                published_date=(day + timedelta(days=1)).isoformat(),
                source=source,
                source_type=case.sources[source].type,
                reliability=chance.choice("ABC"),
                credibility=str(chance.randint(1, 4)),
                coder=chance.choice(("ann", "bob")),
                coded_at=f"{day + timedelta(days=1)}T12:00:00Z",
                url=f"https://gazette.example/{number}",
                note=f"Graded after number {number} was read.",
                title="",
                marking="",
            ).values()
        )


def table(document: Measured) -> str:
    """The document as Markdown."""
    sizes: dict[int, Measured] = document["sizes"]
    lines = [
        f"Measured on {document['made']} ({document['machine']}), {CASE}, in processor seconds.",
        "",
        f"| reports | {' | '.join(STEPS.values())} | MB |",
        f"|--:|{'--:|' * (len(STEPS) + 1)}",
    ]
    for size, found in sizes.items():
        told = " | ".join(f"{found['seconds'][step]:.3g}" for step in STEPS)
        lines.append(f"| {size:,} | {told} | {found['memory']:,} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
