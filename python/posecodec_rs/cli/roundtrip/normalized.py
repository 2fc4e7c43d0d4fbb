"""Normalized errors as MMPose computes them: NME for faces and hands, PCK for animals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.coco import Annotations, Person
from posecodec_rs.cli.codecs.case import Floats

EYES: Mapping[int, tuple[int, int]] = {29: (8, 9), 68: (36, 45), 98: (60, 72), 106: (66, 79)}
"""The outer corners of the eyes by the number of a face's keypoints: COFW, 300W, WFLW and LaPa."""

PCK_THRESHOLDS = (0.05, 0.01)
"""Shares of the box: MMPose's for animals, and a stricter one, where codecs differ."""


@dataclass(frozen=True, eq=False)
class Normalizer:
    """The lengths that errors are divided by."""

    # Two keypoints, by whose distance NME divides; None: by the box
    keypoints: tuple[int, int] | None
    name: str  # of these, for people
    lengths: Floats  # shape (P,), in pixels of the image; NaN where a keypoint is not labelled
    boxes: Floats  # shape (P,), the longer sides of the boxes, by which PCK divides
    given: bool  # whether the user has chosen them

    @classmethod
    def choose(cls, annotations: Annotations, given: str | None) -> "Normalizer":
        """The given lengths, or those of MMPose's configs.

        Args:
            annotations: They have the names of the keypoints.
            given: "box", or two keypoints' names or indices separated by a comma.
        """
        boxes = np.array([person.annotated_box[2:].max() for person in annotations.people])
        pair = EYES.get(annotations.num_keypoints)
        if given is not None:
            pair = None if given == "box" else _read(given, annotations)
        if pair is None:
            return cls(None, "the longer side of the box", boxes, boxes, given is not None)
        names = annotations.names or [f"keypoint {index}" for index in range(max(pair) + 1)]
        lengths = np.array([_distance(person, pair) for person in annotations.people])
        name = f"the distance between {names[pair[0]]} and {names[pair[1]]}"
        return cls(pair, name, lengths, boxes, given is not None)

    def nme(self, errors: Floats) -> float | None:
        """The mean of errors (P, K) in pixels of the image over the lengths; NaN is ignored."""
        with np.errstate(divide="ignore"):
            shares = (errors / self.lengths[:, None])[np.isfinite(self.lengths)]
        shares = shares[np.isfinite(shares)]
        return float(shares.mean()) if shares.size else None

    def pck(self, errors: Floats) -> dict[str, float | None]:
        """The share of correct keypoints by threshold, averaged over keypoints."""
        shares = errors / self.boxes[:, None]
        valid = np.isfinite(shares)
        labelled = valid.any(axis=0)
        correct = {}
        for threshold in PCK_THRESHOLDS:
            each = (valid & (shares < threshold)).sum(axis=0)[labelled] / valid.sum(axis=0)[
                labelled
            ]
            correct[f"{threshold:g}"] = float(each.mean()) if each.size else None
        return correct


def _distance(person: Person, pair: Sequence[int]) -> float:
    a, b = person.keypoints[list(pair)]
    labelled: NDArray[np.bool_] = person.visible[list(pair)] > 0
    distance = float(np.linalg.norm(a - b))
    return distance if labelled.all() and distance > 0 else float("nan")


def _read(given: str, annotations: Annotations) -> tuple[int, int]:
    names = [each.strip() for each in given.split(",")]
    known = {str(index): index for index in range(annotations.num_keypoints)}
    known |= {name: index for index, name in enumerate(annotations.names)}
    indices = [known[name] for name in names if name in known]
    if len(indices) != len(names) or len(set(indices)) != 2:
        some = ", ".join(annotations.names[:3]) or "0, 1, 2"
        raise CommandError(
            "--normalize must be box, or two keypoints separated by a comma, of "
            f"{annotations.num_keypoints} such as {some}, but got {given!r}"
        )
    return indices[0], indices[1]
