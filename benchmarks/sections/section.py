"""A table of the report, printed row by row while it is measured."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Section:
    """A table.

    Attributes:
        title: The heading.
        about: What is measured, in a few sentences.
        columns: The headings of the columns.
        rows: The printed cells.
        data: The same for programs, one dict per row.
    """

    title: str
    about: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)

    def begin(self) -> "Section":
        print(f"\n## {self.title}\n\n{self.about}\n\n{self._header()}", flush=True)
        return self

    def add(self, row: list[str], data: dict[str, Any]) -> None:
        print(_line(row), flush=True)
        self.rows.append(row)
        self.data.append(data)

    def _header(self) -> str:
        rules = ["---", *["---:"] * (len(self.columns) - 1)]
        return f"{_line(self.columns)}\n{_line(rules)}"

    def markdown(self) -> str:
        lines = [self._header(), *map(_line, self.rows)]
        return f"## {self.title}\n\n{self.about}\n\n" + "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def target(sign: str, limit: float | None, got: float | None) -> str:
    """The target of a ratio, such as "≤ 1.8", and whether it was missed."""
    if limit is None or got is None:
        return ""
    met = got >= limit if sign == "≥" else got <= limit
    return f"{sign} {limit:g}{'' if met else ' **missed**'}"


def missed(sections: list[Section]) -> Iterator[str]:
    """The rows that miss a target."""
    for section in sections:
        for row in section.rows:
            if any("**missed**" in cell for cell in row):
                yield f"{section.title}: {row[0]}"
