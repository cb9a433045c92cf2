"""What every block of YAML has in common: strict, frozen, and the kinds of value it is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# The bounds keep every number one that can be computed with: what is smaller says "never" or "surely" in other words.

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Probability = Annotated[float, Field(ge=1e-4, lt=1)]
Positive = Annotated[float, Field(gt=0, le=1e6)]
Spread = Annotated[float, Field(ge=0.01, le=10)]
PerWeek = Annotated[float, Field(ge=1e-4, le=7)]
Factor = Annotated[float, Field(ge=1.01, le=20)]


class Block(BaseModel):
    """Strict, frozen base of every block."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
