"""What `forecast elicit` asks at a terminal: a slip is told at once and asked again, nothing is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from forecast.case.assumptions import Deadline, Level
from forecast.case.plain_yaml import read_yaml
from forecast.case.reading import read_case
from forecast.elicitation.fits import fit_roulette
from forecast.errors import Exit
from tests.small_case import ASSUMPTIONS, write_case
from tests.terminal import LEAVE, typed

ELICIT = ("elicit", "harbour")


def harbour_opened(weeks_ago: int, folder: Path) -> Path:
    """The harbour's case, opened that long before the day of the test, for 24 weeks."""
    opening = dt.date.today() - dt.timedelta(weeks=weeks_ago)  # noqa: DTZ011  the analyst's day
    horizon = opening + dt.timedelta(days=167)
    life = {"opening": opening, "history_from": opening - dt.timedelta(weeks=6), "horizon": horizon}
    shares, *others = ASSUMPTIONS
    stated = [{**shares, "judged_on": opening}, *others]
    return write_case(folder / "data" / "harbour", case=life, assumptions=stated)


def test_slips_are_told_while_asking_and_asked_again(tmp_path: Path) -> None:
    harbour, today = harbour_opened(4, tmp_path), dt.date.today()  # noqa: DTZ011  the analyst's day
    fixed = today + dt.timedelta(weeks=3)
    code, seen = typed(
        tmp_path,
        ELICIT,
        "Ana's",  # no name of a set
        "first-look",  # there already
        "ana",
        "Ana",
        "Ten years at the harbour.",
        *("50%", "30%", "30%"),  # too much in all
        *("50%", "30%", "20%"),
        "70%",
        "some Thursday",  # no day
        str(today - dt.timedelta(weeks=5)),  # before the opening
        str(fixed),
        "90%",
        str(fixed),  # announced on the day itself
        str(today),
        "3%",
        "Their members are called for that day.",
        "yes",  # to a question of y or n
        "n",
        "words",  # no way of saying a level
        "quantiles",
        *("1", "0", "much"),  # no number, and falling
        "2",
        *("-60", "0", "60"),  # wider than anything
        *("0", "0.1", "3"),
        "The city has money at last.",
        "n",
        "word",
        "hihger",
        "higher",
        "They are many.",
    )
    assert code == Exit.OK, seen
    for said in (
        "'Ana's' cannot be the name of a set",
        "first-look.yaml is there already",
        "these sum to 110.0 %",
        "is not between the opening",
        f"{fixed} is not before {fixed}",
        "'yes' is no answer",
        "'words' is no answer: did you mean 'word'?",
        "'much' is not a number",
        "rise with their probability",
        "the range of 'budget' is too wide",
        "'hihger' is no answer: did you mean 'higher'?",
    ):
        assert said in seen, seen
    assert seen.index("is there already") < seen.index("Your name")
    assert "no normal has the shape of your range of budget" in " ".join(seen.split())
    given = read_yaml(harbour / "elicited" / "ana.yaml").get("levels")
    assert isinstance(given, list)
    assert [(one["driver"], one.get("quantiles"), one.get("level")) for one in given if isinstance(one, dict)] == [
        ("budget", {"0.05": 0.0, "0.5": 0.1, "0.95": 3.0}, None),
        ("unions", None, "higher"),
    ]
    made = read_case(harbour, "ana").assumptions
    assert made.shares.shares["city"] == 0.5
    due, quiet = made.of(Deadline) if made.of(Deadline)[0].by > fixed else made.of(Deadline)[::-1]
    assert (quiet.by, quiet.announced, quiet.factor < 1) == (fixed - dt.timedelta(days=1), today, True)
    assert (due.by, due.announced, 7 * due.weeks) == (fixed + dt.timedelta(days=2), today, pytest.approx(3))


def test_chips_that_say_too_little_are_laid_again(tmp_path: Path) -> None:
    harbour = harbour_opened(4, tmp_path)
    answers = ("ana", "Ana", "Ten years.", "50%", "30%", "20%", "skip", "skip", "n", "roulette")
    code, seen = typed(
        tmp_path, ELICIT, *answers, *("0", "20", "0", "0", "0"), *("0", "5", "-1", "10", "5", "0"), LEAVE
    )
    assert code == Exit.INTERRUPTED, seen
    assert "three bins or more" in seen
    assert "'-1' is not a number of chips" in seen
    assert seen.index("three bins or more") < seen.index("Why: ")
    assert not (harbour / "elicited").exists()


def test_chips_become_a_level_that_is_kept_as_it_was_laid_and_told_back(tmp_path: Path) -> None:
    harbour = harbour_opened(4, tmp_path)
    split, chips = ("50%", "30%", "20%"), ("0", "1", "6", "9", "4")
    code, seen = typed(
        tmp_path,
        ELICIT,
        "ana",
        "Ana",
        "Ten years.",
        *split,
        *("skip", "skip"),
        "n",
        "roulette",
        *chips,
        "Money.",
        "n",
        "skip",
    )
    assert code == Exit.OK, seen
    assert "around +1 ooooooooo\n" in seen
    given = read_yaml(harbour / "elicited" / "ana.yaml").get("levels")
    assert isinstance(given, list)
    (one,) = (each for each in given if isinstance(each, dict))
    assert (one["driver"], one["chips"], one["reason"]) == ("budget", [0, 1, 6, 9, 4], "Money.")
    told = fit_roulette(one["edges"], one["chips"])
    stated = next(each for each in read_case(harbour, "ana").assumptions.of(Level) if each.driver == "budget")
    assert (stated.mean, stated.sd) == (pytest.approx(told.mean, abs=0.01), pytest.approx(told.sd, abs=0.01))
    assert 0.5 < told.mean < 1.2, "the chips' own mean is 0.8"


def test_nobody_is_asked_about_a_question_that_is_over(tmp_path: Path) -> None:
    harbour_opened(30, tmp_path)
    code, seen = typed(tmp_path, ELICIT)
    assert code == Exit.USAGE, seen
    assert "the question was open until" in seen
    assert "Name of the new set" not in seen
