"""A chart of timings, encoding on the left and decoding on the right."""

from pathlib import Path

from matplotlib.figure import Figure

from posecodec_rs.cli import drawing
from posecodec_rs.cli.bench.report import Report
from posecodec_rs.cli.text import number

STEPS = {"encode": "Encode", "decode": "Decode"}


def save(path: Path, report: Report) -> None:
    """Draw and save the chart, in the format of the name's suffix."""
    rows = {row.codec: row.codec.partition(" ")[0].rstrip(",") for row in report.rows}
    size = (9, 1.6 + drawing.INCHES_PER_ROW * len(rows))
    figure = Figure(size, dpi=160, layout="constrained")
    panels = figure.subplots(1, len(STEPS), sharex=True, sharey=True)
    every: dict[str, list[float | None]] = {}
    for axes, (step, title) in zip(panels, STEPS.items(), strict=True):
        found = {row.codec: row for row in report.rows if row.step == step}
        ordered = [found.get(name) for name in rows]
        series = {
            "posecodec_rs": [row.ours.median if row else None for row in ordered],
            "MMPose": [row.mmpose.median if row and row.mmpose else None for row in ordered],
        }
        if not any(series["MMPose"]):
            del series["MMPose"]
        labels = [
            "" if row is None else f"{number(row.ratio, 1)}×" if row.ratio else row.ours.median_text
            for row in ordered
        ]
        drawing.dots(axes, rows, series, labels)
        axes.set_title(title, fontsize=11, loc="right")
        every[step] = [value for values in series.values() for value in values]
    drawing.decades(panels[0], every)
    figure.supxlabel(
        "time per call in microseconds: one sample, one thread; less is better\n"
        f"{report.machine.processor}, {report.machine.simd}",
        fontsize=9,
    )
    drawing.write(figure, path)
