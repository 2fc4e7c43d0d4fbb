"""How exactly people agree on keypoints: the sigmas by which OKS judges errors."""

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
"""COCO's, of what people have two of (pycocotools, `Params.setKpParams`)."""

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


@dataclass(frozen=True)
class Sigmas:
    """Sigmas and where they are from; none, and why.

    Attributes:
        values: One a keypoint; empty where none are known.
        source: For people, in a few words.
    """

    values: Sequence[float]
    source: str


def choose(annotations: Annotations, given: str | None) -> Sigmas:
    """The sigmas of the annotations' keypoints: those given, or else published ones.

    A file whose keypoints have no names is taken for COCO's if there are 17 of them.

    Args:
        annotations: They say how many keypoints there are, and what those are called.
        given: Numbers above 0 with commas between them, one a keypoint, or one for all.

    Raises:
        CommandError: If what is given is something else.
    """
    count, names = annotations.num_keypoints, annotations.names
    if given is not None:
        return Sigmas(_read(given, count), "as given")
    if count == len(WHOLE_BODY):
        return Sigmas(WHOLE_BODY, "COCO-WholeBody's")
    for known, source in ((COCO, "COCO's"), (CROWDPOSE, "CrowdPose's")):
        if names == list(known):
            return Sigmas(list(known.values()), source)
    if count == len(COCO) and not names:
        return Sigmas(list(COCO.values()), "COCO's")
    what = f"names ({names[0]}, …)" if names else "number"
    return Sigmas(
        [],
        f"no sigmas are known for {count} keypoints of these {what}, only for COCO's 17, "
        "CrowdPose's 14 and COCO-WholeBody's 133; --sigmas gives others",
    )


def _read(given: str, count: int) -> Sequence[float]:
    try:
        values = [float(each) for each in given.split(",")]
    except ValueError:
        values = []
    if len(values) not in (1, count) or not all(1e-6 <= each < math.inf for each in values):
        raise CommandError(
            f"--sigmas must be {count} numbers above 0 with commas between them, one a keypoint, "
            f"or one number for all, but is {given!r}"
        )
    return values if len(values) == count else values * count
