"""What `forecast init` asks at a terminal, at a real one: a wrong answer is told at once and asked again."""

from __future__ import annotations

from pathlib import Path

from forecast.case.reading import read_case
from forecast.errors import Exit
from tests.terminal import LEAVE, typed

INIT = ("init", "talks")


def test_wrong_answers_are_told_while_asking_and_asked_again(tmp_path: Path) -> None:
    code, seen = typed(
        tmp_path,
        INIT,
        "",  # no kind is the usual one
        "negotation",  # misspelt
        "negotiation",
        "Does the shelling of Port Example end?",
        "2026-13-01",  # no such month
        "2026-01-12",
        "2025-12-31",  # over before it begins
        "",  # the usual horizon
        "often",  # no chance
        "60%",
        "deal:agreement=A deal",
        "",  # the usual test
        "pact=a  DEAL",  # the same as the first
        "other=Anything",  # reserved
        "deal=Another",  # the same id
        "no label",
        "none=No deal",  # a standstill, not kept
        "n",
        "walkout:breakdown=The talks are broken off",
        "A side says so, and nobody meets for two weeks.",
        "exit:breakdown=The mediator gives up",
        "a side says so, and nobody  meets for two weeks.",  # the very same fact
        "",  # that was the last one
    )
    assert code == Exit.OK, seen
    for said in (
        "did you mean 'negotiation'?",
        "'2026-13-01' is not a date",
        "the horizon (2025-12-31) is not after the day",
        "'often' is not a chance",
        "'deal' and 'pact' say the same, 'a DEAL': both would come true",
        "every case has 'other' already",
        "two outcomes are called 'deal'",
        "'no label' cannot be read",
        "sounds like the question being open still at the horizon",
        "no test parts 'walkout' from 'exit'",
    ):
        assert said in seen, seen
    assert seen.index("both would come true") < seen.index("Outcome 3")
    case = read_case(tmp_path / "data" / "talks")
    assert case.outcome_ids == ("deal", "walkout", "other")
    assert case.question.opening.isoformat() == "2026-01-12"
    assert case.question.resolution.tree[0].test.startswith("Both sides signed")  # as the template has it for its like
    assert case.question.resolution.tree[1].test == "A side says so, and nobody meets for two weeks."
    assert "a chance of 60 %" in (tmp_path / "data/talks/assumptions/first-look.yaml").read_text(encoding="utf-8")


def test_who_leaves_while_asked_has_written_nothing(tmp_path: Path) -> None:
    code, seen = typed(tmp_path, INIT, "stability", "Does the council of Port Example last?", LEAVE)
    assert code == Exit.INTERRUPTED, seen
    assert "nothing is lost or half-written" in seen
    assert list(tmp_path.iterdir()) == []
