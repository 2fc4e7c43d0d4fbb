"""The bundled sample as data sets for loaders, in a module that their workers can import."""

import os
import sys
from typing import Any

import numpy as np
import posecodec_rs
from numpy.typing import NDArray
from posecodec_rs import Crop
from posecodec_rs.cli.coco import read_annotations
from specs import PARALLEL_BATCH_SIZE, TOP_DOWN, of_family

INPUT_SIZE = (192, 256)

Targets = dict[str, NDArray[Any]]


def people() -> list[dict[str, NDArray[np.float32]]]:
    """The pipeline's items per person: keypoints in pixels of a crop, and visibilities."""
    return [
        {
            "keypoints": Crop.from_box(person.box, INPUT_SIZE).to_input(person.keypoints)[None],
            "keypoints_visible": person.visible[None],
        }
        for person in read_annotations(None).people
    ]


def targets(results: dict[str, Any]) -> Targets:
    """The arrays that a step has added to a person's."""
    given = ("keypoints", "keypoints_visible")
    arrays = {key: item for key, item in results.items() if isinstance(item, np.ndarray)}
    return {key: array for key, array in arrays.items() if key not in given}


def threads() -> int:
    """The number of threads of this process."""
    return len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 0


class People:
    """Each person's targets by every codec that takes a crop."""

    def __init__(self) -> None:
        self.people = people()
        self.steps = {
            str(config): posecodec_rs.GenerateTarget({"type": config.codec, **config.kwargs})
            for config in of_family(*TOP_DOWN)
            if config.kwargs["input_size"] == INPUT_SIZE
        }

    def __len__(self) -> int:
        return len(self.people)

    def __getitem__(self, number: int) -> dict[str, Targets]:
        person = self.people[number]
        return {name: targets(step(dict(person))) for name, step in self.steps.items()}


class Crowds:
    """Batches that the worker encodes on several threads, and how many threads it started."""

    def __init__(self) -> None:
        self.keypoints = np.stack([person["keypoints"] for person in people()])
        self.codec = posecodec_rs.UDPHeatmap(INPUT_SIZE, (48, 64))

    def __len__(self) -> int:
        return 6

    def __getitem__(self, number: int) -> tuple[Targets, int]:
        posecodec_rs.set_num_threads(3)
        before = threads()
        people = np.roll(self.keypoints, number, axis=0).repeat(2, 0)
        assert len(people) >= PARALLEL_BATCH_SIZE
        return self.codec.batch_encode(people), threads() - before


class Chances:
    """Images of all people, encoded by the codec that draws random numbers."""

    def __init__(self) -> None:
        self.keypoints = np.concatenate([person["keypoints"] for person in people()])
        self.codec = posecodec_rs.DecoupledHeatmap(INPUT_SIZE, (48, 64), encode_max_instances=2)

    def __len__(self) -> int:
        return 8

    def __getitem__(self, number: int) -> Targets:
        return self.codec.encode(np.roll(self.keypoints, number, axis=0))


class Keypoints:
    """Keypoints and visibilities without targets. With `crowds`, of one to three people."""

    def __init__(self, *, crowds: bool = False, length: int = 20) -> None:
        rng = np.random.default_rng(7)
        counts = rng.integers(1, 4, length) if crowds else np.ones(length, int)
        self.samples = [
            {
                "keypoints": (rng.uniform(-0.1, 1.1, (count, 17, 2)) * INPUT_SIZE).astype("f4"),
                "keypoints_visible": rng.choice(np.float32([0, 1, 2]), (count, 17)),
                "number": number,
            }
            for number, count in enumerate(counts)
        ]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, number: int) -> dict[str, Any]:
        return dict(self.samples[number])
