# SPDX-License-Identifier: Apache-2.0
"""Figures of a noisy machine: alternated, paired, and told with their spread."""

from statistics import median
from typing import NamedTuple


class Estimate(NamedTuple):
    """A median and what it lies between (the smallest and the largest of the rounds)."""

    value: float
    low: float
    high: float

    def text(self, digits=2):
        if self.low == self.high:
            return f"{self.value:.{digits}f}"
        return f"{self.value:.{digits}f} ({self.low:.{digits}f}–{self.high:.{digits}f})"


def estimate(figures):
    """The median of some rounds' figures; None where there are none."""
    figures = [figure for figure in figures if figure is not None]
    return Estimate(median(figures), min(figures), max(figures)) if figures else None


def alternate(variants, rounds, measure):
    """
    Measures A B C A B C …: {variant: [what measure(variant) returned, round by round]}.
    Whatever else happens on the machine happens to all of them.
    """
    samples = {variant: [] for variant in variants}
    for _ in range(rounds):
        for variant in variants:
            samples[variant].append(measure(variant))
    return samples


def paired(samples, base, operation):
    """The Estimate of operation(figure, base's figure of the same round); None is left out."""
    pairs = [(one, other) for one, other in zip(samples, base) if one is not None and other is not None]
    return estimate([operation(one, other) for one, other in pairs])


def paired_ratio(samples, base):
    return paired(samples, [other or None for other in base], lambda one, other: one / other)


def paired_difference(samples, base):
    return paired(samples, base, lambda one, other: one - other)


def slope(points):
    """Least squares through (x, y): y per x."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
