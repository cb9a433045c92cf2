from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from forecast.case.assumptions import Level
from forecast.case.reading import read_case
from forecast.errors import UsageError
from tests.case.editing import edit, faults, line_of, said
from tests.small_case import ASSUMPTIONS, assumption, write_case


def test_the_small_case_is_read(harbour: Path) -> None:
    case = read_case(harbour)
    assert case.id == "harbour"
    assert case.outcome_ids == ("city", "private", "other")
    assert list(case.drivers) == ["budget", "unions"]
    assert list(case.indicators) == ["tax_income", "strikes", "tender"]
    assert case.indicators["strikes"].grades[5] == "Grade 5 of strikes."
    assert list(case.sources) == ["Port Gazette", "Harbour Office"]
    assert case.source_types == {"press": "Newspapers", "official": "Public bodies"}
    assert case.sides == {"council": "The city council"}
    assert case.question.horizon == dt.date(2026, 6, 28)
    assert case.assumptions.name == "first-look"


def test_a_case_outside_any_workspace_is_read(tmp_path: Path) -> None:
    assert read_case(write_case(tmp_path / "harbour")).folder == tmp_path / "harbour"


FAULTS = [
    # unknown, missing and empty keys
    ("case.yaml", "clock:", "clok:", "clok", "unknown key 'clok'", "did you mean 'clock'?"),
    ("case.yaml", "horizon:", "horizn:", "horizn", "unknown key 'horizn'", "did you mean 'horizon'?"),
    ("case.yaml", "counts:", "count:", "count:", "unknown key 'count'", "did you mean 'counts'?"),
    ("case.yaml", "  label: The city\n", "", "- id: city", "'label' is missing", "add 'label: …' to this block"),
    ("case.yaml", "title: Who runs the harbour\n", "", "id: harbour", "'title' is missing", "add 'title: …'"),
    ("case.yaml", "title: Who runs the harbour", "title:", "title:", "expected text, got nothing", "write a text"),
    ("case.yaml", "title: Who runs the harbour", "title: ' '", "title:", "'title' is empty", "write a text"),
    ("drivers.yaml", "plus_two:", "plus_too:", "plus_too", "unknown key 'plus_too'", "did you mean 'plus_two'?"),
    ("codebook.yaml", "    '5': ", "    '6': ", "'6'", "unknown key '6'", "use one of '1', '2', '3', '4' or '5'"),
    ("sources.yaml", "lean:", "leans:", "leans", "unknown key 'leans'", "did you mean 'lean'?"),
    ("SET", "mean: 0.5", "men: 0.5", "men:", "unknown key 'men'", "did you mean 'mean'?"),
    # wrong types and values
    ("case.yaml", "clock:", "stale_after: soon\nclock:", "stale", "expected a whole number, got the text 'soon'", "3"),
    ("case.yaml", "clock:", "stale_after: 1.5\nclock:", "stale", "expected a whole number, got the number 1.5", "3"),
    ("case.yaml", "clock:", "stale_after: yes\nclock:", "stale", "expected a whole number, got the text 'yes'", "3"),
    ("case.yaml", "clock:", "stale_after: true\nclock:", "stale", "got the yes-or-no value true", "whole number"),
    ("case.yaml", "clock:", "stale_after: 0\nclock:", "stale", "0 is below 1", "write a number of at least 1"),
    ("case.yaml", "title: Who runs the harbour", "title: 2026", "title", "got the whole number 2026", "in quotes"),
    ("case.yaml", "title: Who runs the harbour", "title: [a]", "title", "expected text, got a list", "one text"),
    ("case.yaml", "2026-06-28", "'2026-06-28'", "horizon", "expected a date, got the text", "without quotes"),
    ("case.yaml", "2026-06-28", "28.6.2026", "horizon", "expected a date, got the text '28.6.2026'", "YYYY-MM-DD"),
    ("case.yaml", "clock: published", "clock: publishd", "clock", "'publishd' is not one of", "mean 'published'?"),
    ("case.yaml", "then: city", "then: 3", "then: 3", "expected an outcome's id or a list of them", "write 'then: ID'"),
    ("case.yaml", "then: city", "then: [city, 3]", "then: [", "entry 2 of 'then': expected text", "in quotes"),
    ("case.yaml", "other:\n  desc", "other: x\nothr:\n  desc", "other: x", "expected a block of keys, got the", ""),
    ("case.yaml", "clock:", "gates: {a: 1}\nclock:", "gates", "expected a list, got a block of keys", "beginning with"),
    ("drivers.yaml", "- id: unions", "- id: Trade Unions", "Trade", "'Trade Unions' is not a valid id", "'trade_union"),
    ("drivers.yaml", "- id: unions", "- id: 1st", "1st", "small letters, digits and underscores", "choose another"),
    ("drivers.yaml", "- id: unions", f"- id: {'u' * 65}", "uuu", "is longer than 64 characters", "shorten it"),
    ("codebook.yaml", "examples:\n  - A paper writes of strikes.", "examples: []", "examples: []", "no entry", "add a"),
    ("codebook.yaml", "council: 1", "council: 2", "council: 2", "2 is above 1", "write a number of at most 1"),
    ("sources.yaml", "reliability: B", "reliability: G", "reliability: G", "'G' is not one of 'A', 'B'", "use one of"),
    ("SET", "strength: ++", "strength: 0", "strength: 0", "got the whole number 0", 'put it in quotes: "0"'),
    ("SET", "strength: ++", "strength: +++", "strength: +++", "'+++' is not one of '--', '-', '0', '+' and '++'", "++"),
    ("SET", "per_week: 0.05", "per_week: 0", "per_week", "0 is below 0.0001", "write a number of at least 0.0001"),
    ("SET", "per_week: 0.05", "per_week: weekly", "per_week", "expected a number, got the text 'weekly'", "0.5"),
    ("SET", "other: 0.2", "other: 1.2", "other: 1.2", "1.2 is not below 1", "write a number below 1"),
    ("SET", "kind: pace", "kind: speed", "steady-pace", "'speed' is not one of 'shares', 'level'", ""),
    ("SET", "kind: pace", "note: pace", "steady-pace", "'kind' is missing", "add 'kind: …', one of 'shares'"),
    ("SET", "id: steady-pace", "id: Steady_Pace", "Steady_Pace", "'Steady_Pace' is not a valid id", "'steady-pace'"),
    # names that mean nothing, or too much
    ("case.yaml", "then: city", "then: citi", "then: citi", "there is no outcome 'citi'", "did you mean 'city'?"),
    ("case.yaml", "then: city", "then: [city, privat]", "privat]", "no outcome 'privat'", "did you mean 'private'?"),
    ("case.yaml", "assumptions: first-look", "assumptions: first-lok", "first-lok", "no assumption set", "?"),
    ("codebook.yaml", "driver: unions", "driver: union", "driver: union", "no driver 'union'", "did you mean 'unions'"),
    ("codebook.yaml", "outcome: private", "outcome: zzz", "outcome: zzz", "no outcome 'zzz'", "use one of 'city', 'ot"),
    ("codebook.yaml", "council: 1", "counsil: 1", "counsil", "there is no side 'counsil'", "did you mean 'council'?"),
    ("codebook.yaml", "- id: strikes", "- id: tax_income", "", "the indicator 'tax_income' stands here a second", ""),
    ("sources.yaml", "type: press", "type: pres", "type: pres", "no source type 'pres'", "did you mean 'press'?"),
    ("sources.yaml", "lean: council", "lean: mayor", "lean: mayor", "there is no side 'mayor'", "use 'council'"),
    ("sources.yaml", "name: Port Gazette", "name: Harbour Office", "", "the source 'Harbour Office' stands here a", ""),
    ("SET", "driver: budget", "driver: budgt", "driver: budgt", "there is no driver 'budgt'", "mean 'budget'?"),
    ("SET", "cause: unions", "cause: onions", "cause: onions", "there is no driver 'onions'", "mean 'unions'?"),
    ("SET", "outcome: city", "outcome: town", "outcome: town", "there is no outcome 'town'", "use one of"),
    ("SET", "other: 0.2", "othr: 0.2", "othr", "there is no outcome 'othr'", "did you mean 'other'?"),
    ("SET", "kind: pace", "kind: hastening\n  driver: unions\n  gate: vote\n  strength: +", "", "no gate", "add"),
    # what the parts owe each other
    ("case.yaml", "id: harbour", "id: harbor", "id: harbor", "its folder is 'harbour'", "or rename the folder"),
    ("case.yaml", "opening: 2026-01-12", "opening: 2026-07-12", "opening", "is after 'horizon' (2026-06-28)", "correc"),
    ("case.yaml", "2025-12-01", "2026-02-01", "history_from", "(2026-02-01) is after 'opening' (2026-01-12)", "correc"),
    ("case.yaml", "then: city", "then: []", "then: []", "this test leads to no outcome", "name the outcome"),
    ("case.yaml", "then: city", "then: [city, city]", "then: [", "names an outcome twice", "once"),
    ("codebook.yaml", "driver: unions", "driver: unions\n  outcome: city", "- id: strikes", "a driver and an", "eit"),
    ("codebook.yaml", "  driver: unions\n", "", "- id: strikes", "the indicator 'strikes' tells about nothing", "eith"),
    ("SET", "other: 0.2", "other: 0.3", "shares:", "the shares of 'stated-chances' sum to 1.1", "sum to 1"),
    ("SET", "    private: 0.4\n    other: 0.2", "    other: 0.6", "shares:", "gives no share to 'private'", "give eve"),
    ("SET", "set: first-look", "set: firstlook", "set:", "calls itself 'firstlook' but its file is", "set"),
    ("SET", "id: level-of-unions", "id: level-budget", "id: level-budget", "is kept for the level of 'budget'", "anot"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "stands", "message", "remedy"), FAULTS)
def test_each_fault_has_its_line_its_words_and_its_remedy(
    harbour: Path, file: str, old: str, new: str, stands: str, message: str, remedy: str
) -> None:
    path = harbour / ("assumptions/first-look.yaml" if file == "SET" else file)
    edit(path, old, new)
    found = [
        problem
        for problem in faults(harbour)
        if message in problem.message
        and remedy in problem.remedy
        and Path(problem.file) == path.relative_to(Path.cwd())
    ]
    assert found, said(faults(harbour))
    if stands:
        assert line_of(path, stands) in {problem.line for problem in found}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("case.yaml", "horizon:", "horizn:"),
        ("case.yaml", "then: city", "then: 3"),
        ("case.yaml", "then: city", "then: City"),
        ("case.yaml", "then: city", "then: []"),
        ("SET", "kind: pace", "kind: pase"),
        ("SET", "mean: 0.5", "mean: high"),
        ("SET", "driver: unions", "driver: onions"),
        ("SET", "other: 0.2", "othr: 0.2"),
        ("drivers.yaml", "label: The unions", "label: 3"),
    ],
)
def test_one_fault_is_said_once(harbour: Path, file: str, old: str, new: str) -> None:
    edit(harbour / ("assumptions/first-look.yaml" if file == "SET" else file), old, new)
    problems = faults(harbour)
    places = {(problem.file, problem.line) for problem in problems}
    assert len(places) == 1, said(problems)
    assert len(problems) == (2 if new == "then: City" else 1), said(problems)  # a bad id, and no such outcome


def test_every_fault_of_every_file_comes_at_once_in_order(harbour: Path) -> None:
    edit(harbour / "case.yaml", "id: harbour", "id: harbor")
    edit(harbour / "case.yaml", "clock: published", "clok: published")
    edit(harbour / "case.yaml", "then: city", "then: town")
    edit(harbour / "drivers.yaml", "label: The unions", "label: [")
    edit(harbour / "codebook.yaml", "driver: budget", "driver: 7")
    edit(harbour / "sources.yaml", "type: press", "type: pres")
    edit(harbour / "assumptions/first-look.yaml", "other: 0.2", "other: 0.3")
    edit(harbour / "assumptions/first-look.yaml", "weeks: 52", "weeks: -1")
    expected = [
        ("case.yaml", "the case calls itself 'harbor' but its folder is 'harbour'"),
        ("case.yaml", "unknown key 'clok'"),
        ("case.yaml", "there is no outcome 'town'"),
        ("drivers.yaml", "this is not YAML"),
        ("codebook.yaml", "'driver': expected text, got the whole number 7"),
        ("sources.yaml", "there is no source type 'pres'"),
        ("first-look.yaml", "the shares of 'stated-chances' sum to 1.1"),
        ("first-look.yaml", "'weeks': -1 is below 0.1"),
    ]
    problems = faults(harbour)
    assert len(problems) == len(expected), said(problems)
    for problem, (file, message) in zip(problems, expected, strict=True):
        assert Path(problem.file).name == file
        assert problem.message.startswith(message)


def test_a_file_that_cannot_be_read_breeds_no_other_faults(harbour: Path) -> None:
    (harbour / "drivers.yaml").write_text("drivers: [", encoding="utf-8")
    [problem] = faults(harbour)
    assert problem.file == "data/harbour/drivers.yaml"


@pytest.mark.parametrize("name", ["case.yaml", "drivers.yaml", "codebook.yaml", "sources.yaml"])
def test_a_missing_file_is_named(harbour: Path, name: str) -> None:
    (harbour / name).unlink()
    [problem] = faults(harbour)
    assert (problem.file, problem.line, problem.message) == (f"data/harbour/{name}", None, "there is no such file")


@pytest.mark.parametrize("content", ["- a\n", "text\n", "3\n"])
def test_a_file_that_is_no_block_of_keys_is_said_to_be_none(harbour: Path, content: str) -> None:
    (harbour / "drivers.yaml").write_text(content, encoding="utf-8")
    assert "the file: expected a block of keys" in said(faults(harbour))[0]


def test_a_comma_that_split_a_text_is_recognized(harbour: Path) -> None:
    edit(harbour / "sources.yaml", "sources:\n", "sources:\n- {name: A, type: press, note: Daily, old and dull}\n")
    assert any(text.endswith("'old and dull': put text that holds a comma in quotes") for text in said(faults(harbour)))


def test_a_norwegian_source_stays_text(harbour: Path) -> None:
    edit(harbour / "sources.yaml", "language: en", "language: NO")
    assert read_case(harbour).sources["Port Gazette"].language == "NO"


def test_a_driver_may_not_have_the_id_of_an_outcome(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "harbour")
    edit(folder / "drivers.yaml", "- id: budget", "- id: city")
    assert any("the driver 'city' has the id of an outcome" in text for text in said(faults(folder)))


@pytest.mark.parametrize("name", ["other", "unresolved"])
def test_the_outcomes_every_case_has_may_not_be_named_again(harbour: Path, name: str) -> None:
    edit(harbour / "case.yaml", "- id: private", f"- id: {name}")
    assert any(f"every case has the outcome '{name}' already" in text for text in said(faults(harbour)))


GATE = {
    "id": "vote",
    "label": "The vote",
    "reason": "The council must vote first.",
    "source": "City charter",
    "opened_by": {"indicator": "tender"},
}


def test_a_gate_needs_a_pace_and_an_indicator(harbour: Path) -> None:
    write_case(harbour, case={"gates": [{**GATE, "opened_by": {"indicator": "tendr"}}]})
    first, second = faults(harbour)
    assert str(first).endswith("there is no indicator 'tendr': did you mean 'tender'?")
    assert second.message == "no assumption of the kind 'gate_pace' states how fast the gate 'vote' is passed"
    assert second.file == "data/harbour/assumptions/first-look.yaml"


def test_a_gate_with_its_pace_is_read(harbour: Path) -> None:
    paced = assumption("vote-soon", "gate_pace", gate="vote", per_week=0.3)
    case = read_case(write_case(harbour, case={"gates": [GATE]}, assumptions=[*ASSUMPTIONS, paced]))
    assert case.question.gates[0].opened_by.grade == 5


def test_what_rules_an_outcome_out_is_one_end_of_an_indicator_of_the_case(harbour: Path) -> None:
    edit(harbour / "case.yaml", "- id: private", "- id: private\n  ruled_out_by: {indicator: tendr, grade: 1}")
    (unknown,) = faults(harbour)
    assert str(unknown).endswith("there is no indicator 'tendr': did you mean 'tender'?")
    edit(harbour / "case.yaml", "{indicator: tendr, grade: 1}", "{indicator: tender, grade: 2}")
    (middle,) = faults(harbour)
    assert (middle.message, middle.remedy) == (
        "'grade': expected one of 1 or 5, got the whole number 2",
        "write one of these",
    )
    edit(harbour / "case.yaml", "grade: 2}", "grade: 5}")
    found = read_case(harbour).question.outcomes[1].ruled_out_by
    assert found is not None
    assert (found.indicator, found.grade, found.back_at) == ("tender", 5, 1)


def test_what_is_not_stated_about_a_driver_is_spelled_out(harbour: Path) -> None:
    items = read_case(harbour).assumptions.items
    level = items["level-budget"]
    assert isinstance(level, Level)
    assert (level.mean, level.sd, level.source) == (0.0, 0.3, "default")
    assert level.reason.startswith("Default: ")
    assert items["half-life-unions"].weeks == 26  # type: ignore[union-attr]
    assert "level-unions" not in items
    assert "half-life-budget" not in items


def test_an_unknown_set_asked_for_is_a_fault_of_the_call(harbour: Path) -> None:
    with pytest.raises(UsageError, match=r"no assumption set 'first-lok' in data/harbour: did you mean 'first-look'\?"):
        read_case(harbour, "first-lok")
    with pytest.raises(UsageError, match="no assumption set"):
        read_case(harbour, "../assumptions/first-look")
