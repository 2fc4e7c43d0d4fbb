"""Pages of the lifting codecs: the demo's synthetic walking figure."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from layout import DPI, FAINT, TEXT, WIDTH_INCHES, error, heading, key, label
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator
from mpl_toolkits.mplot3d import Axes3D
from posecodec_rs.cli import drawing, synthetic
from posecodec_rs.cli.codecs.case import Floats
from posecodec_rs.cli.codecs.lifting import LIFTING_CODECS, MM, Lifting

BONES = (
    *((0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 6), (0, 7), (7, 8), (8, 9), (9, 10)),
    *((8, 11), (11, 12), (12, 13), (8, 14), (14, 15), (15, 16)),
)
"""Of Human3.6M's joints."""
SIDES = {"right": (1, 2, 3, 14, 15, 16), "left": (4, 5, 6, 11, 12, 13)}
COLORS = {"right": drawing.PEOPLE[1], "left": drawing.PEOPLE[0]}
FRAME = 60
"""The frame that is drawn: in mid-stride."""


@cache
def walk() -> synthetic.PoseSequence:
    """A person walking past the camera."""
    return synthetic.walk()


def color(bone: tuple[int, int]) -> str:
    """The color of a bone, by its side."""
    return next((COLORS[side] for side, joints in SIDES.items() if bone[1] in joints), TEXT)


def flat(axes: Axes, points: Floats, alpha: float = 1.0) -> None:
    """A 2D pose."""
    for a, b in BONES:
        axes.plot(
            *points[[a, b]].T, color=color((a, b)), lw=1.8, alpha=alpha, solid_capstyle="round"
        )


def solid(axes: Axes3D, points: Floats, alpha: float = 1.0, width: float = 1.8) -> None:
    """A 3D pose, upright: x to the right, depth to the back, y up."""
    x, y, z = points.T
    for a, b in BONES:
        axes.plot(x[[a, b]], z[[a, b]], -y[[a, b]], color=color((a, b)), lw=width, alpha=alpha)


def marks(axes: Axes3D, points: Floats, marker: str, size: float) -> None:
    """3D joints."""
    x, y, z = points.T
    axes.plot(x, z, -y, **drawing.mark(marker, size))


def frame(axes: Axes3D, points: Floats) -> None:
    """Equal scales around 3D points, and few ticks."""
    points = points.reshape(-1, 3)[:, [0, 2, 1]] * (1, 1, -1)
    low, high = points.min(axis=0), points.max(axis=0)
    reach = np.maximum(0.55 * (high - low), 0.14 * float((high - low).max()))
    (left, near, bottom), (right, far, top) = (low + high) / 2 - reach, (low + high) / 2 + reach
    axes.set(xlim=(left, right), ylim=(near, far), zlim=(bottom, top))
    axes.set_box_aspect(reach, zoom=0.9)
    axes.view_init(elev=14, azim=-66)
    names = {
        "x": (axes.xaxis, -4 if reach[0] < reach[2] else 2),
        "z": (axes.yaxis, -12),
        "-y": (axes.zaxis, -2),
    }
    for (name, (axis, pad)), side in zip(names.items(), reach, strict=True):
        narrow = side < 0.5 * reach.max()
        axis.set_major_locator(NullLocator() if narrow else MaxNLocator(3))
        axis.pane.set(facecolor=rcParams["axes.facecolor"], edgecolor="#bbbbbb")
        axis.line.set_color("#bbbbbb")
        axis.set_label_text(name, fontsize=8, color=FAINT)
        axis.labelpad = pad
    axes.tick_params(labelsize=7, pad=-3, labelcolor=FAINT, color="#bbbbbb")


def page(title: str, about: str, kinds: Sequence[str], height: float) -> tuple[Figure, list[Any]]:
    """A page with panels that are flat ("2d") or solid ("3d")."""
    figure = Figure((WIDTH_INCHES, height), dpi=DPI, layout="constrained")
    heading(figure, title, about)
    positions = figure.add_gridspec(
        1, len(kinds), width_ratios=[1 + (kind == "3d") / 3 for kind in kinds]
    )
    return figure, [
        figure.add_subplot(position, projection="3d" if kind == "3d" else None)
        for position, kind in zip(positions, kinds, strict=True)
    ]


def plane(axes: Axes, poses: Floats, title: str, caption: str) -> None:
    """2D poses (T, 17, 2) with ticks along the axes."""
    for points in poses:
        flat(axes, points)
    low, high = poses.min(axis=(0, 1)), poses.max(axis=(0, 1))
    middle, reach = (low + high) / 2, 0.58 * float((high - low).max())
    axes.set(xlim=middle[0] + np.array([-reach, reach]), ylim=middle[1] + np.array([reach, -reach]))
    axes.set(aspect="equal")
    axes.locator_params(nbins=4)
    axes.tick_params(labelsize=7, length=2, labelcolor=FAINT)
    label(axes, title, caption)


def title(axes: Axes3D, text: str, caption: str) -> None:
    """The title of a 3D panel; the caption is above it, because the axes are below."""
    bold = text.replace(" ", r"\ ")
    axes.set_title(f"$\\bf{{{bold}}}$\n{caption}", fontsize=8, color=TEXT, pad=2)


def round_trip(name: str, sequence: synthetic.PoseSequence) -> tuple[Any, Floats, Floats]:
    """The targets of a lifting codec, its decoded poses, and their errors in millimeters."""
    subject: Lifting = next(each for each in LIFTING_CODECS if each.name == name)
    encoded = subject.ours().encode(**subject.inputs(sequence))
    decoded = subject.ours().decode(**subject.outputs(sequence, encoded))[0]
    return encoded, decoded, subject.compare(sequence, decoded)


def with_root(poses: Floats) -> Floats:
    """Poses (T, 17, 3) from those without their root, which is the origin."""
    return np.concatenate([np.zeros((len(poses), 1, 3)), poses], axis=1)


def image_pose_lifting() -> Figure:
    """The pose of one image."""
    one = synthetic.PoseSequence(walk().poses[FRAME:], walk().pixels[FRAME:], walk().camera)
    encoded, decoded, off = round_trip("ImagePoseLifting", one)
    figure, panels = page(
        "ImagePoseLifting",
        "poses of one image, standardized by means and deviations",
        ("2d", "2d", "3d", "3d"),
        3.7,
    )
    plane(panels[0], one.pixels[:1], "Keypoints", "pixels of the image")
    inputs = encoded["keypoint_labels"].reshape(1, 17, 2)
    plane(panels[1], inputs, "Input", "minus the mean (500), over\nthe deviation (200)")
    target = with_root(encoded["lifting_target_label"])[0]
    solid(panels[2], target)
    frame(panels[2], target)
    title(panels[2], "Target", "meters from the hips,\nover the deviation (0.3)")
    solid(panels[3], one.poses[0])
    marks(panels[3], one.poses[0], "o", 4)
    marks(panels[3], decoded[0], "x", 3.5)
    frame(panels[3], one.poses[0])
    title(panels[3], "Decoded", two_lines(f"meters; {error(off, 'mm')}"))
    key(figure)
    return figure


def two_lines(text: str) -> str:
    """Broken at the comma, for narrow panels."""
    return text.replace(", ", ",\n")


def video_pose_lifting() -> Figure:
    """A sequence's poses."""
    encoded, decoded, off = round_trip("VideoPoseLifting", walk())
    frames = range(0, synthetic.FRAMES, 60)
    figure, panels = page(
        "VideoPoseLifting",
        f"{synthetic.FRAMES} frames of a walking person; every 60th is drawn",
        ("2d", "3d", "3d"),
        4.1,
    )
    inputs = encoded["keypoint_labels"].T.reshape(-1, 17, 2)
    caption = "pixels from the center of the image,\nin half widths"
    plane(panels[0], inputs[list(frames)], "Input", caption)
    target = with_root(encoded["lifting_target_label"])
    for number in frames:
        solid(panels[1], target[number], width=1.3)
    frame(panels[1], target)
    title(panels[1], "Target", "meters from the hips")
    for number in frames:
        solid(panels[2], walk().poses[number], width=1.3)
        marks(panels[2], decoded[number], "x", 2)
    frame(panels[2], walk().poses)
    title(panels[2], "Decoded", two_lines(f"meters; {error(off, 'mm')}"))
    key(figure)
    return figure


def motionbert_label() -> Figure:
    """A sequence's poses scaled to the image."""
    encoded, decoded, off = round_trip("MotionBERTLabel", walk())
    figure, panels = page(
        "MotionBERTLabel",
        f"poses scaled to the image; one of {synthetic.FRAMES} frames",
        ("2d", "3d", "3d"),
        4.2,
    )
    plane(panels[0], encoded["keypoint_labels"][FRAME, None], "Input", "half widths of the image")
    target = encoded["lifting_target_label"][FRAME]
    solid(panels[1], target)
    frame(panels[1], target)
    title(panels[1], "Target", "half widths, including depth")
    expected = decoded[FRAME] - off[FRAME] / MM
    solid(panels[2], expected)
    marks(panels[2], expected, "o", 4.5)
    marks(panels[2], decoded[FRAME], "x", 4)
    frame(panels[2], expected)
    title(panels[2], "Decoded", two_lines(f"meters; {error(off, 'mm')}"))
    key(figure)
    return figure


PAGES: dict[str, Any] = {
    page.__name__: page for page in (image_pose_lifting, video_pose_lifting, motionbert_label)
}
