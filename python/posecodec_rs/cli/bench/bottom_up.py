"""Codecs that see a whole picture: three people in 512×512 pixels, maps of 128×128."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import posecodec_rs
from posecodec_rs.cli.bench.operation import (
    Call,
    Operation,
    fill,
    maxima,
    noisy,
    reference,
    theirs_of,
)

PICTURE: dict[str, Any] = {"input_size": (512, 512), "heatmap_size": (128, 128)}
PEOPLE, KEYPOINTS = 3, 17


def people(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Keypoints (N, K, 2) and visibilities (N, K) of the picture; a tenth is not labelled."""
    centres = rng.uniform(100, 412, (PEOPLE, 1, 2))
    points = (centres + rng.normal(size=(PEOPLE, KEYPOINTS, 2)) * 60).clip(0, 511)
    return points.astype(np.float32), (rng.random((PEOPLE, KEYPOINTS)) < 0.9).astype(np.float32)


def bottom_up() -> Iterator[Operation]:
    """Encode and decode of each."""
    yield from _spr("SPR", {})
    both = {"generate_keypoint_heatmaps": True, "sigma": (4, 2)}
    yield from _spr("SPR with keypoint heatmaps", both)
    yield from _decoupled()
    order: dict[str, Any] = {"decode_keypoint_order": list(range(KEYPOINTS))}
    yield from _associative_embedding("AssociativeEmbedding", order)
    yield from _associative_embedding("AssociativeEmbedding UDP", {**order, "use_udp": True})


def _spr(name: str, kwargs: dict[str, Any]) -> Iterator[Operation]:
    rng = np.random.default_rng(0)
    ours, theirs, encode = _pair(name, "SPR", kwargs, rng)
    yield encode
    targets = encode.ours()
    maps = [noisy(targets["heatmaps"], rng), targets["displacements"]]
    yield _decode(name, ours.decode, theirs and theirs.decode, maps)


def _decoupled() -> Iterator[Operation]:
    name, rng = "DecoupledHeatmap", np.random.default_rng(0)
    ours, theirs, encode = _pair(name, name, {}, rng)
    yield encode
    instances = noisy(encode.ours()["instance_heatmaps"], rng).reshape(-1, KEYPOINTS, 128, 128)
    maps = [instances, np.ones((len(instances), 1), np.float32)]
    yield Operation(
        name,
        "decode",
        lambda: ours.decode(*maps),
        maxima(maps),
        theirs and (lambda: theirs.decode(*maps)),
    )


def _associative_embedding(name: str, kwargs: dict[str, Any]) -> Iterator[Operation]:
    rng = np.random.default_rng(0)
    ours, theirs, encode = _pair(name, "AssociativeEmbedding", kwargs, rng)
    yield encode
    targets = encode.ours()
    maps = [noisy(targets["heatmaps"], rng)[None], _tags(targets["keypoint_indices"], rng)[None]]
    yield _decode(name, ours.batch_decode, theirs and theirs.batch_decode, maps)


def _pair(
    name: str, codec: str, kwargs: dict[str, Any], rng: np.random.Generator
) -> tuple[Any, Any, Operation]:
    """Our codec, MMPose's, and how they encode."""
    keypoints, visible = people(rng)
    ours = getattr(posecodec_rs, codec)(**PICTURE, **kwargs)
    theirs = theirs_of(codec, **PICTURE, **kwargs)
    encode = Operation(
        name,
        "encode",
        lambda: ours.encode(keypoints, visible),
        fill(ours.encode(keypoints, visible).values()),
        theirs and (lambda: theirs.encode(keypoints, visible)),
    )
    return ours, theirs, encode


def _tags(indices: NDArray[Any], rng: np.random.Generator) -> NDArray[np.float32]:
    """Tag maps (K, H, W) of a network that tells people apart: a number around each keypoint."""
    tags = rng.normal(0, 0.1, (KEYPOINTS, 128, 128)).astype(np.float32)
    for person, cells in enumerate(indices):
        for keypoint, (cell, visible) in enumerate(cells):
            if visible:
                row, column = divmod(int(cell), 128)
                area = tags[keypoint, max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
                area += 2 * person
    return tags


def _decode(name: str, ours: Any, theirs: Any, maps: list[NDArray[Any]]) -> Operation:
    """Both get torch tensors, as MMPose's heads hand them over; ours get arrays without torch."""
    theirs_call: Call | None = None
    inputs: list[Any] = maps
    if reference() is not None:
        import torch

        inputs = [torch.from_numpy(array) for array in maps]

        # MMPose blurs the maps in place: it gets copies, as they come from a network only once.
        def theirs_call() -> Any:
            return theirs(*[tensor.clone() for tensor in inputs])

    return Operation(name, "decode", lambda: ours(*inputs), maxima(maps), theirs_call)
