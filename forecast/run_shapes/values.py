"""The values of which a run's documents are made: days, digests, probabilities."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

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
