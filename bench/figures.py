"""Figures of many measurements."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent of the values do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def spread(values: Sequence[float], *percents: int) -> str:
    """Write the median and some percentiles of milliseconds."""
    parts = [f"median {median(values):.1f} ms", *(f"p{each} {percentile(values, each):.1f} ms" for each in percents)]
    return ", ".join(parts)


def verdict(value: float, aim: float) -> str:
    """Compare a figure in milliseconds with its aim."""
    return f"aim: {aim:g} ms, {'met' if value <= aim else 'missed'}"
