"""Pages of other projects' targets: of the same three people as in `people`."""

from typing import Any

import numpy as np
from layout import bare, label, page
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from people import WRIST, people, sample
from posecodec_rs import deeplabcut, mmaction, sleap
from posecodec_rs.cli import drawing
from posecodec_rs.cli.codecs.bottom_up import INPUT_SIZE
from posecodec_rs.cli.codecs.case import Floats

STRIDE = 8
GRID = drawing.Grid((INPUT_SIZE[0] // STRIDE, INPUT_SIZE[1] // STRIDE), INPUT_SIZE)
SIZES = f"512×512 px → maps of {GRID.size[0]}×{GRID.size[1]}"
LIMB = (7, 9)
"""The left forearm."""


def visible_points() -> Floats:
    """Keypoints with DeepLabCut's visibilities, (1, N, 17, 3)."""
    visible = (sample().visible > 0)[..., None]
    return np.concatenate([sample().points, visible], axis=-1)[None]


def known_points() -> Floats:
    """Keypoints, NaN where they are not labelled, (1, N, 17, 2)."""
    return np.where(visible_points()[..., 2:] > 0, visible_points()[..., :2], np.nan)


def arrows(axes: Axes, field: Floats) -> None:
    """The vectors of a field (2, H, W)."""
    rows, columns = np.nonzero(np.hypot(*field) > 0.05)
    at = np.stack([columns + 0.5, rows + 0.5]) * STRIDE
    style: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1 / 14, "width": 0.006}
    axes.quiver(*at, *field[:, rows, columns], color=drawing.PEOPLE[0], **style)


def deeplabcut_page() -> Figure:
    """Heatmaps, location refinement and part affinity fields."""
    width, height = GRID.size
    names = ("heatmap", "locref", "paf", "offset")
    outputs = {name: np.zeros((1, 1, height, width), np.float32) for name in names}
    labels = {"keypoints": visible_points()}
    gaussian = deeplabcut.HeatmapGaussianGenerator(17, 17)(STRIDE, outputs, labels)
    plateau = deeplabcut.HeatmapPlateauGenerator(17, 17)(STRIDE, outputs, labels)
    limbs = deeplabcut.PartAffinityFieldGenerator([LIMB], 20.0)(STRIDE, outputs, labels)
    figure, panels = page("DeepLabCut", f"targets of all animals, here people; {SIZES}", 4, 3.0)
    for axes in panels:
        people(axes)
        bare(axes)
    drawing.heat(panels[0], gaussian["heatmap"]["target"][0].max(axis=0), GRID)
    label(panels[0], "Gaussian", "maximum of all heatmaps")
    drawing.heat(panels[1], plateau["heatmap"]["target"][0].max(axis=0), GRID)
    label(panels[1], "Plateau", "1 within 17 px")
    arrows(panels[2], plateau["locref"]["target"][0, 2 * WRIST : 2 * WRIST + 2])
    label(panels[2], "Location refinement", "offsets to left wrists")
    arrows(panels[3], limbs["paf"]["target"][0])
    label(panels[3], "Part affinity field", "of left forearms, 20 px wide")
    return figure


def sleap_page() -> Figure:
    """Confidence maps and part affinity fields."""
    instances = known_points()
    maps = sleap.generate_multiconfmaps(instances, INPUT_SIZE, instances.shape[1], 2.5, STRIDE)
    edges = np.array([LIMB])
    fields = sleap.generate_pafs(instances, INPUT_SIZE, 75.0, STRIDE, edges)
    figure, panels = page("SLEAP", f"targets of all animals, here people; {SIZES}", 2, 4.3)
    for axes in panels:
        people(axes)
        bare(axes)
    drawing.heat(panels[0], maps[0].max(axis=0), GRID)
    label(panels[0], "Confidence maps", "maximum of all maps, sigma 2.5 pixels of the maps")
    arrows(panels[1], fields[0])
    label(panels[1], "Part affinity field", "of left forearms")
    return figure


def mmaction_page() -> Figure:
    """Heatmaps of keypoints and limbs."""
    points = np.nan_to_num(known_points())[0][:, None]
    scores = (sample().visible > 0)[:, None].astype(np.float32)
    clip = {"keypoint": points, "keypoint_score": scores, "img_shape": INPUT_SIZE[::-1]}
    options: dict[str, Any] = {"sigma": 0.6, "scaling": 1 / STRIDE}
    figure, panels = page("PoseC3D", f"one frame of a clip; {SIZES}, sigma 0.6", 2, 4.3)
    for axes, kind in zip(panels, ("keypoints", "limbs"), strict=True):
        limbs = kind == "limbs"
        step = mmaction.GeneratePoseTarget(with_kp=not limbs, with_limb=limbs, **options)
        people(axes)
        bare(axes)
        drawing.heat(axes, step(dict(clip))["imgs"][0].max(axis=0), GRID)
        label(axes, kind.capitalize(), f"maximum of 17 heatmaps of {kind}")
    return figure


PAGES: dict[str, Any] = {
    "deeplabcut": deeplabcut_page,
    "sleap": sleap_page,
    "mmaction": mmaction_page,
}
