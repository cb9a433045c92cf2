"""The picture of a calibration and its table: well-formed, within the edges, and clear about what is outside."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from forecast.commands import calibrate, console
from forecast.record.calibration import Calibration
from forecast.record.simulation import Simulation
from forecast.report.calibration import CELL, draw

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("budget now", "chance of <city>", "a name\u202e without end " * 9, "pace", "too narrow")


@pytest.fixture(scope="module")
def found() -> Calibration:
    """Five quantities of sixty worlds, the last of them far from uniform."""
    rng = np.random.default_rng(1)
    simulations = []
    for number in range(60):
        chances = dict(zip(("city", "other", "unresolved"), rng.dirichlet(np.ones(3)).tolist(), strict=True))
        happened = str(rng.choice(list(chances), p=list(chances.values())))
        ranks = {name: int(rng.integers(100)) for name in NAMES[:-1]} | {NAMES[-1]: 99 * (number % 2)}
        faults = ("budget now: R-hat is 1.200, must be below 1.05",) if number == 7 else ()
        simulations.append(Simulation(number, happened, chances, ranks, chances, faults))
    return Calibration("harbour", dt.date(2026, 2, 11), "toy", "first-look", 7, tuple(simulations))


def test_the_picture_is_well_formed_and_names_what_is_outside(found: Calibration) -> None:
    picture = ET.fromstring(draw(found))
    told = [element.text or "" for element in picture.iter(f"{SVG}text")]
    assert "too narrow: outside" in told
    assert "chance of <city>" in told
    assert "toy on harbour: not calibrated" in told
    assert not any("\u202e" in words for words in told)
    assert picture.get("aria-label") == "Calibration of toy on harbour: 1 of 5 quantities leave their band."


def test_every_quantity_stays_in_its_cell(found: Calibration) -> None:
    cells = [cell for cell in ET.fromstring(draw(found)).iter(f"{SVG}svg") if cell.find(f"{SVG}polyline") is not None]
    assert len(cells) == len(NAMES)
    for cell in cells:
        points = [
            tuple(map(float, point.split(",")))
            for element in cell.iter()
            for point in element.get("points", "").split()
        ]
        assert all(0 <= x <= CELL[0] and 0 <= y <= CELL[1] for x, y in points)


def test_the_table_says_every_quantity_the_verdict_and_the_faulty_fits(
    found: Calibration, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "_width", 160)  # "width" would be restored as a fixed one
    calibrate._show(found)
    out = capsys.readouterr().out
    rows = {name: next(line for line in out.splitlines() if name in line) for name in ("pace", "too narrow")}
    assert "outside" in rows["too narrow"]
    assert "inside" in rows["pace"]
    assert "Faulty fit of simulation 7: budget now: R-hat is 1.200, must be below 1.05" in out
    assert "60 simulations: not calibrated" in out
    assert "\u202e" not in out
