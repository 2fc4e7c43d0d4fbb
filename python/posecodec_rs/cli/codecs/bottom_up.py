"""Codecs that encode a whole image with several people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from posecodec_rs.cli.coco import AnnotatedImage
from posecodec_rs.cli.codecs.case import Case, Encoded, Floats
from posecodec_rs.cli.codecs.operation import noisy

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

Rng: TypeAlias = np.random.Generator
Maps: TypeAlias = Sequence[NDArray[Any]]


@dataclass(frozen=True, eq=False)
class MultiPersonSample:
    """All people of an image, in pixels of the input."""

    points: NDArray[np.float32]  # (N, K, 2)
    visible: NDArray[np.float32]  # (N, K); 1 for labelled keypoints inside the input, else 0
    image_px: float = 1.0  # pixels of the image per pixel of the input

    @classmethod
    def of(cls, image: AnnotatedImage) -> "MultiPersonSample":
        """The image, scaled to fit into the input."""
        scale = min(np.array(INPUT_SIZE) / image.size)
        points = (image.keypoints * scale).astype(np.float32)
        inside = ((points >= 0) & (points < INPUT_SIZE)).all(-1)
        return cls(points, image.visible * inside, 1 / scale)


@dataclass(frozen=True)
class BottomUp(Case[MultiPersonSample]):
    """A codec for several people in an image; by default in the demo and in the bench."""

    # Makes the arguments of `decode`, the maps first, from the targets; with a generator for the
    # bench, as a network that is not perfect predicts them.
    maps: Callable[[Encoded, Rng | None], Maps]
    method: str = "decode"
    as_tensors: bool = True
    in_demo: bool = True

    def inputs(self, sample: MultiPersonSample) -> Maps:
        """Keypoints (N, K, 2) in input pixels, and visible (N, K)."""
        return sample.points, sample.visible

    def outputs(self, _: MultiPersonSample, encoded: Encoded, rng: Rng | None = None) -> Maps:
        """What a network would predict."""
        return self.maps(encoded, rng)

    def keypoints(self, decoded: Any) -> Floats:
        """The decoded keypoints (N, K, 2) of the image."""
        points: Floats = decoded[0][0] if self.method == "batch_decode" else decoded[0]
        return points

    def errors(self, sample: MultiPersonSample, _: Encoded, decoded: Any) -> list[Floats]:
        """Of each person found again."""
        return errors_of_found(sample, self.keypoints(decoded))

    def image_px(self, sample: MultiPersonSample) -> float:
        """Pixels of the image per pixel of the input."""
        return sample.image_px

    def people(self, sample: MultiPersonSample) -> int:
        """Those with a labelled keypoint."""
        return int(sample.visible.any(axis=1).sum())


def _root_maps(encoded: Encoded, rng: Rng | None) -> Maps:
    """Heatmaps of roots, and displacements from there."""
    heatmaps = encoded["heatmaps"]
    return heatmaps if rng is None else noisy(heatmaps, rng), encoded["displacements"]


def _instance_maps(encoded: Encoded, rng: Rng | None) -> Maps:
    """One set of heatmaps per person, and a score of 1 for each."""
    maps = encoded["instance_heatmaps"]
    if rng is not None:
        maps = noisy(maps, rng)
    maps = maps.reshape(-1, encoded["keypoint_weights"].shape[1], *maps.shape[1:])
    return maps, np.ones((len(maps), 1), np.float32)


def _maps_and_tags(encoded: Encoded, rng: Rng | None) -> Maps:
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


def _codecs(num_keypoints: int) -> Iterator[BottomUp]:
    """The bottom-up codecs, in the order of tables."""
    yield BottomUp("SPR", "SPR", SIZES, _root_maps)
    both: Mapping[str, Any] = {**SIZES, "generate_keypoint_heatmaps": True, "sigma": (4, 2)}
    yield BottomUp("SPR with keypoint heatmaps", "SPR", both, _root_maps, in_demo=False)
    yield BottomUp("DecoupledHeatmap", "DecoupledHeatmap", SIZES, _instance_maps, as_tensors=False)
    ordered = {**SIZES, "decode_keypoint_order": list(range(num_keypoints))}
    for name, arguments in {"": ordered, " UDP": {**ordered, "use_udp": True}}.items():
        codec = "AssociativeEmbedding"
        yield BottomUp(codec + name, codec, arguments, _maps_and_tags, "batch_decode")


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
    """The demo's bottom-up codecs, for this number of keypoints."""
    return [codec for codec in _codecs(num_keypoints) if codec.in_demo]


def benchmarks() -> Iterator[tuple[BottomUp, Callable[[Rng], MultiPersonSample]]]:
    """Every bottom-up codec, and what makes its sample."""
    for codec in _codecs(BENCH_KEYPOINTS):
        yield codec, bench_people


def bench_people(rng: Rng) -> MultiPersonSample:
    """The people of an image; a tenth of the keypoints is not labelled."""
    shape = (BENCH_PEOPLE, BENCH_KEYPOINTS)
    centers = rng.uniform(100, 412, (BENCH_PEOPLE, 1, 2))
    points = (centers + rng.normal(size=(*shape, 2)) * 60).clip(0, 511)
    visible = (rng.random(shape) < 0.9).astype(np.float32)
    return MultiPersonSample(points.astype(np.float32), visible)
