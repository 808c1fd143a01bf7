"""Figures in tables: for people, for spreadsheets, for the documentation."""

import csv
import dataclasses
import statistics


def median(values):
    return statistics.median(values)


def spread(values):
    """How far the values lie apart, as a share of their median."""
    middle = median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def number(value):
    """1234567 -> "1,234,567"."""
    return "" if value is None else f"{value:,.0f}"


def short(value):
    """1234567 -> "1.23 M"."""
    if value is None:
        return ""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            scaled = value / limit
            return f"{scaled:.{2 if scaled < 10 else 1 if scaled < 100 else 0}f} {unit}"
    return f"{value:.0f}"


def fixed(digits):
    return lambda value: "" if value is None else f"{value:,.{digits}f}"


def percent(value):
    return "" if value is None else f"{value * 100:.0f} %"


def factor(value):
    return "" if value is None else f"{value:,.{2 if value < 10 else 1 if value < 100 else 0}f} ×"


def text(value):
    return "" if value is None else str(value)


@dataclasses.dataclass
class Column:
    key: str
    heading: str
    show: object = text   # value -> text
    left: bool = False    # aligned left


@dataclasses.dataclass
class Table:
    """`rows` may hold more than `columns` show: CSV and JSON have it all."""
    name: str
    title: str
    command: str
    columns: list
    rows: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)

    def _cells(self):
        return [[c.show(row.get(c.key)) for c in self.columns] for row in self.rows]

    def plain(self):
        cells = [[c.heading for c in self.columns]] + self._cells()
        widths = [max(len(row[i]) for row in cells) for i in range(len(self.columns))]
        lines = [f"\n{self.title}   [{self.command}]"]
        for row in cells:
            lines.append("  ".join(cell.ljust(w) if c.left else cell.rjust(w)
                                   for cell, w, c in zip(row, widths, self.columns)).rstrip())
        return "\n".join(lines + ["  " + note for note in self.notes]) + "\n"

    def markdown(self):
        lines = ["| " + " | ".join(c.heading for c in self.columns) + " |",
                 "|" + "|".join("---" if c.left else "--:" for c in self.columns) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in self._cells()]
        if self.notes:
            lines += ["", " ".join(self.notes)]
        return "\n".join(lines + ["", f"Command: `{self.command}`"]) + "\n"

    def write_csv(self, path):
        names = list(dict.fromkeys(key for row in self.rows for key in row))
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
