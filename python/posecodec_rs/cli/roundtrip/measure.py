"""Everyone of a file through a codec and back, and how far off that is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from posecodec_rs import to_image
from posecodec_rs.cli import CommandError
from posecodec_rs.cli.coco import Annotations
from posecodec_rs.cli.crop import Crop
from posecodec_rs.cli.result import Floats
from posecodec_rs.cli.roundtrip.candidates import Candidate, Size
from posecodec_rs.cli.roundtrip.oks import Evaluation, Precision
from posecodec_rs.cli.top_down import inside

Counted: TypeAlias = Callable[[str, Iterable[Any], Callable[[Any], float]], Iterator[Any]]
"""Counts items under a name while they are taken, each as so many people."""

BATCH_BYTES = 32 << 20
"""Of targets at once: enough work for all threads, little memory."""

WITHIN_PX = (0.5, 1.0, 2.0)
"""Of which errors the share is told, in pixels of the input."""


@dataclass(frozen=True, eq=False)
class Crops:
    """Everyone, cropped to an input.

    Attributes:
        crop: All of them, as arrays (P, 1, 2).
        points: Shape (P, K, 2), float32, pixels of the input.
        wanted: Likewise, where decoded ones should lie; elsewhere than `points` with `use_udp`.
        visible: Shape (P, K), float32; 1 for labelled keypoints, else 0.
    """

    crop: Crop
    points: NDArray[np.float32]
    wanted: NDArray[np.float32]
    visible: NDArray[np.float32]

    @classmethod
    def of(cls, annotations: Annotations, input_size: Size, *, use_udp: bool) -> "Crops":
        """The annotations' people; see `Crop` for `use_udp`."""
        people = annotations.people
        crop = Crop.around(
            np.stack([person.box for person in people])[:, None], input_size, use_udp=use_udp
        )
        keypoints = np.stack([person.keypoints for person in people])
        return cls(
            crop,
            crop.to_input(keypoints),
            replace(crop, use_udp=False).to_input(keypoints),
            np.stack([person.visible for person in people]),
        )


@dataclass(frozen=True, eq=False)
class Measured:
    """What a codec did to everyone.

    Attributes:
        candidate: The codec.
        off: Shape (E, 2), input pixels along x and y, of the labelled keypoints that it encodes.
        lost: How many labelled keypoints it does not: outside the crop, or of weight 0.
        precision: Of the decoded people; None where no sigmas are known.
    """

    candidate: Candidate
    off: Floats
    lost: int
    precision: Precision | None

    @property
    def input_px(self) -> Floats:
        """Shape (E,), how far keypoints are from where they were, in input pixels."""
        return _lengths(self.off)

    def heatmap_px(self, input_size: Size) -> Floats | None:
        """Likewise, in cells of the heatmap; None without one."""
        if self.candidate.heatmap_size is None:
            return None
        return _lengths(self.off * np.divide(self.candidate.heatmap_size, input_size))


def measure(
    candidate: Candidate, crops: Crops, evaluation: Evaluation | None, counted: Counted
) -> Measured:
    """Encode and decode everyone with a codec, and evaluate that if sigmas are known."""
    points, name = crops.points, candidate.top_down.name
    people = len(points)
    decoded = np.empty(points.shape)
    scores, weights = np.empty(points.shape[:2]), np.empty(points.shape[:2])
    try:
        batches = _batches(candidate, crops)
        for batch in counted(name, batches, lambda batch: len(points[batch])):
            decoded[batch], scores[batch], weights[batch] = _there_and_back(
                candidate, points[batch], crops.visible[batch]
            )
    except MemoryError as error:
        raise CommandError(f"not enough memory for the targets of {name}: {error}") from error
    precision = None
    if evaluation is not None:
        ticks = counted(
            f"{name}, OKS AP", range(evaluation.steps), lambda _: people / evaluation.steps
        )
        crop = crops.crop
        found = to_image(decoded, crop.center[:, 0], crop.scale[:, 0], crop.input_size)
        precision = evaluation.precision(found, scores.mean(axis=1), ticks)
        next(ticks, None)  # what was taken last counts now
    labelled = crops.visible > 0
    counts = labelled & inside(points, crops.crop.input_size) & (weights > 0)
    off = np.abs(decoded - crops.wanted)[counts]
    return Measured(candidate, off, int(labelled.sum() - counts.sum()), precision)


def _batches(candidate: Candidate, crops: Crops) -> Sequence[slice]:
    """So many people at once that their targets take up `BATCH_BYTES`, by the first one's."""
    encoded = candidate.top_down.codec.batch_encode(crops.points[:1, None], crops.visible[:1, None])
    size = max(1, BATCH_BYTES // sum(array.nbytes for array in encoded.values()))
    return [slice(start, start + size) for start in range(0, len(crops.points), size)]


def _there_and_back(
    candidate: Candidate, points: Floats, visible: Floats
) -> tuple[Floats, Floats, Floats]:
    """Of B people: keypoints (B, K, 2) in input pixels, scores (B, K) and weights (B, K)."""
    codec, decodes = candidate.top_down.codec, candidate.top_down.decodes
    encoded: Mapping[str, Any] = codec.batch_encode(points[:, None], visible[:, None])
    keypoints, scores = codec.batch_decode(*(encoded[key] for key in decodes))
    if isinstance(scores, tuple):  # with visibilities
        scores = scores[0]
    return keypoints[:, 0], scores[:, 0], encoded["keypoint_weights"][:, 0]


def _lengths(off: Floats) -> Floats:
    lengths: Floats = np.linalg.norm(off, axis=1)
    return lengths
