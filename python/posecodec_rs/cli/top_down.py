"""The demo's first rows: codecs that see one person's crop at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import posecodec_rs as pc
from posecodec_rs.cli.coco import Person
from posecodec_rs.cli.crop import Crop
from posecodec_rs.cli.result import Floats, Result, Tally

INPUT_SIZE = (192, 256)
"""The network's input, (w, h) in pixels: the most common one in MMPose."""
HEATMAP_SIZE = (48, 64)
"""(W, H) in cells."""


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
        """Flat, in input pixels: along x and along y, of the keypoints that count."""
        return np.abs(self.decoded - self.points)[self.counts].ravel()


@dataclass(frozen=True)
class TopDown:
    """A codec that sees one person's crop at a time.

    Attributes:
        name: As the table has it.
        codec: For inputs of `INPUT_SIZE`.
        decodes: The keys of the targets that `decode` takes, in its order.
    """

    name: str
    codec: pc.BaseKeypointCodec
    decodes: Sequence[str] = ("heatmaps",)

    def round_trip(self, person: Person) -> RoundTrip:
        """Encode one person, and decode the targets as if a network had answered them."""
        points, visible = _sample(person)
        encoded = self.codec.encode(points, visible)
        decoded = self.codec.decode(*(encoded[key] for key in self.decodes))[0]
        # Up to the last pixel's centre, as MMPose counts.
        inside = ((points >= 0) & (points <= np.array(INPUT_SIZE) - 1)).all(-1)
        counts = inside & (visible > 0) & (encoded["keypoint_weights"] > 0)
        return RoundTrip(points[0], encoded, decoded[0], counts[0])

    def run(self, people: Iterable[Person]) -> Result:
        """Encode and decode everyone, and time some."""
        tally = Tally()
        for person in people:
            trip = self.round_trip(person)
            tally.encoded = trip.encoded
            tally.errors.append(trip.errors)
            responses = [trip.encoded[key] for key in self.decodes]
            encode = partial(self.codec.encode, *_sample(person))
            tally.time(encode, partial(self.codec.decode, *responses))
        return tally.result(self.name)


def _sample(person: Person) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The person as `encode` takes it: keypoints (1, K, 2) in input pixels, visible (1, K)."""
    points = Crop.around(person.box, INPUT_SIZE).to_input(person.keypoints)
    return points[None], person.visible[None]


def top_down_codecs() -> list[TopDown]:
    """Every top-down codec; heatmaps of sigma 2 and SimCC as RTMPose has them at this size."""
    sizes: dict[str, Any] = {"input_size": INPUT_SIZE, "heatmap_size": HEATMAP_SIZE}
    simcc: dict[str, Any] = {"input_size": INPUT_SIZE, "simcc_split_ratio": 2.0}
    rtmpose = {**simcc, "sigma": (4.9, 5.66), "normalize": False}
    coordinates, vectors = (["keypoint_labels"], ["keypoint_x_labels", "keypoint_y_labels"])

    def row(name: str, decodes: Sequence[str] = ("heatmaps",), **arguments: Any) -> TopDown:
        return TopDown(name, pc.build({"type": name.split(maxsplit=1)[0], **arguments}), decodes)

    return [
        row("RegressionLabel", coordinates, input_size=INPUT_SIZE),
        row("IntegralRegressionLabel", coordinates, **sizes, sigma=2.0),
        row("MSRAHeatmap", **sizes, sigma=2.0),
        row("MSRAHeatmap unbiased", **sizes, sigma=2.0, unbiased=True),
        row("UDPHeatmap gaussian", **sizes),
        row("UDPHeatmap combined", **sizes, heatmap_type="combined"),
        row("MegviiHeatmap", **sizes, kernel_size=11),
        row("SimCCLabel", vectors, **rtmpose),
        row("SimCCLabel DARK", vectors, **rtmpose, use_dark=True),
        row("SimCCLabel standard", vectors, **simcc, smoothing_type="standard"),
    ]
