"""``posecodec demo``: every codec on the people of a COCO keypoints file, a table, a picture."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Protocol, TypeAlias

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import posecodec_rs
from posecodec_rs.cli.coco import Annotations, Person, read_annotations
from posecodec_rs.cli.crop import Crop

INPUT_SIZE = (192, 256)
"""The networks' input, (w, h) in pixels: MMPose's most common one."""
HEATMAP_SIZE = (48, 64)
"""(W, H) in cells."""

TIMED_PEOPLE = 32
"""Enough for a stable median; a large file would take minutes otherwise."""
TIMED_LOOPS = 5
TIMED_CALLS = 20
"""Calls a loop: together long enough beside the clock's own time."""

PARTS = {
    "keypoint_labels": "coordinates",
    "heatmaps": "heatmaps",
    "keypoint_x_labels": "SimCC x",
    "keypoint_y_labels": "y",
}
"""What `encode` returns, by its keys; the weights are left out."""

FOOTNOTES = (
    "Error: how far decoding what was encoded ends up from the annotation, along x or y, in pixels "
    "of the {w}×{h} input (one cell of a heatmap is {cell:g}); labelled keypoints inside the crop. "
    "Encoders that round to cells or bins lose up to half of one.",
    "UDPHeatmap decodes with w/(W-1), as MMPose does, after encoding with (w-1)/(W-1): its points "
    "lie up to one pixel further out at the right and bottom edge.",
)

Floats: TypeAlias = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """One person, encoded and decoded.

    Attributes:
        points: Shape (K, 2), the annotation in input pixels.
        encoded: What `encode` returned.
        decoded: Shape (K, 2), input pixels.
        counts: Shape (K,): labelled, inside the input, and of a weight above 0.
    """

    points: Floats
    encoded: Mapping[str, Any]
    decoded: Floats
    counts: NDArray[np.bool_]

    @property
    def errors(self) -> Floats:
        """Input pixels along either axis, flat; only of keypoints that count."""
        return np.abs(self.decoded - self.points)[self.counts].ravel()


@dataclass(frozen=True, eq=False)
class Result:
    """What a codec did on all people.

    Attributes:
        name: The codec's, as the table has it.
        targets: The shape of every part of one sample's targets, under its name.
        dtype: Of the targets.
        errors: Flat, input pixels along one axis; two a keypoint.
        encode_us: Microseconds a call, of one sample: the median.
        decode_us: Likewise.
    """

    name: str
    targets: Mapping[str, tuple[int, ...]]
    dtype: str
    errors: Floats
    encode_us: float
    decode_us: float

    def made(self) -> str:
        """The targets in words, like "heatmaps 17×64×48 float32"."""
        parts = (f"{part} {'×'.join(map(str, shape))}" for part, shape in self.targets.items())
        return f"{' + '.join(parts)} {self.dtype}"

    def summary(self) -> dict[str, float | None]:
        """Mean, 95th percentile and largest error in input pixels; None if nothing counts."""
        if not self.errors.size:
            return {"mean": None, "p95": None, "max": None}
        p95 = float(np.percentile(self.errors, 95))
        return {"mean": float(self.errors.mean()), "p95": p95, "max": float(self.errors.max())}


class Subject(Protocol):
    """Something the demo runs and gives a row: a codec with its configuration."""

    @property
    def name(self) -> str:
        """As the table has it."""

    def run(self, people: Iterable[Person]) -> Result:
        """Encode and decode everyone; takes each person once, as progress is counted by that."""


@dataclass(frozen=True)
class TopDown:
    """A codec that sees one person's crop at a time.

    Attributes:
        name: As the table has it.
        codec: For `INPUT_SIZE`.
        decodes: The keys of the targets that `decode` takes, in its order.
    """

    name: str
    codec: posecodec_rs.BaseKeypointCodec
    decodes: Sequence[str] = field(default=("heatmaps",))

    def round_trip(self, person: Person) -> RoundTrip:
        """Encode one person, and decode that as if a network had answered it."""
        points, visible = self._sample(person)
        encoded = self.codec.encode(points, visible)
        decoded = self.codec.decode(*(encoded[key] for key in self.decodes))[0]
        # MMPose's border: the last pixel's centre.
        inside = ((points >= 0) & (points <= np.array(INPUT_SIZE) - 1)).all(-1)
        counts = inside & (visible > 0) & (encoded["keypoint_weights"] > 0)
        return RoundTrip(points[0], encoded, decoded[0], counts[0])

    def run(self, people: Iterable[Person]) -> Result:
        """Encode and decode everyone, and time the first `TIMED_PEOPLE`."""
        encode_us, decode_us = [], []
        errors = []
        for person in people:
            trip = self.round_trip(person)
            errors.append(trip.errors)
            if len(encode_us) < TIMED_PEOPLE:
                encode_us.append(microseconds(self.codec.encode, *self._sample(person)))
                network = [trip.encoded[key] for key in self.decodes]
                decode_us.append(microseconds(self.codec.decode, *network))
        parts = {key: trip.encoded[key] for key in PARTS if key in trip.encoded}
        return Result(
            name=self.name,
            # SimCC vectors and coordinates have a leading N = 1 that says nothing here.
            targets={PARTS[key]: _without_ones(array.shape) for key, array in parts.items()},
            dtype="/".join(sorted({str(array.dtype) for array in parts.values()})),
            errors=np.concatenate(errors),
            encode_us=median(encode_us),
            decode_us=median(decode_us),
        )

    def _sample(self, person: Person) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Keypoints (1, K, 2) in input pixels and visibilities (1, K)."""
        points = Crop.around(person.box, INPUT_SIZE).to_input(person.keypoints)
        return points[None], person.visible[None]


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[1:] if shape[0] == 1 else shape
