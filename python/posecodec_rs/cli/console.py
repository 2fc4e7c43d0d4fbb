"""What all commands print with: tables, a progress bar, and numbers as text."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

from rich import progress
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

Item = TypeVar("Item")

WIDE = 118
"""Terminal columns from which on tables show all of their columns."""

PIPE_WIDTH = 120
"""Columns of a table that is written to a file or a pipe."""


class Printable(Protocol):
    """The result of a command."""

    def table(self, width: int) -> Table:
        """For people, on this number of terminal columns."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""


def show(make_table: Callable[[int], Table]) -> None:
    """Print a table on stdout."""
    stdout = Console(highlight=False)
    if not stdout.is_terminal:
        stdout.width = PIPE_WIDTH
    stdout.print(make_table(stdout.width))


def finish(result: Printable, plot: Path | None, *, as_json: bool) -> None:
    """Print a result as JSON or as a table, and where its plot is."""
    if as_json:
        print(json.dumps({**result.as_json(), "plot": plot and str(plot)}, indent=2))
        return
    show(result.table)
    if plot is not None:
        print(f"Plot: {plot}")


def table(title: str, caption: str, *, leading: int = 0) -> Table:
    """A table without columns yet; the first line of its title is its subject."""
    return Table(
        title=title,
        title_style="bold",
        caption=caption,
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
        leading=leading,
    )


def add_numbers(made: Table, *headings: str) -> None:
    """Add columns of numbers."""
    for heading in headings:
        made.add_column(heading, justify="right", no_wrap=True)


def number(value: float | None, digits: int) -> str:
    """A number, or a dash for None."""
    return "-" if value is None else f"{value:.{digits}f}"


def size_text(size: tuple[int, int]) -> str:
    """A size such as 192×256."""
    return f"{size[0]}×{size[1]}"


def count_text(count: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun, such as "1 image" or "3 images"."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


class Progress(Protocol):
    """Counts items under a name while they are iterated over."""

    def __call__(
        self, name: str, items: Iterable[Item], weigh: Callable[[Item], float] = ...
    ) -> Iterator[Item]:
        """An item counts as 1, or as its weight."""


class ProgressBar(AbstractContextManager["ProgressBar"]):
    """A progress bar on stderr if that is a terminal; counts items while they are iterated over."""

    def __init__(self, total: int) -> None:
        """Start a bar of a total weight."""
        stderr = Console(stderr=True)
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TextColumn("{task.percentage:3.0f} %  {task.fields[rate]}/s"),
            progress.TimeRemainingColumn(),
            console=stderr,
            transient=True,
            disable=not stderr.is_terminal,
            redirect_stdout=False,  # commands redirect stdout themselves
        )
        self._task = self._bar.add_task("", total=total, rate="0")
        self._done = 0.0
        self._start = time.perf_counter()
        self._bar.start()

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Remove the bar."""
        self._bar.stop()

    def __call__(
        self, name: str, items: Iterable[Item], weigh: Callable[[Item], float] = lambda _: 1
    ) -> Iterator[Item]:
        """Yield the items and count each, with its weight, once the next one is requested."""
        self._bar.update(self._task, description=name)
        for item in items:
            yield item
            self._done += weigh(item)
            seconds = time.perf_counter() - self._start
            rate = self._done / seconds
            text = f"{rate:,.{0 if rate >= 10 else 1}f}"
            self._bar.update(self._task, completed=self._done, rate=text)
