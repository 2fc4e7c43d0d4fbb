"""The demo's first rows: codecs that see one person's crop at a time."""

import math
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

_COORDINATES, _MAPS, _VECTORS = (
    ("keypoint_labels",),
    ("heatmaps",),
    ("keypoint_x_labels", "keypoint_y_labels"),
)
DECODES: Mapping[str, Sequence[str]] = {
    "RegressionLabel": _COORDINATES,
    "IntegralRegressionLabel": _COORDINATES,
    "MSRAHeatmap": _MAPS,
    "UDPHeatmap": _MAPS,
    "MegviiHeatmap": _MAPS,
    "SimCCLabel": _VECTORS,
}
"""The top-down codecs, and the keys of the targets that `decode` takes, in its order."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "RegressionLabel": {},
    "IntegralRegressionLabel": {},
    "MSRAHeatmap": {},
    "MSRAHeatmap unbiased": {"unbiased": True},
    "UDPHeatmap gaussian": {},
    "UDPHeatmap combined": {"heatmap_type": "combined"},
    "MegviiHeatmap": {},
    "SimCCLabel": {},
    "SimCCLabel DARK": {"use_dark": True},
    "SimCCLabel standard": {"smoothing_type": "standard"},
}
"""What tables show of them: names that begin with the codec's, and arguments for `config`."""


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
    """

    name: str
    codec: pc.BaseKeypointCodec

    @property
    def decodes(self) -> Sequence[str]:
        """The keys of the targets that `decode` takes, in its order."""
        return DECODES[type(self.codec).__name__]

    def round_trip(self, person: Person) -> RoundTrip:
        """Encode one person, and decode the targets as if a network had answered them."""
        points, visible = _sample(person)
        encoded = self.codec.encode(points, visible)
        decoded = self.codec.decode(*(encoded[key] for key in self.decodes))[0]
        counts = inside(points, INPUT_SIZE) & (visible > 0) & (encoded["keypoint_weights"] > 0)
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


def inside(points: Floats, input_size: tuple[int, int]) -> NDArray[np.bool_]:
    """Which points (..., 2) lie inside: up to the last pixel's centre, as MMPose counts."""
    within: NDArray[np.bool_] = np.all(
        (points >= 0) & (points <= np.array(input_size) - 1), axis=-1
    )
    return within


def config(
    kind: str, input_size: tuple[int, int], heatmap_size: tuple[int, int], /, **arguments: Any
) -> dict[str, Any]:
    """A top-down codec's config for `build`; what `arguments` leave out is as MMPose's configs say.

    Those have Gaussians of sigma 2 on maps 48 cells wide, 3 on 72, and so on; SimCC as RTMPose.
    """
    usual: dict[str, Any] = {"input_size": input_size}
    if kind == "SimCCLabel":
        sigma = tuple(round(math.sqrt(side / 8), 2) for side in input_size)
        usual |= {"sigma": sigma, "normalize": False}
    elif kind == "MegviiHeatmap":
        usual |= {"heatmap_size": heatmap_size, "kernel_size": 11}
    elif kind != "RegressionLabel":
        sigma_px = max(1.0, float(round(heatmap_size[0] / 24)))
        usual |= {"heatmap_size": heatmap_size, "sigma": sigma_px}
    return {"type": kind, **usual, **arguments}


def top_down_codecs(
    input_size: tuple[int, int] = INPUT_SIZE, heatmap_size: tuple[int, int] = HEATMAP_SIZE
) -> list[TopDown]:
    """Every top-down codec, in all its variants."""
    return [
        TopDown(
            name,
            pc.build(config(name.partition(" ")[0], input_size, heatmap_size, **arguments)),
        )
        for name, arguments in VARIANTS.items()
    ]
