"""The page on setting up a question: it names every key of a file of answers, and its example makes a case."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from forecast.case.assumptions import Deadline
from forecast.case.blocks import Block
from forecast.case.reading import read_case
from forecast.commands.main import command_line
from forecast.elicitation.judgements import LEVELS, Conditional, DriverLevel, EndsOn, Judgements, ResolvedBy
from forecast.errors import Exit
from forecast.starting.answers import Answers, SaidOther, SaidOutcome

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "starting.md").read_text(encoding="utf-8")
INIT, ELICIT = PAGE.split("## `forecast elicit")


def blocks(language: str) -> list[str]:
    """The page's examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("part", "shape"),
    [
        *((INIT, shape) for shape in (Answers, SaidOutcome, SaidOther)),
        *((ELICIT, shape) for shape in (Judgements, Conditional, DriverLevel, ResolvedBy, EndsOn)),
    ],
)
def test_every_key_stands_on_the_page(part: str, shape: type[Block]) -> None:
    keys = [field.alias or name for name, field in shape.model_fields.items()]
    assert [key for key in keys if f"`{key}`" not in part] == []


def test_no_row_names_a_key_that_is_none() -> None:
    named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| ([^|]*) \|", PAGE, re.MULTILINE))))
    assert named == {*Answers.model_fields, *SaidOutcome.model_fields, *Judgements.model_fields}
    assert all(f"`{word}`" in ELICIT for word in LEVELS)


def test_the_example_makes_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    example, nearness, *_ = blocks("yaml")
    Path("dock.yaml").write_text(example, encoding="utf-8")
    ended = CliRunner().invoke(command_line(), ["init", "dock-strike", "--answers", "dock.yaml"])
    assert (ended.exit_code, ended.stderr) == (Exit.OK, "")
    case = read_case(Path("data/dock-strike"))
    assert case.outcome_ids == ("night", "deal", "walkout", "other")
    assert case.assumptions.shares.shares["other"] == pytest.approx(0.1)
    (stated,) = YAML(typ="safe", pure=True).load(nearness)
    made = case.assumptions.items["hastening-nearness"].model_dump()
    assert {key: made[key] for key in ("id", "kind", "driver", "mean", "sd")} == {
        key: value for key, value in stated.items() if key not in ("reason", "source")
    }


def test_the_fixed_day_of_the_page_is_a_deadline_with_its_chance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example, _, vote, *_ = blocks("yaml")
    Path("dock.yaml").write_text(example, encoding="utf-8")
    Path("vote.yaml").write_text(vote, encoding="utf-8")
    CliRunner().invoke(command_line(), ["init", "dock-strike", "--answers", "dock.yaml"])
    ended = CliRunner().invoke(command_line(), ["elicit", "dock-strike", "--answers", "vote.yaml"])
    assert ended.exit_code == Exit.OK, ended.stderr
    assert re.search(r"you say 92 %:\s+\S+ times the usual pace gives 92 %", " ".join(ended.stdout.split()))
    quiet, known = read_case(Path("data/dock-strike"), "ida-vote").assumptions.of(Deadline)
    assert (quiet.by.isoformat(), quiet.factor < 1) == ("2026-05-20", True)
    assert (known.by.isoformat(), known.announced and known.announced.isoformat()) == ("2026-05-23", "2026-05-15")
    assert (7 * known.weeks, known.author) == (pytest.approx(3), "Ida")


def test_a_leadership_contest_says_who_is_out_as_the_page_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    named = ["--template", "leadership", "--question", "Who leads?", "--outcome", "ana=Ana Ruiz", "--outcome", "bo=Bo"]
    assert CliRunner().invoke(command_line(), ["init", "contest", *named]).exit_code == Exit.OK
    (outcome,) = YAML(typ="safe", pure=True).load(blocks("yaml")[3])["outcomes"]
    (made,) = (one for one in read_case(Path("data/contest")).question.outcomes if one.id == outcome["id"])
    assert made.ruled_out_by is not None
    assert made.ruled_out_by.model_dump() == outcome["ruled_out_by"]


def test_past_episodes_as_the_page_has_them_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    example, *_, joined = blocks("yaml")
    (table,) = blocks("csv")
    Path("dock.yaml").write_text(example, encoding="utf-8")
    CliRunner().invoke(command_line(), ["init", "dock-strike", "--answers", "dock.yaml"])
    (Path("data/base_rates")).mkdir()
    Path("data/base_rates/harbour_talks.csv").write_text(table, encoding="utf-8")
    (stated,) = Path("data/dock-strike/assumptions").glob("*.yaml")
    stated.write_text(stated.read_text(encoding="utf-8").rstrip() + "\n\n" + joined, encoding="utf-8")
    checked = CliRunner().invoke(command_line(), ["check", "dock-strike"])
    assert (checked.exit_code, checked.stderr) == (Exit.OK, "")
    asked = ["refresh", "dock-strike", "--model", "base_rates", "--as-of", "2026-03-02", "--json"]
    ended = CliRunner().invoke(command_line(), asked)
    assert ended.exit_code == Exit.OK, ended.stderr
    chance = {outcome["id"]: outcome["probability"] for outcome in json.loads(ended.stdout)["outcomes"]}
    assert chance["deal"] > chance["night"] > 0.02  # two agreements of the four that ended, and one in part
