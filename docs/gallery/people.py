"""Pages of the codecs that encode a whole image: all of the same three people."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from layout import bare, label, page
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from posecodec_rs.cli import drawing
from posecodec_rs.cli.coco import read_annotations
from posecodec_rs.cli.codecs.bottom_up import (
    HEATMAP_SIZE,
    INPUT_SIZE,
    NO_PERSON,
    BottomUp,
    MultiPersonSample,
    bottom_up_codecs,
    errors_of_found,
)
from posecodec_rs.cli.codecs.case import Floats

GRID = drawing.Grid(HEATMAP_SIZE, INPUT_SIZE)
SIZES = "512×512 px → heatmaps of 128×128"
WRIST = 9
"""The left one, whose maps are magnified."""


@cache
def sample() -> MultiPersonSample:
    """Three people in a park."""
    return MultiPersonSample.of(read_annotations(None).images()[-1])


def codec(name: str) -> BottomUp:
    """A codec of the demo by its name."""
    return next(each for each in bottom_up_codecs(17) if each.name == name)


def decoded(subject: BottomUp, encoded: Mapping[str, Any]) -> Floats:
    """Keypoints (N, K, 2), decoded as if a network had predicted the targets."""
    outputs = subject.maps(encoded, None)
    return subject.keypoints(getattr(subject.ours(), subject.method)(*outputs))


def people(axes: Axes) -> None:
    """The silhouettes of all people, in input pixels."""
    drawing.prepare(axes, INPUT_SIZE)
    skeleton = read_annotations(None).skeleton
    for points, visible in zip(sample().points, sample().visible, strict=True):
        drawing.silhouette(axes, points, visible > 0, skeleton)


def found_again(axes: Axes, keypoints: Floats) -> None:
    """The labelled keypoints of each decoded person, and their mean error."""
    people(axes)
    skeleton = read_annotations(None).skeleton
    for points, visible, color in zip(
        sample().points, sample().visible, drawing.PEOPLE, strict=False
    ):
        labelled = visible > 0
        off = np.linalg.norm(keypoints - points, axis=-1)[:, labelled].mean(axis=1)
        nearest = keypoints[off.argmin()]
        for a, b in skeleton:
            if labelled[[a, b]].all():
                axes.plot(*nearest[[a, b]].T, color=color, lw=1.1)
        axes.plot(*nearest[labelled].T, "x", color=color, ms=3.5, mew=1)
    errors = errors_of_found(sample(), keypoints)
    mean = np.concatenate(errors).mean()
    caption = f"{len(errors)} of {len(sample().points)} people found,\nmean error {mean:.2f} px"
    label(axes, "Decoded", caption)


def spr() -> Figure:
    """Heatmaps of roots, and displacements from them."""
    subject = codec("SPR")
    encoded = subject.ours().encode(sample().points, sample().visible)
    figure, panels = page(
        "SPR", f"heatmaps of people's roots, and displacements from them; {SIZES}", 3, 3.55
    )
    people(panels[0])
    drawing.heat(panels[0], encoded["heatmaps"][0], GRID)
    label(panels[0], "Roots", "a Gaussian in the middle\nof each person")
    people(panels[1])
    moves = encoded["displacements"].reshape(17, 2, *encoded["heatmaps"].shape[1:])
    for points, visible, color in zip(
        sample().points, sample().visible, drawing.PEOPLE, strict=False
    ):
        root = points[visible > 0].mean(axis=0)
        column, row = np.round(root / GRID.step).astype(int)
        ends = moves[:, :, row, column] * GRID.step
        style: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.006}
        start = np.broadcast_to([column, row] * GRID.step, ends.shape)
        panels[1].quiver(*start.T, *ends.T, color=color, **style)
    label(panels[1], "Displacements", "at the root's heatmap pixel,\n2 maps per keypoint")
    found_again(panels[2], decoded(subject, encoded))
    return figure


def decoupled_heatmap() -> Figure:
    """Heatmaps of all people, and of each person."""
    np.random.seed(0)  # noqa: NPY002  # the codec's jitter uses this generator, as in MMPose
    subject = codec("DecoupledHeatmap")
    encoded = subject.ours().encode(sample().points, sample().visible)
    maps = encoded["instance_heatmaps"].reshape(-1, 17, *HEATMAP_SIZE[::-1])
    figure, panels = page(
        "DecoupledHeatmap",
        f"heatmaps of all people and of each person; {SIZES}",
        2 + len(maps),
        2.65,
    )
    people(panels[0])
    drawing.heat(panels[0], encoded["heatmaps"].max(axis=0), GRID)
    label(panels[0], "All people", "keypoints and roots")
    for number, (axes, own) in enumerate(zip(panels[1:], maps, strict=False), start=1):
        people(axes)
        drawing.heat(axes, own.max(axis=0), GRID)
        label(
            axes,
            f"Person {number}",
            "root in heatmap\npixel ({}, {})".format(*encoded["instance_coords"][number - 1]),
        )
    found_again(panels[-1], decoded(subject, encoded))
    for axes in panels:
        bare(axes)
    return figure


def associative_embedding() -> Figure:
    """Heatmaps of all people, and tags that distinguish them."""
    subject = codec("AssociativeEmbedding UDP")
    encoded = subject.ours().encode(sample().points, sample().visible)
    heatmaps, tags = subject.maps(encoded, None)
    figure, panels = page(
        "AssociativeEmbedding",
        f"heatmaps of all people; a network's tags distinguish them; {SIZES}",
        3,
        3.55,
    )
    people(panels[0])
    drawing.heat(panels[0], heatmaps[0].max(axis=0), GRID)
    label(panels[0], "Heatmaps", "maximum of all maps")
    people(panels[1])
    of_people = tags[0].max(axis=0)
    for number, color in enumerate(drawing.PEOPLE[: len(sample().points)]):
        rows, columns = np.nonzero(of_people == 10.0 * number)
        panels[1].plot(*(np.stack([columns, rows], -1) * GRID.step).T, "s", color=color, ms=1.6)
    assert (of_people > NO_PERSON).any()
    label(panels[1], "Tags", "one number per person,\nas a perfect network predicts")
    found_again(panels[2], decoded(subject, encoded))
    return figure


PAGES: dict[str, Any] = {
    page.__name__: page for page in (spr, decoupled_heatmap, associative_embedding)
}
