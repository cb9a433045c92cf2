"""How every test runs, and the runs that many of them read."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

os.environ.pop("COLUMNS", None)  # a console keeps the width that is set when it is made, so none may be
import forecast.commands.console  # noqa: F401

if TYPE_CHECKING:
    from forecast.refresh import Refreshed

settings.register_profile("patient", deadline=None)  # how long an example takes is for the benchmarks
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("patient")


SAMPLED = {"batch", "density", "made", "team", "traded"}
"""Fixtures that sample, or load what is sampled."""
FIRST = "test_calibrate.py"
"""It compiles the model that most of those that sample then find."""


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Files that sample come in the middle: side by side, one core compiles for them while the others do the rest.

    Half of what does not sample is left for the end, where what is short lets no core wait for another.
    """
    samples = {item.path for item in items if item.get_closest_marker("slow") or SAMPLED & set(item.fixturenames)}
    quiet = list(dict.fromkeys(item.path for item in items if item.path not in samples))
    early = set(quiet[: len(quiet) // 2])

    def turn(item: pytest.Item) -> int:
        if item.path.name == FIRST:
            return 0
        return 1 if item.path in early else 2 if item.path in samples else 3

    items.sort(key=turn)


@pytest.fixture(scope="session", autouse=True)
def answers_of_this_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is kept of answers is nobody's but this session's; compiled code is shared by all."""
    place = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("forecast.insight.kept.folder", lambda: Path(os.environ.get("FORECAST_CACHE") or place))
        yield


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the harbour, in which `made` saves its runs; nobody else may."""
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="session")
def made(workspace: Path) -> dict[dt.date, Refreshed]:
    """Three refreshes of the harbour in a row, really sampled: on the opening day and twice after."""
    from tests.model.made import make

    return make(workspace)
