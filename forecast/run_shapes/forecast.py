"""What a run says: the shape of `forecast.json`."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from forecast.run_shapes.values import STRICT, Day, Digest, Moment, Probability, Range, RunId, Share, ShareRange


class SetName(TypedDict):
    """The assumption set that was used."""

    name: str
    label: str


class Outcome(TypedDict):
    """One outcome by the horizon."""

    id: str
    label: str
    description: str | None
    probability: Probability | None
    interval: ShareRange
    level: Probability
    mcse: Share | None
    previous: Probability | None
    change: Share | None
    change_reason: NotRequired[str | None]
    stated: Share | None
    base_rate: NotRequired[Share | None]
    ruled_out: NotRequired[Day | None]


class Decision(TypedDict):
    """Where an outcome stands to a probability at which somebody must act."""

    outcome: str
    at: Probability
    note: str
    probability: Probability
    crossed: Literal["up", "down"] | None


class Week(TypedDict):
    """What is resolved by the end of a week."""

    week: Day
    unresolved: Probability | None
    cumulative: dict[str, Share | None]


class Driver(TypedDict):
    """A driver now."""

    id: str
    mean: float | None
    sd: float | None
    interval: Range


class DriverWeek(TypedDict):
    """A driver in one week."""

    week: Day
    mean: float | None
    interval: Range


class DriverPath(TypedDict):
    """A driver week by week."""

    id: str
    label: str
    minus_two: str
    plus_two: str
    weeks: list[DriverWeek]


class Prior(TypedDict):
    """What an assumption said before the evidence."""

    mean: float | None
    sd: float | None


class Posterior(TypedDict):
    """And after it."""

    mean: float | None
    sd: float | None
    interval: Range


class Assumption(TypedDict):
    """A named assumption."""

    id: str
    kind: str
    about: str
    unit: str | None
    prior: Prior
    posterior: Posterior | None
    contraction: float | None
    prior_only: bool
    reason: str
    source: str


class Gate(TypedDict):
    """A step that comes first."""

    id: str
    label: str
    passed: Day | None


class Supposed(TypedDict):
    """An outcome under a scenario."""

    id: str
    label: str
    base: Probability
    probability: Probability
    change: Share
    mcse: float


class Premise(TypedDict):
    """What is seen or done, and how probable that is."""

    premise: str
    kind: Literal["see", "do"]
    probability: float
    arrows_cut: list[str]


class Scenario(TypedDict):
    """What a saved scenario makes of the forecast."""

    id: str
    label: str
    premise: list[str]
    kind: str
    premise_probability: float
    premises: list[Premise]
    method: str
    pareto_k: float | None
    settled: NotRequired[str | None]
    note: str | None
    outcomes: list[Supposed]


class Evidence(TypedDict):
    """What was counted."""

    events: int
    reports: int
    origins: int
    codings: int
    retracted: int
    after_as_of: int


class PricedOutcome(TypedDict):
    """What markets ask for an outcome (of each its share of the sum), and what that moved."""

    id: str
    prices: list[Probability]
    without: Probability
    without_mcse: Share
    contribution: Share
    mcse: Share


class Markets(TypedDict):
    """The markets whose prices were read."""

    names: list[str]
    dates: list[Day]
    pareto_k: float | None
    effective_draws: float
    outcomes: list[PricedOutcome]


class Suspect(TypedDict):
    """What mixed badly where the gate was not passed."""

    name: str
    rhat: float | None
    ess: float | None


class Diagnostics(TypedDict):
    """What the gate found."""

    method: Literal["nuts", "update", "exact"]
    rhat_max: float | None
    ess_bulk_min: float | None
    ess_tail_min: float | None
    divergences: int | None
    pareto_k: float | None
    gate: Literal["pass", "fail"]
    failures: list[str]
    suspects: NotRequired[list[Suspect]]


class Seconds(TypedDict):
    """How long it took."""

    total: float


class Made(TypedDict):
    """How the run was made."""

    id: RunId
    seed: int
    created: Moment
    inputs: Digest
    versions: dict[str, str]
    seconds: Seconds


class Forecast(TypedDict):
    """`forecast.json`: what is said (contract: the document that `show --json` prints)."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    case: str
    as_of: Day
    horizon: Day
    publishable: bool
    title: str
    question: str
    opening: Day
    counts: str
    model: str
    assumption_set: SetName
    default: bool
    outcomes: Annotated[list[Outcome], Field(min_length=2)]
    decision_lines: NotRequired[list[Decision]]
    timing: Annotated[list[Week], Field(min_length=1)]
    drivers: list[Driver]
    driver_paths: list[DriverPath]
    assumptions: list[Assumption]
    gates: list[Gate]
    evidence: Evidence
    markets: NotRequired[Markets]
    diagnostics: Diagnostics
    notes: list[str]
    scenarios: NotRequired[list[Scenario]]
    run: Made
