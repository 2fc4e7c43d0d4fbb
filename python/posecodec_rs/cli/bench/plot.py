"""A bar chart of timings, encoding on the left and decoding on the right."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posecodec_rs.cli import drawing
from posecodec_rs.cli.bench.report import Report, Row

OURS, THEIRS, FLOOR = "#b7410e", "#c9ced6", "#111111"
STEPS = {"encode": "Encode", "decode": "Decode"}
INCHES_PER_ROW = 0.31
TICKS = {0.1: "0.1", 1.0: "1 µs", 10.0: "10", 100.0: "100", 1e3: "1 ms", 1e4: "10", 1e5: "100"}


def save(path: Path, report: Report) -> None:
    """Draw and save the chart, in the format of the name's suffix.

    Raises:
        CommandError: If the file cannot be written.
    """
    codecs = list(dict.fromkeys(row.codec for row in report.rows))
    figure = Figure(figsize=(8, 1.9 + INCHES_PER_ROW * len(codecs)), dpi=160, layout="constrained")
    panels = figure.subplots(1, len(STEPS), sharex=True, sharey=True)
    for axes, (step, title) in zip(panels, STEPS.items(), strict=True):
        _draw(axes, codecs, [row for row in report.rows if row.step == step])
        axes.set_title(title, fontsize=11)
    slowest = max((row.mmpose or row.ours).median for row in report.rows)
    fastest = min(row.ours.median for row in report.rows)
    panels[0].set_xlim(fastest / 2, slowest * 8)  # leaves room for the ratios
    ticks = {tick: label for tick, label in TICKS.items() if fastest / 2 < tick < slowest * 8}
    panels[0].set_xticks(list(ticks), list(ticks.values()))
    panels[0].set_yticks(range(len(codecs)), codecs, fontsize=9)
    panels[0].set_ylim(len(codecs) - 0.4, -0.6)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(
        handles[::-1],
        labels[::-1],
        loc="outside upper center",
        ncols=len(labels),
        frameon=False,
        fontsize=9,
    )
    figure.supxlabel(
        f"time per call: one sample, one thread; shorter is better\n{report.machine.processor}, "
        f"{report.machine.simd}",
        fontsize=9,
    )
    drawing.write(figure, path)


def _draw(axes: Axes, codecs: Sequence[str], rows: Sequence[Row]) -> None:
    positions = {codec: position for position, codec in enumerate(codecs)}
    axes.set_xscale("log")
    mmpose = {positions[row.codec]: row.mmpose.median for row in rows if row.mmpose}
    if mmpose:
        axes.barh(list(mmpose), list(mmpose.values()), 0.72, color=THEIRS, label="MMPose")
    at = [positions[row.codec] for row in rows]
    axes.barh(at, [row.ours.median for row in rows], 0.42, color=OURS, label="posecodec_rs")
    floors = [row.floor.median for row in rows]
    axes.plot(floors, at, "|", ms=9, mew=1.6, color=FLOOR, label="filling or reading in NumPy")
    for row in rows:
        longest = row.mmpose or max(row.ours, row.floor, key=lambda timing: timing.median)
        ratio = row.ratio or 0.0
        text = f"{ratio:.{0 if ratio >= 10 else 1}f}×" if ratio else f"{row.ours.median_text} µs"
        axes.annotate(
            text,
            (longest.median, positions[row.codec]),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.tick_params(axis="x", labelsize=8.5)
    axes.tick_params(axis="y", length=0)
    drawing.plain(axes, grid="x")
