"""A coding in the making: what need not be said, what must be, and what helps to say it."""

from __future__ import annotations

import pytest

from forecast.case.schema import Case
from forecast.evidence.cells import RowError
from forecast.evidence.drafting import ASKED, check_answer, completed, guidance, missing, prompt
from tests.evidence.samples import row


def test_the_facts_of_a_known_report_need_not_be_said(harbour: Case) -> None:
    present = [row(), row(title="Newer", coded_at="2026-01-23")]
    draft = completed({"report_id": "R1", "coder": "bob"}, harbour, present)
    assert (draft["event_id"], draft["title"], draft["event_date"]) == ("strike-vote", "Newer", "2026-01-20")
    assert missing(draft) == ["indicator", "grade", "reliability", "credibility"]


def test_judgements_must_be_said_anew(harbour: Case) -> None:
    draft = completed({"report_id": "R1"}, harbour, [row()])
    assert not {"grade", "reliability", "credibility", "indicator", "coder", "note"} & set(draft)


def test_what_is_said_goes_before_what_is_known(harbour: Case) -> None:
    draft = completed({"report_id": "R1", "title": "Mine", "source": "Harbour Office"}, harbour, [row()])
    assert (draft["title"], draft["source"], draft["source_type"]) == ("Mine", "Harbour Office", "official")


def test_the_type_of_a_new_source_must_be_said(harbour: Case) -> None:
    assert "source_type" in missing(completed({"source": "New Radio"}, harbour, []))


def test_effort_is_missing_only_from_grade_0() -> None:
    assert "effort" in missing({"grade": "0"})
    assert "effort" not in missing({"grade": "1"})
    assert "effort" not in missing({})


def test_everything_that_can_be_missing_is_asked_for() -> None:
    assert set(missing({"grade": "0"})) <= set(ASKED)


def test_the_choice_of_a_grade_is_explained(harbour: Case) -> None:
    told = list(guidance("grade", {"indicator": "strikes"}, harbour))
    assert told[0] == "About strikes: Reports of strikes."
    assert told[1:] == [*(f"{n}  Grade {n} of strikes." for n in range(1, 6)), "0  Looked for and not found."]


@pytest.mark.parametrize(
    ("column", "first"),
    [
        ("indicator", "tax_income  About tax_income"),
        ("source_type", "press  Newspapers"),
        ("reliability", "A  completely reliable"),
        ("credibility", "1  confirmed by other sources"),
    ],
)
def test_choices_are_listed(harbour: Case, column: str, first: str) -> None:
    assert next(guidance(column, {}, harbour)) == first


def test_what_may_be_empty_says_so() -> None:
    assert prompt("note", {}) == "note (may be empty)"
    assert prompt("indicator", {}) == "indicator"
    assert prompt("effort", {"grade": "0"}).startswith("effort (the chance")


@pytest.mark.parametrize(
    ("column", "answer", "told"),
    [
        ("grade", "9", "grade '9' is not a grade"),
        ("report_id", " ", "report_id is empty: fill it in"),
        ("indicator", "strike", "there is no indicator 'strike': did you mean 'strikes'?"),
        ("source_type", "pres", "there is no source type 'pres': did you mean 'press'?"),
    ],
)
def test_an_answer_that_cannot_stand(harbour: Case, column: str, answer: str, told: str) -> None:
    with pytest.raises(RowError) as caught:
        check_answer(column, answer, {}, harbour)
    assert told in str(caught.value)


def test_answers_that_can_stand(harbour: Case) -> None:
    for column, answer in (("grade", "0"), ("note", ""), ("indicator", " strikes "), ("source_type", "press")):
        check_answer(column, answer, {}, harbour)
