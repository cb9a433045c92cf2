"""What is written for other programs: it says what the runs say, in the shapes that others publish."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.errors import Exit
from forecast.record.hub import hub_files
from forecast.record.inference_data import sampled_tree
from forecast.record.tidy import COLUMNS, csv_text, tidy_rows
from forecast.reopened import reopen
from forecast.runs import Run, list_runs
from tests.commands.test_main import call
from tests.model.made import MIDDLE
from tests.record.statements import HORIZON, OPENING, run_of, save
from tests.small_case import write_case

SCHEMA = json.loads((Path(__file__).parent / "hub" / "tasks-schema.json").read_text("utf-8"))
"""Version 6.0.0 as https://github.com/hubverse-org/schemas publishes it (CC0)."""

EARLY = run_of("2026-01-14", (0.4, 0.3, 0.1, 0.2))
LATE = run_of("2026-01-25", (0.7, 0.1, 0.1, 0.1))
RIVAL = run_of("2026-01-25", (0.25, 0.25, 0.25, 0.25), model="uniform")
RUNS = (EARLY, LATE, RIVAL)

TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
    "null": type(None),
}  # fmt: skip


def breaks(value: Any, schema: dict[str, Any], place: str = "$") -> list[str]:
    """What JSON Schema finds wrong, for the words that the hub's schema uses; an unknown word is an error."""
    known = {
        "$schema", "$id", "title", "description", "examples", "default", "format", "errorMessage", "type", "const",
        "enum", "minimum", "maximum", "maxLength", "pattern", "required", "properties", "additionalProperties",
        "minProperties", "maxProperties", "items", "minItems", "uniqueItems", "oneOf", "anyOf", "if", "then",
    }  # fmt: skip
    assert schema.keys() <= known, schema.keys() - known
    found: list[str] = []
    if "type" in schema:
        kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        if not any(isinstance(value, TYPES[kind]) and (kind == "boolean" or value is not True) for kind in kinds):
            return [f"{place}: not {kinds}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{place}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place}: not one of {schema['enum']}")
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)) or not re.search(schema.get("pattern", ""), value):
            found.append(f"{place}: too long, or of another pattern")
        if schema.get("format") == "date":
            date.fromisoformat(value)
    if isinstance(value, dict):
        inner = schema.get("properties", {})
        found += [f"{place}: lacks {name}" for name in schema.get("required", []) if name not in value]
        if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value)):
            found.append(f"{place}: wrong number of keys")
        for name, each in value.items():
            further = schema.get("additionalProperties", True)
            if name in inner:
                found += breaks(each, inner[name], f"{place}.{name}")
            elif further is False:
                found.append(f"{place}: does not know {name}")
            elif isinstance(further, dict):
                found += breaks(each, further, f"{place}.{name}")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{place}: too few")
        if schema.get("uniqueItems") and len({json.dumps(each) for each in value}) < len(value):
            found.append(f"{place}: one stands there twice")
        for number, each in enumerate(value):
            found += breaks(each, schema.get("items", {}), f"{place}[{number}]")
    if "oneOf" in schema and sum(not breaks(value, each, place) for each in schema["oneOf"]) != 1:
        found.append(f"{place}: not exactly one of the alternatives")
    if "anyOf" in schema and all(breaks(value, each, place) for each in schema["anyOf"]):
        found.append(f"{place}: none of the alternatives")
    if "if" in schema and not breaks(value, schema["if"], place):
        found += breaks(value, schema.get("then", {}), place)
    return found


# ------------------------------------------------------------------------------------------------ hubverse


def test_the_tasks_are_as_the_hubs_own_schema_wants_them() -> None:
    tasks = json.loads(hub_files(RUNS)["hub-config/tasks.json"])
    assert breaks(tasks, SCHEMA) == []
    for spoil in (
        lambda: tasks["rounds"][0].pop("submissions_due"),
        lambda: tasks["rounds"][1]["model_tasks"][0]["target_metadata"][0].update(target_type="words"),
    ):
        spoil()
        assert breaks(tasks, SCHEMA) != [], "the checker notices"


def test_the_model_output_is_what_the_tasks_ask_for() -> None:
    files = hub_files(RUNS)
    rounds = {}
    for each in json.loads(files["hub-config/tasks.json"])["rounds"]:
        tasks = {task["task_ids"]["target"]["required"][0]: task for task in each["model_tasks"]}
        rounds[each["last_data_date"]] = tasks
    outputs = {name: text for name, text in files.items() if name.startswith("model-output/")}
    assert len(outputs) == 3
    for name, text in outputs.items():
        folder, file = name.split("/")[1:]
        day, model = file[:10], file[11:-4]
        assert model == folder
        assert model.count("-") == 1
        rows = list(csv.DictReader(io.StringIO(text.decode())))
        assert {row["origin_date"] for row in rows} == {day}
        for target, task in rounds[day].items():
            ((kind, wanted),) = task["output_type"].items()
            found = {row["output_type_id"]: float(row["value"]) for row in rows if row["target"] == target}
            assert list(found) == wanted["output_type_id"]["required"]
            assert {row["output_type"] for row in rows if row["target"] == target} == {kind}
            values = list(found.values())
            assert all(0.0 <= value <= 1.0 for value in values)
            if kind == "pmf":
                assert sum(values) == pytest.approx(1.0, abs=1e-9)
            else:
                assert values == sorted(values)
                assert values[-1] == 1.0


def test_of_two_runs_of_a_day_the_last_stands_and_none_that_failed() -> None:
    again = run_of("2026-01-25", (0.6, 0.2, 0.1, 0.1), created="2026-01-26T20:00:00+00:00")
    failed = run_of("2026-01-25", (0.1, 0.7, 0.1, 0.1), created="2026-01-27T20:00:00+00:00", publishable=False)
    (text,) = [text for name, text in hub_files((failed, again, LATE)).items() if name.startswith("model-output")]
    assert b"2026-01-25,outcome,pmf,city,0.6" in text


def test_of_one_day_all_lines_answer_what_the_last_run_asked() -> None:
    before = run_of("2026-01-25", (0.1, 0.7, 0.1, 0.1), model="ach", created="2026-01-25T08:00:00+00:00")
    moved = run_of("2026-01-25", (0.6, 0.2, 0.1, 0.1), horizon="2026-02-15")
    files = hub_files((before, moved))
    assert [name for name in files if "ach" in name] == []
    (task, _) = json.loads(files["hub-config/tasks.json"])["rounds"][0]["model_tasks"]
    assert "by 2026-02-15" in task["target_metadata"][0]["target_name"]


def test_what_knew_the_ending_is_no_forecast_of_a_hub() -> None:
    told = run_of("2026-01-25", (0.0, 1.0, 0.0, 0.0), ending="private")
    assert hub_files((*RUNS, told)) == hub_files(RUNS)


# ------------------------------------------------------------------------------------------------ tables


def test_a_row_is_a_chance_by_a_day() -> None:
    rows = list(tidy_rows(RUNS))
    assert all(tuple(row) == COLUMNS for row in rows)
    for run in RUNS:
        own = [row for row in rows if row["run"] == run.id]
        last = {row["outcome"]: row["probability"] for row in own if row["by"] == HORIZON.isoformat()}
        assert last == {row["id"]: row["probability"] for row in run.forecast["outcomes"]}
        for by in {row["by"] for row in own}:
            assert sum(row["probability"] for row in own if row["by"] == by) == pytest.approx(1.0)
    read = list(csv.DictReader(io.StringIO(csv_text(rows, COLUMNS))))
    assert [float(row["probability"]) for row in read] == [row["probability"] for row in rows]
    assert csv_text([dict.fromkeys(COLUMNS, "=1+1")], COLUMNS).count("'=1+1") == len(COLUMNS)


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_case(tmp_path / "data" / "harbour", case={"opening": OPENING, "horizon": HORIZON})
    for run in RUNS:
        save(run, tmp_path / "reports")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_export_writes_what_was_asked_for(
    ground: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(monkeypatch, capsys, "export", "--format", "json", "-o", "out/all.json", "--model", "uniform")
    assert (code, out) == (Exit.OK, "")
    assert "written: out/all.json" in err
    assert json.loads(Path("out/all.json").read_text("utf-8")) == list(tidy_rows([RIVAL]))
    assert call(monkeypatch, capsys, "export", "--format", "hubverse", "-o", "hub")[0] == Exit.OK
    assert {path.relative_to("hub").as_posix() for path in Path("hub").rglob("*.*")} == hub_files(RUNS).keys()
    code, _, err = call(monkeypatch, capsys, "export", "--format", "hubverse", "-o", "hub", "--model", "uniform")
    assert code == Exit.OK
    assert err.count("left there by another export") == len(hub_files(RUNS)) - len(hub_files([RIVAL]))
    for words, message in (
        (("--format", "xml", "-o", "x"), "--format xml: choose csv, json, parquet, hubverse, netcdf"),
        ((), "missing -o PATH"),
        (("--run", "2026-01-01-00000000", "-o", "x"), "harbour has no such run"),
    ):
        code, out, err = call(monkeypatch, capsys, "export", *words)
        assert (code, out) == (Exit.USAGE, "")
        assert message in err


def test_parquet_holds_the_same_rows(
    ground: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    assert call(monkeypatch, capsys, "export", "--format", "parquet", "-o", "all.parquet")[0] == Exit.OK
    assert parquet.read_table("all.parquet").to_pylist() == list(tidy_rows(list_runs(ground / "reports", "harbour")))


def test_without_the_extra_parquet_says_how_to_get_it(
    ground: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, out, err = call(monkeypatch, capsys, "export", "--format", "parquet", "-o", "all.parquet")
    assert (code, out) == (Exit.USAGE, "")
    assert err.startswith("--format parquet: Parquet takes the extra 'parquet', which is not installed: `pip install")


# ------------------------------------------------------------------------------------------------ netCDF


@pytest.mark.slow
def test_a_sampled_run_is_a_tree_that_opens_again(made: dict[date, Any], tmp_path: Path) -> None:
    import xarray

    run: Run = made[MIDDLE].run
    opened = reopen(run, tmp_path)
    path = tmp_path / "run.nc"
    path.write_bytes(bytes(sampled_tree(opened).to_netcdf(engine="h5netcdf")))
    with xarray.open_datatree(path, engine="h5netcdf") as tree:
        assert {"prior", "posterior", "sample_stats", "predictive", "log_likelihood"} == set(tree.children)
        said = {row["id"]: row["probability"] for row in run.forecast["outcomes"][:-1]}
        incidence = tree["predictive"]["incidence"].isel(future_week=-1).mean(("chain", "draw"))
        for name, chance in said.items():
            assert float(incidence.sel(outcome=name)) == pytest.approx(chance, abs=1e-9)
        assert tree["log_likelihood"]["event"].sizes["event_id"] == run.forecast["evidence"]["events"]
        assert np.isfinite(tree["log_likelihood"]["event"].values).all()
        np.testing.assert_array_equal(tree["posterior"]["x"], run.posterior()["posterior"]["x"])
        assert tree["prior"]["level"].shape == tree["posterior"]["level"].shape
        spread = [float(tree[group]["level"].std()) for group in ("prior", "posterior")]
        assert spread[1] < 1.5 * spread[0]
