"""Every operation of every codec: ours, MMPose's, and the lower bound."""

from dataclasses import asdict

import goals
from posecodec_rs.cli.bench.machine import Machine
from posecodec_rs.cli.bench.report import Report, Row
from posecodec_rs.cli.codecs import operations

from sections.section import Section, target

ABOUT = """\
Microseconds per call: one sample, one thread, including allocation of the outputs; medians, with
quartiles in brackets. A sample is one person; for bottom-up codecs three people in an image of
512×512, for `VideoPoseLifting` and `MotionBERTLabel` 243 frames, for `SimCC3DLabel` a whole body
of 133 keypoints, for `Hand3DHeatmap` two hands. Heatmaps have noise, like a network's output. The
floor is the time of NumPy for filling new outputs, or for the maximum of the inputs. The target is
the minimum ratio that we commit to."""


def calls() -> tuple[Section, Report]:
    """Measure, as `posecodec bench` does."""
    columns = ["operation", "posecodec_rs, µs", "floor, µs", "MMPose, µs", "ratio", "target"]
    section = Section("Every operation", ABOUT, columns).begin()
    rows: list[Row] = []
    for operation in operations():
        row = Row.of(operation)
        rows.append(row)
        mmpose, ratio = row.mmpose.with_quartiles if row.mmpose else "", row.ratio
        cells = [row.name, row.ours.with_quartiles, row.floor.with_quartiles, mmpose]
        met = target("≥", goals.FASTER_THAN_MMPOSE.get(row.name), ratio)
        section.add(
            [*cells, "" if ratio is None else f"{ratio:.1f}", met],
            {**asdict(row), "ratio": ratio},
        )
    report = Report(Machine.here(), rows)
    if report.mean_ratio:
        section.about += f" The geometric mean of the ratios is {report.mean_ratio:.1f}."
    return section, report
