"""The sigmas of OKS: the annotators' standard deviation for each keypoint."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.coco import Annotations

_DATA = json.loads((files("posecodec_rs") / "data" / "sigmas.json").read_text())

COCO: Mapping[str, float] = _DATA["coco"]
"""COCO's by keypoint (pycocotools, `Params.setKpParams`)."""
CROWDPOSE: Mapping[str, float] = _DATA["crowdpose"]
"""CrowdPose's (crowdposetools): COCO's body, and a head."""
WHOLE_BODY: Sequence[float] = tuple(_DATA["coco_wholebody"])
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
    """Sigmas and their source."""

    values: Sequence[float]  # one per keypoint; empty if none are known
    source: str | None  # a key of `SOURCES`; None if none are known

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
