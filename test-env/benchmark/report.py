# SPDX-License-Identifier: Apache-2.0
"""What a run found: figures by name, tables, and what is drawn of them."""

from benchmark.estimate import Estimate


def cell_text(cell):
    if cell is None:
        return "–"
    if isinstance(cell, Estimate):
        return cell.text()
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


class Table:
    """Printed as it comes, in Markdown. Its cells are texts, numbers, Estimates, or None for what was not measured."""

    def __init__(self, title, columns, rows, notes=()):
        self.title = title
        self.columns = list(columns)
        self.rows = [[cell_text(cell) for cell in row] for row in rows]
        self.notes = list(notes)

    def text(self):
        lines = [self.columns, *self.rows]
        widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(self.columns))]

        def line_text(cells):
            # Names to the left, figures to the right.
            texts = [cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(cells, widths))]
            return f"| {' | '.join(texts)} |"

        rule = "|".join(f"{'-' * (width + 1)}{'-' if column == 0 else ':'}" for column, width in enumerate(widths))
        notes = ["", *self.notes] if self.notes else []
        table = [line_text(self.columns), f"|{rule}|", *map(line_text, self.rows)]
        return "\n".join([f"### {self.title}", "", *table, *notes])


class Report:
    def __init__(self):
        self.results = {}
        self.tables = []
        self.plots = []

    def result(self, name, value, unit):
        """A figure (number or Estimate) that budget.py and others find by its name: 'benchmark.what_of_what'."""
        if value is None:
            return
        if name in self.results:
            raise ValueError(f"there is a result {name} already")
        known = value if isinstance(value, Estimate) else Estimate(value, value, value)
        self.results[name] = {"value": known.value, "unit": unit, "spread": [known.low, known.high]}

    def table(self, title, columns, rows, notes=()):
        made = Table(title, columns, rows, notes)
        self.tables.append(made)
        print(f"{made.text()}\n", flush=True)

    def plot(self, name, title, kind, x_label, y_label, series):
        """
        Drawn into NAME.svg where --plots asks for it. kind: "line", series {label: [(x, y), …]}; "bar", series
        {label: {group: number or Estimate}}.
        """
        self.plots.append(
            {"name": name, "title": title, "kind": kind, "x_label": x_label, "y_label": y_label, "series": series}
        )
