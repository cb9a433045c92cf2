"""The parts of the page that answers fill: bridge, watch list, sensitivity, scenarios, track record, words."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import InputError
from forecast.report import bars
from forecast.report.answers import Answers
from forecast.report.document import Document, document
from forecast.report.ladder import read_ladder
from forecast.report.method import in_symbols
from forecast.report.page import render
from forecast.report.words import LADDER, Rung, likelihood

from .answered import answered
from .reading import Element, check_is_inert, read
from .sample import sample


def made(answers: Answers | None = None, **changed: Any) -> Document:
    run = sample()
    run.forecast.update(changed)
    return document(run.forecast, run.record, run.runs, answers=answers or answered(run))


# ---------------------------------------------------------------------------- why it moved


def test_a_waterfall_leads_from_one_forecast_to_the_other() -> None:
    why = made().why
    assert why is not None
    for waterfall in why.waterfalls:
        moved = sum(bar.points.value for bar in waterfall.bars)
        assert waterfall.before.value + moved == pytest.approx(waterfall.now.value)
        drawn = bars.waterfall(waterfall)
        assert len(drawn) == len(waterfall.bars) + 2
        ends = [float(str(each).split('x2="')[1].split('"')[0]) for each in (drawn[0], drawn[-1])]
        assert (ends[1] - ends[0]) * waterfall.change.value >= 0


def test_the_most_moved_outcome_comes_first() -> None:
    why = made().why
    assert why is not None
    sizes = [abs(waterfall.change.value) for waterfall in why.waterfalls]
    assert sizes == sorted(sizes, reverse=True)


def test_reasons_are_real_moves_the_way_it_went() -> None:
    why = made().why
    assert why is not None
    for waterfall in why.waterfalls:
        assert all(bar.real and bar.kind != "noise" for bar in waterfall.reasons)
        assert all(bar.points.value * waterfall.change.value > 0 for bar in waterfall.reasons)


def test_every_claim_of_the_bridge_leads_to_all_reports_of_its_event() -> None:
    run = sample()
    shown = made()
    assert shown.why is not None
    told = {bar.label: bar.reports for bar in shown.why.waterfalls[0].bars}
    wanted = {row["report_id"] for row in run.record["inputs"]["evidence"] if row["event_id"] == "E15"}
    assert {report.id for report in told["Indirect talks in Muscat called a good start"]} == wanted
    assert told["2 others"] == ()
    page = read(render(shown))
    rows = page.find("table", class_="waterfall")[0].find("tr")
    (row,) = [row for row in rows if "Muscat" in row.text]
    assert {link.attributes["href"] for link in row.find("a")} == {
        f"#{report.anchor}" for report in told["Indirect talks in Muscat called a good start"]
    }


# ---------------------------------------------------------------------------- what it hangs on


def test_a_tornado_is_sorted_and_leaves_out_what_the_draws_cannot_tell() -> None:
    hanging = made().hanging
    assert hanging is not None
    for place, outcome in enumerate(hanging.outcomes):
        levers = hanging.tornado(outcome)
        assert "resolve-sadrist" not in [lever.id for lever in levers]
        assert [lever.span(place) for lever in levers] == sorted((lever.span(place) for lever in levers), reverse=True)
    assert hanging.untold == 1


def test_a_bar_ends_in_a_line_as_long_as_it_may_be_off() -> None:
    hanging = made().hanging
    assert hanging is not None
    outcome = hanging.leader
    levers, place = hanging.tornado(outcome), hanging.outcomes.index(outcome)
    strip = bars.tornado(levers, hanging, outcome)[0]
    (width,) = re.findall(r'<rect[^>]* width="([\d.]+)"[^>]* class="stepdown"', strip)
    reaches = re.findall(r'<line x1="([\d.]+)"[^>]* x2="([\d.]+)"[^>]* class="whisker"', strip)
    scale = float(width) / abs(levers[0].low[place].value - outcome.probability.value)
    assert [float(end) - float(begin) for begin, end in reaches] == pytest.approx(
        [2 * 2 * 0.002 * scale, 2 * 2 * 0.003 * scale], abs=0.5
    )


def test_no_word_is_said_of_a_source_of_which_the_draws_cannot_tell() -> None:
    asked = answered(sample())
    assert "whichever is left out, the same outcome leads" in page_words(asked)
    asked.hanging["sources"][1]["pareto_k"] = 0.9
    told = page_words(asked)
    assert "whichever is left out" not in told
    assert "Whichever other source is left out, the same outcome leads." in told
    assert "What would be without Shafaq News these draws cannot tell." in told
    assert "A dash: it told nothing first, or these draws cannot tell." in told


def page_words(asked: Any) -> str:
    """All that stands on the page of these answers."""
    run = sample()
    return " ".join(read(render(document(run.forecast, run.record, run.runs, answers=asked))).text.split())


def test_assumptions_that_matter_are_shown_even_if_no_evidence_speaks_of_them() -> None:
    run = sample()
    asked = answered(run)
    assert asked.hanging is not None
    prior_only = next(
        entry["id"] for entry in run.forecast["assumptions"] if entry["prior_only"] and entry["posterior"]
    )
    asked.hanging["assumptions"][1]["id"] = prior_only
    shown = document(run.forecast, run.record, run.runs, answers=asked).assumptions
    mattering = [assumption.id for assumption in shown.mattering]
    assert sorted(mattering) == sorted(["pace", prior_only])
    assert prior_only not in [assumption.id for assumption in shown.lesser]
    assert len(shown.lesser) == len(shown.prior_only) - 1


# ---------------------------------------------------------------------------- decision lines


def line(crossed: str | None) -> list[dict[str, Any]]:
    return [{"outcome": "sadrist", "at": 0.05, "note": "Call the embassy.", "probability": 0.06, "crossed": crossed}]


def test_a_decision_line_that_was_crossed_is_said_before_anything_else() -> None:
    text = read(render(made(decision_lines=line("up")))).find("body")[0].text
    crossing = text.index("Decision line crossed: The Sadrists force a balanced government rose to the line at 5%")
    assert crossing < text.index("Who forms Iraq's government")
    assert "Call the embassy." in text


def test_one_that_was_not_crossed_is_said_on_the_first_screen() -> None:
    page = read(render(made(decision_lines=line(None))))
    assert not page.find("p", class_="crossing")
    (aside,) = page.find("div", class_="aside")
    assert "at or above its decision line of 5%" in aside.text


# ---------------------------------------------------------------------------- track record


def record(questions: int) -> dict[str, Any]:
    curve = [
        {"chance": 0.2, "observed": 0.25, "band": [0.1, 0.4]},
        {"chance": 0.8, "observed": 0.7, "band": [0.6, 0.9]},
    ]
    return {
        "questions": questions,
        "records": [
            {
                "model": model,
                "questions": questions,
                "log": log,
                "brier": brier,
                "calibration": {"curve": curve, "p": 0.4},
            }
            for model, log, brier in (("latent_drivers", 1.1, 0.6), ("uniform", None, 0.9))
        ],
    }


def section(page: Element, name: str) -> Element:
    return next(each for each in page.find("section") if each.attributes.get("aria-labelledby") == name)


def test_without_a_resolved_question_there_is_no_track_record() -> None:
    assert "there is no track record" in section(read(render(made())), "track").text


def test_one_resolved_question_claims_nothing() -> None:
    text = section(read(render(made(Answers(record=record(1))))), "track").text
    assert "nothing can be claimed of anybody's skill" in text
    assert "1.100" in text
    assert "without end" in text


def test_a_resolved_case_shows_what_each_forecast_was_worth() -> None:
    weights = {"sadrist": 1.0, "other": 0.0}
    resolution = {"date": "2026-03-01", "outcome": "sadrist", "weights": weights, "reason": "Voted."}
    week = {"as_of": "2026-01-25", "log": 2.0, "brier": 1.2, "in_hindsight": True}
    scores = [{"model": "latent_drivers", "assumptions": "similar-chances", "weeks": [week]}]
    answers = Answers(record=record(3), scored={"resolution": resolution, "scores": scores})
    track = section(read(render(made(answers))), "track")
    assert "resolved on 1 March 2026: The Sadrists force a balanced government. Voted." in track.text
    assert "made in hindsight" in track.text
    assert "probability 0.40" in track.find("desc")[0].text


# ---------------------------------------------------------------------------- words of probability


def test_the_standard_words() -> None:
    assert [(rung.low, rung.high) for rung in LADDER] == [
        (1, 5), (5, 20), (20, 45), (45, 55), (55, 80), (80, 95), (95, 99)
    ]  # fmt: skip


OWN = """words:
  - {from: 1, to: 30, word: remote}
  - {from: 30, to: 70, word: open}
  - {from: 70, to: 99, word: near}
"""


def test_words_of_a_teams_own(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(OWN, encoding="utf-8")
    ladder = read_ladder(path)
    assert ladder == (Rung(1, 30, "remote"), Rung(30, 70, "open"), Rung(70, 99, "near"))
    run = sample()
    page = read(render(document(run.forecast, run.record, run.runs, ladder=ladder)))
    assert "steps aside by agreement: remote, 28%" in page.find("p", class_="answer")[0].text
    assert "they are the team's own" in page.text


@given(st.floats(0, 1))
def test_words_of_any_table_are_mirrored(probability: float) -> None:
    ladder = (Rung(1, 30, "remote"), Rung(30, 70, "open"), Rung(70, 99, "near"))
    mirrored = {"remote": "near", "open": "open", "near": "remote"}
    percentage = round(100 * probability)
    assert likelihood((100 - percentage) / 100, ladder) == mirrored[likelihood(percentage / 100, ladder)]


@pytest.mark.parametrize(
    "words",
    [
        OWN.replace("from: 30", "from: 40"),
        OWN.replace("from: 1,", "from: 2,"),
        OWN.replace("to: 99", "to: 98"),
        OWN.replace("remote", ""),
        "words: []\n",
        "words: [",
    ],
)
def test_a_table_with_gaps_is_refused_by_its_file(words: str, tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(InputError, match=r"words\.yaml"):
        read_ladder(path)


# ---------------------------------------------------------------------------- method


def test_formulas_are_shown_in_the_letters_they_stand_for_and_in_columns() -> None:
    spelled = (
        "    phi_l xi[l,t-1] + sqrt(1 - phi_l^2)    moves",
        "    tau_lambda                             stays, alphabet too",
    )
    shown = in_symbols("\n".join(spelled)).splitlines()
    assert shown[0].startswith("φ_l ξ[l,t-1] + √(1 - φ_l²)")
    assert shown[1].startswith("τ_λ ")
    assert shown[1].endswith("alphabet too")
    assert shown[0].index("moves") == shown[1].index("stays")


def test_the_method_is_that_of_the_model_in_use() -> None:
    run = sample()
    run.record["inputs"]["model"]["text"] = (
        '"""A coin: heads or tails.\n\n    p = 1/2\n\n`coins.law` holds `p`, <b>boldly`.\n"""\n'
    )
    text = render(document(run.forecast, run.record, run.runs))
    (maths,) = read(text).find("div", class_="maths")
    assert maths.text.startswith("A coin: heads or tails. p = 1/2")
    assert "<code>coins.law</code><bdi> holds </bdi><code>p</code><bdi>, &lt;b&gt;boldly</bdi>" in text


# ---------------------------------------------------------------------------- words from outside

HOSTILE = '<script>alert(1)</script>\u202e" onload="x" javascript:alert(1) {{ 7 * 7 }} \x1b[31m'
TOLD = {"label", "title", "about", "unit", "look_for", "description", "author", "test", "grades"}


def poisoned(tree: Any, key: str = "") -> Any:
    if isinstance(tree, dict):
        return {name: poisoned(value, name) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [poisoned(value, key) for value in tree]
    return HOSTILE if isinstance(tree, str) and key in TOLD else tree


def test_hostile_words_in_any_answer_stay_words() -> None:
    run = sample()
    asked = answered(run)
    bad = Answers(**{each.name: poisoned(getattr(asked, each.name)) for each in fields(Answers)})
    page = read(render(document(run.forecast, run.record, run.runs, answers=bad)))
    check_is_inert(page)
    assert "<script>alert(1)</script>⟨U+202E⟩" in page.text
    assert "\x1b" not in page.text
    assert "{{ 7 * 7 }}" in page.text


# ---------------------------------------------------------------------------- analysts


def test_analysts_stand_beside_the_team_with_what_they_differ_on() -> None:
    found = made().analysts
    assert found is not None
    assert found.names == ("anna", "ben")
    assert all(row.own[0] is not None and row.own[1] is None and len(row.pools) == 2 for row in found.rows)
    assert [each.held for each in found.numbers] == [False, False, False, True]
    assert found.most is found.numbers[0]
    assert [each.outcome is None for each in found.numbers] == [False, False, False, True]
    text = render(made())
    assert "Who differs on what" in text
    assert "the draws cannot tell" in text


def test_a_plain_set_has_no_analysts() -> None:
    assert made(answers=Answers()).analysts is None
    assert "Who differs on what" not in render(made(answers=Answers()))


def test_what_a_backtest_keeps_stands_with_the_track_record() -> None:
    run = sample()
    told = section(read(render(made(Answers(backtested=tuple(run.runs[:3]))))), "track")
    assert "What this model would have said" in told.text
    shown = {float(number.attributes["value"]) for number in told.find("data")}
    assert shown == {row["probability"] for each in run.runs[:3] for row in each["outcomes"]}
    assert "What this model would have said" not in section(read(render(made())), "track").text


# ---------------------------------------------------------------------------- scenarios


def test_a_scenario_shows_what_earlier_forecasts_made_of_the_same_premise() -> None:
    run = sample()
    asked = answered(run)
    told = asked.scenarios[0]
    for place, earlier in enumerate(run.runs[:-1]):
        rows = [{"id": row["id"], "probability": 0.1 + 0.01 * place} for row in told["outcomes"]]
        other = {**told, "premise": ["us_pressure=+2"], "outcomes": rows}
        earlier["scenarios"] = [{**told, "outcomes": rows}] if place else [other]
    shown = document(run.forecast, run.record, run.runs, answers=asked)
    assert [past.probability.value for past in shown.scenarios[0].past] == pytest.approx([0.11, 0.12, 0.13])
    assert [past.day.iso for past in shown.scenarios[0].past] == [each["as_of"] for each in run.runs[1:-1]]
    assert shown.scenarios[1].past == ()
    assert "Earlier forecasts put" in section(read(render(shown)), "scenarios").text
