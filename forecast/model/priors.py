"""Prior distributions, written once: drawn from in numpy, turned into PyMC variables when a model is built."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.random import Generator

Array = NDArray[np.float64]
Draws = dict[str, Array]


class Prior(Protocol):
    """A distribution of independent elements with a fixed shape."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one draw."""
        ...

    def draw(self, rng: Generator, draws: int) -> Array:
        """Draws of shape (draws, *shape); symmetric priors come in antithetic pairs."""
        ...

    def numbers(self) -> dict[str, Array]:
        """What the distribution's numbers are called, and what they are, each of the shape of a draw."""
        ...

    def middle(self) -> Array:
        """Where chains start, before jitter, on the scale without bounds; of the shape of a draw."""
        ...

    def variance(self) -> Array:
        """The variance on the scale without bounds, from which the sampler's metric starts; of the shape of a draw."""
        ...

    def natural(self, points: Array) -> Array:
        """From the scale without bounds back to the prior's own."""
        ...

    def variable(self, name: str, dims: tuple[str, ...]) -> Any:
        """The same distribution as a PyMC variable of the model on the context stack.

        Its numbers are data of the model, called `NAME_NUMBER`: the compiled model does not depend on them.
        """
        ...


@dataclass(frozen=True)
class Normal:
    """Normal(mean, sd), element by element."""

    mean: Array | float
    sd: Array | float
    shape: tuple[int, ...] = ()

    def draw(self, rng: Generator, draws: int) -> Array:
        """Antithetic draws of shape (draws, *shape)."""
        return np.asarray(self.mean + self.sd * _mirrored(rng.standard_normal, draws, self.shape))

    def numbers(self) -> dict[str, Array]:
        """`mean` and `sd`, each of the shape of a draw."""
        return {"mean": np.broadcast_to(self.mean, self.shape), "sd": np.broadcast_to(self.sd, self.shape)}

    def middle(self) -> Array:
        """The mean."""
        return np.broadcast_to(self.mean, self.shape)

    def variance(self) -> Array:
        """The square of `sd`."""
        return np.broadcast_to(np.square(self.sd), self.shape)

    def natural(self, points: Array) -> Array:
        """There are no bounds: the same."""
        return points

    def variable(self, name: str, dims: tuple[str, ...]) -> Any:
        """`pm.Normal`."""
        import pymc as pm

        mean, sd = (pm.Data(f"{name}_{number}", value) for number, value in self.numbers().items())
        return pm.Normal(name, mu=mean, sigma=sd, dims=dims)


@dataclass(frozen=True)
class HalfNormal:
    """HalfNormal(sd): the size of a spread."""

    sd: float
    shape: tuple[int, ...] = ()

    def draw(self, rng: Generator, draws: int) -> Array:
        """Draws of shape (draws, *shape)."""
        return np.asarray(self.sd * np.abs(rng.standard_normal((draws, *self.shape))))

    def numbers(self) -> dict[str, Array]:
        """`sd`, of the shape of a draw."""
        return {"sd": np.broadcast_to(self.sd, self.shape)}

    def middle(self) -> Array:
        """The logarithm of `sd`."""
        return np.log(np.broadcast_to(self.sd, self.shape))

    def variance(self) -> Array:
        """That of the logarithm of a half-normal variable: pi^2 / 8, whatever `sd`."""
        return np.full(self.shape, math.pi**2 / 8)

    def natural(self, points: Array) -> Array:
        """PyMC samples its logarithm."""
        return np.exp(points)

    def variable(self, name: str, dims: tuple[str, ...]) -> Any:
        """`pm.HalfNormal`."""
        import pymc as pm

        (sd,) = (pm.Data(f"{name}_{number}", value) for number, value in self.numbers().items())
        return pm.HalfNormal(name, sigma=sd, dims=dims)


@dataclass(frozen=True)
class Shock:
    """Student-t scaled to unit variance: political shocks have heavy tails."""

    shape: tuple[int, ...]
    degrees: float = 5.0

    @property
    def scale(self) -> float:
        """Scale that makes the variance 1."""
        return math.sqrt((self.degrees - 2.0) / self.degrees)

    def sample(self, rng: Generator, draws: int) -> Array:
        """Independent draws of shape (draws, *shape)."""
        return self.scale * rng.standard_t(self.degrees, (draws, *self.shape))

    def draw(self, rng: Generator, draws: int) -> Array:
        """Antithetic draws of shape (draws, *shape)."""
        return self.scale * _mirrored(lambda size: rng.standard_t(self.degrees, size), draws, self.shape)

    def numbers(self) -> dict[str, Array]:
        """None: its law is the same everywhere."""
        return {}

    def middle(self) -> Array:
        """Zero."""
        return np.zeros(self.shape)

    def variance(self) -> Array:
        """One."""
        return np.ones(self.shape)

    def natural(self, points: Array) -> Array:
        """There are no bounds: the same."""
        return points

    def variable(self, name: str, dims: tuple[str, ...]) -> Any:
        """`pm.StudentT`."""
        import pymc as pm

        return pm.StudentT(name, nu=self.degrees, mu=0.0, sigma=self.scale, dims=dims)


Priors = Mapping[str, tuple[Prior, tuple[str, ...]]]
"""Name of a parameter → (its prior, the names of its dimensions)."""


def draw_all(priors: Priors, rng: Generator, draws: int) -> Draws:
    """Draw every parameter; each array has shape (draws, *shape)."""
    return {name: prior.draw(rng, draws) for name, (prior, _) in priors.items()}


def _mirrored(sample: Any, draws: int, shape: tuple[int, ...]) -> Array:
    """Half of the draws and their mirror images, so that odd moments are exact."""
    half = sample((draws // 2, *shape))
    rest = sample((draws % 2, *shape))
    return np.concatenate([half, -half, rest])
