"""A team's set: the assumptions that several analysts' sets make together.

An assumption that all of them take over from one file is one judgement, and stays as it stands. Of any other each
number is pooled on the scale on which the model has it (`hierarchy`): loadings, influences, levels and rises as they
are, paces, factors and half-lives in logarithms, shares in log-ratios. Who states no arrow, loading, hastening,
deadline or rise says that there is none. What is no number (a table, its endings, the reports that a judgement holds)
must be the same everywhere, or be stated by the team's set itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from forecast.case.assumption_sets import Placed, Stock, subject_of
from forecast.case.assumptions import Assumption, Shares
from forecast.case.concentration import concentration_of, doubt_of, log_ratios
from forecast.case.hierarchy import Team, team
from forecast.case.members import Member
from forecast.case.phrases import listed
from forecast.case.strengths import normal_of
from forecast.case.teams import Pooled, Pools, View
from forecast.errors import Problem

HELD_DOUBT: Final = {"log": math.log(2.0), "linear": 0.5}
"""What counts as the doubt about a number that the model holds as it is: a doubling, or half a unit."""
WORDS: Final = ("id", "reason", "source", "author", "date", "below_reference")
"""The keys of an assumption that change no forecast."""

Normal = tuple[float, float]


@dataclass(frozen=True)
class _Number:
    """One number of an assumption.

    Attributes
    ----------
    key
        Where it stands; the first of an assumption has no name of its own in what is shown.
    scale
        On which it is pooled.
    read
        Mean and standard deviation on that scale.
    write
        The assumption's keys for a mean and a standard deviation.
    absent
        What an analyst says who states no such assumption; None where that cannot be.
    held
        Whether the model takes it as it is.
    """

    key: str
    scale: Literal["linear", "log"]
    read: Callable[[Any], Normal]
    write: Callable[[float, float], dict[str, Any]]
    absent: float | None = None
    held: bool = False


def _held(key: str, scale: Literal["linear", "log"], absent: float | None = None) -> _Number:
    log = scale == "log"
    return _Number(
        key,
        scale,
        lambda item: (math.log(getattr(item, key)) if log else getattr(item, key), 0.0),
        lambda mean, _: {key: math.exp(mean) if log else mean},
        absent,
        held=True,
    )


def _factor(key: str, width: str, absent: float | None = None) -> _Number:
    return _Number(
        key,
        "log",
        lambda item: (math.log(getattr(item, key)), math.log(getattr(item, width))),
        lambda mean, sd: {key: math.exp(mean), width: min(max(math.exp(sd), 1.01), 20.0)},
        absent,
    )


def _plain(key: str, absent: float | None = None) -> _Number:
    return _Number(
        key,
        "linear",
        lambda item: (getattr(item, key), item.sd),
        lambda mean, sd: {key: mean, "sd": min(max(sd, 0.01), 10.0)},
        absent,
    )


_STRENGTH: Final = _Number(
    "mean", "linear", normal_of, lambda mean, sd: {"strength": None, "mean": mean, "sd": max(sd, 0.01)}, 0.0
)
NUMBERS: Final[dict[str, tuple[_Number, ...]]] = {
    "level": (_plain("mean"),),
    "half_life": (_held("weeks", "log"),),
    "influence": (_STRENGTH,),
    "loading": (_STRENGTH,),
    "hastening": (_STRENGTH,),
    "pace": (_factor("per_week", "factor"),),
    "gate_pace": (_factor("per_week", "factor"),),
    "deadline": (_factor("factor", "uncertainty", 0.0), _held("weeks", "log")),
    "ripening": (_held("rise", "linear", 0.0), _held("weeks", "log")),
    "momentum": (_held("log_odds", "linear", 0.0), _held("weeks", "log")),
    "selection": (_plain("log_rate", 0.0),),
    "reference_class": (_held("relevance", "log"),),
}
"""The numbers of each kind that has any; shares are pooled together."""


def pooled_stock(
    own: Stock, pools: Pools, members: Sequence[Member], problems: list[Problem]
) -> tuple[Stock, tuple[Pooled, ...]]:
    """The assumptions of a team's set: those it states itself, and what its analysts' sets make of all others.

    Parameters
    ----------
    own
        What its own file states.
    pools
        How it pools.
    members
        The analysts' sets, each with all that it takes over and that goes without saying.

    Returns
    -------
    The assumptions, and every number on which more than one judgement was pooled.
    """
    members = sorted(members, key=lambda member: member.name)
    restated = {placed.subject for placed in own.items.values()}
    held: dict[str, Placed] = {}
    found: list[Pooled] = []
    whole = own.whole
    for subject, views in _by_subject(members).items():
        if subject in restated:
            continue
        first = next(iter(views.values()))
        if len(views) == len(members) and len({member.origins[views[member.name].id] for member in members}) == 1:
            held[first.id] = Placed(first, own.chosen, ("pools",))
            continue
        if fault := _unpoolable(subject, views, members):
            problems.append(own.chosen.problem(("pools",), fault, "state it in this set too: that one holds"))
            whole = False
            continue
        if isinstance(first, Shares):
            item, numbers = _shares(first, views, members, pools)
        else:
            item, numbers = _item(first, views, members, pools)
        if item.id in held:  # one name for two things, in two analysts' sets
            item = item.model_copy(update={"id": f"{item.id}-{len(held)}"})
        held[item.id] = Placed(item, own.chosen, ("pools",))
        found += numbers
    return Stock(own.chosen, {**held, **own.items}, whole), tuple(found)


def _by_subject(members: Sequence[Member]) -> dict[tuple[str, ...], dict[str, Assumption]]:
    """What is spoken of, each with every set's own assumption of it, in the order of the sets and their files."""
    found: dict[tuple[str, ...], dict[str, Assumption]] = {}
    for member in members:
        for item in member.items.values():
            found.setdefault(subject_of(item), {})[member.name] = item
    return found


def _unpoolable(subject: tuple[str, ...], views: Mapping[str, Assumption], members: Sequence[Member]) -> str | None:
    """Why an assumption cannot be pooled; None where it can."""
    kind, *about = subject
    what = f"the {kind.replace('_', ' ')}" + (f" of {listed(filter(None, about))}" if any(about) else "")
    numbers = NUMBERS.get(kind, ())
    silent = [member.name for member in members if member.name not in views]
    if silent and (not numbers or numbers[0].absent is None):
        return f"{listed(silent)} state{'s' if len(silent) == 1 else ''} nothing of {what}, on which others do"
    left = [_without_numbers(item) for item in views.values()]
    if any(other != left[0] for other in left):
        return f"{listed(views)} differ on {what} in more than numbers"
    return None


def _without_numbers(item: Assumption) -> dict[str, Any]:
    if isinstance(item, Shares):
        judged = item.judged_on if item.judged_with == "reports" else None
        return {"judged_with": item.judged_with, "judged_on": judged, "outcomes": set(item.shares)}
    said = item.model_dump(exclude=set(WORDS))
    pooled = {key for number in NUMBERS.get(item.kind, ()) for key in number.write(0.0, 0.0)}
    return {key: value for key, value in said.items() if key not in pooled}


# ---------------------------------------------------------------------------- single numbers


def _item(
    first: Assumption, views: Mapping[str, Assumption], members: Sequence[Member], pools: Pools
) -> tuple[Assumption, list[Pooled]]:
    """One assumption of the team, and its pooled numbers."""
    written: dict[str, Any] = {}
    found = []
    for place, number in enumerate(NUMBERS[first.kind]):
        asked = [member for member in members if member.name in views or number.absent is not None]
        stated = [
            number.read(views[member.name]) if member.name in views else (number.absent or 0.0, 0.0) for member in asked
        ]
        doubts = [sd for _, sd in stated if sd > 0.0]
        usual = HELD_DOUBT[number.scale] if number.held else _root_mean_square(doubts)
        said = _team([[mean] for mean, _ in stated], [sd for _, sd in stated], asked, pools, usual)
        written |= number.write(said.means[0], said.sd)
        unit = math.exp if number.scale == "log" else float
        seen = tuple(View(m.name, m.author, unit(mean), sd) for m, (mean, sd) in zip(asked, stated, strict=True))
        key = number.key if place else ""
        value = unit(said.means[0])
        pooled = Pooled(
            first.id, first.kind, key, number.scale, seen, value, said.sd, said.between, number.held
        )  # fmt: skip
        found.append(pooled)
    return _restated(first, written, members, pools, found), found


def _team(
    numbers: Sequence[Sequence[float]],
    doubts: Sequence[float],
    members: Sequence[Member],
    pools: Pools,
    usual: float,
    dimensions: int = 1,
) -> Team:
    weights = [pools.weights.get(member.name, 1.0) for member in members]
    return team(numbers, doubts, weights, pools.spread * usual, pools.worth, dimensions)


def _root_mean_square(values: Sequence[float]) -> float:
    return math.sqrt(math.fsum(value**2 for value in values) / len(values))


def _restated(
    first: Assumption, written: dict[str, Any], members: Sequence[Member], pools: Pools, numbers: Sequence[Pooled]
) -> Assumption:
    """The team's assumption; its reason says what each analyst states."""
    told = "; ".join(_told(number) for number in numbers)
    words = {
        "reason": f"Pooled of the analysts' sets: {told}. {pools.reason}",
        "source": f"assumption sets {', '.join(member.name for member in members)}",
        "author": None,
        "date": None,
    }
    return first.model_copy(update={**written, **words})


def _told(number: Pooled) -> str:
    name = f"{number.key} " if number.key else ""
    return name + ", ".join(f"{view.set} {view.value:.3g}" for view in number.views)


# ---------------------------------------------------------------------------- shares


def _shares(
    first: Shares, views: Mapping[str, Assumption], members: Sequence[Member], pools: Pools
) -> tuple[Assumption, list[Pooled]]:
    """The shares pooled as log-ratios, with one spread for all, and a concentration for their width."""
    stated = [view for member in members if isinstance(view := views[member.name], Shares)]
    outcomes = list(first.shares)
    ratios = [log_ratios([view.shares[outcome] for outcome in outcomes]) for view in stated]
    doubts = [doubt_of(list(view.shares.values()), view.concentration) for view in stated]
    said = _team(ratios, doubts, members, pools, _root_mean_square(doubts), len(outcomes) - 1)
    odds = [math.exp(mean) for mean in said.means]
    shares = [each / math.fsum(odds) for each in odds]
    written = {
        "shares": dict(zip(outcomes, shares, strict=True)),
        "concentration": concentration_of(shares, said.sd),
        "judged_on": max(view.judged_on for view in stated),
    }
    found = [
        Pooled(
            id=first.id,
            kind=first.kind,
            key=outcome,
            scale="log-ratio",
            views=tuple(
                View(member.name, member.author, view.shares[outcome], doubt)
                for member, view, doubt in zip(members, stated, doubts, strict=True)
            ),
            value=share,
            sd=said.sd,
            between=said.between,
            held=False,
        )
        for outcome, share in zip(outcomes, shares, strict=True)
    ]
    return _restated(first, written, members, pools, found), found
