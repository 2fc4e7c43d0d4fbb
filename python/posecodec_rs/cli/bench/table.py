"""The timings for people who read."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from posecodec_rs.cli.bench.report import Report

WIDE = 118
"""Terminal columns from which on quartiles are shown."""


def table(report: Report, width: int) -> Table:
    """The timings on so many columns."""
    made = Table(
        title=f"Time of a call\n{report.machine.about}",
        title_style="bold",
        caption=_caption(report),
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1),
    )
    made.add_column("Operation", overflow="fold")
    for heading in ("posecodec_rs\nµs", "floor\nµs", "MMPose\nµs"):
        made.add_column(heading, justify="right", no_wrap=True)
    made.add_column("ratio", justify="right", no_wrap=True)
    for row in report.rows:
        times = [
            "-" if timing is None else (timing.with_quartiles if width >= WIDE else timing.shown)
            for timing in (row.ours, row.floor, row.mmpose)
        ]
        made.add_row(row.name, *times, "-" if row.ratio is None else f"{row.ratio:.1f}")
    return made


def _caption(report: Report) -> str:
    """How to read it."""
    mean = report.mean_ratio
    mmpose = "MMPose is not installed." if mean is None else f"Their geometric mean is {mean:.1f}."
    return (
        "Microseconds a call for one sample, which uses one thread: the median and, in brackets, "
        "the quartiles. Floor: filling new arrays like the targets with a constant, or finding the "
        f"maximum of the inputs, in NumPy. Ratio: how many times as long MMPose takes. {mmpose}"
    )
