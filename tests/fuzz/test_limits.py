"""What a reader may take: two seconds, a gigabyte, and no place to write but its own, whatever it is given."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.evidence.feed_samples import ACLED, MAPPING, POLECAT, gdelt
from tests.evidence.samples import cells, csv_of
from tests.faults.test_faults import state
from tests.small_case import write_case, write_yaml

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
ROOT = Path(__file__).resolve().parents[2]
MEMORY, SECONDS = 2**30, 2.0

LIMITED = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({MEMORY}, {MEMORY}))
from forecast.__main__ import main
main()
"""
"""The command line in a process that has a gigabyte; what it takes to start and to import is in it."""


def row(**changes: str) -> bytes:
    return csv_of(cells(**changes))


def workbook(sheet: bytes, strings: bytes = b"<sst/>") -> bytes:
    """A workbook of two parts, which may be huge and yet small on the disk."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        archive.writestr("xl/sharedStrings.xml", strings)
    return content.getvalue()


def entities() -> bytes:
    """A billion laughs."""
    named = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{named}]><worksheet>&e9;</worksheet>'.encode()


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 9)}]\n" for n in range(9)
)
PRICE = b"date,market,outcome,price\n2026-02-01,a market,"
Make = Callable[[], bytes]

FILES: dict[str, tuple[str, Make]] = {
    "a line of 10 MB": ("new.csv", lambda: row(note="x" * 10_000_000)),
    "10 MB of commas": ("new.csv", lambda: row() + b"," * 10_000_000),
    "10 MB of quotes": ("new.csv", lambda: row() + b'"' * 10_000_000),
    "a quote without end": ("new.csv", lambda: row() + b'"' + b"x,\n" * 3_000_000),
    "10 MB of line ends": ("new.csv", lambda: row() + b"\n" * 10_000_000),
    "a million columns": ("new.csv", lambda: b",".join([b"a"] * 1_000_000)),
    "40,000 bad rows": ("new.csv", lambda: row() + b"x,y\n" * 40_000),
    "an event of GDELT with a line of 10 MB": ("day.gdelt", lambda: gdelt({"SOURCEURL": "x" * 10_000_000})),
    "GDELT, 10 MB of tabs": ("day.gdelt", lambda: gdelt({}) + b"\t" * 10_000_000),
    "GDELT, 40,000 bad lines": ("day.gdelt", lambda: gdelt({}) + b"x\ty\n" * 40_000),
    "an event of ACLED with notes of 10 MB": ("day.acled", lambda: ACLED.replace(b"Far away.", b"x" * 10_000_000)),
    "ACLED, a quote without end": ("day.acled", lambda: ACLED + b'"' + b"x,\n" * 3_000_000),
    "an event of POLECAT with a source of 10 MB": (
        "day.polecat",
        lambda: POLECAT.replace(b"None", b"x" * 10_000_000, 1),
    ),
    "POLECAT, 10 MB of line ends": ("day.polecat", lambda: POLECAT + b"\n" * 10_000_000),
    "a mapping that is a bomb of aliases": ("map.yaml", BOMB.encode),
    "a price of 10 MB": ("data/harbour/prices.csv", lambda: PRICE + b"x" * 10_000_000),
    "answers that are a bomb of aliases": ("answers.yaml", BOMB.encode),
    "judgements with a key of 500 KB": ("said.yaml", lambda: b"x" * 500_000 + b": 1"),
    "a billion laughs": ("new.xlsx", lambda: workbook(entities())),
    "a gigabyte of nothing, packed": ("new.xlsx", lambda: workbook(b"<worksheet>" + b" " * 300_000_000)),
    "a text of 200 MB, packed": ("new.xlsx", lambda: workbook(b"<worksheet/>", b"<sst><si><t>" + b"x" * 200_000_000)),
    "a cell in the last column": ("new.xlsx", lambda: workbook(b'<worksheet><sheetData><row><c r="ZZZZZZ1"/>')),
    "a bomb of aliases": ("data/harbour/sources.yaml", BOMB.encode),
    "30 levels and more": ("data/harbour/sources.yaml", lambda: b"[" * 500_000),
    "a number of 500,000 digits": ("data/harbour/sources.yaml", lambda: b"a: " + b"9" * 500_000),
    "a key of 500 KB": ("data/harbour/sources.yaml", lambda: b"x" * 500_000 + b": 1"),
    "a document of brackets": ("reports/harbour/2026-02-01-aaaaaaaa/forecast.json", lambda: b"[" * 10_000_000),
    "a number without end": ("reports/harbour/2026-02-01-aaaaaaaa/forecast.json", lambda: b"9" * 5_000_000),
    "a list of 3 million": ("reports/harbour/2026-02-01-aaaaaaaa/forecast.json", lambda: b"[" + b"1," * 3_000_000),
}
PROPOSING = ("evidence", "import", "--mapping", "map.yaml", "-o", "proposed.csv", "--json")
WORDS = {
    "new.csv": ("evidence", "import", "new.csv", "harbour", "--json"),
    "new.xlsx": ("evidence", "import", "new.xlsx", "harbour", "--json"),
    "sources.yaml": ("check", "harbour"),
    "forecast.json": ("show", "harbour"),
    **{f"day.{feed}": (*PROPOSING, "--format", feed, f"day.{feed}") for feed in ("gdelt", "acled", "polecat")},
    "map.yaml": (*PROPOSING, "--format", "gdelt", "new.csv"),
    "prices.csv": ("check", "harbour"),
    "answers.yaml": ("init", "quay", "--answers", "answers.yaml"),
    "said.yaml": ("elicit", "harbour", "--answers", "said.yaml"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("place", "make"), FILES.values(), ids=FILES)
def test_no_file_takes_more_than_a_gigabyte_or_two_seconds(tmp_path: Path, place: str, make: Make) -> None:
    workspace = tmp_path / "workspace"
    write_case(workspace / "data" / "harbour")
    write_yaml(workspace / "map.yaml", MAPPING)
    (workspace / "new.csv").write_bytes(gdelt({}))
    (workspace / place).parent.mkdir(parents=True, exist_ok=True)
    (workspace / place).write_bytes(make())
    before = state(tmp_path)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, *WORDS[Path(place).name]],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = now.ru_utime - spent.ru_utime + now.ru_stime - spent.ru_stime
    assert ended.returncode in (0, 3), ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr) < 2_000_000
    assert min(busy, time.monotonic() - began) < STARTING + SECONDS
    if ended.returncode:
        assert state(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["workspace"]


STARTING = 1.5
"""Seconds that a command takes to begin, on a slow machine."""
