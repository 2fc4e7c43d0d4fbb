"""Codecs that encode one person's crop."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from posecodec_rs.cli.coco import Person
from posecodec_rs.cli.codecs.case import Case, Encoded, Floats
from posecodec_rs.cli.codecs.operation import noisy
from posecodec_rs.cli.crop import drawn, errors, image_px
from posecodec_rs.crop import Crop

Size: TypeAlias = tuple[int, int]

INPUT_SIZE = (192, 256)
"""The network's input, (w, h) in pixels: the most common one in MMPose."""
HEATMAP_SIZE = (48, 64)
"""(W, H) in heatmap pixels."""

LARGE: dict[str, Any] = {
    "input_size": (288, 384),
    "heatmap_size": (72, 96),
    "sigma": 3.0,
    "blur_kernel_size": 17,
}
MAPS = "heatmaps, maximum of all"


class Variant(NamedTuple):
    """A codec with arguments."""

    arguments: Mapping[str, Any] = {}  # those that differ from the usual ones
    caption: str = ""  # of its panel in the demo's figure; empty if it has none
    keypoints: int = 17  # in the bench


@dataclass(frozen=True)
class Entry:
    """A codec in the demo, in `roundtrip` and in the bench."""

    codec: str  # its class
    decodes: Sequence[str]  # the keys of the targets that `decode` takes, in its order
    # The constructor's arguments in MMPose's configs, from input size and heatmap size.
    usual: Callable[[Size, Size], dict[str, Any]]
    demo: Mapping[str, Variant] | None = None  # by name; by default one with the codec's name
    bench: Mapping[str, Variant] | None = None
    use_udp: bool = False  # whether MMPose's configs crop with `use_udp`; see `Crop`


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


_DEFAULT_SIMCC: dict[str, Any] = {"sigma": 6.0, "normalize": True}

ENTRIES = (
    Entry("RegressionLabel", ["keypoint_labels"], _coordinates),
    Entry("IntegralRegressionLabel", ["keypoint_labels"], _gaussians),
    Entry(
        "MSRAHeatmap",
        ["heatmaps"],
        _gaussians,
        demo={
            "MSRAHeatmap": Variant(caption=MAPS),
            "MSRAHeatmap unbiased": Variant({"unbiased": True}),
        },
        bench={
            "MSRAHeatmap": Variant(),
            "MSRAHeatmap unbiased, DARK": Variant({"unbiased": True}),
        },
    ),
    Entry(
        "UDPHeatmap",
        ["heatmaps"],
        _gaussians,
        demo={
            "UDPHeatmap gaussian": Variant(caption=MAPS),
            "UDPHeatmap combined": Variant(
                {"heatmap_type": "combined"}, "discs, which hold offsets to the center"
            ),
        },
        bench={
            "UDPHeatmap": Variant(),
            "UDPHeatmap 72×96, sigma 3": Variant(LARGE),
            "UDPHeatmap 72×96, 133 keypoints": Variant(LARGE, keypoints=133),
            "UDPHeatmap combined": Variant({"heatmap_type": "combined"}),
        },
        use_udp=True,
    ),
    Entry("MegviiHeatmap", ["heatmaps"], _blurred_points, {"MegviiHeatmap": Variant(caption=MAPS)}),
    Entry("SKPSHeatmap", ["heatmaps", "displacements"], _gaussians),
    Entry(
        "SimCCLabel",
        ["keypoint_x_labels", "keypoint_y_labels"],
        _vectors,
        demo={
            "SimCCLabel": Variant(caption="x and y vectors of outermost keypoints"),
            "SimCCLabel DARK": Variant({"use_dark": True}),
            "SimCCLabel standard": Variant({"smoothing_type": "standard"}),
        },
        bench={
            "SimCCLabel": Variant(_DEFAULT_SIMCC),
            "SimCCLabel DARK": Variant({**_DEFAULT_SIMCC, "use_dark": True}),
            "SimCCLabel visibility": Variant({**_DEFAULT_SIMCC, "decode_visibility": True}),
        },
    ),
)
"""The top-down codecs, in the order of tables."""

BY_CODEC = {entry.codec: entry for entry in ENTRIES}

CAPTIONS = {
    name: variant.caption
    for entry in ENTRIES
    for name, variant in (entry.demo or {}).items()
    if variant.caption
}
"""Of the panels in the demo's figure, by the variants' names."""


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """One person, encoded and decoded."""

    points: Floats  # (K, 2), the annotation in pixels of the crop
    encoded: Encoded
    decoded: Floats  # (K, 2), pixels of the crop
    errors: Floats  # (E,), input pixels; of the keypoints that count
    counts: NDArray[np.bool_]  # (K,): labelled, inside the input, and of a weight above 0


@dataclass(frozen=True)
class CroppedPerson:
    """A person and the input that they are cropped to."""

    keypoints: NDArray[np.float32]  # (K, 2), pixels of the image
    visible: NDArray[np.float32]  # (K,)
    crops: Mapping[bool, Crop]  # by whether they are made with `use_udp`

    @classmethod
    def of(cls, person: Person) -> "CroppedPerson":
        """An annotated person."""
        crops = {udp: Crop.from_box(person.box, INPUT_SIZE, use_udp=udp) for udp in (False, True)}
        return cls(person.keypoints, person.visible, crops)


@dataclass(frozen=True)
class TopDown(Case[CroppedPerson]):
    """A codec that encodes one person's crop."""

    @property
    def entry(self) -> Entry:
        """Its entry."""
        return BY_CODEC[self.codec]

    @property
    def heatmap_size(self) -> Size | None:
        """(W, H); None for a codec that does not decode heatmaps."""
        size: Size | None = getattr(self.ours(), "heatmap_size", None)
        return size if "heatmaps" in self.entry.decodes else None

    @property
    def decodes_in_place(self) -> bool:
        """Whether MMPose's `decode` writes into its inputs."""
        return bool(self.arguments.get("use_dark"))

    def _crop(self, sample: CroppedPerson) -> Crop:
        return sample.crops[self.entry.use_udp]

    def inputs(self, sample: CroppedPerson) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Keypoints (1, K, 2) in input pixels, and visible (1, K)."""
        return self._crop(sample).to_input(sample.keypoints)[None], sample.visible[None]

    def outputs(
        self, _: CroppedPerson, encoded: Encoded, rng: np.random.Generator | None = None
    ) -> list[Any]:
        """The targets that `decode` takes."""
        targets = [encoded[key] for key in self.entry.decodes]
        return [noisy(target, rng) for target in targets] if rng else targets

    def image_px(self, sample: CroppedPerson) -> float:
        """Pixels of the image per pixel of the input."""
        return float(image_px(self._crop(sample)))

    def errors(self, sample: CroppedPerson, encoded: Encoded, decoded: Any) -> list[Floats]:
        """Of the keypoints that count."""
        return [self._trip(sample, encoded, decoded).errors]

    def round_trip(self, person: Person) -> RoundTrip:
        """Encode one person, and decode the targets."""
        sample, codec = CroppedPerson.of(person), self.ours()
        encoded = codec.encode(*self.inputs(sample))
        return self._trip(sample, encoded, codec.decode(*self.outputs(sample, encoded)))

    def _trip(self, sample: CroppedPerson, encoded: Encoded, decoded: Any) -> RoundTrip:
        points, visible = self.inputs(sample)
        counts = inside(points, INPUT_SIZE) & (visible > 0) & (encoded["keypoint_weights"] > 0)
        crop, found = self._crop(sample), decoded[0][0]
        of_counted = errors(crop, found, sample.keypoints)[counts[0]]
        return RoundTrip(points[0], encoded, drawn(crop, found), of_counted, counts[0])


def inside(points: Floats, input_size: Size) -> NDArray[np.bool_]:
    """Which points (..., 2) are inside: up to the last pixel's center, as MMPose counts."""
    within: NDArray[np.bool_] = np.all(
        (points >= 0) & (points <= np.array(input_size) - 1), axis=-1
    )
    return within


def top_down(
    name: str,
    codec: str,
    arguments: Mapping[str, Any],
    input_size: Size = INPUT_SIZE,
    heatmap_size: Size = HEATMAP_SIZE,
) -> TopDown:
    """A codec; arguments that are not given are those of MMPose's configs."""
    usual = BY_CODEC[codec].usual(input_size, heatmap_size)
    return TopDown(name, codec, {**usual, **arguments})


def top_down_codecs(
    input_size: Size = INPUT_SIZE, heatmap_size: Size = HEATMAP_SIZE
) -> list[TopDown]:
    """Every top-down codec, in all its variants."""
    return [
        top_down(name, entry.codec, variant.arguments, input_size, heatmap_size)
        for entry in ENTRIES
        for name, variant in (entry.demo or {entry.codec: Variant()}).items()
    ]


def benchmarks() -> Iterator[tuple[TopDown, Callable[[np.random.Generator], CroppedPerson]]]:
    """Every variant of the bench, and what makes its sample."""
    for entry in ENTRIES:
        for name, variant in (entry.bench or {entry.codec: Variant()}).items():
            case = top_down(name, entry.codec, variant.arguments)
            size = case.arguments["input_size"]
            yield case, partial(_random_person, size=size, num_keypoints=variant.keypoints)


def _random_person(rng: np.random.Generator, size: Size, num_keypoints: int) -> CroppedPerson:
    """Labelled keypoints at random positions in the input."""
    points = (rng.random((num_keypoints, 2)) * np.array(size)).astype(np.float32)
    whole = Crop(np.array(size) / 2, np.array(size, np.float64), size)
    return CroppedPerson(points, np.ones(num_keypoints, np.float32), {False: whole, True: whole})
