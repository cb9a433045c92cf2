"""Possibilities: Bayesian forecasts of questions whose answer is one of a few mutually exclusive outcomes."""

from __future__ import annotations

__version__ = "0.1.0"
