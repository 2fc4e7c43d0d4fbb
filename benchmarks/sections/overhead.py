"""The overhead of a call: inputs so small that the work takes almost no time."""

from dataclasses import asdict

import numpy as np
import posecodec_rs
from posecodec_rs.cli.codecs.operation import mmpose_codec
from posecodec_rs.cli.timing import Call, measure

from sections.section import Section

ABOUT = """\
Microseconds per call: one keypoint, heatmaps of 2×2."""

CODECS = {
    "RegressionLabel": {"input_size": (8, 8)},
    "MSRAHeatmap": {"input_size": (8, 8), "heatmap_size": (2, 2), "sigma": 1.0},
    "UDPHeatmap": {"input_size": (8, 8), "heatmap_size": (2, 2), "sigma": 1.0},
    "SimCCLabel": {"input_size": (2, 2), "simcc_split_ratio": 1.0},
}
SIZES = {"RegressionLabel": "input_size", "SimCCLabel": "input_size"}
POINT, VISIBLE = np.ones((1, 1, 2), np.float32), np.ones((1, 1), np.float32)


def overhead() -> Section:
    """Measure."""
    section = Section("Call overhead", ABOUT, ["call", "posecodec_rs", "MMPose", "ratio"]).begin()
    _add(section, "`get_num_threads()`", posecodec_rs.get_num_threads, None)
    for name, kwargs in CODECS.items():
        ours, theirs = getattr(posecodec_rs, name)(**kwargs), mmpose_codec(name, **kwargs)
        size = SIZES.get(name, "heatmap_size")
        _add(section, f"`{name}.{size}`", *_pair(ours, theirs, lambda it: getattr(it, size)))  # noqa: B023
        targets = ours.encode(POINT, VISIBLE)
        maps = [array for key, array in targets.items() if key != "keypoint_weights"]
        _add(
            section,
            f"`{name}.encode`",
            *_pair(ours, theirs, lambda it: it.encode(POINT, VISIBLE)),
        )
        _add(section, f"`{name}.decode`", *_pair(ours, theirs, lambda it: it.decode(*maps)))  # noqa: B023
    return section


def _pair(ours, theirs, call) -> tuple[Call, Call | None]:
    return lambda: call(ours), theirs and (lambda: call(theirs))


def _add(section: Section, name: str, ours: Call, theirs: Call | None) -> None:
    single, *others = measure([ours, *([theirs] if theirs else [])])
    mmpose = others[0] if others else None
    section.add(
        [
            name,
            single.with_quartiles,
            mmpose.with_quartiles if mmpose else "",
            f"{mmpose.over(single):.1f}" if mmpose else "",
        ],
        {"call": name, "ours": asdict(single), "mmpose": asdict(mmpose) if mmpose else None},
    )
