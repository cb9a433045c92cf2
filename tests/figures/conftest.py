"""The documents that figures are drawn from, and a matplotlib to draw with."""

from __future__ import annotations

import pytest

from forecast.report.document import Document, document
from tests.report.answered import answered
from tests.report.sample import sample

pytest.importorskip("matplotlib", reason="the extra `plot` is not installed")


@pytest.fixture(scope="session")
def shown() -> Document:
    """The sample's run with everything that can be asked of it."""
    run = sample()
    return document(run.forecast, run.record, run.runs, answers=answered(run))


@pytest.fixture(scope="session")
def quick() -> Document:
    """The same, and nothing asked."""
    run = sample()
    return document(run.forecast, run.record, run.runs)
