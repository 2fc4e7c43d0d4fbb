"""Every operation of every codec: ours, MMPose's, and the floor."""

from dataclasses import asdict

import goals
from posecodec_rs.cli.bench.machine import Machine
from posecodec_rs.cli.bench.measure import Row, run
from posecodec_rs.cli.bench.operations import operations
from posecodec_rs.cli.bench.report import Report

from sections.section import Section, wanted

ABOUT = """\
Microseconds a call: one sample, one thread, allocation of the outputs included; medians, with
quartiles in brackets. A sample is one person; for bottom-up codecs three people in a picture of
512×512, for `VideoPoseLifting` and `MotionBERTLabel` 243 frames, for `SimCC3DLabel` a whole body of
133 keypoints, for `Hand3DHeatmap` two hands. Maps are noisy, as a network gives them. The floor is
what it takes NumPy to fill new outputs, or to find the maximum of the inputs. Wanted are the ratios
that we hold ourselves to."""


def calls() -> tuple[Section, Report]:
    """Measures, as `posecodec bench` does."""
    columns = ["operation", "posecodec_rs, µs", "floor, µs", "MMPose, µs", "ratio", "wanted"]
    section = Section("Every operation", ABOUT, columns).begin()
    rows: list[Row] = []
    for operation in operations():
        row = run(operation)
        rows.append(row)
        mmpose, ratio = row.mmpose.with_quartiles if row.mmpose else "", row.ratio
        cells = [row.name, row.ours.with_quartiles, row.floor.with_quartiles, mmpose]
        goal = wanted("≥", goals.FASTER_THAN_MMPOSE.get(row.name), ratio)
        section.add(
            [*cells, "" if ratio is None else f"{ratio:.1f}", goal],
            {**asdict(row), "ratio": ratio},
        )
    report = Report(Machine.here(), rows)
    if report.mean_ratio:
        section.about += f" The geometric mean of the ratios is {report.mean_ratio:.1f}."
    return section, report
