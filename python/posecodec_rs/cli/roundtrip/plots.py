"""The plot of `roundtrip`: AP and error by the heatmap's size, a line a codec."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posecodec_rs.cli import drawing
from posecodec_rs.cli.roundtrip.candidates import Size
from posecodec_rs.cli.roundtrip.measure import Measured
from posecodec_rs.cli.roundtrip.report import Report, size_text

COLOURS = ("#08519c", "#e6550d", "#238b45", "#6a2fb5", "#b5179e", "#8c6d31")
"""Of codecs that `drawing.LINES` does not name, in turn."""

SMALLEST_PX = 1e-2
"""Where the axis of errors begins; nobody minds less than that."""


def save(path: Path, report: Report) -> None:
    """Draw and save the plot, in the format that the name's ending says.

    Raises:
        CommandError: If the file cannot be written.
    """
    named: dict[str, list[Measured]] = {}
    for row in report.rows:
        named.setdefault(row.candidate.top_down.name, []).append(row)
    sizes = sorted({each for row in report.rows if (each := row.candidate.heatmap_size)})
    figure = Figure(figsize=(13, 5.6), dpi=110, layout="constrained", facecolor="white")
    heading = r"$\bf{What\ the\ codec\ alone\ costs}$"
    figure.suptitle(f"{heading}\n{report.title}", fontsize=11)
    precisions, errors = figure.subplots(1, 2)
    for number, (name, rows) in enumerate(named.items()):
        style = _style(name, number)
        of_rows = [
            sizes.index(size) if (size := row.candidate.heatmap_size) else None for row in rows
        ]
        if report.sigmas.values:
            _draw(
                precisions, of_rows, [row.precision["ap"] for row in rows if row.precision], style
            )
        for percentile, alpha in ((95, 0.4), (50, 1.0)):
            values = [_percentile(row, percentile) for row in rows]
            _draw(errors, of_rows, values, {**style, "alpha": alpha})
        precisions.plot([], [], label=name, **style)
    _finish(precisions, errors, sizes, report)
    figure.legend(*precisions.get_legend_handles_labels(), loc="outside right upper", frameon=False)
    drawing.write(figure, path)


def _style(name: str, number: int) -> dict[str, Any]:
    colour, line, width = drawing.LINES.get(name, (COLOURS[number % len(COLOURS)], "-", 2.0))
    return {"color": colour, "ls": line, "lw": width}


def _draw(
    axes: Axes, places: Sequence[int | None], values: Sequence[float | None], style: dict[str, Any]
) -> None:
    """A line over the sizes, or all across for a codec without heatmaps."""
    for place, value in zip(places, values, strict=True):
        if place is None and value is not None:
            axes.axhline(value, **style)
    points = [
        (place, value)
        for place, value in zip(places, values, strict=True)
        if place is not None and value is not None
    ]
    if points:
        axes.plot(
            *zip(*sorted(points), strict=True), marker="o", ms=style["lw"] + 3, zorder=3, **style
        )


def _percentile(row: Measured, percentile: float) -> float | None:
    if not len(row.off):
        return None
    return max(float(np.percentile(row.input_px, percentile)), SMALLEST_PX)


def _finish(precisions: Axes, errors: Axes, sizes: Sequence[Size], report: Report) -> None:
    precisions.set_title("OKS AP of a network that errs nowhere", fontsize=11)
    if report.sigmas.values:
        bottom = min([0.98, *(row.precision["ap"] or 0.0 for row in report.rows if row.precision)])
        precisions.set_ylim(bottom - 0.05 * (1 - bottom), 1 + 0.05 * (1 - bottom))
    else:
        precisions.set_yticks([])
        precisions.text(
            0.5, 0.5, "no sigmas are known", ha="center", transform=precisions.transAxes
        )
    errors.set_title("Error, input pixels: median (pale: 95th percentile)", fontsize=11)
    ticks = {SMALLEST_PX: f"≤ {SMALLEST_PX:g}", 0.1: "0.1", 1: "1", 10: "10", 100: "100"}
    errors.set_yscale("log")
    errors.set_yticks(list(ticks), list(ticks.values()))
    top = max([1.0, *(_percentile(row, 95) or 0.0 for row in report.rows)])
    errors.set_ylim(0.8 * SMALLEST_PX, 1.5 * top)
    for axes in (precisions, errors):
        if sizes:
            axes.set_xticks(range(len(sizes)), [size_text(size) for size in sizes])
            axes.set(xlabel="heatmap, cells", xlim=(-0.3, len(sizes) - 0.7))
        else:
            axes.set_xticks([])
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
