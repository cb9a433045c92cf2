"""A small case in a workspace of its own, and a hand that edits its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_case import write_case


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small case as `data/harbour`, seen from its workspace."""
    monkeypatch.chdir(tmp_path)
    return write_case(tmp_path / "data" / "harbour")
