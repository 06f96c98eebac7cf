# SPDX-License-Identifier: Apache-2.0
"""What --plots draws: an SVG file per plot of the report."""

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402


def bounds(figure):
    """Middle, and how far the spread goes below and above it."""
    if isinstance(figure, tuple):
        return figure.value, figure.value - figure.low, figure.high - figure.value
    return figure, 0, 0


def draw_bars(axes, series):
    """A cluster of bars per group, a colour per label."""
    groups = list(dict.fromkeys(group for figures in series.values() for group in figures))
    width = 0.8 / len(series)
    for place, (label, figures) in enumerate(series.items()):
        drawn = [(number, bounds(figures[group])) for number, group in enumerate(groups) if figures.get(group)]
        positions = [number + (place - (len(series) - 1) / 2) * width for number, _ in drawn]
        values, below, above = zip(*(found for _, found in drawn)) if drawn else ((), (), ())
        axes.bar(positions, values, width, yerr=(below, above), capsize=2, label=label)
    axes.set_xticks(range(len(groups)), groups)


def draw_lines(axes, series):
    for label, points in series.items():
        axes.plot(*zip(*points), marker="o" if len(points) < 20 else "", label=label)
    axes.set_ylim(bottom=0)


DRAWERS = {"bar": draw_bars, "line": draw_lines}


def draw_all(plots, directory):
    directory.mkdir(parents=True, exist_ok=True)
    for plot in plots:
        figure, axes = pyplot.subplots(figsize=(8, 4.5))
        DRAWERS[plot["kind"]](axes, plot["series"])
        axes.set(title=plot["title"], xlabel=plot["x_label"], ylabel=plot["y_label"])
        axes.grid(axis="y", alpha=0.3)
        axes.legend(fontsize="small")
        figure.savefig(directory / f"{plot['name']}.svg", bbox_inches="tight")
        pyplot.close(figure)
