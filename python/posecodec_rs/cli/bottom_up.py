"""The demo's second table: codecs that see a whole picture, with everyone in it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import posecodec_rs as pc
from posecodec_rs.cli.coco import Picture
from posecodec_rs.cli.result import Floats, Result, Tally

INPUT_SIZE = (512, 512)
"""The network's input, (w, h) in pixels: the most common one in MMPose."""
HEATMAP_SIZE = (128, 128)
"""(W, H) in cells."""

FOUND_PX = 8.0
"""Two cells: someone is found again whose labelled keypoints are off by no more, on average."""

NO_PEOPLE = -1.0
"""The tag of cells that belong to nobody."""


@dataclass(frozen=True, eq=False)
class Crowd:
    """Everyone in a picture, in pixels of the input.

    Attributes:
        points: Shape (N, K, 2), float32.
        visible: Shape (N, K), float32; 1 for labelled keypoints inside the input, else 0.
    """

    points: NDArray[np.float32]
    visible: NDArray[np.float32]

    @classmethod
    def of(cls, picture: Picture) -> "Crowd":
        """The picture scaled to fit into the input."""
        scale = min(np.array(INPUT_SIZE) / picture.size)
        points = (picture.keypoints * scale).astype(np.float32)
        inside = ((points >= 0) & (points < INPUT_SIZE)).all(-1)
        return cls(points, picture.visible * inside)


@dataclass(frozen=True)
class BottomUp:
    """A codec for several people in a picture.

    Attributes:
        name: As the table has it.
        codec: For inputs of `INPUT_SIZE`.
        prepare: Makes of what was encoded what a network would answer.
        decode: Decodes that.
    """

    name: str
    codec: Any
    prepare: Callable[[Mapping[str, Any], Crowd], Sequence[Any]]
    decode: Callable[[Any, Sequence[Any]], Floats]

    def run(self, pictures: Iterable[Picture]) -> Result:
        """Encode and decode every picture, and time some."""
        tally = Tally()
        found = people = 0
        for picture in pictures:
            crowd = Crowd.of(picture)
            tally.encoded = self.codec.encode(crowd.points, crowd.visible)
            responses = self.prepare(tally.encoded, crowd)
            offs = errors_of_found(crowd, self.decode(self.codec, responses))
            tally.errors.extend(offs)
            found += len(offs)
            people += int(crowd.visible.any(axis=1).sum())
            encode = partial(self.codec.encode, crowd.points, crowd.visible)
            tally.time(encode, partial(self.decode, self.codec, responses))
        return tally.result(self.name, found=(found, people))


def errors_of_found(crowd: Crowd, decoded: Floats) -> list[Floats]:
    """The errors of each person found again, flat along both axes, of labelled keypoints.

    Each person goes with one that was decoded, the nearest pairs first.
    """
    labelled = crowd.visible > 0
    offs = np.abs(decoded[None] - crowd.points[:, None])  # annotated, decoded, K, 2
    counts = np.maximum(labelled.sum(axis=1), 1)
    distances = (np.hypot(offs[..., 0], offs[..., 1]) * labelled[:, None]).sum(-1) / counts[:, None]
    distances[~labelled.any(axis=1)] = np.inf
    errors: list[Floats] = []
    while distances.size and distances.min() <= FOUND_PX:
        person, candidate = np.unravel_index(distances.argmin(), distances.shape)
        errors.append(offs[person, candidate][labelled[person]].ravel())
        distances[person, :] = distances[:, candidate] = np.inf
    return errors


def _maps_of_roots(encoded: Mapping[str, Any], _: Crowd) -> Sequence[Any]:
    return encoded["heatmaps"], encoded["displacements"]


def _decode_roots(codec: Any, responses: Sequence[Any]) -> Floats:
    keypoints: Floats = codec.decode(*responses)[0]
    return keypoints


def _maps_of_instances(encoded: Mapping[str, Any], crowd: Crowd) -> Sequence[Any]:
    maps = encoded["instance_heatmaps"]
    keypoints = crowd.points.shape[1]
    maps = maps.reshape(-1, keypoints, *maps.shape[1:])
    return maps, np.ones((len(maps), 1), np.float32)


def _maps_and_tags(encoded: Mapping[str, Any], crowd: Crowd) -> Sequence[Any]:
    """The heatmaps, and tags as a well trained network has them: a number around each keypoint."""
    heatmaps = encoded["heatmaps"]
    cells, visible = encoded["keypoint_indices"].transpose(2, 0, 1)
    tags = np.full_like(heatmaps, NO_PEOPLE)
    rows, columns = np.divmod(cells, HEATMAP_SIZE[0])
    for keypoint, plane in enumerate(tags):
        for person in np.flatnonzero(visible[:, keypoint]):
            row, column = rows[person, keypoint], columns[person, keypoint]
            plane[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = 10.0 * person
    return heatmaps[None], tags[None]


def _decode_groups(codec: Any, responses: Sequence[Any]) -> Floats:
    keypoints: Floats = codec.batch_decode(*responses)[0][0]
    return keypoints


def bottom_up_codecs(num_keypoints: int) -> list[BottomUp]:
    """Every bottom-up codec, for so many keypoints."""
    sizes: dict[str, Any] = {"input_size": INPUT_SIZE, "heatmap_size": HEATMAP_SIZE}
    grouping = partial(
        pc.AssociativeEmbedding, **sizes, decode_keypoint_order=list(range(num_keypoints))
    )
    groups = (_maps_and_tags, _decode_groups)
    return [
        BottomUp("SPR", pc.SPR(**sizes), _maps_of_roots, _decode_roots),
        BottomUp(
            "DecoupledHeatmap", pc.DecoupledHeatmap(**sizes), _maps_of_instances, _decode_roots
        ),
        BottomUp("AssociativeEmbedding", grouping(), *groups),
        BottomUp("AssociativeEmbedding UDP", grouping(use_udp=True), *groups),
    ]
