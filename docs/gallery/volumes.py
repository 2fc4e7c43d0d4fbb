"""Pages of the codecs that encode 3D keypoints as vectors and volumes."""

from typing import Any

import lifting
import numpy as np
from layout import FAINT, key, label
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from posecodec_rs import Crop, SimCC3DLabel
from posecodec_rs.cli import drawing, synthetic
from posecodec_rs.cli.codecs.case import Floats
from posecodec_rs.cli.codecs.hand_3d import HAND_CODEC, INPUT_SIZE, JOINTS
from posecodec_rs.cli.codecs.lifting import MM

SIMCC_SIZE = (288, 384, 288)
"""RTMW3D's input: width, height and depth."""
SHOWN = {10: "head", 13: "left wrist", 3: "right ankle"}
"""The joints whose vectors are drawn."""
HAND_BONES = [
    (start + 4 * finger + joint, start + (4 * finger + joint + 1 if joint < 3 else 20))
    for start in (0, JOINTS)
    for finger in range(5)
    for joint in range(4)
]
"""Of InterHand2.6M's joints: four per finger, the tip first, and the wrist."""


def simcc_3d_label() -> Figure:
    """One vector per axis, including depth."""
    codec = SimCC3DLabel(SIMCC_SIZE, sigma=(6.0, 6.93, 6.0))
    pixels, pose = lifting.walk().pixels[lifting.FRAME], lifting.walk().poses[lifting.FRAME]
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    size = SIMCC_SIZE[:2]
    points = Crop.from_box([*low, *(high - low)], size).to_input(pixels)
    encoded = codec.encode(points[None], pose[None])
    vectors = [encoded[f"keypoint_{axis}_labels"][0] for axis in "xyz"]
    decoded = codec.decode(*(vector[None] for vector in vectors))[0][0]
    figure, panels = lifting.page(
        "SimCC3DLabel",
        "one vector per axis: 288×384 px and depth in 288 steps, two bins each",
        ("2d", "2d", "3d"),
        3.9,
    )
    flat, depths, solid = panels
    drawing.prepare(flat, size)
    lifting.flat(flat, points)
    depth = np.arange(vectors[2].shape[1]) / codec.simcc_split_ratio
    for (joint, name), color in zip(SHOWN.items(), drawing.PEOPLE[1:], strict=False):
        drawing.profile(flat, [vector[joint] for vector in vectors[:2]], size, 60, color)
        depths.fill_between(depth, vectors[2][joint], color=color, alpha=0.55, lw=0, label=name)
    label(flat, "x and y", "vectors of three joints")
    around = SIMCC_SIZE[2] / 2
    depths.set(xlim=(around - 50, around + 50), yticks=(), box_aspect=1)
    depths.set_ylim(0, 1.45 * float(vectors[2].max()))
    depths.legend(fontsize=8, frameon=False, loc="upper right")
    depths.tick_params(labelsize=7, length=2, labelcolor=FAINT)
    label(depths, "z", "depth around the hips, which are at 144")
    relative = np.concatenate([points, pose[:, 2:] - pose[:1, 2:]], axis=1)
    across, along = off_of(decoded - relative, MM)
    # Pixels in meters, so that all axes have the same scale.
    scale = np.array([1, 1, 0]) * float(np.ptp(pose[:, 1]) / np.ptp(points[:, 1])) + (0, 0, 1)
    lifting.solid(solid, relative * scale)
    lifting.marks(solid, relative * scale, "o", 4.5)
    lifting.marks(solid, decoded * scale, "x", 4)
    lifting.frame(solid, relative * scale)
    lifting.title(solid, "Decoded", f"error {across:.2f} px in the image,\n{along:.1f} mm in depth")
    key(figure)
    return figure


def zoom(axes: Axes) -> None:
    """Limit a panel to the center, where the hands are."""
    axes.set(xlim=(33, 223), ylim=(223, 33), xticks=(64, 128, 192), yticks=(64, 128, 192))


def off_of(off: Floats, unit: float) -> tuple[float, float]:
    """Mean errors in the image and in depth, of errors (K, 3)."""
    return float(np.linalg.norm(off[:, :2], axis=1).mean()), unit * float(np.abs(off[:, 2]).mean())


def hand_3d_heatmap() -> Figure:
    """3D Gaussians."""
    hands, subject = synthetic.hands(), HAND_CODEC
    inputs = subject.inputs(hands)
    codec = subject.ours()
    encoded = codec.encode(**inputs)
    outputs = subject.outputs(hands, encoded)
    decoded = codec.decode(**outputs)[0][0]
    joints = inputs["keypoints"][0]
    volumes = outputs["heatmaps"].max(axis=0)  # depth, height, width
    figure, (front, side, solid) = lifting.page(
        "Hand3DHeatmap",
        "one volume of 64×64×64 per joint; all joints of both hands",
        ("2d", "2d", "3d"),
        4.1,
    )
    grid = drawing.Grid((64, 64), INPUT_SIZE)
    drawing.prepare(front, INPUT_SIZE)
    for a, b in HAND_BONES:
        front.plot(
            *joints[[a, b], :2].T, color=drawing.BODY, lw=6, solid_capstyle="round", zorder=0
        )
    drawing.heat(front, volumes.max(axis=0), grid)
    drawing.keypoints(front, joints[:, :2], decoded[:, :2], 2.5)
    zoom(front)
    label(front, "From the front", "pixels of the input")
    drawing.prepare(side, INPUT_SIZE)
    drawing.heat(side, volumes.max(axis=2).T, grid)
    depths = (joints[:, 2] / codec.heatmap3d_depth_bound + 0.5) * INPUT_SIZE[0]
    back = (decoded[:, 2] / codec.heatmap3d_depth_bound + 0.5) * INPUT_SIZE[0]
    drawing.keypoints(
        side, np.stack([depths, joints[:, 1]], -1), np.stack([back, decoded[:, 1]], -1), 2.5
    )
    bound = codec.heatmap3d_depth_bound / 2
    zoom(side)
    side.set_xticks((64, 128, 192), [f"{each:g}" for each in (-bound / 2, 0, bound / 2)])
    label(side, "From the side", "depth from the wrist, in millimeters")
    for a, b in HAND_BONES:
        x, y, z = joints[[a, b]].T
        solid.plot(x, z, -y, color=drawing.PEOPLE[1 if a < JOINTS else 0], lw=1.6)
    lifting.marks(solid, joints, "o", 3)
    lifting.marks(solid, decoded, "x", 2.8)
    lifting.frame(solid, joints)
    across, along = off_of(decoded - joints, 1.0)
    lifting.title(solid, "Decoded", f"error {across:.2f} px in the image,\n{along:.1f} mm in depth")
    key(figure)
    return figure


PAGES: dict[str, Any] = {page.__name__: page for page in (simcc_3d_label, hand_3d_heatmap)}
