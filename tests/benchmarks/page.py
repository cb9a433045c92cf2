"""What a benchmark leaves behind: where and when it was run, its JSON, and its place on a page that all share."""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def setting() -> dict[str, str]:
    """The day and the machine."""
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }


def tell(benchmark: str, document: dict[str, Any], table: str, out: Path | None, page: Path | None) -> None:
    """Print the table, and write what was asked for."""
    sys.stdout.write(table)
    if out:
        keep(document, out)
    if page:
        _put(page, benchmark, table)


def keep(document: dict[str, Any], out: Path) -> None:
    """Write what was measured as JSON."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _put(path: Path, benchmark: str, table: str) -> None:
    """Write a benchmark's table between its two marks, and touch nothing else; at the end where there are no marks."""
    begin, end = f"<!-- {benchmark}: made by tests/benchmarks/{benchmark}.py -->", f"<!-- /{benchmark} -->"
    told = path.read_text(encoding="utf-8") if path.is_file() else ""
    if begin not in told:
        told = f"{told.rstrip()}\n\n{begin}\n{end}\n".lstrip()
    before, _, rest = told.partition(begin)
    path.write_text(f"{before}{begin}\n{table}{end}{rest.partition(end)[2]}", encoding="utf-8")
