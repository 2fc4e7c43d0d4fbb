"""The plot of `roundtrip`: AP and error by heatmap size, one line per codec."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posecodec_rs.cli import drawing
from posecodec_rs.cli.codecs.top_down import Size, line
from posecodec_rs.cli.console import size_text
from posecodec_rs.cli.roundtrip.measure import Measured
from posecodec_rs.cli.roundtrip.report import Report

COLORS = ("#08519c", "#e6550d", "#238b45", "#6a2fb5", "#b5179e", "#8c6d31")
"""Of codecs with arguments, in turn."""

SMALLEST_PX = 1e-2
"""The lower end of the axis of errors."""


def save(path: Path, report: Report) -> None:
    """Draw and save the plot, in the format of the name's suffix.

    Raises:
        CommandError: If the file cannot be written.
    """
    named: dict[str, list[Measured]] = {}
    for row in report.rows:
        named.setdefault(row.candidate.top_down.name, []).append(row)
    sizes = sorted({each for row in report.rows if (each := row.candidate.heatmap_size)})
    figure = Figure(figsize=(13, 5.6), dpi=110, layout="constrained", facecolor="white")
    heading = r"$\bf{Error\ of\ the\ codec\ alone}$"
    figure.suptitle(f"{heading}\n{report.title}", fontsize=11)
    precisions, errors = figure.subplots(1, 2)
    for number, (name, rows) in enumerate(named.items()):
        color, dashes, width = line(name, (COLORS[number % len(COLORS)], "-", 2.0))
        style = {"color": color, "ls": dashes, "lw": width}
        if report.workload.sigmas.values:
            values = [row.precision["ap"] for row in rows if row.precision]
            _draw(precisions, rows, sizes, values, style)
        for percentile, alpha in ((95, 0.4), (50, 1.0)):
            values = [_percentile(row, percentile) for row in rows]
            _draw(errors, rows, sizes, values, {**style, "alpha": alpha})
        precisions.plot([], [], label=name, **style)
    _finish(precisions, errors, sizes, report)
    figure.legend(*precisions.get_legend_handles_labels(), loc="outside right upper", frameon=False)
    drawing.write(figure, path)


def _draw(
    axes: Axes,
    rows: Sequence[Measured],
    sizes: Sequence[Size],
    values: Sequence[float | None],
    style: dict[str, Any],
) -> None:
    """A line over heatmap sizes, or a horizontal one for a codec without heatmaps."""
    points = []
    for row, value in zip(rows, values, strict=True):
        size = row.candidate.heatmap_size
        if value is not None and size is None:
            axes.axhline(value, **style)
        elif value is not None and size is not None:
            points.append((sizes.index(size), value))
    if points:
        axes.plot(
            *zip(*sorted(points), strict=True), marker="o", ms=style["lw"] + 3, zorder=3, **style
        )


def _percentile(row: Measured, percentile: float) -> float | None:
    if not len(row.off):
        return None
    return max(float(np.percentile(row.input_px, percentile)), SMALLEST_PX)


def _finish(precisions: Axes, errors: Axes, sizes: Sequence[Size], report: Report) -> None:
    precisions.set_title("Upper bound on OKS AP", fontsize=11)
    if report.workload.sigmas.values:
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
        axes.set_xticks(range(len(sizes)), [size_text(size) for size in sizes])
        if sizes:
            axes.set(xlabel="heatmap size", xlim=(-0.3, len(sizes) - 0.7))
        drawing.plain(axes)
