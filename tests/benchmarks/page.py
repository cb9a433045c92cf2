"""A page on which every benchmark has its place."""

from __future__ import annotations

from pathlib import Path


def put(path: Path, benchmark: str, table: str) -> None:
    """Write a benchmark's table between its two marks, and touch nothing else; at the end where there are no marks."""
    begin, end = f"<!-- {benchmark}: made by tests/benchmarks/{benchmark}.py -->", f"<!-- /{benchmark} -->"
    told = path.read_text(encoding="utf-8") if path.is_file() else ""
    if begin not in told:
        told = f"{told.rstrip()}\n\n{begin}\n{end}\n".lstrip()
    before, _, rest = told.partition(begin)
    path.write_text(f"{before}{begin}\n{table}{end}{rest.partition(end)[2]}", encoding="utf-8")
