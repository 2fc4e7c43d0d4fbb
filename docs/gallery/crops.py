"""Pages of the codecs that see one person's crop: all of the same person."""

from functools import cache
from typing import Any

import numpy as np
from layout import error, key, label, page, zoom
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from posecodec_rs.cli import drawing, picture
from posecodec_rs.cli.coco import read_annotations
from posecodec_rs.cli.top_down import HEATMAP_SIZE, INPUT_SIZE, RoundTrip, top_down_codecs

ZOOMED = 9
"""The keypoint that is looked at closely: the left wrist."""
REACH = 17.0
"""How far around it one sees, in input pixels: four cells."""
SIZES = "192×256 px → 48×64 cells"


@cache
def scene() -> picture.Scene:
    """The person, and what the codecs make of them."""
    return picture.Scene.of(read_annotations(None), top_down_codecs())


def grid(name: str) -> drawing.Grid:
    """Where the heatmaps of a codec of this name lie."""
    return drawing.Grid(HEATMAP_SIZE, INPUT_SIZE, is_udp=name.startswith("UDP"))


def person(axes: Axes) -> None:
    """The person's shape, in input pixels."""
    drawing.prepare(axes, INPUT_SIZE)
    drawing.silhouette(axes, scene().points, scene().labelled, scene().skeleton)


def decoded(axes: Axes, trip: RoundTrip, title: str, caption: str = "") -> None:
    """Where keypoints were and where they are, and how far apart that is."""
    drawing.keypoints(axes, trip.points[trip.counts], trip.decoded[trip.counts], 4.5)
    off = (trip.decoded - trip.points)[trip.counts]
    label(axes, title, f"{caption}\n{error(off)}" if caption else error(off))


def maps(axes: Axes, name: str, title: str, caption: str = "all maps, the largest value") -> None:
    """All heatmaps in one, over the person."""
    person(axes)
    trip = scene().trips[name]
    drawing.heat(axes, trip.encoded["heatmaps"].max(axis=0), grid(name))
    decoded(axes, trip, title, caption)


def one_map(axes: Axes, name: str, title: str) -> None:
    """One keypoint's map, closely."""
    trip = scene().trips[name]
    drawing.heat(axes, trip.encoded["heatmaps"][ZOOMED], grid(name))
    closely(axes, trip, title)


def closely(axes: Axes, trip: RoundTrip, title: str) -> None:
    """Look at one keypoint."""
    drawing.keypoints(axes, trip.points[ZOOMED], trip.decoded[ZOOMED], 8)
    zoom(axes, trip.points[ZOOMED], REACH)
    off = np.linalg.norm(trip.decoded[ZOOMED] - trip.points[ZOOMED])
    label(axes, title, f"the left wrist's map, closely:\n{off:.2f} px off")


def coordinates(axes: Axes, trip: RoundTrip) -> None:
    """The person in units of the input."""
    shares = trip.encoded["keypoint_labels"][0]
    drawing.silhouette(axes, shares, scene().labelled, scene().skeleton)
    axes.plot(*shares[trip.counts].T, **drawing.mark("o", 5))
    axes.set(xlim=(0, 1), ylim=(1, 0), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1), aspect=4 / 3)
    axes.set_facecolor(drawing.PAPER)
    axes.tick_params(labelsize=8, length=2, color="#999999", labelcolor="#666666")
    axes.spines[:].set_color("#bbbbbb")
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
    """Coordinates, and heatmaps of which they are the mean."""
    figure, (all_maps, one, shares) = page(
        "IntegralRegressionLabel", f"heatmaps that add up to 1, and coordinates; {SIZES}", 3, 4.7
    )
    name = "IntegralRegressionLabel"
    trip = scene().trips[name]
    maps(all_maps, name, "Heatmaps and decoded")
    values = trip.encoded["heatmaps"][ZOOMED]
    drawing.heat(one, values, grid(name))
    total = values.sum()
    mean = [
        float((values.sum(axis=axis) * np.arange(values.shape[1 - axis])).sum() / total)
        for axis in (0, 1)
    ]
    one.plot(*(mean * grid(name).step), "+", ms=11, mew=2, color="white")
    drawing.keypoints(one, trip.points[ZOOMED], trip.decoded[ZOOMED], 8)
    zoom(one, trip.points[ZOOMED], REACH)
    label(
        one,
        "One of them",
        f"the left wrist's, closely: adds up to {total:.2f};\n+ its mean, what soft-argmax finds",
    )
    coordinates(shares, trip)
    label(shares, "Coordinates", "in units of the input's size,\nas decoding takes them")
    key(figure)
    return figure


def msra_heatmap() -> Figure:
    """Rounded and unbiased Gaussians."""
    figure, panels = page("MSRAHeatmap", f"Gaussians of sigma 2; {SIZES}", 4, 3.8, (1, 1.1, 1, 1.1))
    maps(panels[0], "MSRAHeatmap", "Rounded to cells", "quarter shift:")
    one_map(panels[1], "MSRAHeatmap", "Rounded")
    maps(panels[2], "MSRAHeatmap unbiased", "Unbiased", "DARK:")
    one_map(panels[3], "MSRAHeatmap unbiased", "Unbiased")
    key(figure)
    return figure


def udp_heatmap() -> Figure:
    """Gaussians, and discs with offsets."""
    figure, panels = page(
        "UDPHeatmap",
        "Gaussians, or discs with offsets (“combined”); decodes with w/(W-1) as its crop expects: "
        "hence the half pixel",
        4,
        3.8,
        (1, 1.1, 1, 1.1),
    )
    maps(panels[0], "UDPHeatmap gaussian", "Gaussian", "DARK-UDP:")
    one_map(panels[1], "UDPHeatmap gaussian", "Gaussian")
    name = "UDPHeatmap combined"
    trip = scene().trips[name]
    discs, moves = picture.offsets_of(trip.encoded["heatmaps"])
    person(panels[2])
    drawing.heat(panels[2], discs.max(axis=0), grid(name), cmap=drawing.DISC)
    decoded(panels[2], trip, "Combined", "disc and offset:")
    drawing.heat(panels[3], discs[ZOOMED], grid(name), cmap=drawing.DISC)
    drawing.offsets(panels[3], discs[ZOOMED], moves[ZOOMED], grid(name))
    closely(panels[3], trip, "Combined")
    key(figure)
    return figure


def megvii_heatmap() -> Figure:
    """Blurred points."""
    figure, panels = page("MegviiHeatmap", f"blurred points, 255 at the keypoint; {SIZES}", 3, 4.1)
    maps(panels[0], "MegviiHeatmap", "Heatmaps and decoded", "blur, quarter shift:")
    one_map(panels[1], "MegviiHeatmap", "One of them")
    values = scene().trips["MegviiHeatmap"].encoded["heatmaps"][ZOOMED]
    row = values[values.max(axis=1).argmax()]
    centre = int(row.argmax())
    cells = np.arange(max(centre - 7, 0), min(centre + 8, len(row)))
    panels[2].bar(cells, row[cells], width=0.9, color=drawing.HEAT(row[cells] / 255))
    panels[2].set(ylim=(0, 275), yticks=(0, 128, 255), xticks=cells[::2], box_aspect=1)
    panels[2].tick_params(labelsize=8, length=2, color="#999999", labelcolor="#666666")
    panels[2].spines[["top", "right"]].set_visible(False)
    label(panels[2], "Its row", "value by cell of the heatmap's row")
    key(figure)
    return figure


def simcc_label() -> Figure:
    """A vector an axis."""
    name = "SimCCLabel"
    figure, panels = page(
        "SimCCLabel", "a vector an axis, two bins a pixel: 384 and 512 bins", 3, 4.7
    )
    trip = scene().trips[name]
    person(panels[0])
    for keypoint, colour in zip(scene().outermost(trip.counts), drawing.PEOPLE, strict=False):
        profiles(panels[0], trip, keypoint, colour)
    decoded(panels[0], trip, "Vectors and decoded", "of the outermost keypoints;")
    for axes, variant in ((panels[1], name), (panels[2], "SimCCLabel standard")):
        values = scene().trips[variant].encoded["keypoint_x_labels"][0, ZOOMED]
        centre = int(values.argmax())
        bins = np.arange(centre - 20, centre + 21)
        axes.bar(bins, values[bins], width=0.9, color=drawing.PEOPLE[0])
        axes.axvline(2 * trip.points[ZOOMED, 0], color=drawing.ANNOTATED, lw=1.2, ls=":")
        axes.set(ylim=(0, 1.1), yticks=(0, 0.5, 1), box_aspect=1)
        axes.tick_params(labelsize=8, length=2, color="#999999", labelcolor="#666666")
        axes.spines[["top", "right"]].set_visible(False)
    label(panels[1], "Gaussian", "the left wrist's bins along x;\ndotted: where it was annotated")
    label(panels[2], "Standard", "one bin is 1")
    key(figure)
    return figure


def profiles(axes: Axes, trip: RoundTrip, keypoint: int, colour: str) -> None:
    """A keypoint's vectors along the edges, and lines to where they lead."""
    x, y = trip.decoded[keypoint]
    vectors = [trip.encoded[f"keypoint_{axis}_labels"][0, keypoint] for axis in "xy"]
    drawing.profile(axes, vectors, INPUT_SIZE, picture.PROFILE_PX, colour)
    edge = picture.PROFILE_PX
    axes.plot([x, x, edge], [INPUT_SIZE[1] - edge, y, y], ":", color=colour, lw=1)


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
