"""What all commands print with: tables, a progress bar, and numbers as text."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rich import progress
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from posecodec_rs.cli import NothingMeasuredError

Item = TypeVar("Item")

TEXT_WIDTH = 100
"""Columns of text between tables, where the terminal does not limit them."""

GAP = 2
"""Columns between those of a table."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    heading: str  # of one line or several
    cells: Sequence[str]  # one per row
    # The order in which columns are left out of a table that is too wide for the terminal, the
    # largest first; columns of 0 are always there
    drop: int = 0
    # Whether the cells are then printed below those of the first column instead
    below: bool = False

    @property
    def width(self) -> int:
        """Of the longest line."""
        return max(len(line) for text in (self.heading, *self.cells) for line in text.split("\n"))


@dataclass(frozen=True)
class Sheet:
    """A table with text above and below it."""

    title: str  # its first line is the subject
    # The first has text, the others numbers, unless they may be printed below
    columns: Sequence[Column]
    notes: Sequence[str]  # how to read the table, one paragraph each
    best: int | None = None  # the row that is marked, if any

    def fitting(self, width: int | None) -> tuple[list[Column], list[Column]]:
        """The columns that fit, and those that are left out; all fit without a width."""
        kept, left_out = list(self.columns), []
        while width is not None and sum(each.width + GAP for each in kept) - GAP > width:
            last = max(kept, key=lambda each: each.drop)
            if not last.drop:
                break
            kept.remove(last)
            left_out.append(last)
        return kept, left_out

    def print(self, console: Console, width: int | None) -> None:
        """Print on a console, whose tables have this number of terminal columns or any."""
        kept, left_out = self.fitting(width)
        first, *others = kept
        below = [column for column in left_out if column.below]
        made = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, leading=bool(below))
        heading = ", ".join(column.heading for column in (first, *below))
        made.add_column(heading, overflow="fold", min_width=min(first.width, console.width // 2))
        for column in others:
            made.add_column(
                column.heading, justify="left" if column.below else "right", no_wrap=True
            )
        rows = zip(*(column.cells for column in (first, *below)), strict=True)
        for row, names in enumerate(rows):
            style = "bold" if row == self.best else None
            numbers = (column.cells[row] for column in others)
            made.add_row("\n".join(names), *numbers, style=style)
        subject, *about = self.title.split("\n")
        longest = max(TEXT_WIDTH, sum(each.width + GAP for each in kept))
        text_width = min(width or longest, longest)
        console.print(Text(subject, "bold"), width=text_width)
        console.print(*about, sep="\n", width=text_width, markup=False, end="\n\n")
        console.print(made)
        hidden = [" ".join(each.heading.split("\n")) for each in left_out if not each.below]
        notes = [f"Left out, to fit the terminal: {'; '.join(hidden)}."] if hidden else []
        notes += self.notes
        console.print("", *notes, sep="\n", width=text_width, markup=False)


class Printable(Protocol):
    """The result of a command."""

    def sheets(self) -> Sequence[Sheet]:
        """For people."""

    def as_json(self) -> dict[str, Any]:
        """For programs: names, numbers and codes."""

    @property
    def measured(self) -> bool:
        """Whether anything could be measured."""


def finish(result: Printable, plot: Path | None, *, as_json: bool) -> None:
    """Print a result as JSON or as tables, and where its plot is.

    Tables are as wide as the terminal, or as COLUMNS in the environment. Without either, as in a
    file or a pipe, they have all of their columns.
    """
    if as_json:
        print(json.dumps({**result.as_json(), "plot": plot and str(plot)}, indent=2))
    else:
        _print_sheets(result.sheets())
        if plot is not None:
            print(f"Plot: {plot}")
    if not result.measured:
        raise NothingMeasuredError(
            "nothing could be measured: no labelled keypoint is inside the crop of its bbox"
        )


def _print_sheets(sheets: Sequence[Sheet]) -> None:
    stdout = Console(highlight=False, emoji=False)
    limited = stdout.is_terminal or "COLUMNS" in os.environ
    width = stdout.width if limited else None
    if not limited:
        stdout.width = 1 << 16
    for number, sheet in enumerate(sheets):
        stdout.print("\n" * bool(number), end="")
        sheet.print(stdout, width)


class Progress(Protocol):
    """Counts items under a name while they are iterated over."""

    def __call__(
        self, name: str, items: Iterable[Item], weigh: Callable[[Item], float] = ...
    ) -> Iterator[Item]:
        """An item counts as 1, or as its weight."""


class ProgressBar(progress.Progress):
    """A progress bar on stderr if that is a terminal; counts items while they are iterated over."""

    def __init__(self, total: int) -> None:
        """Make a bar of a total weight, for a `with` statement."""
        stderr = Console(stderr=True)
        super().__init__(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TaskProgressColumn(show_speed=True),
            progress.TimeRemainingColumn(),
            console=stderr,
            transient=True,
            disable=not stderr.is_terminal,
        )
        self._task = self.add_task("", total=total)

    def __call__(
        self, name: str, items: Iterable[Item], weigh: Callable[[Item], float] = lambda _: 1
    ) -> Iterator[Item]:
        """Yield the items and count each, with its weight, once the next one is requested."""
        self.update(self._task, description=name)
        for item in items:
            yield item
            self.advance(self._task, weigh(item))
