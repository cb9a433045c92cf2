"""How firmly shares are held: as firmly as drivers leave room for, whatever room a judgement of time makes or takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from forecast.case.assumptions import Shares
from forecast.case.schema import Case
from forecast.elicitation.firmness import USUAL, firmest, usual
from forecast.elicitation.judgements import Judgements
from forecast.elicitation.restated import restated
from forecast.elicitation.solving import solve
from tests.model.harbour import HORIZON, OPENING, harbour, latent_drivers

MODEL = latent_drivers()
SHARES = harbour().assumptions.shares
SAID = {"set": "ana", "author": "Ana", "date": OPENING, "reason": "Ten years at the harbour."}


def moving(concentration: float) -> Case:
    """The harbour without gates, where the private owner gains or loses so much that little room is left."""
    case = harbour()
    question = case.question.model_copy(update={"gates": ()})
    items = {
        k: v for k, v in case.assumptions.items.items() if v.kind != "gate_pace" and getattr(v, "gate", None) is None
    }
    case = replace(case, question=question, assumptions=replace(case.assumptions, items=items))
    (momentum,) = (one for one in items.values() if one.kind == "momentum")
    wide = momentum.model_copy(update={"log_odds": 2.5})
    return restated(case, [wide, case.assumptions.shares.model_copy(update={"concentration": concentration})])


def given(case: Case, **more: object) -> tuple[Case, Shares | None]:
    """The case as it is judged, and the shares where they are stated anew."""
    found = solve(MODEL, case, Judgements.model_validate({**SAID, **more})).assumptions
    return restated(case, found), next((one for one in found if isinstance(one, Shares)), None)


def on(first: dt.date, before: float) -> dict[str, object]:
    """It is decided on a fixed day."""
    by = first + dt.timedelta(days=4)
    return {"ends": [{"from": first, "by": by, "chance": 0.98, "before": before, "reason": "A vote."}]}


SOON, LATE = on(OPENING + dt.timedelta(days=8), 0.1), on(HORIZON - dt.timedelta(days=14), 0.02)


@pytest.mark.parametrize(("day", "more"), [(SOON, False), (LATE, True)])
def test_shares_as_firm_as_could_be_are_so_again_where_a_day_is_fixed(day: dict[str, object], more: bool) -> None:
    """Of what is decided soon most is said by what stands now; what is decided late has more room beside it."""
    room = usual(MODEL, moving(1.0))
    assert room < USUAL, "else nothing is asked here"
    later, found = given(moving(room), **day)
    assert found is not None
    assert (found.concentration > room) == more
    assert found.concentration == min(USUAL, firmest(MODEL, later))
    assert found.shares == moving(room).assumptions.shares.shares


@pytest.mark.parametrize("concentration", [1.5, 20.0])
def test_shares_that_somebody_holds_otherwise_stay_so(concentration: float) -> None:
    """Less firmly than there is room for, or more firmly than goes without saying where drivers leave all room."""
    firm = SHARES.model_copy(update={"concentration": concentration})
    case = restated(moving(1.0) if concentration < USUAL else harbour(), [firm])
    later, found = given(case, **LATE)
    assert found is None
    shares = {"city": 0.6, "private": 0.3, "other": 0.1}
    _, found = given(case, **LATE, shares=shares)
    assert found is not None
    assert (found.concentration, found.shares) == (concentration, shares)
    assert later.assumptions.shares == case.assumptions.shares


def test_a_driver_that_may_lie_anywhere_takes_room() -> None:
    """The set can be anchored, whatever was judged of levels alone."""
    wide = {"driver": "unions", "quantiles": {"0.05": -9.0, "0.95": 9.0}, "reason": "Nobody knows."}
    later, found = given(harbour(), ends=[], levels=[wide])
    assert found is not None
    assert found.concentration == firmest(MODEL, later) < harbour().assumptions.shares.concentration
