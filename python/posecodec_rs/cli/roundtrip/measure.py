"""Encodes and decodes all people of a file with each codec, and measures the error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecodec_rs import to_image
from posecodec_rs.cli import CommandError
from posecodec_rs.cli.coco import Annotations
from posecodec_rs.cli.codecs.demo_codec import Floats
from posecodec_rs.cli.codecs.top_down import Size, inside
from posecodec_rs.cli.console import Progress
from posecodec_rs.cli.crop import Crop
from posecodec_rs.cli.roundtrip.candidates import Candidate
from posecodec_rs.cli.roundtrip.oks import Evaluation, Precision
from posecodec_rs.cli.roundtrip.sigmas import Sigmas

BATCH_BYTES = 32 << 20
"""Of the targets of a batch: enough work for all threads, little memory."""


@dataclass(frozen=True, eq=False)
class Crops:
    """All people, cropped to an input.

    Attributes:
        crop: All crops, as arrays (P, 1, 2).
        points: Shape (P, K, 2), float32, pixels of the input.
        expected: Likewise, the positions that decoding should return; they differ from `points`
            with `use_udp`.
        visible: Shape (P, K), float32; 1 for labelled keypoints, else 0.
    """

    crop: Crop
    points: NDArray[np.float32]
    expected: NDArray[np.float32]
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
    """The errors of a codec.

    Attributes:
        candidate: The codec.
        off: Shape (E, 2), input pixels along x and y, of the labelled keypoints that it encodes.
        lost: The number of labelled keypoints that it does not encode: outside the crop, or with a
            weight of 0.
        precision: Of the decoded people; None without sigmas.
    """

    candidate: Candidate
    off: Floats
    lost: int
    precision: Precision | None

    @property
    def input_px(self) -> Floats:
        """Shape (E,), distances between original and decoded keypoints, in input pixels."""
        distances: Floats = np.linalg.norm(self.off, axis=1)
        return distances

    def heatmap_px(self, input_size: Size) -> Floats | None:
        """Likewise, in heatmap pixels; None without a heatmap."""
        if self.candidate.heatmap_size is None:
            return None
        scale = np.divide(self.candidate.heatmap_size, input_size)
        distances: Floats = np.linalg.norm(self.off * scale, axis=1)
        return distances


@dataclass(frozen=True, eq=False)
class Workload:
    """The people that candidates encode and decode.

    Attributes:
        annotations: The people.
        input_size: (w, h) in pixels, to which they are cropped.
        sigmas: Of OKS, if known.
    """

    annotations: Annotations
    input_size: Size
    sigmas: Sigmas

    def run(self, candidates: Sequence[Candidate], progress: Progress) -> list[Measured]:
        """Encode and decode all people with each candidate.

        Raises:
            CommandError: If there is too little memory.
        """
        crops = {
            use_udp: Crops.of(self.annotations, self.input_size, use_udp=use_udp)
            for use_udp in {each.use_udp for each in candidates}
        }
        values = self.sigmas.values
        evaluation = Evaluation(self.annotations, values) if values else None
        return [measure(each, crops[each.use_udp], evaluation, progress) for each in candidates]

    def steps(self, candidates: Sequence[Candidate]) -> int:
        """The weight of all items: people when decoded, and again when evaluated."""
        return len(self.annotations.people) * len(candidates) * (2 if self.sigmas.values else 1)


def measure(
    candidate: Candidate, crops: Crops, evaluation: Evaluation | None, progress: Progress
) -> Measured:
    """Encode and decode all people with a codec, and evaluate the result if sigmas are known."""
    points, name = crops.points, candidate.top_down.name
    people = len(points)
    decoded = np.empty(points.shape)
    scores, weights = np.empty(points.shape[:2]), np.empty(points.shape[:2])
    try:
        batches = _batches(candidate, crops)
        for batch in progress(name, batches, lambda batch: len(points[batch])):
            decoded[batch], scores[batch], weights[batch] = _round_trip(
                candidate, points[batch], crops.visible[batch]
            )
    except MemoryError as error:
        raise CommandError(f"not enough memory for the targets of {name}: {error}") from error
    precision = None
    if evaluation is not None:
        ticks = progress(
            f"{name}, OKS AP", range(evaluation.steps), lambda _: people / evaluation.steps
        )
        crop = crops.crop
        found = to_image(decoded, crop.center[:, 0], crop.scale[:, 0], crop.input_size)
        precision = evaluation.precision(found, scores.mean(axis=1), ticks)
        next(ticks, None)  # counts the last item
    labelled = crops.visible > 0
    counts = labelled & inside(points, crops.crop.input_size) & (weights > 0)
    off = np.abs(decoded - crops.expected)[counts]
    return Measured(candidate, off, int(labelled.sum() - counts.sum()), precision)


def _batches(candidate: Candidate, crops: Crops) -> Sequence[slice]:
    """Batches of people whose targets have `BATCH_BYTES`, estimated from the first person."""
    encoded = candidate.top_down.codec.batch_encode(crops.points[:1, None], crops.visible[:1, None])
    size = max(1, BATCH_BYTES // sum(array.nbytes for array in encoded.values()))
    return [slice(start, start + size) for start in range(0, len(crops.points), size)]


def _round_trip(
    candidate: Candidate, points: Floats, visible: Floats
) -> tuple[Floats, Floats, Floats]:
    """Of B people: keypoints (B, K, 2) in input pixels, scores (B, K) and weights (B, K)."""
    codec, decodes = candidate.top_down.codec, candidate.top_down.decodes
    encoded: Mapping[str, Any] = codec.batch_encode(points[:, None], visible[:, None])
    keypoints, scores = codec.batch_decode(*(encoded[key] for key in decodes))
    if isinstance(scores, tuple):  # with visibilities
        scores = scores[0]
    # Of one instance per sample, with or without an axis for it.
    weights = encoded["keypoint_weights"].reshape(points.shape[:2])
    return keypoints[:, 0], scores[:, 0], weights
