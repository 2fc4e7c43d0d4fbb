"""The top-down codecs of the bench, and their samples: one, or a batch."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from posecodec_rs.cli.codecs import top_down
from posecodec_rs.cli.codecs.operation import noisy
from posecodec_rs.cli.codecs.top_down import TopDown

BENCHMARKS = {codec.name: codec for codec, _ in top_down.benchmarks()}
NUM_KEYPOINTS = {
    codec.name: len(make_person(np.random.default_rng(0)).visible)
    for codec, make_person in top_down.benchmarks()
}


@dataclass(frozen=True)
class Sample:
    """Synthetic crops: one person's, or a batch with a leading axis `B` everywhere.

    Attributes:
        keypoints: Shape (1, K, 2), float32, in pixels of the input.
        visible: Shape (1, K), float32, all labelled.
        targets: The result of `encode`.
        maps: The targets with noise, as a network predicts them: the arguments of `decode`.
    """

    keypoints: np.ndarray
    visible: np.ndarray
    targets: dict[str, np.ndarray]
    maps: list[np.ndarray]


def make_sample(benchmark: TopDown, *batch: int) -> Sample:
    """A person at random positions in the input, or a batch; the same in each call."""
    rng = np.random.default_rng(0)
    codec: Any = benchmark.ours()
    people = (*batch, 1, NUM_KEYPOINTS[benchmark.name])
    size = np.array(benchmark.arguments["input_size"])
    keypoints = (rng.random((*people, 2)) * size).astype(np.float32)
    visible = np.ones(people, np.float32)
    targets = (codec.batch_encode if batch else codec.encode)(keypoints, visible)
    return Sample(
        keypoints, visible, targets, [noisy(targets[key], rng) for key in benchmark.entry.decodes]
    )


def decode_theirs(benchmark: TopDown, codec: Any, maps: list[np.ndarray]) -> Any:
    """Decode with MMPose's codec, which gets copies if it writes into its inputs."""
    given = [array.copy() for array in maps] if benchmark.decodes_in_place else maps
    return codec.decode(*given)
