"""The demo's picture: targets and decoded keypoints of one person, and errors of all people.

Figures are made without pyplot, which would look for a display.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from posecodec_rs.cli import drawing
from posecodec_rs.cli.coco import Annotations, Person
from posecodec_rs.cli.demo import Section
from posecodec_rs.cli.result import Floats, Result
from posecodec_rs.cli.top_down import HEATMAP_SIZE, INPUT_SIZE, RoundTrip, TopDown

RADIUS_FACTOR = 0.0546875
"""UDPHeatmap's default: its discs' radius by the heatmap's longer side."""
LENS, LENS_PX = (0.36, 0.27), 17
"""The lens over the offsets: its size in shares of a panel; how far it sees, in input pixels."""
PROFILE_PX = 46
"""How high the peak of a SimCC profile is drawn, in input pixels."""
SMALLEST_PX = 1e-4
"""Where the axis of errors begins; less than that is rounding in float32."""


def save(path: Path, annotations: Annotations, section: Section, results: Sequence[Result]) -> None:
    """Draw and save the picture, in the format that the name's ending says.

    Args:
        path: As `check_path` allows.
        annotations: The one who shows most is drawn.
        section: The top-down codecs; they encode and decode that one, and those without a panel are
            left out.
        results: Of the codecs on all people.

    Raises:
        CommandError: If the file cannot be written.
    """
    figure = Figure(figsize=(17, 10), dpi=110, layout="constrained", facecolor="white")
    heading = r"$\bf{Keypoints\ →\ training\ targets\ →\ keypoints}$"
    figure.suptitle(f"{heading}\n{section.about}", fontsize=13)
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(1.2, 1)).flat
    codecs = [each for each in section.subjects if isinstance(each, TopDown)]
    _draw_person(above, Scene.of(annotations, codecs))
    _draw_results(below, results)
    drawing.write(figure, path)


@dataclass(frozen=True, eq=False)
class Scene:
    """The person in the upper row.

    Attributes:
        trips: What the codecs made of the person, by their names.
        points: Shape (K, 2), input pixels.
        labelled: Shape (K,): labelled and inside the input.
        skeleton: Pairs of keypoint indices.
    """

    trips: Mapping[str, RoundTrip]
    points: NDArray[Any]
    labelled: NDArray[np.bool_]
    skeleton: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, annotations: Annotations, codecs: Sequence[TopDown]) -> "Scene":
        """The person with most keypoints inside the crop; of those, the largest."""
        first = codecs[0]

        def shows(person: Person) -> tuple[int, float]:
            return int(first.round_trip(person).counts.sum()), person.area

        person = max(annotations.people, key=shows)
        trips = {codec.name: codec.round_trip(person) for codec in codecs}
        seen = trips[first.name]
        return cls(trips, seen.points, seen.counts, annotations.skeleton)

    @property
    def marker(self) -> float:
        """Points across a marker: smaller where a whole body's keypoints crowd."""
        return 6.5 if len(self.points) <= 40 else 3.0

    def outermost(self, counts: NDArray[np.bool_]) -> list[int]:
        """The keypoints farthest up, down, left and right, of those that count."""
        candidates = np.flatnonzero(counts)
        x, y = self.points[candidates].T
        ends = (y.argmin(), y.argmax(), x.argmin(), x.argmax()) if candidates.size else ()
        return list(dict.fromkeys(int(candidates[end]) for end in ends))

    def lens(self, counts: NDArray[np.bool_]) -> tuple[tuple[float, ...], int | None]:
        """The emptiest corner for a lens, in shares of the panel, and a keypoint to look at.

        That is the one farthest from all others that the lens does not cover; None without one.
        """
        points = self.points / INPUT_SIZE * (1, -1) + (0, 1)  # upwards, as shares of panels count
        sides = [(0.02, 0.98 - size) for size in LENS]
        covered = [
            (corner, (np.abs(points - corner - np.array(LENS) / 2) < np.array(LENS) / 1.9).all(-1))
            for corner in itertools.product(*sides)
        ]
        corner, hidden = min(covered, key=lambda each: int((each[1] & self.labelled).sum()))
        candidates = np.flatnonzero(counts & ~hidden)
        if not candidates.size:
            return corner, None
        gaps = np.linalg.norm(self.points[candidates, None] - self.points[self.labelled], axis=-1)
        gaps[gaps == 0] = np.inf  # itself
        return corner, int(candidates[gaps.min(1).argmax()])


def _draw_person(figure: SubFigure, scene: Scene) -> None:
    """One panel a kind of target, all in input pixels."""
    panels = figure.subplots(1, 6)
    for axes in panels:
        drawing.prepare(axes, INPUT_SIZE)
        drawing.silhouette(axes, scene.points, scene.labelled, scene.skeleton)
    _label(panels[0], "The person", f"cropped to {INPUT_SIZE[0]}×{INPUT_SIZE[1]} px")
    points = scene.points[scene.labelled]
    panels[0].plot(*points.T, "o", color=drawing.ANNOTATED, markersize=scene.marker * 0.8)

    heatmaps = "heatmaps, largest value of all"
    _draw_heatmaps(panels[1], scene, "MSRAHeatmap", heatmaps)
    _draw_heatmaps(panels[2], scene, "UDPHeatmap gaussian", heatmaps)
    _draw_offsets(panels[3], scene, "UDPHeatmap combined", "discs; lens: offsets to the centre")
    _draw_heatmaps(panels[4], scene, "MegviiHeatmap", heatmaps)
    _draw_profiles(panels[5], scene, "SimCCLabel", "x and y vectors of outermost keypoints")
    markers = {"annotated keypoint": ("o", 8), "decoded keypoint": ("x", 7)}
    figure.legend(
        handles=[
            Line2D([], [], label=label, **drawing.mark(*style)) for label, style in markers.items()
        ],
        loc="outside lower center",
        ncols=len(markers),
        frameon=False,
    )


def _grid(name: str) -> drawing.Grid:
    return drawing.Grid(HEATMAP_SIZE, INPUT_SIZE, is_udp=name.startswith("UDP"))


def _draw_heatmaps(axes: Axes, scene: Scene, name: str, what: str) -> None:
    trip = scene.trips[name]
    drawing.heat(axes, trip.encoded["heatmaps"].max(axis=0), _grid(name))
    _draw_keypoints(axes, scene, trip, name, what)


def _draw_offsets(axes: Axes, scene: Scene, name: str, what: str) -> None:
    """Combined maps: the discs of all keypoints, and under a lens the offsets of one of them."""
    trip, grid = scene.trips[name], _grid(name)
    discs, moves = offsets_of(trip.encoded["heatmaps"])
    drawing.heat(axes, discs.max(axis=0), grid, cmap=drawing.DISC)
    _draw_keypoints(axes, scene, trip, name, what)
    corner, keypoint = scene.lens(trip.counts)
    if keypoint is None:
        return
    x, y = trip.points[keypoint]
    lens = axes.inset_axes((corner[0], corner[1], *LENS), facecolor="white", xticks=(), yticks=())
    drawing.heat(lens, discs[keypoint], grid, cmap=drawing.DISC)
    drawing.offsets(lens, discs[keypoint], moves[keypoint], grid)
    drawing.keypoints(lens, trip.points[keypoint], trip.decoded[keypoint], 8)
    lens.set(xlim=(x - LENS_PX, x + LENS_PX), ylim=(y + LENS_PX, y - LENS_PX))
    lens.spines[:].set_color(drawing.ANNOTATED)
    axes.indicate_inset_zoom(lens, edgecolor=drawing.ANNOTATED, alpha=0.8)


def offsets_of(combined: Floats) -> tuple[Floats, Floats]:
    """The discs (K, H, W) and offsets (K, 2, H, W), in cells, of UDPHeatmap's combined maps."""
    parts = combined.reshape(-1, 3, *combined.shape[1:])
    radius = RADIUS_FACTOR * max(combined.shape[1:])  # an offset of 1 is a disc's radius
    return parts[:, 0], parts[:, 1:] * radius


def _draw_profiles(axes: Axes, scene: Scene, name: str, what: str) -> None:
    """SimCC vectors of some keypoints: x along the lower edge, y along the left one."""
    trip = scene.trips[name]
    for keypoint, colour in zip(scene.outermost(trip.counts), drawing.PEOPLE, strict=False):
        x, y = trip.decoded[keypoint]
        vectors = [trip.encoded[f"keypoint_{axis}_labels"][0, keypoint] for axis in "xy"]
        drawing.profile(axes, vectors, INPUT_SIZE, PROFILE_PX, colour)
        axes.plot([x, x, PROFILE_PX], [INPUT_SIZE[1] - PROFILE_PX, y, y], ":", color=colour, lw=1.2)
    _draw_keypoints(axes, scene, trip, name, what)


def _draw_keypoints(axes: Axes, scene: Scene, trip: RoundTrip, name: str, what: str) -> None:
    """Where keypoints are and where they were decoded, and how far apart that is."""
    drawing.keypoints(axes, trip.points[trip.counts], trip.decoded[trip.counts], scene.marker)
    error = f"{trip.errors.mean():.2f} px" if trip.errors.size else "-"
    _label(axes, name, f"{what}\nmean error of this person: {error}")


def _label(axes: Axes, name: str, what: str) -> None:
    axes.set_title(name, fontsize=12, fontweight="bold")
    axes.set_xlabel(what, fontsize=9)


def _draw_results(figure: SubFigure, results: Sequence[Result]) -> None:
    """Left the errors of all keypoints as cumulative shares, right the time of a call."""
    errors, times = figure.subplots(1, 2, width_ratios=(1.6, 1))
    lines = [drawing.LINES.get(result.name, ("black", "-", 2.0)) for result in results]
    for result, (colour, style, width) in zip(results, lines, strict=True):
        errors.plot([], [], color=colour, ls=style, lw=width, label=result.name)
        if result.errors.size:
            shown = np.maximum(result.errors, SMALLEST_PX)
            errors.ecdf(shown, color=colour, ls=style, lw=width)
    ticks = {SMALLEST_PX: f"≤ {SMALLEST_PX:g}", 1e-3: "0.001", 1e-2: "0.01", 0.1: "0.1", 1: "1"}
    errors.set(xscale="log", xlim=(0.8 * SMALLEST_PX, 8), ylim=(0, 1.02))
    errors.set(xlabel="error along x or along y, input pixels", ylabel="share of coordinates")
    errors.set_title("How many coordinates come back with at most so much error")
    errors.set_xticks(list(ticks), list(ticks.values()))
    errors.yaxis.set_major_formatter("{x:.0%}")
    errors.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, handlelength=3)
    errors.grid(alpha=0.3)
    rows = np.arange(len(results))
    for shift, alpha, what in ((-0.2, 1.0, "encode"), (0.2, 0.45, "decode")):
        microseconds = [getattr(result, f"{what}_us") for result in results]
        bars = times.barh(rows + shift, microseconds, 0.36, color="#3b4a6b", alpha=alpha)
        bars.set_label(what)
        times.bar_label(bars, fmt="%.1f", fontsize=8, padding=3)
    times.set_yticks(rows, [result.name for result in results])
    times.set(xscale="log", xlabel="microseconds, one thread", title="Time of a call, one person")
    times.invert_yaxis()
    times.margins(x=0.12)
    times.legend(loc="upper right", frameon=False)
    for axes in (errors, times):
        axes.spines[["top", "right"]].set_visible(False)
