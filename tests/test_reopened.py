"""A saved run opened again is what it was made from, whatever has become of the folder since."""

from __future__ import annotations

import copy
import datetime as dt
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.errors import InputError, UsageError
from forecast.evidence.rows import cells_of
from forecast.inference.sampling import Settings
from forecast.model.problem import build_problem
from forecast.provenance import standing_rows
from forecast.refresh import Refreshed
from forecast.reopened import reopen
from forecast.run_files import POSTERIOR
from forecast.runs import Run, load_run
from tests.model.harbour import OPENING, harbour, seen
from tests.model.made import JOURNAL, LAST, MIDDLE

Made = dict[dt.date, Refreshed]


@pytest.mark.parametrize("day", [OPENING, MIDDLE, LAST])
def test_case_evidence_and_problem_are_those_of_the_day(made: Made, day: dt.date, tmp_path: Path) -> None:
    reopened = reopen(made[day].run, tmp_path)
    solved = made[day].run.record["intercepts"]
    expected = build_problem(harbour("permit"), seen(*JOURNAL, as_of=day))
    expected = expected.anchored(np.array(list(solved["mean"].values())), solved["sd"])
    assert replace(reopened.case, folder=expected.case.folder) == expected.case
    assert [cells_of(row) for row in standing_rows(reopened.known)] == made[day].run.record["inputs"]["evidence"]
    assert reopened.problem.units == expected.units
    assert reopened.problem.passed == expected.passed
    for name, array in expected.arrays.items():
        np.testing.assert_array_equal(reopened.problem.arrays[name], array, err_msg=name)


@pytest.mark.parametrize("day", [OPENING, LAST])
def test_its_draws_say_again_what_the_run_said(made: Made, day: dt.date, tmp_path: Path) -> None:
    reopened = reopen(made[day].run, tmp_path)
    incidence = reopened.model.law.project(reopened.draws, reopened.problem)
    said = [outcome["probability"] for outcome in made[day].run.forecast["outcomes"][:-1]]
    np.testing.assert_allclose(incidence[:, -1].mean(axis=0), said, atol=1e-12)
    tree = made[day].run.posterior()["posterior"]
    for name, draws in reopened.draws.items():
        if draws.size:
            np.testing.assert_array_equal(draws, tree[name].values.reshape(draws.shape))
    assert reopened.chains == 4
    assert not np.any(reopened.log_weights)


def saved(made: Made, folder: Path, day: dt.date = MIDDLE, **changes: Any) -> Run:
    """A copy of a run, its record changed."""
    there = folder / "reports" / "harbour" / made[day].run.id
    shutil.copytree(made[day].run.folder, there)
    run = load_run(there)
    record = copy.deepcopy(run.record)
    record["inputs"] |= changes
    return replace(run, record=record)


@pytest.mark.slow
def test_draws_that_are_gone_are_made_again(made: Made, tmp_path: Path) -> None:
    run = saved(made, tmp_path)
    (run.folder / POSTERIOR).unlink()
    stages: list[str] = []
    reopened = reopen(run, tmp_path, stage=stages.append)
    assert stages == ["Sampling run " + run.id + " again, whose draws are not on this machine"]
    assert reopened.notes == (), "the same machine makes the same draws"
    expected = reopen(made[MIDDLE].run, tmp_path)
    for name, draws in reopened.draws.items():
        np.testing.assert_array_equal(draws, expected.draws[name])
    assert run.draws == "there", "draws that are the record's own are kept"


def test_other_draws_are_said_to_be_others(made: Made, tmp_path: Path) -> None:
    run = saved(made, tmp_path)
    (run.folder / POSTERIOR).unlink()
    few = Settings(tune=30, draws=10)
    run.record["sampler"] |= {"tune": few.tune, "draws": few.draws}
    reopened = reopen(run, tmp_path)
    assert len(reopened.draws["level"]) == few.chains * few.draws
    assert "others" in reopened.notes[0]
    assert run.draws == "missing", "others are not"


def test_altered_draws_are_never_read(made: Made, tmp_path: Path) -> None:
    run = saved(made, tmp_path)
    (run.folder / POSTERIOR).write_bytes(b"\x89HDF something else")
    with pytest.raises(InputError, match="not the file that was saved"):
        reopen(run, tmp_path)


# ------------------------------------------------------------------------------------------------ the model


def test_another_version_of_the_model_runs_only_if_the_record_is_trusted(made: Made, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    text = made[MIDDLE].run.record["inputs"]["model"]["text"] + f"\nopen({str(ran)!r}, 'w').close()\n"
    run = saved(made, tmp_path, model={"name": "latent_drivers", "text": text, "builds_on": {}})
    with pytest.raises(UsageError, match="another version of the model latent_drivers"):
        reopen(run, tmp_path)
    assert not ran.exists(), "a record is no program"
    assert reopen(run, tmp_path, trusted=True).model.texts["latent_drivers"] == text
    assert ran.exists()


def test_a_workspace_s_own_model_is_found_by_its_text(made: Made, tmp_path: Path) -> None:
    text = "# ours\n" + made[MIDDLE].run.record["inputs"]["model"]["text"]
    run = saved(made, tmp_path, model={"name": "latent_drivers", "text": text})
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "latent_drivers.py").write_text(text, encoding="utf-8")
    assert reopen(run, tmp_path).model.path == tmp_path / "models" / "latent_drivers.py"


# ------------------------------------------------------------------------------------------------ spoilt records


@pytest.mark.parametrize("name", ["../outside.yaml", "/etc/outside.yaml", "assumptions/../../x.yaml", "case.yaml\n"])
def test_a_record_writes_nowhere_but_where_it_is_read(made: Made, tmp_path: Path, name: str) -> None:
    files = made[MIDDLE].run.record["inputs"]["files"]
    with pytest.raises(InputError, match="names that no case"):
        reopen(saved(made, tmp_path, files={**files, name: "x"}), tmp_path)


@pytest.mark.parametrize("case", ["..", "../harbour", "a/b", ""])
def test_a_case_has_the_name_of_a_case(made: Made, tmp_path: Path, case: str) -> None:
    with pytest.raises(InputError, match="names that no case"):
        reopen(saved(made, tmp_path, case=case), tmp_path)


def test_what_cannot_be_read_is_said_in_words(made: Made, tmp_path: Path) -> None:
    files = made[MIDDLE].run.record["inputs"]["files"]
    run = saved(made, tmp_path, files={**files, "drivers.yaml": "drivers: 3\n"})
    with pytest.raises(InputError, match=r"record.json: its case cannot be read \(drivers.yaml"):
        reopen(run, tmp_path)
    rows = made[MIDDLE].run.record["inputs"]["evidence"]
    spoilt = replace(run, record={**run.record, "inputs": {**made[MIDDLE].run.record["inputs"],
                                                          "evidence": [{**rows[0], "grade": "9"}]}})  # fmt: skip
    with pytest.raises(InputError, match="its evidence cannot be read"):
        reopen(spoilt, tmp_path)


def test_records_of_the_first_version_are_refused_in_words(made: Made, tmp_path: Path) -> None:
    run = saved(made, tmp_path)
    del run.record["inputs"]["clock"]
    with pytest.raises(UsageError, match="do not hold all"):
        reopen(run, tmp_path)


def test_opening_a_run_needs_no_sampler(made: Made, workspace: Path) -> None:
    script = f"""
import json, sys
from pathlib import Path
from forecast.reopened import reopen
from forecast.runs import load_run
reopen(load_run(Path({str(made[LAST].run.folder)!r})), Path({str(workspace)!r}))
print(json.dumps(sorted(set(sys.modules) & {{"pymc", "pytensor", "arviz", "xarray", "pandas"}})))
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == []


def test_a_recorded_model_that_no_longer_fits_is_said_in_words(made: Made, tmp_path: Path) -> None:
    run = saved(made, tmp_path, model={"name": "latent_drivers", "text": "x = 1\n", "builds_on": {}})
    with pytest.raises(UsageError, match="does not run with this version"):
        reopen(run, tmp_path, trusted=True)
