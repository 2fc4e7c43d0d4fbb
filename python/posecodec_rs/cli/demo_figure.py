"""The demo's figure: targets and decoded keypoints of one person, and errors of all people.

Figures are created without pyplot, which would look for a display.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from posecodec_rs.cli import drawing
from posecodec_rs.cli.coco import Annotations, Person
from posecodec_rs.cli.codecs.case import Floats, Result
from posecodec_rs.cli.codecs.top_down import (
    CAPTIONS,
    HEATMAP_SIZE,
    INPUT_SIZE,
    RoundTrip,
    TopDown,
)
from posecodec_rs.cli.demo import Section

RADIUS_FACTOR = 0.0546875
"""UDPHeatmap's default: the radius of its discs over the longer side of the heatmap."""
OFFSETS = ("UDPHeatmap combined",)
"""Variants whose maps are discs with offsets."""
PROFILE_PX = 46
"""The height of the peak of a SimCC profile, in input pixels."""


def save(path: Path, annotations: Annotations, section: Section, results: Sequence[Result]) -> None:
    """Draw and save the figure, in the format of the name's suffix.

    Args:
        path: A path that `check_path` accepts.
        annotations: The person with most visible keypoints is drawn.
        section: The top-down codecs; they encode and decode that person.
        results: Of these codecs on all people.
    """
    figure = Figure(figsize=(17, 10), dpi=110, layout="constrained")
    drawing.heading(figure, section.title, 13)
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(1.2, 1)).flat
    codecs = [each for each in section.codecs if isinstance(each, TopDown)]
    _draw_person(above, Scene.of(annotations, codecs))
    _draw_results(below, results)
    drawing.write(figure, path)


@dataclass(frozen=True, eq=False)
class Scene:
    """The person in the upper row."""

    trips: Mapping[str, RoundTrip]  # the person encoded and decoded, by the codecs' names
    points: NDArray[Any]  # shape (K, 2), input pixels
    labelled: NDArray[np.bool_]  # shape (K,): labelled and inside the input
    skeleton: Sequence[tuple[int, int]]  # pairs of keypoint indices
    has_body: bool  # whether the keypoints begin with COCO's

    @classmethod
    def of(cls, annotations: Annotations, codecs: Sequence[TopDown]) -> "Scene":
        """The person with most keypoints inside the crop; of those, the largest."""
        first = codecs[0]

        def visibility(person: Person) -> tuple[int, float]:
            return int(first.round_trip(person).counts.sum()), person.area

        person = max(annotations.people, key=visibility)
        trips = {codec.name: codec.round_trip(person) for codec in codecs}
        seen = trips[first.name]
        skeleton, has_body = annotations.skeleton, annotations.has_body
        return cls(trips, seen.points, seen.counts, skeleton, has_body)

    @property
    def labelled_points(self) -> NDArray[Any]:
        """Shape (L, 2), the labelled keypoints inside the input."""
        return self.points[self.labelled]

    @property
    def marker(self) -> float:
        """The diameter of a marker in points, smaller for a whole body's many keypoints."""
        return 6.5 if len(self.points) <= 40 else 3.0

    def outermost(self, counts: NDArray[np.bool_]) -> list[int]:
        """The keypoints farthest up, down, left and right, of those that count."""
        candidates = np.flatnonzero(counts)
        x, y = self.points[candidates].T
        ends = (y.argmin(), y.argmax(), x.argmin(), x.argmax()) if candidates.size else ()
        return list(dict.fromkeys(int(candidates[end]) for end in ends))


def _draw_person(figure: SubFigure, scene: Scene) -> None:
    """One panel per kind of target, all in input pixels."""
    first, *panels = figure.subplots(1, 1 + len(CAPTIONS))
    draw_person(first, scene)
    first.plot(
        *scene.labelled_points.T, "o", color=drawing.ANNOTATED, markersize=scene.marker * 0.8
    )
    _label(first, "Annotated", f"cropped to {INPUT_SIZE[0]}×{INPUT_SIZE[1]} px")
    for axes, (name, caption) in zip(panels, CAPTIONS.items(), strict=True):
        trip = scene.trips[name]
        draw_person(axes, scene)
        draw_targets(axes, scene, name)
        drawing.keypoints(axes, trip.points[trip.counts], trip.decoded[trip.counts], scene.marker)
        error = f"{trip.errors.mean():.2f} px" if trip.errors.size else "-"
        _label(axes, name, f"{caption}\nmean error here: {error}")
    drawing.key(figure, 8)


def grid(name: str) -> drawing.Grid:
    """The position of a codec's heatmaps on the input."""
    return drawing.Grid(HEATMAP_SIZE, INPUT_SIZE, is_udp=name.startswith("UDP"))


def draw_person(axes: Axes, scene: Scene) -> None:
    """The person's silhouette, in input pixels."""
    drawing.prepare(axes, INPUT_SIZE)
    people = (scene.points, scene.labelled, scene.skeleton)
    drawing.silhouette(axes, *people, has_body=scene.has_body)


def draw_targets(axes: Axes, scene: Scene, name: str) -> None:
    """A codec's targets: SimCC vectors along the edges, discs, or heatmaps."""
    trip = scene.trips[name]
    if "keypoint_x_labels" in trip.encoded:
        w, h = PROFILE_PX, INPUT_SIZE[1] - PROFILE_PX
        for keypoint, color in zip(scene.outermost(trip.counts), drawing.PEOPLE, strict=False):
            x, y = trip.decoded[keypoint]
            vectors = [trip.encoded[f"keypoint_{axis}_labels"][0, keypoint] for axis in "xy"]
            drawing.profile(axes, vectors, INPUT_SIZE, PROFILE_PX, color)
            axes.plot([x, x, w], [h, y, y], ":", color=color, lw=1.2)
    elif name in OFFSETS:
        discs, _ = offsets_of(trip.encoded["heatmaps"])
        drawing.heat(axes, discs.max(axis=0), grid(name), cmap=drawing.DISC)
    elif "heatmaps" in trip.encoded:
        drawing.heat(axes, trip.encoded["heatmaps"].max(axis=0), grid(name))


def offsets_of(combined: Floats) -> tuple[Floats, Floats]:
    """The discs (K, H, W) and offsets (K, 2, H, W), in heatmap pixels, of combined maps."""
    parts = combined.reshape(-1, 3, *combined.shape[1:])
    radius = RADIUS_FACTOR * max(combined.shape[1:])  # an offset of 1 is the radius of a disc
    return parts[:, 0], parts[:, 1:] * radius


def _label(axes: Axes, name: str, caption: str) -> None:
    axes.set_title(name, fontsize=12, fontweight="bold")
    axes.set_xlabel(caption, fontsize=9)


def _draw_results(figure: SubFigure, results: Sequence[Result]) -> None:
    """Left the errors of all keypoints, right the time per call."""
    errors, times = figure.subplots(1, 2, sharey=True)
    rows = {result.name: result.codec for result in results}
    drawing.draw_errors(errors, rows, [result.errors["input_px"] for result in results])
    microseconds = {
        step: [getattr(result, f"{step}_us") for result in results] for step in ("encode", "decode")
    }
    drawing.dots(times, rows, microseconds, drawing.joined(microseconds, 1))
    drawing.decades(times, microseconds)
    times.set_xlabel("time per call, microseconds, one thread")
