"""The README's figure: one person, encoded and decoded by the main codecs."""

from typing import Any

import numpy as np
import top_down
from layout import bare, key, label, page
from matplotlib.figure import Figure
from posecodec_rs.cli import demo_figure, drawing

VARIANTS = (
    "MSRAHeatmap",
    "UDPHeatmap gaussian",
    "UDPHeatmap combined",
    "MegviiHeatmap",
    "SimCCLabel",
)


def overview() -> Figure:
    """Targets and decoded keypoints, side by side."""
    scene = top_down.scene()
    figure, panels = page(
        "posecodec_rs", "keypoints → training targets → keypoints, as MMPose's codecs do it", 6, 3.1
    )
    for axes, name in zip(panels, ("", *VARIANTS), strict=True):
        top_down.person(axes)
        bare(axes)
        if not name:
            axes.plot(*scene.points[scene.labelled].T, **drawing.mark("o", 4))
            label(axes, "A person", "17 keypoints")
            continue
        trip = scene.trips[name]
        demo_figure.draw_targets(axes, scene, name)
        drawing.keypoints(axes, trip.points[trip.counts], trip.decoded[trip.counts], 3.5)
        off = np.linalg.norm((trip.decoded - trip.points)[trip.counts], axis=1)
        kind, _, variant = name.partition(" ")
        label(axes, kind, f"{variant or TARGETS[kind]}\nerror {off.mean():.1f} px")
    key(figure)
    return figure


TARGETS = {"MSRAHeatmap": "rounded", "MegviiHeatmap": "blurred", "SimCCLabel": "vector per axis"}
"""The targets of codecs without variants here."""

PAGES: dict[str, Any] = {"overview": overview}
