"""Codecs that encode one person's crop."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

import posecodec_rs as pc
from posecodec_rs.cli.coco import Person
from posecodec_rs.cli.codecs.demo_codec import DemoCodec, Floats
from posecodec_rs.cli.codecs.operation import Benchmark, noisy
from posecodec_rs.cli.crop import Crop

Size: TypeAlias = tuple[int, int]

INPUT_SIZE = (192, 256)
"""The network's input, (w, h) in pixels: the most common one in MMPose."""
HEATMAP_SIZE = (48, 64)
"""(W, H) in heatmap pixels."""

SMALL: dict[str, Any] = {"input_size": INPUT_SIZE, "heatmap_size": HEATMAP_SIZE}
LARGE: dict[str, Any] = {
    "input_size": (288, 384),
    "heatmap_size": (72, 96),
    "sigma": 3.0,
    "blur_kernel_size": 17,
}
MAPS = "heatmaps, maximum of all"
VECTORS: dict[str, Any] = {"input_size": INPUT_SIZE}


class Variant(NamedTuple):
    """A codec with arguments in the demo.

    Attributes:
        arguments: Those that differ from the usual ones.
        caption: Of its panel in the demo's figure; empty if it has none.
    """

    arguments: Mapping[str, Any]
    caption: str = ""


@dataclass(frozen=True)
class Entry:
    """A codec in the demo, in `roundtrip` and in the bench.

    Attributes:
        codec: Its class.
        decodes: The keys of the targets that `decode` takes, in its order.
        usual: The constructor's arguments in MMPose's configs, from input size and heatmap size.
        demo: By the name of a variant: its arguments and its panel in the figure.
        bench: By the name of a variant: the constructor's arguments.
        bench_keypoints: By the name of a variant: keypoints per person, if not 17.
        use_udp: Whether MMPose's configs crop with `use_udp`; see `Crop`.
    """

    codec: str
    decodes: Sequence[str]
    usual: Callable[[Size, Size], dict[str, Any]]
    demo: Mapping[str, Variant]
    bench: Mapping[str, Mapping[str, Any]]
    bench_keypoints: Mapping[str, int] = field(default_factory=dict)
    use_udp: bool = False


def _coordinates(input_size: Size, _: Size) -> dict[str, Any]:
    return {"input_size": input_size}


def _gaussians(input_size: Size, heatmap_size: Size) -> dict[str, Any]:
    """A sigma of 2 on heatmaps 48 pixels wide, 3 on 72, and so on."""
    sigma = max(1.0, float(round(heatmap_size[0] / 24)))
    return {"input_size": input_size, "heatmap_size": heatmap_size, "sigma": sigma}


def _blurred_points(input_size: Size, heatmap_size: Size) -> dict[str, Any]:
    return {"input_size": input_size, "heatmap_size": heatmap_size, "kernel_size": 11}


def _vectors(input_size: Size, _: Size) -> dict[str, Any]:
    """As in RTMPose's configs."""
    sigma = tuple(round(math.sqrt(side / 8), 2) for side in input_size)
    return {"input_size": input_size, "sigma": sigma, "normalize": False}


ENTRIES = (
    Entry(
        "RegressionLabel",
        decodes=("keypoint_labels",),
        usual=_coordinates,
        demo={"RegressionLabel": Variant({})},
        bench={"RegressionLabel": VECTORS},
    ),
    Entry(
        "IntegralRegressionLabel",
        decodes=("keypoint_labels",),
        usual=_gaussians,
        demo={"IntegralRegressionLabel": Variant({})},
        bench={"IntegralRegressionLabel": {**SMALL, "sigma": 2.0}},
    ),
    Entry(
        "MSRAHeatmap",
        decodes=("heatmaps",),
        usual=_gaussians,
        demo={
            "MSRAHeatmap": Variant({}, MAPS),
            "MSRAHeatmap unbiased": Variant({"unbiased": True}),
        },
        bench={
            "MSRAHeatmap": {**SMALL, "sigma": 2.0},
            "MSRAHeatmap unbiased, DARK": {**SMALL, "sigma": 2.0, "unbiased": True},
        },
    ),
    Entry(
        "UDPHeatmap",
        decodes=("heatmaps",),
        usual=_gaussians,
        demo={
            "UDPHeatmap gaussian": Variant({}, MAPS),
            "UDPHeatmap combined": Variant(
                {"heatmap_type": "combined"},
                "discs, which hold offsets to the center",
            ),
        },
        bench={
            "UDPHeatmap": SMALL,
            "UDPHeatmap 72×96, sigma 3": LARGE,
            "UDPHeatmap 72×96, 133 keypoints": LARGE,
            "UDPHeatmap combined": {**SMALL, "heatmap_type": "combined"},
        },
        bench_keypoints={"UDPHeatmap 72×96, 133 keypoints": 133},
        use_udp=True,
    ),
    Entry(
        "MegviiHeatmap",
        decodes=("heatmaps",),
        usual=_blurred_points,
        demo={"MegviiHeatmap": Variant({}, MAPS)},
        bench={"MegviiHeatmap": {**SMALL, "kernel_size": 11}},
    ),
    Entry(
        "SKPSHeatmap",
        decodes=("heatmaps", "displacements"),
        usual=_gaussians,
        demo={"SKPSHeatmap": Variant({})},
        bench={"SKPSHeatmap": {**SMALL, "sigma": 2.0}},
    ),
    Entry(
        "SimCCLabel",
        decodes=("keypoint_x_labels", "keypoint_y_labels"),
        usual=_vectors,
        demo={
            "SimCCLabel": Variant({}, "x and y vectors of outermost keypoints"),
            "SimCCLabel DARK": Variant({"use_dark": True}),
            "SimCCLabel standard": Variant({"smoothing_type": "standard"}),
        },
        bench={
            "SimCCLabel": VECTORS,
            "SimCCLabel DARK": {**VECTORS, "use_dark": True},
            "SimCCLabel visibility": {**VECTORS, "decode_visibility": True},
        },
    ),
)
"""The top-down codecs, in the order of tables."""

BY_CODEC = {entry.codec: entry for entry in ENTRIES}

VARIANTS = {name: variant for entry in ENTRIES for name, variant in entry.demo.items()}
"""The demo's variants by their names."""


def _random_person(
    rng: np.random.Generator, size: Size, num_keypoints: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Keypoints (1, K, 2) at random positions in the input, and visible (1, K), all labelled."""
    points = (rng.random((1, num_keypoints, 2)) * np.array(size)).astype(np.float32)
    return points, np.ones((1, num_keypoints), np.float32)


def _noisy_targets(
    encoded: Mapping[str, Any], rng: np.random.Generator, keys: Sequence[str]
) -> list[NDArray[np.float32]]:
    return [noisy(encoded[key], rng) for key in keys]


def benchmarks() -> Iterator[Benchmark]:
    """Every top-down codec of the bench."""
    for entry in ENTRIES:
        for name, arguments in entry.bench.items():
            yield Benchmark(
                name,
                entry.codec,
                arguments,
                partial(
                    _random_person,
                    size=arguments["input_size"],
                    num_keypoints=entry.bench_keypoints.get(name, 17),
                ),
                partial(_noisy_targets, keys=entry.decodes),
                writes_inputs=arguments.get("use_dark", False),
            )


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """One person, encoded and decoded.

    Attributes:
        points: Shape (K, 2), the annotation in pixels of the crop.
        encoded: The result of `encode`.
        decoded: Shape (K, 2), pixels of the crop.
        errors: Shape (E,), input pixels; of the keypoints that count.
        counts: Shape (K,): labelled, inside the input, and of a weight above 0.
    """

    points: Floats
    encoded: Mapping[str, Any]
    decoded: Floats
    errors: Floats
    counts: NDArray[np.bool_]


@dataclass(frozen=True)
class TopDown(DemoCodec[Person]):
    """A codec that encodes one person's crop.

    Attributes:
        name: As tables name it.
        codec: For inputs of `INPUT_SIZE` in the demo.
    """

    name: str
    codec: pc.BaseKeypointCodec

    @property
    def use_udp(self) -> bool:
        """Whether people are cropped with `use_udp`, as in MMPose's configs of the codec."""
        return BY_CODEC[type(self.codec).__name__].use_udp

    @property
    def decodes(self) -> Sequence[str]:
        """The keys of the targets that `decode` takes, in its order."""
        return BY_CODEC[type(self.codec).__name__].decodes

    def inputs(self, sample: Person) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Keypoints (1, K, 2) in input pixels, and visible (1, K)."""
        return self._crop(sample).to_input(sample.keypoints)[None], sample.visible[None]

    def image_px(self, sample: Person) -> float:
        """Pixels of the image per pixel of the input."""
        return float(self._crop(sample).image_px)

    def _crop(self, sample: Person) -> Crop:
        return Crop.around(sample.box, INPUT_SIZE, use_udp=self.use_udp)

    def outputs(self, _: Person, encoded: Mapping[str, Any]) -> Sequence[Any]:
        """The targets that `decode` takes."""
        return [encoded[key] for key in self.decodes]

    def errors(self, sample: Person, encoded: Mapping[str, Any], decoded: Any) -> list[Floats]:
        """Of the keypoints that count."""
        return [self._trip(sample, encoded, decoded).errors]

    def round_trip(self, sample: Person) -> RoundTrip:
        """Encode one person, and decode the targets."""
        encoded = self.codec.encode(*self.inputs(sample))
        return self._trip(sample, encoded, self.codec.decode(*self.outputs(sample, encoded)))

    def _trip(self, sample: Person, encoded: Mapping[str, Any], decoded: Any) -> RoundTrip:
        points, visible = self.inputs(sample)
        counts = inside(points, INPUT_SIZE) & (visible > 0) & (encoded["keypoint_weights"] > 0)
        crop, found = self._crop(sample), decoded[0][0]
        errors = crop.errors(found, sample.keypoints)[counts[0]]
        return RoundTrip(points[0], encoded, crop.drawn(found), errors, counts[0])


def inside(points: Floats, input_size: Size) -> NDArray[np.bool_]:
    """Which points (..., 2) are inside: up to the last pixel's center, as MMPose counts."""
    within: NDArray[np.bool_] = np.all(
        (points >= 0) & (points <= np.array(input_size) - 1), axis=-1
    )
    return within


def config(codec: str, input_size: Size, heatmap_size: Size, /, **arguments: Any) -> dict[str, Any]:
    """A top-down codec's config for `build`; arguments that are not given are those of MMPose."""
    return {"type": codec, **BY_CODEC[codec].usual(input_size, heatmap_size), **arguments}


def top_down_codecs(
    input_size: Size = INPUT_SIZE, heatmap_size: Size = HEATMAP_SIZE
) -> list[TopDown]:
    """Every top-down codec, in all its variants."""
    return [
        TopDown(name, pc.build(config(entry.codec, input_size, heatmap_size, **variant.arguments)))
        for entry in ENTRIES
        for name, variant in entry.demo.items()
    ]
