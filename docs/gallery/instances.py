"""Pages of the codecs with boxes: the same three people as in `people`."""

from typing import Any

import numpy as np
from layout import key, label, page
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from people import people, sample
from posecodec_rs import EDPoseLabel, YOLOXPoseAnnotationProcessor
from posecodec_rs.cli import drawing
from posecodec_rs.cli.coco import read_annotations
from posecodec_rs.cli.codecs.bottom_up import INPUT_SIZE
from posecodec_rs.cli.codecs.case import Floats

CANDIDATES = 12
"""The number of candidates that a network predicts; three of them are people."""


def boxes() -> Floats:
    """The annotated boxes of the three people, (N, 4): left, top, right, bottom."""
    annotations = read_annotations(None)
    last = annotations.people[-1].image_id
    shown = np.stack([each.box for each in annotations.people if each.image_id == last])
    return np.concatenate([shown[:, :2], shown[:, :2] + shown[:, 2:]], axis=1)


def outline(axes: Axes, box: Any, color: str, **style: Any) -> None:
    """Draw a box: left, top, right, bottom."""
    left, top, right, bottom = (float(side) for side in box)
    style = {"fill": False, "lw": 1.4, **style}
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, color=color, **style))


def annotated(axes: Axes) -> None:
    """People, their keypoints and their boxes."""
    people(axes)
    for points, visible, box, color in zip(
        sample().points, sample().visible, boxes(), drawing.PEOPLE, strict=False
    ):
        axes.plot(*points[visible > 0].T, **drawing.mark("o", 3.5))
        outline(axes, box, color)


def edpose_label() -> Figure:
    """Boxes and keypoints in units of the image."""
    codec = EDPoseLabel(num_select=3)
    encoded = codec.encode(
        INPUT_SIZE,
        sample().points,
        sample().visible,
        np.prod(boxes()[:, 2:] - boxes()[:, :2], 1),
        boxes(),
    )
    figure, (before, units, back) = page(
        "EDPoseLabel", "keypoints, boxes and areas in units of the image", 3, 3.9
    )
    annotated(before)
    label(before, "Annotated", "pixels of the image")
    people(units)
    for box, color in zip(
        encoded["bbox"] * (*INPUT_SIZE, *INPUT_SIZE), drawing.PEOPLE, strict=False
    ):
        (x, y), half = box[:2], box[2:] / 2
        outline(units, (*(box[:2] - half), *(box[:2] + half)), color, ls=":")
        units.plot(x, y, "+", color=color, ms=8, mew=1.5)
        moves = np.diag(half)
        units.quiver(
            [x, x],
            [y, y],
            *moves,
            angles="xy",
            scale_units="xy",
            scale=1,
            width=0.008,
            color=color,
        )
    shown = sample().visible > 0
    units.plot(*(encoded["keypoints"] * INPUT_SIZE)[shown].T, **drawing.mark("o", 3.5))
    units.set_xticks((0, 256, 511), ("0", "0.5", "1"))
    units.set_yticks((0, 256, 511), ("0", "0.5", "1"))
    areas = ", ".join(f"{area:.2f}" for area in encoded["area"])
    label(units, "Targets", f"center and size of boxes, keypoints;\nareas {areas}")
    people(back)
    kept, found = candidates(codec, encoded, back)
    for box, points, visible, color in zip(
        kept, found, sample().visible, drawing.PEOPLE, strict=False
    ):
        outline(back, box, color)
        back.plot(*points[visible > 0].T, **drawing.mark("x", 3.5))
    off = np.linalg.norm(found - sample().points, axis=-1)[sample().visible > 0]
    label(
        back,
        "Decoded",
        f"the best {codec.num_select} of {CANDIDATES} candidates;\nerror {off.mean():.2f} px",
    )
    key(figure)
    return figure


def candidates(codec: EDPoseLabel, encoded: Any, axes: Axes) -> tuple[Floats, Floats]:
    """Decode the targets among other candidates of lower scores, which are drawn."""
    rng = np.random.default_rng(1)
    others = CANDIDATES - len(encoded["bbox"])
    guesses = np.concatenate(
        [rng.uniform(0.2, 0.8, (others, 2)), rng.uniform(0.1, 0.35, (others, 2))], 1
    )
    for box in guesses * (*INPUT_SIZE, *INPUT_SIZE):
        outline(axes, (*(box[:2] - box[2:] / 2), *(box[:2] + box[2:] / 2)), "#b8bccb", lw=0.7)
    scores = np.concatenate([[0.9, 0.8, 0.7], rng.uniform(0, 0.3, others)])[:, None]
    flat = encoded["keypoints"].reshape(len(encoded["bbox"]), -1)
    keypoints = np.concatenate([flat, rng.random((others, flat.shape[1]))])
    visible = np.ones((CANDIDATES, codec.num_keypoints))
    kept, found, _ = codec.decode(
        np.array(INPUT_SIZE[::-1]),
        scores,
        np.concatenate([encoded["bbox"], guesses]),
        np.concatenate([keypoints, visible], axis=1),
    )
    return kept, found


def yolox_pose_annotation_processor() -> Figure:
    """Boxes that are expanded to contain their keypoints."""
    codec = YOLOXPoseAnnotationProcessor(expand_bbox=True)
    # Boxes of a detector of trunks: too small for arms and legs.
    left, top, right, bottom = boxes().T
    small = np.stack(
        [
            left + 0.3 * (right - left),
            top + 0.25 * (bottom - top),
            right - 0.3 * (right - left),
            bottom - 0.3 * (bottom - top),
        ],
        axis=1,
    )
    encoded = codec.encode(sample().points, sample().visible, small, [1] * len(small))
    figure, panels = page(
        "YOLOXPoseAnnotationProcessor",
        "boxes around keypoints, and class labels; nothing is decoded",
        2,
        5.2,
    )
    for axes, shown in zip(panels, (small, encoded["bbox"]), strict=True):
        people(axes)
        for points, visible, box, old, color in zip(
            sample().points, sample().visible, shown, small, drawing.PEOPLE, strict=False
        ):
            axes.plot(*points[visible > 0].T, **drawing.mark("o", 4))
            outline(axes, old, color, lw=0.8, ls=":")
            outline(axes, box, color, lw=1.8)
    for box, number, color in zip(
        encoded["bbox"], encoded["bbox_labels"], drawing.PEOPLE, strict=False
    ):
        panels[1].text(box[0], box[1] - 5, f"label {number}", color=color, fontsize=8, va="bottom")
    label(panels[0], "Annotated", "boxes that do not contain all keypoints; category 1")
    label(panels[1], "Targets", "with expand_bbox: expanded to contain them; labels from 0")
    key(figure, decoded=False)
    return figure


PAGES: dict[str, Any] = {
    page.__name__: page for page in (edpose_label, yolox_pose_annotation_processor)
}
