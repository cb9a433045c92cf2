"""Any bytes as one file of a saved run: what reading, showing and reporting it may end in, and good inputs."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from forecast.commands.display import show_run
from forecast.errors import InputError
from forecast.report.page import page
from forecast.report.wording import environment
from forecast.run_files import FORECAST, RECORD, read_forecast, read_record
from forecast.runs import Run
from tests.report.sample import sample

READERS = {FORECAST: read_forecast, RECORD: read_record}


def check_json(data: bytes) -> None:
    """The bytes as a file of an otherwise whole run (the first byte says which): refused, or read, shown and reported.

    What is read is written and read again as the same. A report may find that a run contradicts itself, as the command
    does, by a `KeyError` or a `ValueError`.
    """
    name = list(READERS)[data[0] % 2] if data else FORECAST
    path = _folder() / name
    path.write_bytes(data[1:])
    try:
        read = READERS[name](path)
    except InputError as refusal:
        assert refusal.problems
        assert all(problem.file.endswith(name) and problem.message for problem in refusal.problems)
        return
    path.write_text(json.dumps(read, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    assert READERS[name](path) == read
    documents = {**_whole(), name: read}
    run = Run(path.parent, documents[FORECAST], documents[RECORD])
    with contextlib.redirect_stdout(io.StringIO()):
        show_run(run, [run], saved=True)
    if run.complete:
        templates = _templates()  # compiled once, since that takes longer than all the rest
        with patch("forecast.report.page.environment", lambda: templates), contextlib.suppress(KeyError, ValueError):
            page(run.forecast, run.record, [run.forecast])


_templates = cache(environment)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzzed-"))


def _whole() -> dict[str, dict[str, Any]]:
    """A run as small as a run can be: a fuzzer has little patience."""
    made = sample()
    said, record = made.forecast, made.record
    first, *_, last = said["outcomes"]
    driver = said["drivers"][0]["id"]
    said["outcomes"] = [first, last]
    said["timing"] = [week | {"cumulative": {first["id"]: week["cumulative"][first["id"]]}} for week in said["timing"]]
    said["timing"] = said["timing"][-2:]
    said["drivers"] = said["drivers"][:1]
    said["driver_paths"] = [
        path | {"weeks": path["weeks"][-2:]} for path in said["driver_paths"] if path["id"] == driver
    ]
    said["assumptions"] = said["assumptions"][:2]
    record["inputs"]["evidence"] = record["inputs"]["evidence"][:2]
    return {FORECAST: said, RECORD: record}


def seeds() -> list[bytes]:
    """Each file of the whole run, as `check_json` takes it."""
    return [bytes([number]) + json.dumps(document).encode() for number, document in enumerate(_whole().values())]
