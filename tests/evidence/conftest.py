"""The small case, read."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.case.reading import read_case
from forecast.case.schema import Case
from tests.small_case import write_case


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The small case in `data/harbour` of a workspace that is the current folder."""
    monkeypatch.chdir(tmp_path)
    return read_case(write_case(tmp_path / "data" / "harbour"))
