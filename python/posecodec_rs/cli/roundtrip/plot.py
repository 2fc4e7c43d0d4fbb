"""The plot of `roundtrip`: one row per codec and heatmap size, with its errors and scores."""

from pathlib import Path

from matplotlib.figure import Figure

from posecodec_rs.cli import drawing
from posecodec_rs.cli.roundtrip.report import Report


def save(path: Path, report: Report) -> None:
    """Draw and save the plot, in the format of the name's suffix."""
    rows = {f"{'* ' * (row is report.best)}{row.name}": row.codec.name for row in report.rows}
    has_oks = bool(report.workload.sigmas.values)
    height = 2 + drawing.INCHES_PER_ROW * len(rows)
    figure = Figure((12 if has_oks else 8, height), dpi=110, layout="constrained")
    drawing.heading(figure, report.title, 11)
    panels = figure.subplots(1, 1 + has_oks, sharey=True, squeeze=False)[0]
    drawing.draw_errors(panels[0], rows, [row.input_px for row in report.rows])
    if has_oks:
        scores = {
            label: [(row.oks or {}).get(stat) for row in report.rows]
            for label, stat in (("mean OKS", "mean"), ("AP at OKS 0.95", "ap95"))
        }
        drawing.dots(panels[1], rows, scores, drawing.joined(scores, 4))
        lowest = min([0.95, *(score for each in scores.values() for score in each if score)])
        panels[1].set_xlim(lowest - 0.1 * (1 - lowest), 1 + 0.4 * (1 - lowest))
        panels[1].set_xticks([tick for tick in panels[1].get_xticks() if lowest <= tick <= 1])
        panels[1].set_xlabel("what a perfect network would reach")
    drawing.write(figure, path)
