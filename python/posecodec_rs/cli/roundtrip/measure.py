"""Encodes and decodes all people of a file with each codec, and measures the error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from posecodec_rs.cli.roundtrip.normalized import Normalizer
from posecodec_rs.cli.roundtrip.oks import Evaluation, Precision
from posecodec_rs.cli.roundtrip.sigmas import Sigmas
from posecodec_rs.cli.text import size_text

BATCH_BYTES = 32 << 20
"""Of the targets of a batch: enough work for all threads, little memory."""


@dataclass(frozen=True, eq=False)
class Crops:
    """All people, cropped to an input.

    Attributes:
        crop: All crops, as arrays (P, 1, 2).
        keypoints: Shape (P, K, 2), float32, pixels of the image.
        points: Likewise, pixels of the input.
        visible: Shape (P, K), float32; 1 for labelled keypoints, else 0.
    """

    crop: Crop
    keypoints: NDArray[np.float32]
    points: NDArray[np.float32]
    visible: NDArray[np.float32]

    @classmethod
    def of(cls, annotations: Annotations, input_size: Size, *, use_udp: bool) -> "Crops":
        """The annotations' people; see `Crop` for `use_udp`."""
        people = annotations.people
        boxes = np.stack([person.box for person in people])[:, None]
        crop = Crop.around(boxes, input_size, use_udp=use_udp)
        keypoints = np.stack([person.keypoints for person in people])
        visible = np.stack([person.visible for person in people])
        return cls(crop, keypoints, crop.to_input(keypoints), visible)


@dataclass(frozen=True, eq=False)
class Measured:
    """The errors of a codec.

    Attributes:
        candidate: The codec.
        errors: Shape (P, K), distances between annotated and decoded keypoints in input pixels; NaN
            where no labelled keypoint is encoded.
        image_errors: Likewise, in pixels of the image.
        lost: The number of labelled keypoints that are not encoded: outside the crop, or with a
            weight of 0.
        bytes: Of the targets per crop.
        oks: Of the decoded people; None without sigmas.
        nme: The normalized mean error; None if the file has no lengths to normalize with.
        pck: The share of correct keypoints by threshold.
    """

    candidate: Candidate
    errors: Floats
    image_errors: Floats
    lost: int
    bytes: int
    oks: Precision | None
    nme: float | None
    pck: Mapping[str, float | None]

    @property
    def input_px(self) -> Floats:
        """The errors that are not NaN, flat, in input pixels."""
        return self.errors[np.isfinite(self.errors)]

    @property
    def image_px(self) -> Floats:
        """Likewise, in pixels of the image."""
        return self.image_errors[np.isfinite(self.errors)]

    @property
    def name(self) -> str:
        """The codec and its heatmap size."""
        size = self.candidate.heatmap_size
        return f"{self.candidate.top_down.name}{f' at {size_text(size)}' if size else ''}"


@dataclass(frozen=True, eq=False)
class Workload:
    """The people that candidates encode and decode.

    Attributes:
        annotations: The people.
        input_size: (w, h) in pixels, to which they are cropped.
        sigmas: Of OKS, if known.
        normalizer: Of NME and PCK.
    """

    annotations: Annotations
    input_size: Size
    sigmas: Sigmas
    normalizer: Normalizer

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
        return [
            self._measure(each, crops[each.use_udp], evaluation, progress) for each in candidates
        ]

    def steps(self, candidates: Sequence[Candidate]) -> int:
        """The weight of all items: people when decoded, and again when evaluated."""
        return len(self.annotations.people) * len(candidates) * (2 if self.sigmas.values else 1)

    def _measure(
        self,
        candidate: Candidate,
        crops: Crops,
        evaluation: Evaluation | None,
        progress: Progress,
    ) -> Measured:
        """Encode and decode all people with a codec, and evaluate the result."""
        points, crop, name = crops.points, crops.crop, candidate.top_down.name
        people = len(points)
        decoded = np.empty(points.shape)
        scores, weights = np.empty(points.shape[:2]), np.empty(points.shape[:2])
        try:
            bytes_per_person = _target_bytes(candidate, crops)
            size = max(1, BATCH_BYTES // bytes_per_person)
            batches = [slice(start, start + size) for start in range(0, people, size)]
            for batch in progress(name, batches, lambda batch: len(points[batch])):
                decoded[batch], scores[batch], weights[batch] = _round_trip(
                    candidate, points[batch], crops.visible[batch]
                )
        except MemoryError as error:
            raise CommandError(f"not enough memory for the targets of {name}: {error}") from error
        oks = None
        if evaluation is not None:
            found = to_image(decoded, crop.center[:, 0], crop.scale[:, 0], crop.input_size)
            for _ in progress(f"{name}, OKS AP", [oks], lambda _: people):
                oks = evaluation.precision(found, scores.mean(axis=1))
        labelled = crops.visible > 0
        counts = labelled & inside(points, crop.input_size) & (weights > 0)
        errors = np.where(counts, crop.errors(decoded, crops.keypoints), np.nan)
        image_errors = errors * crop.image_px
        return Measured(
            candidate,
            errors,
            image_errors,
            lost=int(labelled.sum() - counts.sum()),
            bytes=bytes_per_person,
            oks=oks,
            nme=self.normalizer.nme(image_errors),
            pck=self.normalizer.pck(image_errors),
        )


def _target_bytes(candidate: Candidate, crops: Crops) -> int:
    """Of the targets of one person."""
    encoded = candidate.top_down.codec.batch_encode(crops.points[:1, None], crops.visible[:1, None])
    return sum(array.nbytes for array in encoded.values())


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
