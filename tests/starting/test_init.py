"""A new case is whole, passes its checks, and is never what nobody meant."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from typer.testing import CliRunner

from forecast.case.assumptions import Deadline, Hastening, Loading, Pace
from forecast.case.checks import check
from forecast.case.document import Document
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.case.strengths import normal_of
from forecast.commands.main import command_line
from forecast.errors import InputError, UsageError
from forecast.evidence.journal import View
from forecast.model.anchor import anchor
from forecast.model.contract import Model, load_model
from forecast.model.problem import build_problem
from forecast.starting.answers import Answers
from forecast.starting.folder import planned
from forecast.starting.template import read_template, template_names
from forecast.starting.writing import one_line, prose
from tests.small_case import write_yaml

ROOT = Path(__file__).resolve().parents[2]
ASKED = ["--template", "negotiation", "--question", "Does the shelling of Port Example end?"]


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def init(*words: str, answers: str | None = None) -> None:
    ended = CliRunner().invoke(command_line(), ["init", *words], input=answers)
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception


@pytest.mark.parametrize("template", template_names())
def test_every_template_makes_a_case_without_faults_or_warnings(template: str) -> None:
    init("harbour", "--template", template, "--question", "What becomes of the harbour: and when?")
    case = read_case(Path("data/harbour"))
    findings = check(case)
    assert (findings.problems, findings.warnings) == ((), ())
    assert Path("data/harbour/evidence.csv").read_bytes().count(b"\n") == 1
    assert sum(case.assumptions.shares.shares.values()) == pytest.approx(1)


def test_who_leaves_a_leadership_contest_is_out() -> None:
    init(
        "harbour", "--template", "leadership", "--question", "Who leads?", "--outcome", "ana=Ana", "--outcome", "bo=Bo"
    )
    case = read_case(Path("data/harbour"))
    by = {outcome.id: outcome.ruled_out_by for outcome in case.question.outcomes}
    assert {name: (one.indicator, one.grade) for name, one in by.items() if one} == {
        "ana": ("backing_of_ana", 1),
        "bo": ("backing_of_bo", 1),
    }
    assert case.indicators["backing_of_bo"].grades[1].startswith("Out - eliminated")


@pytest.mark.parametrize("template", template_names())
def test_no_template_tilts_strongly(template: str) -> None:
    usual = read_template(template)
    assert all(set(driver.tilts.values()) <= {"-", "+"} for driver in usual.drivers)
    assert sum(outcome.share for outcome in usual.outcomes) + usual.other.share == pytest.approx(1)
    assert {name for driver in usual.drivers for name in driver.tilts} <= {outcome.id for outcome in usual.outcomes}
    assert {one.driver for one in usual.indicators} == {driver.id for driver in usual.drivers}


@pytest.mark.parametrize("template", ["government", "leadership", "negotiation"])
def test_where_only_the_formal_act_is_missing_it_ends_soon_whatever_the_end(template: str) -> None:
    """One driver tilts nothing and hurries much: seven times the usual pace where it is as high as it goes."""
    init("harbour", "--template", template, "--question", "What becomes of the harbour: and when?")
    case = read_case(Path("data/harbour"))
    tilting = {one.driver for one in case.assumptions.of(Loading)}
    (near,) = (one for one in case.assumptions.of(Hastening) if one.driver not in tilting)
    assert math.exp(2 * normal_of(near)[0]) == pytest.approx(7.39, abs=0.01)
    assert any(one.driver == near.driver for one in case.indicators.values())


ACT = re.compile(r"\(([a-z])\)")


@pytest.mark.parametrize("template", template_names())
def test_what_counts_leaves_other_a_way_to_come_true(template: str) -> None:
    """Every act that a test names is one that counts, and a template whose tests name acts has one more for `other`."""
    usual = read_template(template)
    admitted = set(ACT.findall(usual.counts))
    named = {act for outcome in usual.outcomes for act in ACT.findall(outcome.test)}
    assert named <= admitted
    assert not named or admitted - named


def test_answers_and_options_together_say_what_is_asked() -> None:
    Path("answers.yaml").write_text(
        "template: leadership\nquestion: Who leads?\nopening: 2025-03-03\nhorizon: 2025-06-30\nresolved: 0.9\n"
        "due: 2025-06-14\nother: {share: 0.1}\n"
        "outcomes:\n  - {id: ana, label: Ana Ruiz, like: challenger, share: 0.6}\n"
        "  - {id: bo, label: Bo Lind, like: incumbent, share: 0.3}\n",
        encoding="utf-8",
    )
    init("leader", "--answers", "answers.yaml", "--horizon", "2025-07-31")
    case = read_case(Path("data/leader"))
    assert case.question.horizon.isoformat() == "2025-07-31"
    assert case.question.clock == "published"  # it opened long ago
    assert case.assumptions.shares.shares == {"ana": 0.6, "bo": 0.3, "other": 0.1}
    assert {"backing_of_ana", "backing_of_bo"} <= case.indicators.keys()
    (due,) = case.assumptions.of(Deadline)
    assert due.by.isoformat() == "2025-06-15"  # the end of the ballot's week
    assert due.factor == 300
    judged, weeks = case.assumptions.only(Pace), (case.question.horizon - case.question.opening).days / 7
    assert judged is not None
    assert judged.per_week < 0.5 * -math.log(1 - 0.9) / weeks, "most of the chance is in that week"
    assert resolved(case) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (["deal=A deal", "deal=Another"], "two outcomes are called 'deal'"),
        (["deal=A deal", "pact=a  DEAL"], "say the same"),
        (["other=Anything"], "every case has 'other' already"),
        (["unresolved=Still open"], "every case has 'unresolved' already"),
        (["deal:agrement=A deal"], "did you mean 'agreement'?"),
        (["deal"], "write it as ID=LABEL"),
    ],
)
def test_outcome_sets_that_cannot_be_are_refused(outcomes: list[str], said: str) -> None:
    with pytest.raises((InputError, UsageError)) as refused:
        init("talks", *ASKED, *(word for outcome in outcomes for word in ("--outcome", outcome)))
    assert said in str(refused.value)
    assert not Path("data").exists()


def test_outcomes_that_no_test_parts_are_refused() -> None:
    text = "outcomes: [{id: a, label: Deal}, {id: b, label: Pact}]\ntree: [{test: They sign., then: [a, b]}]\n"
    Path("answers.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no test parts 'a' from 'b'"):
        init("talks", *ASKED, "--answers", "answers.yaml")
    assert not Path("data").exists()


def test_a_standstill_and_a_narrower_outcome_are_pointed_at() -> None:
    labels = ("deal=A deal", "kept=A deal with monitors", "none=No deal")
    words = (word for label in labels for word in ("--outcome", label))
    ended = CliRunner().invoke(command_line(), ["init", "talks", *ASKED, "--json", *words])
    warnings = " ".join(json.loads(ended.stdout)["warnings"])
    assert "the narrower first" in warnings
    assert "'unresolved', every case has" in warnings


def test_a_label_for_anything_is_pointed_at() -> None:
    labels = ("deal=A deal", "rest=Any other deal", "anya=Anya Ruiz leads")
    words = (word for label in labels for word in ("--outcome", label))
    ended = CliRunner().invoke(command_line(), ["init", "talks", *ASKED, "--json", *words])
    pointed = [warning for warning in json.loads(ended.stdout)["warnings"] if "together with another" in warning]
    assert len(pointed) == 1
    assert "'Any other deal' may hold together with another outcome" in pointed[0]


def test_all_that_is_wrong_with_a_call_is_told_at_once() -> None:
    words = ("--template", "negotation", "--outcome", "deal", "--horizon", "2026-13-01", "--due", "soon")
    with pytest.raises(UsageError) as refused:
        init("Talks", "--question", "Who leads?", *words)
    told = str(refused.value).splitlines()
    assert len(told) == 5
    assert [any(word in line for line in told) for word in ("'Talks'", "--outcome", "--horizon", "--due")] == [True] * 4
    assert "did you mean 'negotiation'?" in told[-1]
    words = ("--answers", "nope.yaml", "--outcome", "a", "--outcome", "b", "--share", "c=x", "--due", "soon")
    with pytest.raises(UsageError) as refused:
        init(*words)
    told = str(refused.value).splitlines()
    signs = ("which name", "'a'", "'b'", "'c=x'", "'soon'", "nope.yaml")
    assert [any(sign in line for line in told) for sign in signs] == [True] * len(signs)
    assert len(told) == len(signs)
    init("talks", *ASKED)
    with pytest.raises(UsageError, match=r"there already(.|\n)*--due: 'soon' is not a date"):
        init("talks", *ASKED, "--due", "soon")


def test_a_template_that_is_none_is_told_at_its_line() -> None:
    Path("answers.yaml").write_text("question: Who leads?\ntemplate: leader\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"answers\.yaml:2: there is no template 'leader'"):
        init("talks", "--answers", "answers.yaml")


def test_an_option_changes_one_thing_of_an_outcome_in_the_file() -> None:
    outcomes = [{"id": "deal", "label": "A deal", "share": 0.5}, {"id": "war", "label": "War again", "share": 0.3}]
    write_yaml(Path("answers.yaml"), {"outcomes": outcomes})
    init("talks", *ASKED, "--answers", "answers.yaml", "--share", "deal=0.6", "--test", "war=A battle is fought.")
    case = read_case(Path("data/talks"))
    assert case.assumptions.shares.shares == {"deal": 0.6, "war": 0.3, "other": pytest.approx(0.1)}
    assert [test.test for test in case.question.resolution.tree][1] == "A battle is fought."
    with pytest.raises(UsageError, match="name its outcome with --outcome peace=LABEL first"):
        init("more", *ASKED, "--answers", "answers.yaml", "--share", "peace=0.1")
    write_yaml(Path("answers.yaml"), {"outcomes": [*outcomes, outcomes[0]]})
    with pytest.raises(InputError, match=r"answers\.yaml:8: two outcomes are called 'deal'"):
        init("more", *ASKED, "--answers", "answers.yaml", "--share", "deal=0.1")


def test_a_horizon_before_its_opening_is_told_by_the_option_that_was_given() -> None:
    words = ("--opened", "2026-02-01", "--horizon", "2036-03-01")
    with pytest.raises(InputError, match=r"the options: the horizon .* is more than 10 years after the opening"):
        init("talks", *ASKED, *words)
    words = ("--opened", "2026-02-01", "--horizon", "2026-01-31")
    with pytest.raises(InputError, match=r"the options: the horizon .* correct --horizon or --opened"):
        init("talks", *ASKED, *words)
    assert not Path("data").exists()


def test_every_file_names_a_shape_that_lies_where_it_says() -> None:
    init("talks", *ASKED)
    case = Path("data/talks")
    named = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
    for path in (*case.glob("*.yaml"), *case.glob("assumptions/*.yaml")):
        line = named.match(path.read_text(encoding="utf-8"))
        assert line, path
        shape = json.loads((path.parent / line[1]).read_text(encoding="utf-8"))
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        assert set(shape.get("required", ())) <= set(data) <= set(shape["properties"])


def test_nothing_is_overwritten() -> None:
    init("talks", *ASKED)
    before = {path: path.read_bytes() for path in Path("data").rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match="there already"):
        init("talks", *ASKED)
    assert {path: path.read_bytes() for path in Path("data").rglob("*") if path.is_file()} == before
    assert [path.name for path in Path("data").iterdir()] == ["talks"]


@pytest.mark.parametrize("judged", [None, 0.4])
def test_a_government_joins_the_past_of_its_country(judged: float | None) -> None:
    tables = Path("data/base_rates")
    tables.mkdir(parents=True)
    source = ROOT / "data/base_rates/formation_episodes.csv"
    (tables / source.name).write_bytes(source.read_bytes())
    words = ["--opened", "2011-03-01", "--country", "Belgium", *([] if judged is None else ["--resolved", f"{judged}"])]
    ended = CliRunner().invoke(
        command_line(), ["init", "cabinet", "--template", "government", "--question", "Who governs?", *words, "--json"]
    )
    said = json.loads(ended.stdout)
    case = read_case(Path("data/cabinet"))
    assert len(case.base_rates.episodes) > 100
    assert bool(case.assumptions.of(Deadline)) == (judged is not None), "a judgement stands beside the past"
    assert resolved(case) == pytest.approx(said["resolved_by_horizon"], abs=0.01)
    assert judged in (None, said["resolved_by_horizon"])


def test_a_country_that_joins_no_past_is_told() -> None:
    """A typo, no table, a kind of question that has none: whoever named a country meant to learn from its past."""
    opened = dt.date(2011, 3, 1)

    def told(template: str, country: str) -> list[str]:
        answers = Answers(question="Who governs?", opening=opened, country=country, template=template)
        plan = planned(Path("data/cabinet"), read_template(template), answers, Document("answers", {}, {}), opened)
        return [str(warning) for warning in plan[1] if "country" in str(warning)]

    (without,) = told("government", "Belgium")
    assert "joins no past: there is no base_rates/formation_episodes.csv beside the cases" in without
    (other_kind,) = told("negotiation", "Belgium")
    assert "no table is of this kind of question" in other_kind
    tables = Path("data/base_rates")
    tables.mkdir(parents=True)
    source = ROOT / "data/base_rates/formation_episodes.csv"
    (tables / source.name).write_bytes(source.read_bytes())
    (slip,) = told("government", "Belgum")
    assert slip.endswith("country 'Belgum' has no past episode in formation_episodes.csv: did you mean 'Belgium'?")
    (far,) = told("government", "Ruritania")
    assert far.endswith("has no past episode in formation_episodes.csv: its pace is learned from the others")
    assert told("government", "Belgium") == []


def resolved(case: Case) -> float:
    """P(resolved by the horizon) on the opening day."""
    model = cast("Model", load_model(case.question.model, case.folder))
    return anchor(model, build_problem(case, View(case.question.opening, "published", (), (), 0))).resolved


def test_the_chance_of_resolution_is_met_beside_what_is_due() -> None:
    day = ["--opened", "2026-01-12", "--horizon", "2026-06-28", "--due", "2026-04-12"]
    init("talks", *ASKED, "--resolved", "0.7", *day)
    assert resolved(read_case(Path("data/talks"))) == pytest.approx(0.7, abs=0.01)


@given(st.text(min_size=1).map(str.strip).filter(lambda text: bool(text.split())))
def test_any_text_comes_back_from_yaml_as_it_went_in(text: str) -> None:
    plain = " ".join(text.split())
    try:
        written = f"one: {one_line(text)}\nlong: {prose(text * 40, 4)}\n"
        read = YAML(typ="safe", pure=True).load(written)
    except UnicodeEncodeError:
        return  # lone surrogates are no text
    assert read == {"one": plain, "long": " ".join((text * 40).split())}


def test_drivers_that_are_left_out_are_named() -> None:
    words = ["--outcome", "centre:first_choice=The League", "--outcome", "vote=A new election"]
    asked = ["--template", "government", "--question", "Who governs?", *words]
    told = " ".join(
        json.loads(CliRunner().invoke(command_line(), ["init", "cabinet", *asked, "--json"]).stdout)["warnings"]
    )
    assert "no outcome is like 'compromise' or 'new_election'" in told
    assert "'appetite_for_election'" in told
    likened = [*asked[:-1], "vote:new_election=A new election"]
    told = " ".join(
        json.loads(CliRunner().invoke(command_line(), ["init", "other", *likened, "--json"]).stdout)["warnings"]
    )
    assert "'appetite_for_election'" not in told


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("template", template_names())
def test_every_template_refreshes_at_once_and_passes_the_gate(template: str) -> None:
    init("harbour", "--template", template, "--question", "What becomes of the harbour?")
    ended = CliRunner().invoke(command_line(), ["refresh", "harbour", "--json"])
    assert ended.exit_code == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert said["diagnostics"]["gate"] == "pass"
    assert {one["id"] for one in said["outcomes"]} >= {"other", "unresolved"}
    assert all(one["previous"] is None for one in said["outcomes"])
