"""Pages of the codecs that see a whole picture: all of the same three people."""

from functools import cache
from typing import Any

import numpy as np
from layout import bare, label, page
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from posecodec_rs.cli import drawing
from posecodec_rs.cli.bottom_up import (
    HEATMAP_SIZE,
    INPUT_SIZE,
    NO_PEOPLE,
    BottomUp,
    Crowd,
    bottom_up_codecs,
    errors_of_found,
)
from posecodec_rs.cli.coco import read_annotations
from posecodec_rs.cli.result import Floats

GRID = drawing.Grid(HEATMAP_SIZE, INPUT_SIZE)
SIZES = "512×512 px → 128×128 cells"
WRIST = 9
"""The left one, whose maps are looked at."""


@cache
def crowd() -> Crowd:
    """Three people in a park."""
    return Crowd.of(read_annotations(None).pictures()[-1])


def codec(name: str) -> BottomUp:
    """One of the demo's."""
    return next(each for each in bottom_up_codecs(17) if each.name == name)


def people(axes: Axes) -> None:
    """Everyone's shape, in input pixels."""
    drawing.prepare(axes, INPUT_SIZE)
    skeleton = read_annotations(None).skeleton
    for points, visible in zip(crowd().points, crowd().visible, strict=True):
        drawing.silhouette(axes, points, visible > 0, skeleton)


def found_again(axes: Axes, decoded: Floats) -> None:
    """Each person as decoded, the labelled keypoints alone, and how far off those are."""
    people(axes)
    skeleton = read_annotations(None).skeleton
    for points, visible, colour in zip(
        crowd().points, crowd().visible, drawing.PEOPLE, strict=False
    ):
        labelled = visible > 0
        off = np.linalg.norm(decoded - points, axis=-1)[:, labelled].mean(axis=1)
        nearest = decoded[off.argmin()]
        for a, b in skeleton:
            if labelled[[a, b]].all():
                axes.plot(*nearest[[a, b]].T, color=colour, lw=1.1)
        axes.plot(*nearest[labelled].T, "x", color=colour, ms=3.5, mew=1)
    errors = errors_of_found(crowd(), decoded)
    mean = np.concatenate(errors).mean()
    caption = f"{len(errors)} of {len(crowd().points)} people found,\nmean error {mean:.2f} px"
    label(axes, "Decoded", caption)


def spr() -> Figure:
    """Roots, and displacements from there."""
    subject = codec("SPR")
    encoded = subject.codec.encode(crowd().points, crowd().visible)
    figure, panels = page(
        "SPR", f"where people are, and what is where from there; {SIZES}", 3, 3.55
    )
    people(panels[0])
    drawing.heat(panels[0], encoded["heatmaps"][0], GRID)
    label(panels[0], "Roots", "a Gaussian in the middle\nof each person")
    people(panels[1])
    moves = encoded["displacements"].reshape(17, 2, *encoded["heatmaps"].shape[1:])
    for points, visible, colour in zip(
        crowd().points, crowd().visible, drawing.PEOPLE, strict=False
    ):
        root = points[visible > 0].mean(axis=0)
        column, row = np.round(root / GRID.step).astype(int)
        ends = moves[:, :, row, column] * GRID.step
        style: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.006}
        start = np.broadcast_to([column, row] * GRID.step, ends.shape)
        panels[1].quiver(*start.T, *ends.T, color=colour, **style)
    label(panels[1], "Displacements", "those of the root's cell,\n2 maps a keypoint")
    found_again(panels[2], subject.decode(subject.codec, subject.prepare(encoded, crowd())))
    return figure


def decoupled_heatmap() -> Figure:
    """Maps of everyone, and of each."""
    np.random.seed(0)  # noqa: NPY002  # the codec draws its jitter there, as MMPose does
    subject = codec("DecoupledHeatmap")
    encoded = subject.codec.encode(crowd().points, crowd().visible)
    maps = encoded["instance_heatmaps"].reshape(-1, 17, *HEATMAP_SIZE[::-1])
    figure, panels = page(
        "DecoupledHeatmap", f"heatmaps of everyone and of each person; {SIZES}", 2 + len(maps), 2.65
    )
    people(panels[0])
    drawing.heat(panels[0], encoded["heatmaps"].max(axis=0), GRID)
    label(panels[0], "Everyone", "keypoints and roots")
    for number, (axes, own) in enumerate(zip(panels[1:], maps, strict=False), start=1):
        people(axes)
        drawing.heat(axes, own.max(axis=0), GRID)
        label(
            axes,
            f"Person {number}",
            "root in cell\n({}, {})".format(*encoded["instance_coords"][number - 1]),
        )
    found_again(panels[-1], subject.decode(subject.codec, subject.prepare(encoded, crowd())))
    for axes in panels:
        bare(axes)
    return figure


def associative_embedding() -> Figure:
    """Maps of everyone, and tags that tell people apart."""
    subject = codec("AssociativeEmbedding UDP")
    encoded = subject.codec.encode(crowd().points, crowd().visible)
    heatmaps, tags = subject.prepare(encoded, crowd())
    figure, panels = page(
        "AssociativeEmbedding",
        f"heatmaps of everyone; a network's tags tell them apart; {SIZES}",
        3,
        3.55,
    )
    people(panels[0])
    drawing.heat(panels[0], heatmaps[0].max(axis=0), GRID)
    label(panels[0], "Heatmaps", "all maps, the largest value")
    people(panels[1])
    of_people = tags[0].max(axis=0)
    for number, colour in enumerate(drawing.PEOPLE[: len(crowd().points)]):
        rows, columns = np.nonzero(of_people == 10.0 * number)
        panels[1].plot(*(np.stack([columns, rows], -1) * GRID.step).T, "s", color=colour, ms=1.6)
    assert (of_people > NO_PEOPLE).any()
    label(panels[1], "Tags", "a number a person:\nhere those of a network that is right")
    found_again(panels[2], subject.decode(subject.codec, (heatmaps, tags)))
    return figure


PAGES: dict[str, Any] = {
    page.__name__: page for page in (spr, decoupled_heatmap, associative_embedding)
}
