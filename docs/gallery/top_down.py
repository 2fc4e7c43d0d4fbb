"""Pages of the codecs that encode one person's crop: all of the same person."""

import re
from functools import cache, partial
from typing import Any

import numpy as np
from layout import error, key, label, page, zoom
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from posecodec_rs.cli import demo_figure, drawing
from posecodec_rs.cli.coco import read_annotations
from posecodec_rs.cli.codecs.top_down import BY_CODEC, RoundTrip, top_down_codecs

ZOOMED = 9
"""The keypoint that is magnified: the left wrist."""
REACH = 17.0
"""The reach around it, in input pixels: four heatmap pixels."""
SIZES = "192×256 px → heatmaps of 48×64"


@cache
def scene() -> demo_figure.Scene:
    """The person, encoded and decoded by all codecs."""
    return demo_figure.Scene.of(read_annotations(None), top_down_codecs())


def person(axes: Axes) -> None:
    """The person's silhouette, in input pixels."""
    demo_figure.draw_person(axes, scene())


def decoded(axes: Axes, trip: RoundTrip, title: str, caption: str = "") -> None:
    """Annotated and decoded keypoints, and the error."""
    drawing.keypoints(axes, trip.points[trip.counts], trip.decoded[trip.counts], 4.5)
    off = (trip.decoded - trip.points)[trip.counts]
    label(axes, title, f"{caption}\n{error(off)}" if caption else error(off))


def maps(axes: Axes, name: str, title: str, caption: str = "maximum of all maps") -> None:
    """The targets of a variant, over the person."""
    person(axes)
    demo_figure.draw_targets(axes, scene(), name)
    decoded(axes, scene().trips[name], title, caption)


def one_map(axes: Axes, name: str, title: str) -> None:
    """One keypoint's map, magnified."""
    trip = scene().trips[name]
    drawing.heat(axes, trip.encoded["heatmaps"][ZOOMED], demo_figure.grid(name))
    closely(axes, trip, title)


def closely(axes: Axes, trip: RoundTrip, title: str) -> None:
    """Magnify one keypoint."""
    drawing.keypoints(axes, trip.points[ZOOMED], trip.decoded[ZOOMED], 8)
    zoom(axes, trip.points[ZOOMED], REACH)
    off = np.linalg.norm(trip.decoded[ZOOMED] - trip.points[ZOOMED])
    label(axes, title, f"the left wrist's map, magnified:\nerror {off:.2f} px")


def coordinates(axes: Axes, trip: RoundTrip) -> None:
    """The person in units of the input."""
    shares = trip.encoded["keypoint_labels"][0]
    drawing.silhouette(axes, shares, scene().labelled, scene().skeleton)
    axes.plot(*shares[trip.counts].T, **drawing.mark("o", 5))
    axes.set(xlim=(0, 1), ylim=(1, 0), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1), aspect=4 / 3)
    axes.tick_params(labelsize=8, length=2)
    x, y = shares[ZOOMED]
    axes.annotate(
        f"left wrist\n({x:.3f}, {y:.3f})",
        (x, y),
        (0.97, 0.62),
        ha="right",
        fontsize=8,
        arrowprops={"arrowstyle": "-", "color": "#666666", "lw": 0.8, "shrinkB": 4},
    )


def regression_label() -> Figure:
    """Coordinates in units of the input."""
    figure, (input_px, shares, back) = page(
        "RegressionLabel", "coordinates divided by the input's size, 192×256 px", 3, 4.7
    )
    trip = scene().trips["RegressionLabel"]
    person(input_px)
    input_px.plot(*trip.points[trip.counts].T, **drawing.mark("o", 5))
    label(input_px, "Keypoints", "pixels of the input")
    coordinates(shares, trip)
    label(shares, "Targets", "in units of the input's size")
    person(back)
    decoded(back, trip, "Decoded")
    key(figure)
    return figure


def integral_regression_label() -> Figure:
    """Coordinates, and heatmaps whose means they are."""
    figure, (all_maps, one, shares) = page(
        "IntegralRegressionLabel", f"heatmaps with a sum of 1, and coordinates; {SIZES}", 3, 4.7
    )
    name = "IntegralRegressionLabel"
    trip = scene().trips[name]
    maps(all_maps, name, "Heatmaps and decoded")
    values = trip.encoded["heatmaps"][ZOOMED]
    drawing.heat(one, values, demo_figure.grid(name))
    total = values.sum()
    mean = [
        float((values.sum(axis=axis) * np.arange(values.shape[1 - axis])).sum() / total)
        for axis in (0, 1)
    ]
    one.plot(*(mean * demo_figure.grid(name).step), "+", ms=11, mew=2, color="white")
    drawing.keypoints(one, trip.points[ZOOMED], trip.decoded[ZOOMED], 8)
    zoom(one, trip.points[ZOOMED], REACH)
    label(
        one,
        "One of them",
        f"the left wrist's, magnified: sum {total:.2f};\n+ its mean, the soft-argmax",
    )
    coordinates(shares, trip)
    label(shares, "Coordinates", "in units of the input's size,\nthe input of decoding")
    key(figure)
    return figure


def msra_heatmap() -> Figure:
    """Rounded and unbiased Gaussians."""
    figure, panels = page("MSRAHeatmap", f"Gaussians of sigma 2; {SIZES}", 4, 3.8, (1, 1.1, 1, 1.1))
    maps(panels[0], "MSRAHeatmap", "Rounded", "quarter shift:")
    one_map(panels[1], "MSRAHeatmap", "Rounded")
    maps(panels[2], "MSRAHeatmap unbiased", "Unbiased", "DARK:")
    one_map(panels[3], "MSRAHeatmap unbiased", "Unbiased")
    key(figure)
    return figure


def offsets(axes: Axes, name: str) -> None:
    """The disc of one keypoint, and half of the offset from each of its heatmap pixels.

    Arrows of full length would all end in the same spot.
    """
    discs, moves = demo_figure.offsets_of(scene().trips[name].encoded["heatmaps"])
    grid = demo_figure.grid(name)
    drawing.heat(axes, discs[ZOOMED], grid, cmap=drawing.DISC)
    rows, columns = np.nonzero(discs[ZOOMED])
    starts = np.stack([columns, rows], axis=-1) * grid.step
    half = 0.5 * moves[ZOOMED][:, rows, columns].T * grid.step
    style: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.009}
    axes.quiver(*starts.T, *half.T, color=drawing.ARROW, **style)


def udp_heatmap() -> Figure:
    """Gaussians, and discs with offsets."""
    figure, panels = page(
        "UDPHeatmap",
        "Gaussians, or discs with offsets (“combined”); UDP's crops cancel the half pixel",
        4,
        3.8,
        (1, 1.1, 1, 1.1),
    )
    maps(panels[0], "UDPHeatmap gaussian", "Gaussian", "DARK-UDP:")
    one_map(panels[1], "UDPHeatmap gaussian", "Gaussian")
    name = "UDPHeatmap combined"
    maps(panels[2], name, "Combined", "disc and offset:")
    offsets(panels[3], name)
    closely(panels[3], scene().trips[name], "Combined")
    key(figure)
    return figure


def megvii_heatmap() -> Figure:
    """Blurred points."""
    figure, panels = page("MegviiHeatmap", f"blurred points, 255 at the keypoint; {SIZES}", 3, 4.1)
    maps(panels[0], "MegviiHeatmap", "Heatmaps and decoded", "blur, quarter shift:")
    one_map(panels[1], "MegviiHeatmap", "One of them")
    values = scene().trips["MegviiHeatmap"].encoded["heatmaps"][ZOOMED]
    row = values[values.max(axis=1).argmax()]
    center = int(row.argmax())
    columns = np.arange(max(center - 7, 0), min(center + 8, len(row)))
    panels[2].bar(columns, row[columns], width=0.9, color=drawing.HEAT(row[columns] / 255))
    panels[2].set(ylim=(0, 275), yticks=(0, 128, 255), xticks=columns[::2], box_aspect=1)
    panels[2].tick_params(labelsize=8, length=2)
    panels[2].spines[["top", "right"]].set_visible(False)
    label(panels[2], "Its row", "values of the heatmap's row")
    key(figure)
    return figure


def simcc_label() -> Figure:
    """One vector per axis."""
    name = "SimCCLabel"
    figure, panels = page(
        "SimCCLabel", "one vector per axis, two bins per pixel: 384 and 512 bins", 3, 4.7
    )
    trip = scene().trips[name]
    maps(panels[0], name, "Vectors and decoded", "of the outermost keypoints;")
    for axes, variant in ((panels[1], name), (panels[2], "SimCCLabel standard")):
        values = scene().trips[variant].encoded["keypoint_x_labels"][0, ZOOMED]
        center = int(values.argmax())
        bins = np.arange(center - 20, center + 21)
        axes.bar(bins, values[bins], width=0.9, color=drawing.PEOPLE[0])
        axes.axvline(2 * trip.points[ZOOMED, 0], color=drawing.ANNOTATED, lw=1.2, ls=":")
        axes.set(ylim=(0, 1.1), yticks=(0, 0.5, 1), box_aspect=1)
        axes.tick_params(labelsize=8, length=2)
        axes.spines[["top", "right"]].set_visible(False)
    label(panels[1], "Gaussian", "the left wrist's bins along x;\ndotted: where it was annotated")
    label(panels[2], "Standard", "one bin is 1")
    key(figure)
    return figure


def heatmap_page(codec: str) -> Figure:
    """The page of a codec without a page of its own: all heatmaps, and one of them."""
    names = list(BY_CODEC[codec].demo or [codec])
    figure, panels = page(codec, f"targets and decoded keypoints; {SIZES}", 2 * len(names), 3.8)
    for number, name in enumerate(names):
        maps(panels[2 * number], name, name)
        one_map(panels[2 * number + 1], name, "One of them")
    key(figure)
    return figure


def file_name(codec: str) -> str:
    """The name of a codec's figure, such as "udp_heatmap"."""
    return re.sub("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", codec).lower()


PAGES: dict[str, Any] = {
    page.__name__: page
    for page in (
        regression_label,
        integral_regression_label,
        msra_heatmap,
        udp_heatmap,
        megvii_heatmap,
        simcc_label,
    )
}
_DRAWN = {name.replace("_", "") for name in PAGES}
PAGES |= {
    file_name(codec): partial(heatmap_page, codec)
    for codec in BY_CODEC
    if codec.lower() not in _DRAWN
}
