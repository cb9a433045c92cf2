"""`forecast elicit`: what was judged is met, what cannot hold is said, and nothing is written of what is refused."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from forecast.case.assumptions import Deadline, Level, Loading, Pace
from forecast.case.reading import read_case
from forecast.commands.main import command_line
from forecast.elicitation.pace import fit_pace
from forecast.errors import InputError
from tests.small_case import ASSUMPTIONS, assumption, write_case

JUDGED: dict[str, Any] = {
    "set": "ana",
    "author": "Ana",
    "date": dt.date(2026, 1, 12),
    "reason": "Ten years at the harbour.",
    "shares": {"city": 0.5, "private": 0.3, "other": 0.2},
    "resolved": [{"by": dt.date(2026, 6, 28), "chance": 0.7}],
    "conditionals": [
        {"driver": "budget", "shares": {"city": 0.65, "private": 0.2, "other": 0.15}, "reason": "Money decides."}
    ],
    "levels": [{"driver": "unions", "quantiles": {"0.05": -0.1, "0.95": 0.1}, "reason": "They are steady."}],
}


def ranged(low: float, high: float) -> dict[str, Any]:
    return {"driver": "unions", "quantiles": {"0.05": low, "0.95": high}, "reason": "So."}


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_case(tmp_path / "data" / "harbour")


def elicit(**changes: Any) -> str:
    with Path("answers.yaml").open("w", encoding="utf-8") as file:
        writer = YAML()
        writer.representer.ignore_aliases = lambda *_: True
        writer.dump({**JUDGED, **changes}, file)
    ended = CliRunner().invoke(command_line(), ["elicit", "harbour", "--answers", "answers.yaml"])
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended.stdout + ended.stderr


def test_judgements_become_a_set_that_gives_them_back(harbour: Path) -> None:
    lopsided = {
        "driver": "unions",
        "quantiles": {"0.05": -0.1, "0.5": -0.09, "0.95": 0.1},
        "reason": "They are steady.",
    }
    told = " ".join(elicit(levels=[lopsided]).split())
    assert "were budget clearly higher, you say city 65 % (model 65 %)" in told
    assert "you say 70 %: one steady pace gives 70 %" in told
    assert "range of unions is very narrow" in told
    assert "of unions you say 5 % below -0.10 (normal -0.13), 50 % below -0.09 (normal -0.03)" in told
    assert "no normal has the shape of your range of unions" in told
    made = read_case(harbour, "ana").assumptions
    assert made.shares.shares == JUDGED["shares"]
    assert {one.author for one in (*made.of(Loading), *made.of(Level), *made.of(Pace)) if one.source == "elicited"} == {
        "Ana"
    }
    kept = (harbour / "elicited" / "ana.yaml").read_text(encoding="utf-8")
    assert "Ten years at the harbour." in kept


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shares": {"city": 0.5, "private": 0.3, "other": 0.3}}, "sum to 1.1"),
        ({"shares": {"city": 0.8, "other": 0.2}}, "no chance is given to 'private'"),
        ({"levels": [{"driver": "union", "level": "usual", "reason": "So."}]}, "did you mean 'unions'?"),
        ({"date": dt.date(2026, 6, 29)}, "'date' (2026-06-29) is after the horizon"),
        ({"levels": [{"driver": "unions", "reason": "So."}]}, "not judged in exactly one way"),
        ({"levels": [ranged(-50.0, 50.0)]}, "the range of 'unions' is too wide: its sd is 30.4, above 10: narrow it"),
        ({"levels": [ranged(4.0, 5.0)]}, "the middle of 'unions' is +4.5"),
        ({"levels": [ranged(1.0, 1.0)]}, "the level of 'unions' cannot be told: quantiles must be two or more"),
        (
            {"resolved": [{"by": dt.date(2026, 3, 1), "chance": 0.7}, {"by": dt.date(2026, 6, 1), "chance": 0.5}]},
            "both cannot hold",
        ),
    ],
)
def test_judgements_that_cannot_hold_are_refused(harbour: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=r"answers\.yaml") as refused:
        elicit(**changes)
    assert said in str(refused.value)
    assert not (harbour / "elicited").exists()


def test_every_level_that_cannot_be_stated_is_told_at_its_own_line(harbour: Path) -> None:
    with pytest.raises(InputError) as refused:
        elicit(levels=[ranged(-50.0, 50.0), {**ranged(4.0, 5.0), "driver": "budget"}])
    lines = Path("answers.yaml").read_text(encoding="utf-8").splitlines()
    wrong = [number for number, line in enumerate(lines, start=1) if line.strip() == "quantiles:"]
    assert [problem.line for problem in refused.value.problems] in (wrong, [number + 1 for number in wrong])
    assert "pydantic" not in str(refused.value)
    assert not (harbour / "elicited").exists()


def test_what_has_no_shape_hides_nothing_that_cannot_hold(harbour: Path) -> None:
    """Each at its own entry, in one go: who mends them all is done."""
    with pytest.raises(InputError) as refused:
        elicit(
            author=7,
            based_on="nowhere",
            shares={"city": 0.5, "private": 0.3, "other": 0.3},
            conditionals=[{"driver": "budgets", "shares": {"city": "half", "citty": 0.5}, "reason": "So."}],
            levels=[{"driver": "unions", "quantiles": {"0.05": 4.0, "0.95": 5.0}, "levle": "usual"}],
            resolved=[{"by": dt.date(2027, 1, 1)}],
        )
    told = str(refused.value)
    for said in (
        "'author': expected text",
        "sum to 1.1",
        "did you mean 'budget'?",
        "'city': expected a number",
        "there is no assumption set 'nowhere'",
        "there is no outcome 'citty'",
        "the middle of 'unions' is +4.5",
        "unknown key 'levle'",
        "'reason' is missing",
        "'chance' is missing",
        "'by' (2027-01-01) is not between",
    ):
        assert said in told
    assert len(refused.value.problems) == 11
    assert not (harbour / "elicited").exists()


def test_a_pace_is_what_judged_chances_leave_beside_a_deadline(harbour: Path) -> None:
    due = assumption("due", "deadline", by=dt.date(2026, 6, 21), weeks=1, factor=20, uncertainty=1.01)
    write_case(harbour, assumptions=[*ASSUMPTIONS, due])
    told = " ".join(elicit(conditionals=[], levels=[]).split())
    assert "you say 70 %: one pace, faster where something is due, gives 70 %" in told
    assert "you say city 50 % (give or take" in told
    hurried, steady = read_case(harbour, "ana").assumptions.only(Pace), 23.857  # weeks in all
    assert hurried is not None
    assert hurried.per_week * (steady + 19) == pytest.approx(fit_pace([1.0], [0.7], hurried.factor).per_week, rel=0.05)


def test_a_chance_judged_after_a_deadline_was_announced_may_hold_it(harbour: Path) -> None:
    """The pace is met for the opening, which knows of no deadline that was announced later."""
    said = {"by": dt.date(2026, 6, 21), "announced": dt.date(2026, 1, 20), "weeks": 1, "factor": 20}
    write_case(harbour, assumptions=[*ASSUMPTIONS, assumption("called", "deadline", **said)])
    told = " ".join(elicit(date=dt.date(2026, 1, 25), shares=None, conditionals=[], levels=[]).split())
    assert "'called' was announced on 2026-01-20, before you judged" in told
    assert "you say 70 %: one steady pace gives 70 %" in told
    before = " ".join(elicit(set="ben", date=dt.date(2026, 1, 19), shares=None, conditionals=[], levels=[]).split())
    assert "announced" not in before


def test_a_driver_that_helps_one_outcome_both_ways_is_pointed_at(harbour: Path) -> None:
    down = {**JUDGED["conditionals"][0], "were": "clearly lower"}
    told = " ".join(elicit(conditionals=[*JUDGED["conditionals"], down]).split())
    assert "both cannot hold" in told
    assert "were budget clearly lower, you say city 65 % (model 50 %)" in told
    assert told.count("cannot be met beside the rest") == 2
    assert "change one of its two splits" in told
    lines = Path("answers.yaml").read_text(encoding="utf-8").splitlines()
    torn = re.findall(r"warning: answers\.yaml:(\d+): (\w+) gains, or loses, from budget both ways", told)
    assert torn
    for line, name in torn:  # of the second split of the driver, which is the last in the file
        assert int(line) == max(number for number, text in enumerate(lines, 1) if text.strip().startswith(f"{name}:"))
    assert len(re.findall(r"answers\.yaml:\d+: your split for budget clearly", told)) == 2


def test_what_is_wondered_at_is_told_at_its_line(harbour: Path) -> None:
    """Each key that a warning is about, by the number of its line in the file of answers."""
    sure = [{**JUDGED["conditionals"][0], "shares": {"city": 0.98, "private": 0.01, "other": 0.01}}]
    chips = {"driver": "budget", "edges": [-0.1, 0.0, 0.1, 0.2], "chips": [1, 8, 1], "reason": "So."}
    days = [{"by": dt.date(2026, 6, 27), "chance": 0.1}, {"by": dt.date(2026, 6, 28), "chance": 0.95}]  # of one week
    told = elicit(conditionals=sure, levels=[*JUDGED["levels"], chips], resolved=days)
    lines = Path("answers.yaml").read_text(encoding="utf-8").splitlines()
    found = re.findall(r"^warning: answers\.yaml:(\d+): (.*)", told, re.MULTILINE)
    assert len(found) == told.count("warning: ")
    pointed_at = [(lines[int(line) - 1].strip(), why) for line, why in found]
    assert [text for text, why in pointed_at if "33 to 1" in why] == ["city: 0.98"]
    narrow = {why.split(" is very narrow")[0]: text for text, why in pointed_at if "very narrow" in why}
    assert narrow["the range of unions"] in ("quantiles:", "0.05: -0.1", "'0.05': -0.1")
    assert narrow["the range of budget"] in ("chips:", "- 1")
    assert any(text == "- by: 2026-06-27" and "days of one week" in why for text, why in pointed_at)


def test_splits_for_a_driver_clearly_lower_are_met_alone_and_beside_the_other(harbour: Path) -> None:
    down = {"were": "clearly lower", "reason": "Money decides."}
    lower = [
        {**down, "driver": "budget", "shares": {"city": 0.34, "private": 0.41, "other": 0.25}},
        {**down, "driver": "unions", "shares": {"city": 0.45, "private": 0.37, "other": 0.18}},
    ]
    told = " ".join(elicit(conditionals=[*JUDGED["conditionals"], *lower], levels=[]).split())
    assert "cannot be met" not in told
    found = re.findall(r"(\d+) % \(model (\d+) %\)", told)
    assert len(found) == 9
    assert all(abs(int(said) - int(given)) <= 2 for said, given in found)


def test_chances_that_no_one_pace_gives_have_stretches(harbour: Path) -> None:
    late = [{"by": dt.date(2026, 2, 1), "chance": 0.1}, {"by": dt.date(2026, 6, 28), "chance": 0.95}]
    told = " ".join(elicit(conditionals=[], levels=[], resolved=late).split())
    for day, chance in (("2026-02-01", 10), ("2026-06-28", 95)):
        stretch = "a pace of its own in each stretch between your days gives"
        assert f"resolved by {day}, you say {chance} %: {stretch} {chance} %" in told
    assert "cannot be met" not in told
    slow, fast = read_case(harbour, "ana").assumptions.of(Deadline)
    assert slow.factor < 1 < fast.factor


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"by": dt.date(2026, 7, 1)}, "'by' (2026-07-01) is not between the opening and the horizon"),
        ({"from": dt.date(2026, 3, 9)}, "'from' (2026-03-09) is not between the opening (2026-01-12) and 'by'"),
        ({"announced": dt.date(2026, 3, 5)}, "'announced' (2026-03-05) is not before the first of the days"),
        ({"announced": dt.date(2026, 2, 5)}, "'announced' (2026-02-05) is after the day of the judgement"),
        ({"from": dt.date(2026, 1, 13), "before": 0.1}, "nothing lies between the announcement and these days"),
    ],
)
def test_fixed_days_that_cannot_be_are_refused(harbour: Path, changes: dict[str, Any], said: str) -> None:
    fixed = {"from": dt.date(2026, 3, 5), "by": dt.date(2026, 3, 7), "chance": 0.9, "reason": "A vote.", **changes}
    with pytest.raises(InputError, match=r"answers\.yaml") as refused:
        elicit(ends=[fixed, fixed] if "announced" in changes else [fixed])
    assert said in str(refused.value)
    assert ("two entries hold 2026-03-05" in str(refused.value)) == ("announced" in changes)
    assert not (harbour / "elicited").exists()


def test_a_fixed_day_is_kept_in_the_words_of_the_judgement(harbour: Path) -> None:
    fixed = {"from": dt.date(2026, 3, 5), "by": dt.date(2026, 3, 7), "chance": 0.9, "reason": "A vote."}
    told = " ".join(elicit(ends=[fixed], conditionals=[], levels=[]).split())
    assert "that it ends between 2026-03-05 and 2026-03-07 if it is open until then, you say 90 %:" in told
    assert "you say 70 %: one pace, faster where something is due, gives 70 %" in told
    kept = YAML(typ="safe", pure=True).load((harbour / "elicited" / "ana.yaml").read_text(encoding="utf-8"))
    assert kept["ends"] == [fixed]
    (due,) = read_case(harbour, "ana").assumptions.of(Deadline)
    assert due.reason == "A vote."


def test_judgements_are_never_overwritten(harbour: Path) -> None:
    elicit()
    with pytest.raises(InputError, match=r"answers\.yaml:1: .*ana\.yaml is there already: choose another 'set'"):
        elicit()
