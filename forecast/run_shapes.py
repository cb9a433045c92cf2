"""What the two documents of a saved run must hold: the shapes of `forecast.json` and `record.json`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal, NotRequired, TypedDict

from pydantic import AfterValidator, ConfigDict, Field


def _iso(parse: type[date]) -> AfterValidator:
    def check(text: str) -> str:
        parse.fromisoformat(text)
        return text

    return AfterValidator(check)


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), _iso(date)]
Moment = Annotated[str, _iso(datetime)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
RunId = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}-[0-9a-f]{8}$")]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Share = Annotated[float, Field(ge=-1.001, le=1.001)]
"""A probability or the difference of two, after calculations that round."""
ShareRange = Annotated[list[Share | None], Field(min_length=2, max_length=2)]
Range = Annotated[list[float | None], Field(min_length=2, max_length=2)]
"""Low and high. In a run that failed its gate a number may be null: what was to be there was no number."""
STRICT: Final = ConfigDict(strict=True)

# ------------------------------------------------------------------------------------------------ forecast.json


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


class Evidence(TypedDict):
    """What was counted."""

    events: int
    reports: int
    origins: int
    codings: int
    retracted: int
    after_as_of: int


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
    timing: list[Week]
    drivers: list[Driver]
    driver_paths: list[DriverPath]
    assumptions: list[Assumption]
    gates: list[Gate]
    evidence: Evidence
    diagnostics: Diagnostics
    notes: list[str]
    run: Made


# ------------------------------------------------------------------------------------------------ record.json


class ModelText(TypedDict):
    """The model file."""

    name: str
    text: str
    builds_on: NotRequired[dict[str, str]]


class Inputs(TypedDict):
    """Everything the run was made from."""

    case: NotRequired[str]
    as_of: NotRequired[Day]
    clock: NotRequired[Literal["recorded", "published"]]
    assumptions: NotRequired[str]
    files: dict[str, str]
    base_rates: NotRequired[dict[str, str]]
    model: ModelText
    evidence: list[dict[str, str]]


class Indicator(TypedDict):
    """How to read the codings of an indicator."""

    label: str
    tells_about: str
    sign: Literal[-1, 1]
    usual_grade: Annotated[int, Field(ge=1, le=5)]


class Sampler(TypedDict):
    """How the posterior was sampled."""

    chains: Annotated[int, Field(ge=1, le=100)]
    tune: Annotated[int, Field(ge=1, le=1_000_000)]
    draws: Annotated[int, Field(ge=1, le=1_000_000)]
    target_accept: Annotated[float, Field(gt=0.0, lt=1.0)]


class Intercepts(TypedDict):
    """The solved intercepts: their means by outcome, and their common spread."""

    mean: dict[str, float]
    sd: Annotated[float, Field(ge=0.0)]


class Update(TypedDict):
    """Of an update: the run that sampled its draws, and how far its weights hold."""

    parent: RunId
    pareto_k: float
    effective_draws: float


class Pin(TypedDict):
    """A run as a later one saw it."""

    run: RunId
    forecast: Digest
    record: Digest


class Link(TypedDict):
    """A run's place in the chain of its case."""

    previous: list[Pin]
    forecast: Digest
    journal: list[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]]


class Record(TypedDict):
    """`record.json`: what the forecast rests on."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    inputs: Inputs
    inputs_digest: Digest
    seed: int
    method: str
    sampler: NotRequired[Sampler]
    intercepts: NotRequired[Intercepts]
    update: NotRequired[Update]
    versions: dict[str, str]
    indicators: dict[str, Indicator]
    link: NotRequired[Link]  # nor have those a link
    posterior: NotRequired[Digest]  # runs of the first version have none
