"""Encodes and decodes all people of a file with each codec, and measures the error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecodec_rs import to_image
from posecodec_rs.cli import CommandError
from posecodec_rs.cli.coco import Annotations
from posecodec_rs.cli.codecs.case import Floats
from posecodec_rs.cli.codecs.top_down import Size, inside
from posecodec_rs.cli.console import Progress
from posecodec_rs.cli.crop import errors, image_px
from posecodec_rs.cli.roundtrip.candidates import Candidate
from posecodec_rs.cli.roundtrip.normalized import Normalizer
from posecodec_rs.cli.roundtrip.oks import Evaluation, Precision
from posecodec_rs.cli.roundtrip.sigmas import Sigmas
from posecodec_rs.crop import Crop

BATCH_BYTES = 32 << 20
"""Of the targets of a batch: enough work for all threads, little memory."""


@dataclass(frozen=True, eq=False)
class Measured(Candidate):
    """The errors of a codec."""

    # (P, K), distances between annotated and decoded keypoints in input pixels; NaN where no
    # labelled keypoint is encoded.
    errors: Floats
    image_errors: Floats  # likewise, in pixels of the image
    lost: int  # labelled keypoints that are not encoded: outside the crop, or with a weight of 0
    bytes: int  # of the targets per crop
    oks: Precision | None  # of the decoded people; None without sigmas
    nme: float | None  # normalized mean error; None if the file has no lengths to normalize with
    pck: Mapping[str, float | None]  # the share of correct keypoints by threshold

    @property
    def input_px(self) -> Floats:
        """The errors that are not NaN, flat, in input pixels."""
        return self.errors[np.isfinite(self.errors)]

    @property
    def image_px(self) -> Floats:
        """Likewise, in pixels of the image."""
        return self.image_errors[np.isfinite(self.errors)]

    @property
    def median(self) -> float:
        """Of the errors in input pixels."""
        return float(np.median(self.input_px))


class Workload:
    """The people that candidates encode and decode, cropped to an input.

    Args:
        annotations: The people.
        input_size: (w, h) in pixels.
        sigmas: Of OKS, if known.
        normalizer: Of NME and PCK.
    """

    def __init__(
        self, annotations: Annotations, input_size: Size, sigmas: Sigmas, normalizer: Normalizer
    ) -> None:
        """Stack the people."""
        self.annotations: Annotations = annotations
        self.input_size: Size = input_size
        self.sigmas: Sigmas = sigmas
        self.normalizer: Normalizer = normalizer
        people = annotations.people
        self._keypoints: NDArray[np.float32] = np.stack([person.keypoints for person in people])
        self._visible: NDArray[np.float32] = np.stack([person.visible for person in people])
        self._boxes = np.stack([person.box for person in people])[:, None]
        self._evaluation = Evaluation(annotations, sigmas.values) if sigmas.values else None

    def steps(self, candidates: Sequence[Candidate]) -> int:
        """The weight of all items: people when decoded, and again when evaluated."""
        return len(self._boxes) * len(candidates) * (2 if self._evaluation else 1)

    def measure(self, candidate: Candidate, progress: Progress) -> Measured:
        """Encode and decode all people with a codec, and evaluate the result."""
        crop = Crop.from_box(self._boxes, self.input_size, use_udp=candidate.use_udp)
        points, name = crop.to_input(self._keypoints), candidate.codec.name
        people, codec = len(points), candidate.codec.ours()
        decoded = np.empty(points.shape)
        scores, weights = np.empty(points.shape[:2]), np.empty(points.shape[:2])
        try:
            encoded = codec.batch_encode(points[:1, None], self._visible[:1, None])
            bytes_per_person = sum(array.nbytes for array in encoded.values())
            size = max(1, BATCH_BYTES // bytes_per_person)
            batches = [slice(start, start + size) for start in range(0, people, size)]
            for batch in progress(name, batches, lambda batch: len(points[batch])):
                encoded = codec.batch_encode(points[batch, None], self._visible[batch, None])
                outputs: Any = (encoded[key] for key in candidate.codec.entry.decodes)
                found, score = codec.batch_decode(*outputs)
                score = score[0] if isinstance(score, tuple) else score  # with visibilities
                decoded[batch], scores[batch] = found[:, 0], score[:, 0]
                # Of one instance per sample, with or without an axis for it.
                weights[batch] = encoded["keypoint_weights"].reshape(score[:, 0].shape)
        except MemoryError as error:
            raise CommandError(f"not enough memory for the targets of {name}: {error}") from error
        oks = None
        if self._evaluation is not None:
            in_image = to_image(decoded, crop.center[:, 0], crop.scale[:, 0], crop.input_size)
            for _ in progress(f"{name}, OKS AP", [oks], lambda _: people):
                oks = self._evaluation.precision(in_image, scores.mean(axis=1))
        labelled = self._visible > 0
        counts = labelled & inside(points, crop.input_size) & (weights > 0)
        input_errors = np.where(counts, errors(crop, decoded, self._keypoints), np.nan)
        image_errors = input_errors * image_px(crop)
        return Measured(
            candidate.codec,
            candidate.use_udp,
            input_errors,
            image_errors,
            lost=int(labelled.sum() - counts.sum()),
            bytes=bytes_per_person,
            oks=oks,
            nme=self.normalizer.nme(image_errors),
            pck=self.normalizer.pck(image_errors),
        )
