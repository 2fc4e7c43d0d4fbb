"""Codecs that encode a whole image with several people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import posecodec_rs as pc
from posecodec_rs.cli.coco import AnnotatedImage
from posecodec_rs.cli.codecs.demo_codec import DemoCodec, Floats
from posecodec_rs.cli.codecs.operation import Benchmark, Inputs, noisy

INPUT_SIZE = (512, 512)
"""The network's input, (w, h) in pixels: the most common one in MMPose."""
HEATMAP_SIZE = (128, 128)
"""(W, H) in heatmap pixels."""
SIZES: dict[str, Any] = {"input_size": INPUT_SIZE, "heatmap_size": HEATMAP_SIZE}

FOUND_PX = 8.0
"""Two heatmap pixels: a person counts as found if the mean error of labelled keypoints is less."""

NO_PERSON = -1.0
"""The tag of heatmap pixels without a person in the demo."""

BENCH_PEOPLE, BENCH_KEYPOINTS = 3, 17


@dataclass(frozen=True, eq=False)
class MultiPersonSample:
    """All people of an image, in pixels of the input.

    Attributes:
        points: Shape (N, K, 2), float32.
        visible: Shape (N, K), float32; 1 for labelled keypoints inside the input, else 0.
        image_px: Pixels of the image per pixel of the input.
    """

    points: NDArray[np.float32]
    visible: NDArray[np.float32]
    image_px: float = 1.0

    @classmethod
    def of(cls, image: AnnotatedImage) -> "MultiPersonSample":
        """The image, scaled to fit into the input."""
        scale = min(np.array(INPUT_SIZE) / image.size)
        points = (image.keypoints * scale).astype(np.float32)
        inside = ((points >= 0) & (points < INPUT_SIZE)).all(-1)
        return cls(points, image.visible * inside, 1 / scale)


@dataclass(frozen=True)
class Entry:
    """A codec in the demo and in the bench.

    Attributes:
        codec: Its class.
        outputs: Makes the arguments of `decode`, the maps first, from the targets; with a generator
            for the bench, as a network that is not perfect predicts them.
        demo: By the name of a variant: arguments other than sizes.
        bench: Likewise.
        method: The method that decodes.
        as_tensors: Whether MMPose's head passes tensors.
        has_order: Whether the codec takes `decode_keypoint_order`.
    """

    codec: str
    outputs: Callable[[Mapping[str, Any], np.random.Generator | None], Sequence[NDArray[Any]]]
    demo: Mapping[str, Mapping[str, Any]]
    bench: Mapping[str, Mapping[str, Any]]
    method: str = "decode"
    as_tensors: bool = True
    has_order: bool = False

    def arguments(self, num_keypoints: int, variant: Mapping[str, Any]) -> dict[str, Any]:
        """The constructor's arguments."""
        order = {"decode_keypoint_order": list(range(num_keypoints))} if self.has_order else {}
        return {**SIZES, **order, **variant}


def _root_maps(
    encoded: Mapping[str, Any], rng: np.random.Generator | None
) -> Sequence[NDArray[Any]]:
    """Heatmaps of roots, and displacements from there."""
    heatmaps = encoded["heatmaps"]
    return heatmaps if rng is None else noisy(heatmaps, rng), encoded["displacements"]


def _instance_maps(
    encoded: Mapping[str, Any], rng: np.random.Generator | None
) -> Sequence[NDArray[Any]]:
    """One set of heatmaps per person, and a score of 1 for each."""
    maps = encoded["instance_heatmaps"]
    if rng is not None:
        maps = noisy(maps, rng)
    maps = maps.reshape(-1, encoded["keypoint_weights"].shape[1], *maps.shape[1:])
    return maps, np.ones((len(maps), 1), np.float32)


def _maps_and_tags(
    encoded: Mapping[str, Any], rng: np.random.Generator | None
) -> Sequence[NDArray[Any]]:
    """Heatmaps, and tags as a well trained network predicts them: one number per person."""
    heatmaps = encoded["heatmaps"]
    if rng is None:
        around, tags = np.zeros_like(heatmaps), np.full_like(heatmaps, NO_PERSON)
        step, reach = 10.0, 1
    else:
        heatmaps = noisy(heatmaps, rng)
        around = rng.normal(0, 0.1, heatmaps.shape).astype(np.float32)
        tags, step, reach = around.copy(), 2.0, 2
    indices, visible = encoded["keypoint_indices"].transpose(2, 0, 1)
    rows, columns = np.divmod(indices, HEATMAP_SIZE[0])
    for person, keypoint in zip(*np.nonzero(visible), strict=True):
        row, column = rows[person, keypoint], columns[person, keypoint]
        area = (
            keypoint,
            slice(max(row - reach, 0), row + reach + 1),
            slice(max(column - reach, 0), column + reach + 1),
        )
        tags[area] = around[area] + step * person
    return heatmaps[None], tags[None]


ENTRIES = (
    Entry(
        "SPR",
        _root_maps,
        demo={"SPR": {}},
        bench={
            "SPR": {},
            "SPR with keypoint heatmaps": {"generate_keypoint_heatmaps": True, "sigma": (4, 2)},
        },
    ),
    Entry(
        "DecoupledHeatmap",
        _instance_maps,
        demo={"DecoupledHeatmap": {}},
        bench={"DecoupledHeatmap": {}},
        as_tensors=False,
    ),
    Entry(
        "AssociativeEmbedding",
        _maps_and_tags,
        demo={"AssociativeEmbedding": {}, "AssociativeEmbedding UDP": {"use_udp": True}},
        bench={"AssociativeEmbedding": {}, "AssociativeEmbedding UDP": {"use_udp": True}},
        method="batch_decode",
        has_order=True,
    ),
)
"""The bottom-up codecs, in the order of tables."""


@dataclass(frozen=True)
class BottomUp(DemoCodec[AnnotatedImage]):
    """A codec for several people in an image.

    Attributes:
        name: As tables name it.
        codec: For inputs of `INPUT_SIZE`.
        entry: Its entry.
    """

    name: str
    codec: Any
    entry: Entry

    @property
    def method(self) -> str:  # type: ignore[override]
        """The method that decodes."""
        return self.entry.method

    def inputs(self, sample: AnnotatedImage) -> Inputs:
        """Keypoints (N, K, 2) in input pixels, and visible (N, K)."""
        people = MultiPersonSample.of(sample)
        return people.points, people.visible

    def outputs(self, _: AnnotatedImage, encoded: Mapping[str, Any]) -> Inputs:
        """What a network that makes no errors would predict."""
        return self.entry.outputs(encoded, None)

    def keypoints(self, decoded: Any) -> Floats:
        """The decoded keypoints (N, K, 2) of the image."""
        points: Floats = decoded[0][0] if self.method == "batch_decode" else decoded[0]
        return points

    def errors(self, sample: AnnotatedImage, _: Mapping[str, Any], decoded: Any) -> list[Floats]:
        """Of each person found again."""
        return errors_of_found(MultiPersonSample.of(sample), self.keypoints(decoded))

    def image_px(self, sample: AnnotatedImage) -> float:
        """Pixels of the image per pixel of the input."""
        return MultiPersonSample.of(sample).image_px

    def people(self, sample: AnnotatedImage) -> int:
        """Those with a labelled keypoint."""
        return int(MultiPersonSample.of(sample).visible.any(axis=1).sum())


def errors_of_found(sample: MultiPersonSample, decoded: Floats) -> list[Floats]:
    """The errors of each person found again, one per labelled keypoint.

    Matches each person with one decoded pose, the nearest pairs first.
    """
    labelled = sample.visible > 0
    off = np.linalg.norm(decoded[None] - sample.points[:, None], axis=-1)  # annotated, decoded, K
    counts = np.maximum(labelled.sum(axis=1), 1)
    distances = (off * labelled[:, None]).sum(-1) / counts[:, None]
    distances[~labelled.any(axis=1)] = np.inf
    errors: list[Floats] = []
    while distances.size and distances.min() <= FOUND_PX:
        person, candidate = np.unravel_index(distances.argmin(), distances.shape)
        errors.append(off[person, candidate][labelled[person]])
        distances[person, :] = distances[:, candidate] = np.inf
    return errors


def bottom_up_codecs(num_keypoints: int) -> list[BottomUp]:
    """Every bottom-up codec, for this number of keypoints."""
    return [
        BottomUp(name, getattr(pc, entry.codec)(**entry.arguments(num_keypoints, variant)), entry)
        for entry in ENTRIES
        for name, variant in entry.demo.items()
    ]


def benchmarks() -> Iterator[Benchmark]:
    """Every bottom-up codec of the bench."""
    for entry in ENTRIES:
        for name, variant in entry.bench.items():
            yield Benchmark(
                name,
                entry.codec,
                entry.arguments(BENCH_KEYPOINTS, variant),
                bench_people,
                entry.outputs,
                method=entry.method,
                as_tensors=entry.as_tensors,
            )


def bench_people(
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Keypoints (N, K, 2) and visibilities (N, K) of an image; a tenth is not labelled."""
    shape = (BENCH_PEOPLE, BENCH_KEYPOINTS)
    centers = rng.uniform(100, 412, (BENCH_PEOPLE, 1, 2))
    points = (centers + rng.normal(size=(*shape, 2)) * 60).clip(0, 511)
    return points.astype(np.float32), (rng.random(shape) < 0.9).astype(np.float32)
