"""What a run rests on: the shape of `record.json`."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from forecast.run_shapes.values import STRICT, Day, Digest, RunId


class ModelText(TypedDict):
    """The model file."""

    name: str
    text: str
    builds_on: NotRequired[dict[str, str]]


class Price(TypedDict):
    """What a market asked for a contract."""

    date: Day
    market: str
    outcome: str
    price: Annotated[float, Field(ge=0.0, le=1.0)]
    volume: NotRequired[Annotated[float, Field(ge=0.0)]]
    spread: NotRequired[Annotated[float, Field(ge=0.0)]]


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
    prices: NotRequired[list[Price]]


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
    method: Literal["nuts", "update", "exact"]
    sampler: NotRequired[Sampler]
    intercepts: NotRequired[Intercepts]
    update: NotRequired[Update]
    versions: dict[str, str]
    indicators: dict[str, Indicator]
    link: NotRequired[Link]  # nor have those a link
    posterior: NotRequired[Digest]  # runs of the first version have none
