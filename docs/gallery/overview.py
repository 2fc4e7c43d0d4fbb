"""The README's picture: one person, and what the main codecs make of them."""

from typing import Any

import crops
import numpy as np
from layout import bare, key, label, page
from matplotlib.figure import Figure
from posecodec_rs.cli import drawing, picture

OF = ("MSRAHeatmap", "UDPHeatmap gaussian", "UDPHeatmap combined", "MegviiHeatmap", "SimCCLabel")


def overview() -> Figure:
    """Targets and decoded keypoints, side by side."""
    scene = crops.scene()
    figure, panels = page(
        "posecodec_rs", "keypoints → training targets → keypoints, as MMPose's codecs do it", 6, 3.1
    )
    for axes, name in zip(panels, ("", *OF), strict=True):
        crops.person(axes)
        bare(axes)
        if not name:
            axes.plot(*scene.points[scene.labelled].T, **drawing.mark("o", 4))
            label(axes, "A person", "17 keypoints")
            continue
        trip = scene.trips[name]
        if name == "UDPHeatmap combined":
            discs, _ = picture.offsets_of(trip.encoded["heatmaps"])
            drawing.heat(axes, discs.max(axis=0), crops.grid(name), cmap=drawing.DISC)
        elif name == "SimCCLabel":
            for keypoint, colour in zip(scene.outermost(trip.counts), drawing.PEOPLE, strict=False):
                crops.profiles(axes, trip, keypoint, colour)
        else:
            drawing.heat(axes, trip.encoded["heatmaps"].max(axis=0), crops.grid(name))
        drawing.keypoints(axes, trip.points[trip.counts], trip.decoded[trip.counts], 3.5)
        off = np.linalg.norm((trip.decoded - trip.points)[trip.counts], axis=1)
        kind, _, variant = name.partition(" ")
        label(axes, kind, f"{variant or WHAT[kind]}\n{off.mean():.1f} px off")
    key(figure)
    return figure


WHAT = {"MSRAHeatmap": "rounded", "MegviiHeatmap": "blurred", "SimCCLabel": "a vector an axis"}
"""What a codec without variants here makes."""

PAGES: dict[str, Any] = {"overview": overview}
