"""The sigmas of OKS: the annotators' standard deviation for each keypoint."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.coco import Annotations

PAIRS = {
    "eye": 0.025,
    "ear": 0.035,
    "shoulder": 0.079,
    "elbow": 0.072,
    "wrist": 0.062,
    "hip": 0.107,
    "knee": 0.087,
    "ankle": 0.089,
}
"""COCO's, of paired keypoints (pycocotools, `Params.setKpParams`)."""

COCO = {"nose": 0.026} | {
    f"{side}_{part}": sigma for part, sigma in PAIRS.items() for side in ("left", "right")
}
CROWDPOSE = {name: COCO[name] for name in list(COCO)[5:]} | {"head": 0.079, "neck": 0.079}
"""CrowdPose's (crowdposetools): COCO's body, and a head."""

# fmt: off
FOOT = (0.068, 0.066, 0.066, 0.092, 0.094, 0.094)
FACE = (
    0.042, 0.043, 0.044, 0.043, 0.040, 0.035, 0.031, 0.025, 0.020, 0.023, 0.029, 0.032, 0.037,
    0.038, 0.043, 0.041, 0.045, 0.013, 0.012, 0.011, 0.011, 0.012, 0.012, 0.011, 0.011, 0.013,
    0.015, 0.009, 0.007, 0.007, 0.007, 0.012, 0.009, 0.008, 0.016, 0.010, 0.017, 0.011, 0.009,
    0.011, 0.009, 0.007, 0.013, 0.008, 0.011, 0.012, 0.010, 0.034, 0.008, 0.008, 0.009, 0.008,
    0.008, 0.007, 0.010, 0.008, 0.009, 0.009, 0.009, 0.007, 0.007, 0.008, 0.011, 0.008, 0.008,
    0.008, 0.010, 0.008,
)
HAND = (
    0.029, 0.022, 0.035, 0.037, 0.047, 0.026, 0.025, 0.024, 0.035, 0.018, 0.024, 0.022, 0.026,
    0.017, 0.021, 0.021, 0.032, 0.020, 0.019, 0.022, 0.031,
)
# fmt: on
WHOLE_BODY = (*COCO.values(), *FOOT, *FACE, *HAND, *HAND)
"""COCO-WholeBody's (xtcocotools): body, feet, face, left hand, right hand."""


SOURCES = {
    "coco": "COCO's",
    "crowdpose": "CrowdPose's",
    "coco_wholebody": "COCO-WholeBody's",
    "given": "the given",
}
"""Of sigmas, by their codes in JSON."""


@dataclass(frozen=True)
class Sigmas:
    """Sigmas and their source.

    Attributes:
        values: One per keypoint; empty if none are known.
        source: A key of `SOURCES`; None if none are known.
    """

    values: Sequence[float]
    source: str | None

    @property
    def text(self) -> str:
        """The first values and their source."""
        values = ", ".join(f"{each:g}" for each in self.values[:17])
        more = ", …" if len(self.values) > 17 else ""
        return f"{SOURCES.get(self.source or '', '')} sigmas ({values}{more})"


def choose(annotations: Annotations, given: str | None) -> Sigmas:
    """The sigmas of the annotations' keypoints: the given ones, or published ones.

    17 keypoints without names are treated as COCO's.

    Args:
        annotations: They have the number and the names of the keypoints.
        given: Positive numbers separated by commas, one per keypoint, or one for all; "coco" for
            any 17 keypoints.

    Raises:
        CommandError: If `given` has another format.
    """
    count, names = annotations.num_keypoints, annotations.names
    if given == "coco" and count == len(COCO):
        return Sigmas(list(COCO.values()), "coco")
    if given is not None:
        return Sigmas(_read(given, count), "given")
    if count == len(WHOLE_BODY):
        return Sigmas(WHOLE_BODY, "coco_wholebody")
    for known, source in ((COCO, "coco"), (CROWDPOSE, "crowdpose")):
        if names == list(known):
            return Sigmas(list(known.values()), source)
    if count == len(COCO) and not names:
        return Sigmas(list(COCO.values()), "coco")
    return Sigmas([], None)


def _read(given: str, count: int) -> Sequence[float]:
    try:
        values = [float(each) for each in given.split(",")]
    except ValueError:
        values = []
    if len(values) not in (1, count) or not all(1e-6 <= each < math.inf for each in values):
        raise CommandError(
            f"--sigmas must be {count} numbers above 0 separated by commas, one per keypoint, "
            f"or one number for all, or coco for {len(COCO)} keypoints, but got {given!r}"
        )
    return values if len(values) == count else values * count
