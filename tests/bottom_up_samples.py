"""Configurations of the codecs for several people in one picture, and inputs for them."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from samples import ODD_SIZES, SIZES, VISIBILITIES, Config, responses

Array = NDArray[Any]


@contextmanager
def seeded(seed: int = 7) -> Iterator[None]:
    """Seeds the generators that `DecoupledHeatmap` draws from, and puts them back."""
    # Those are the reference's, NumPy's old ones.
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002


@dataclass(frozen=True)
class BottomUpConfig(Config):
    """A codec for several people; `decode` is `batch_decode` of one where there is no other."""

    @property
    def instances(self) -> int:
        return 3

    @property
    def draws(self) -> bool:
        """Whether what is encoded depends on chance."""
        return self.codec == "DecoupledHeatmap"

    @property
    def takes_out(self) -> bool:
        """Whether arrays to fill can be given."""
        return not self.draws

    @property
    def listed(self) -> set[str]:
        """What a list of pictures is encoded to that comes as a list of arrays."""
        if self.draws:
            return {"instance_heatmaps", "keypoint_weights", "instance_coords"}
        return {"keypoint_indices", "keypoint_weights"} if "Embedding" in self.codec else set()

    def people(self, rng: Generator, *batch: int, instances: int = 3) -> NDArray[np.float32]:
        """Keypoints (*batch, N, K, 2) of people large and small, most of them inside."""
        size = np.array(self.kwargs["input_size"])
        centres = rng.uniform(-0.05, 1.05, (*batch, instances, 1, 2)) * size
        spread = rng.uniform(0.05, 0.3, (*batch, instances, 1, 1)) * size.max()
        points = centres + spread * rng.normal(0, 1, (*batch, instances, self.count, 2))
        return np.asarray(points, np.float32)

    def keypoints(self, rng: Generator, *batch: int) -> NDArray[np.float32]:
        return self.people(rng, *batch)

    def pictures(
        self, rng: Generator, counts: Sequence[int] = (2, 0, 5, 1)
    ) -> tuple[list[Array], list[Array]]:
        """Keypoints and visibilities of pictures with so many people each."""
        points = [self.people(rng, instances=count) for count in counts]
        return points, [rng.choice(VISIBILITIES, people.shape[:2]) for people in points]

    def encode(self, codec: Any, *args: Any, **options: Any) -> Any:
        """`codec.encode`, always with the same luck."""
        with seeded():
            return codec.encode(*args, **options)

    def encoded(self, rng: Generator, *batch: int) -> tuple[NDArray[np.float32], ...]:
        width, height = self.kwargs["heatmap_size"]
        sides = (height, width)
        if self.draws:
            people = (*batch, self.instances)
            scores = rng.random((*people, 1), np.float32)
            return responses(rng, (*people, self.count), sides), scores
        if self.codec == "SPR":
            with_keypoints = self.kwargs.get("generate_keypoint_heatmaps", False)
            maps = crowd(rng, (*batch, self.count + 1 if with_keypoints else 1), sides)
            displacements = rng.normal(0, 3, (*batch, 2 * self.count, *sides))
            return maps, displacements.astype(np.float32)
        maps = crowd(rng, (*batch, self.count), sides)
        # People stand side by side: tags follow the column, a little noisy.
        persons = np.arange(width) * 4 // width
        channels = 2 if self.note == "udp" else 1
        tags = persons + rng.normal(0, 0.1, (*batch, channels * self.count, *sides))
        return maps, tags.astype(np.float32)

    def decode(self, codec: Any, *encoded: Any) -> Any:
        """The answer for one picture."""
        if self.codec != "AssociativeEmbedding":
            return codec.decode(*encoded)
        return tuple(part[0] for part in codec.batch_decode(*(array[None] for array in encoded)))

    def decode_each(self, codec: Any, *encoded: Any) -> Any:
        """What `batch_decode` should answer, picture by picture: lists."""
        pictures = zip(*encoded, strict=True)
        answers = [self.decode(codec, *picture) for picture in pictures]
        return tuple(list(parts) for parts in zip(*answers, strict=True))

    def as_batch(self, answers: Sequence[Any], *, listed: bool) -> Any:
        """What a batch should be encoded to, of what its pictures are."""
        lists = self.listed if listed or self.draws else set()
        return {
            name: [answer[name] for answer in answers]
            if name in lists
            else np.stack([answer[name] for answer in answers])
            for name in answers[0]
        }


def crowd(rng: Generator, maps: tuple[int, ...], sides: tuple[int, ...]) -> NDArray[np.float32]:
    """Maps (*maps, *sides) of several bumps each."""
    return np.max([responses(rng, maps, sides) for _ in range(3)], axis=0)


ORDER = (0, 1, 2, 3, 4, 5, 6, 11, 12, 7, 8, 9, 10, 13, 14, 15, 16)
"""The reference's for COCO's keypoints."""

BOTTOM_UP = (
    BottomUpConfig("SPR", SIZES),
    BottomUpConfig(
        "SPR",
        ODD_SIZES
        | {
            "sigma": (4, 2.5),
            "generate_keypoint_heatmaps": True,
            "root_type": "bbox_center",
            "background_weight": 0.3,
            "minimal_diagonal_length": 2.5,
            "decode_nms_kernel": 3,
            "decode_max_instances": 4,
        },
        5,
        note="keypoints",
    ),
    BottomUpConfig("DecoupledHeatmap", SIZES),
    BottomUpConfig(
        "DecoupledHeatmap",
        ODD_SIZES
        | {"root_type": "bbox_center", "heatmap_min_overlap": 0.5, "encode_max_instances": 2},
        5,
        note="few",
    ),
    BottomUpConfig("AssociativeEmbedding", SIZES | {"decode_keypoint_order": ORDER}),
    BottomUpConfig(
        "AssociativeEmbedding",
        ODD_SIZES
        | {
            "sigma": 1.5,
            "use_udp": True,
            "decode_keypoint_order": (2, 0, 1, 4, 3),
            "decode_topk": 5,
            "decode_center_shift": 0.5,
            "decode_max_instances": 3,
        },
        5,
        note="udp",
    ),
)
"""Several of each codec."""

each_bottom_up = pytest.mark.parametrize("config", BOTTOM_UP, ids=str)


def of_codec(name: str) -> Any:
    """Those of one codec."""
    configs = [config for config in BOTTOM_UP if config.codec == name]
    return pytest.mark.parametrize("config", configs, ids=str)
