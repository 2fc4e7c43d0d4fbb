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
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.coco import Annotations, Person
from posecodec_rs.cli.demo import Section
from posecodec_rs.cli.result import Result
from posecodec_rs.cli.top_down import HEATMAP_SIZE, INPUT_SIZE, RoundTrip, TopDown

LINES: Mapping[str, tuple[str, str, float]] = {
    "RegressionLabel": ("#b0b0b0", "-", 4.5),
    "IntegralRegressionLabel": ("#333333", ":", 2.0),
    "MSRAHeatmap": ("#6baed6", "-", 4.5),
    "MSRAHeatmap unbiased": ("#08519c", "--", 2.0),
    "UDPHeatmap gaussian": ("#74c476", "-", 4.5),
    "UDPHeatmap combined": ("#00602b", "--", 2.0),
    "MegviiHeatmap": ("#e6550d", "-", 2.5),
    "SimCCLabel": ("#bca6e3", "-", 4.5),
    "SimCCLabel DARK": ("#6a2fb5", "--", 2.0),
    "SimCCLabel standard": ("#2d0a57", ":", 2.0),
}
"""By the codecs' names: colour, style, width. Variants lie on their first one, so that is wider."""

NIGHT, BONES = "#0b0b1e", "#8888a8"
ANNOTATED, DECODED = "#ffffff", "#00e5ff"
LENS, LENS_PX = (0.36, 0.27), 17
"""The lens over the offsets: its size in shares of a panel; how far it sees, in input pixels."""
OFFSET_UNIT = 0.0546875 * max(HEATMAP_SIZE)
"""Cells in an offset of 1: the radius of UDPHeatmap's discs, by its default `radius_factor`."""
PROFILE_PX = 46
"""How high the peak of a SimCC profile is drawn, in input pixels."""
SMALLEST_PX = 1e-4
"""Where the axis of errors begins; less than that is rounding in float32."""


def check_path(path: Path) -> None:
    """Make the picture's folder; raises CommandError if no picture can be saved as `path`."""
    known = FigureCanvasAgg.get_supported_filetypes()
    if path.is_dir() or path.suffix.lower().removeprefix(".") not in known:
        raise CommandError(f"cannot save a picture as {path}; wanted a file name like demo.png")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot make the folder {path.parent} ({error.strerror})") from error


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
    try:
        figure.savefig(path)
    except OSError as error:
        raise CommandError(f"cannot write {path} ({error.strerror})") from error


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
        axes.set(xlim=(-0.5, INPUT_SIZE[0] - 0.5), ylim=(INPUT_SIZE[1] - 0.5, -0.5))
        axes.set(aspect="equal", facecolor=NIGHT, xticks=(0, 96, 191), yticks=(0, 128, 255))
        axes.tick_params(labelsize=8, color="#999999", labelcolor="#555555")
        _draw_skeleton(axes, scene)
    _label(panels[0], "The person", f"cropped to {INPUT_SIZE[0]}×{INPUT_SIZE[1]} px")
    points = scene.points[scene.labelled]
    panels[0].plot(*points.T, "o", color=ANNOTATED, markersize=scene.marker * 0.8)

    heatmaps = "heatmaps, largest value of all"
    _draw_heatmaps(panels[1], scene, "MSRAHeatmap", heatmaps)
    _draw_heatmaps(panels[2], scene, "UDPHeatmap gaussian", heatmaps)
    _draw_offsets(panels[3], scene, "UDPHeatmap combined", "discs; lens: offsets to the centre")
    _draw_heatmaps(panels[4], scene, "MegviiHeatmap", heatmaps)
    _draw_profiles(panels[5], scene, "SimCCLabel", "x and y vectors of outermost keypoints")
    markers = {"annotated keypoint": _style("o", 8), "decoded keypoint": _style("x", 7)}
    if scene.skeleton:
        markers["skeleton"] = {"color": BONES, "lw": 2}
    figure.legend(
        handles=[Line2D([], [], label=label, **style) for label, style in markers.items()],
        loc="outside lower center",
        ncols=len(markers),
        facecolor=NIGHT,
        labelcolor="white",
        framealpha=1,
    )


def _draw_skeleton(axes: Axes, scene: Scene) -> None:
    for bone in scene.skeleton:
        if scene.labelled[list(bone)].all():
            axes.plot(*scene.points[list(bone)].T, color=BONES, lw=2, solid_capstyle="round")


def _draw_heatmaps(axes: Axes, scene: Scene, name: str, what: str) -> None:
    trip = scene.trips[name]
    # Skeletons lie below: where a heatmap is dark they show through.
    brightest = trip.encoded["heatmaps"].max(axis=0)
    brightest = brightest / max(float(brightest.max()), 1e-12)
    _show(axes, brightest, name, vmax=1, cmap="inferno", alpha=np.clip(brightest * 3, 0, 1))
    _draw_keypoints(axes, scene, trip, name, what)


def _draw_offsets(axes: Axes, scene: Scene, name: str, what: str) -> None:
    """Combined maps: the discs of all keypoints, and under a lens the offsets of one of them."""
    trip = scene.trips[name]
    discs, x_offsets, y_offsets = (trip.encoded["heatmaps"][part::3] for part in range(3))
    classes = discs.max(axis=0)
    discs_style = {"vmax": 1.6, "cmap": "Oranges", "alpha": classes}
    _show(axes, classes, name, **discs_style)
    _draw_keypoints(axes, scene, trip, name, what)
    corner, keypoint = scene.lens(trip.counts)
    if keypoint is None:
        return
    x, y = trip.points[keypoint]
    lens = axes.inset_axes((corner[0], corner[1], *LENS), facecolor=NIGHT, xticks=(), yticks=())
    _show(lens, classes, name, **discs_style)
    rows, columns = np.nonzero(discs[keypoint])
    cells = np.stack([columns, rows], axis=-1) * _step(name)
    offsets = np.stack([x_offsets[keypoint], y_offsets[keypoint]], axis=-1)[rows, columns]
    # Half the way, or all arrows would meet in one black spot.
    moves = 0.5 * offsets * OFFSET_UNIT * _step(name)
    lens.quiver(*cells.T, *moves.T, angles="xy", scale_units="xy", scale=1, width=0.012)
    lens.plot(x, y, **_style("o", 9))
    lens.plot(*trip.decoded[keypoint], **_style("x", 8))
    lens.set(xlim=(x - LENS_PX, x + LENS_PX), ylim=(y + LENS_PX, y - LENS_PX))
    lens.spines[:].set_color(ANNOTATED)
    axes.indicate_inset_zoom(lens, edgecolor=ANNOTATED, alpha=0.8)


def _draw_profiles(axes: Axes, scene: Scene, name: str, what: str) -> None:
    """SimCC vectors of some keypoints: x along the lower edge, y along the left one."""
    trip = scene.trips[name]
    vectors = [trip.encoded[f"keypoint_{axis}_labels"][0] for axis in "xy"]
    bottom = INPUT_SIZE[1] - 0.5
    colours = ("#ffb000", "#ff6f91", "#7ee081", "#6fa8ff")
    for keypoint, colour in zip(scene.outermost(trip.counts), colours, strict=False):
        x, y = trip.decoded[keypoint]
        along_x, along_y = (vector[keypoint] / vector[keypoint].max() for vector in vectors)
        bins_x, bins_y = (
            np.arange(len(profile)) * size / len(profile)
            for profile, size in zip((along_x, along_y), INPUT_SIZE, strict=True)
        )
        axes.fill_between(bins_x, bottom, bottom - PROFILE_PX * along_x, color=colour, alpha=0.75)
        axes.fill_betweenx(bins_y, -0.5, -0.5 + PROFILE_PX * along_y, color=colour, alpha=0.75)
        axes.plot([x, x, PROFILE_PX], [bottom - PROFILE_PX, y, y], ":", color=colour, lw=1.2)
    _draw_keypoints(axes, scene, trip, name, what)


def _draw_keypoints(axes: Axes, scene: Scene, trip: RoundTrip, name: str, what: str) -> None:
    """Where keypoints are and where they were decoded, and how far apart that is."""
    marker = scene.marker
    axes.plot(*trip.points[trip.counts].T, **_style("o", marker + 1))
    axes.plot(*trip.decoded[trip.counts].T, **_style("x", marker))
    error = f"{trip.errors.mean():.2f} px" if trip.errors.size else "-"
    _label(axes, name, f"{what}\nmean error of this person: {error}")


def _label(axes: Axes, name: str, what: str) -> None:
    axes.set_title(name, fontsize=12, fontweight="bold")
    axes.set_xlabel(what, fontsize=9)


def _style(marker: str, size: float) -> dict[str, Any]:
    colour = ANNOTATED if marker == "o" else DECODED
    return {"marker": marker, "ls": "none", "ms": size, "mfc": "none", "mew": 1.3, "mec": colour}


def _step(name: str) -> NDArray[Any]:
    """Input pixels from cell to cell along x and y; the first cell is the first pixel."""
    last = 1 if name.startswith("UDP") else 0  # and UDP's last cell is the last pixel
    return np.divide(np.subtract(INPUT_SIZE, last), np.subtract(HEATMAP_SIZE, last))


def _show(axes: Axes, values: NDArray[Any], name: str, **style: Any) -> None:
    """Draw a map (H, W) where it lies on the input."""
    (left, top), (right, bottom) = (-_step(name) / 2, (np.array(HEATMAP_SIZE) - 0.5) * _step(name))
    axes.imshow(values, vmin=0, extent=(left, right, bottom, top), **style)


def _draw_results(figure: SubFigure, results: Sequence[Result]) -> None:
    """Left the errors of all keypoints as cumulative shares, right the time of a call."""
    errors, times = figure.subplots(1, 2, width_ratios=(1.6, 1))
    lines = [LINES.get(result.name, ("black", "-", 2.0)) for result in results]
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
