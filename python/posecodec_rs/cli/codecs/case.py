"""A codec with its arguments: the demo measures its error, the bench times it next to MMPose's."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

import posecodec_rs
from posecodec_rs.cli.codecs.operation import (
    Inputs,
    Operation,
    bind,
    fill,
    maxima,
    mmpose_codecs,
)
from posecodec_rs.cli.timing import TimingBudget, measure

MAX_TIMED_SAMPLES = 32
"""Enough for a steady median; timing all samples of a large file would take minutes."""
BUDGET = TimingBudget(rounds=5, seconds=1e-4)

TARGETS = {
    "keypoint_labels": "coordinates",
    "heatmaps": "heatmaps",
    "displacements": "displacements",
    "instance_heatmaps": "per person",
    "keypoint_indices": "indices",
    "keypoint_x_labels": "SimCC x",
    "keypoint_y_labels": "y",
    "lifting_target_label": "3D poses",
}
"""Short names of the targets, by their keys in the dict of `encode`; weights are not listed."""

PER_INSTANCE = ("keypoint_labels", "keypoint_x_labels", "keypoint_y_labels")
"""Targets with a leading axis N, which the table omits if N is 1."""

Floats: TypeAlias = NDArray[np.floating[Any]]
Encoded: TypeAlias = Mapping[str, Any]
Sample = TypeVar("Sample")


@dataclass(frozen=True, eq=False)
class Result:
    """Errors and times of a codec over all samples."""

    name: str  # the codec and its variant
    codec: str  # its class
    targets: Mapping[str, tuple[int, ...]]  # the shape of each of a sample's targets
    dtype: str  # of the targets
    errors: Mapping[str, Floats]  # between annotated and decoded keypoints, flat, by their unit
    encode_us: float  # microseconds per call, which is one sample: the median
    decode_us: float
    found: tuple[int, int] | None  # people found again and people; None if all are decoded

    def targets_text(self) -> str:
        """The targets in words, such as "heatmaps 17×64×48 float32"."""
        shapes = {
            TARGETS[key]: shape[1:] if key in PER_INSTANCE and shape[0] == 1 else shape
            for key, shape in self.targets.items()
        }
        parts = [f"{part} {'×'.join(map(str, shape))}" for part, shape in shapes.items()]
        return f"{' + '.join(parts)} {self.dtype}"

    def as_json(self) -> dict[str, Any]:
        """For programs: shapes as arrays have them."""
        row: dict[str, Any] = {
            "name": self.name,
            "targets": self.targets,
            "dtype": self.dtype,
            **{f"error_{unit}": summarize(errors) for unit, errors in self.errors.items()},
            "encode_us": self.encode_us,
            "decode_us": self.decode_us,
        }
        if self.found is not None:
            row["found"], row["of"] = self.found
        return row


@dataclass(frozen=True)
class Case(ABC, Generic[Sample]):
    """A codec with arguments, and how it encodes, decodes and compares one kind of sample."""

    name: str  # the codec and its variant, as tables name it
    codec: str  # its class
    arguments: Mapping[str, Any]  # the constructor's

    method = "decode"
    unit = "input_px"
    as_tensors = False  # whether MMPose's heads pass torch tensors, which MMPose writes into

    @property
    def decodes_in_place(self) -> bool:
        """Whether MMPose's `decode` writes into its arrays."""
        return False

    def ours(self) -> Any:
        """This package's codec."""
        return getattr(posecodec_rs, self.codec)(**self.arguments)

    def theirs(self) -> Any:
        """MMPose's codec, or None."""
        make = getattr(mmpose_codecs(), self.codec, None)
        return make and make(**self.arguments)

    @abstractmethod
    def inputs(self, sample: Sample) -> Inputs:
        """The arguments of `encode`."""

    @abstractmethod
    def outputs(
        self, sample: Sample, encoded: Encoded, rng: np.random.Generator | None = None
    ) -> Inputs | None:
        """The arguments of `decode`, as if a network had predicted the targets; None without it.

        A generator adds the noise of a network that is not perfect.
        """

    def errors(self, sample: Sample, encoded: Encoded, decoded: Any) -> list[Floats]:
        """Distances of what `decode` returned, in `unit`, flat: one array per person found."""
        raise NotImplementedError

    def image_px(self, _: Sample) -> float | None:
        """Pixels of the image per pixel of the input; None for 3D poses."""
        return None

    def people(self, _: Sample) -> int | None:
        """How many people may be found; None if the codec decodes all people that it encoded."""
        return None

    def run(self, samples: Iterable[Sample]) -> Result:
        """Encode and decode every sample, and time the first ones."""
        encoded: Encoded = {}
        errors: dict[str, list[Floats]] = {self.unit: []}
        times: list[list[float]] = []
        people: list[int] = []
        codec, found = self.ours(), 0
        for sample in samples:
            encode = bind(codec.encode, self.inputs(sample))
            encoded = encode()
            decode = bind(getattr(codec, self.method), self.outputs(sample, encoded) or ())
            of_sample = self.errors(sample, encoded, decode())
            errors[self.unit] += of_sample
            if (scale := self.image_px(sample)) is not None:
                errors.setdefault("image_px", []).extend(scale * each for each in of_sample)
            found += len(of_sample)
            if (count := self.people(sample)) is not None:
                people.append(count)
            if len(times) < MAX_TIMED_SAMPLES:
                times.append([timing.median for timing in measure([encode, decode], BUDGET)])
        encode_us, decode_us = (median(step) for step in zip(*times, strict=True))
        targets = {key: encoded[key] for key in TARGETS if key in encoded}
        return Result(
            self.name,
            self.codec,
            targets={key: array.shape for key, array in targets.items()},
            dtype="/".join(dict.fromkeys(str(array.dtype) for array in targets.values())),
            errors={unit: np.concatenate([*each, np.empty(0)]) for unit, each in errors.items()},
            encode_us=encode_us,
            decode_us=decode_us,
            found=(found, sum(people)) if people else None,
        )

    def operations(self, sample: Sample, rng: np.random.Generator) -> Iterator[Operation]:
        """What the bench times: encode, and decode where the codec has it."""
        ours, theirs, inputs = self.ours(), self.theirs(), self.inputs(sample)
        encode = bind(ours.encode, inputs)
        encoded = encode()
        their_encode = theirs and bind(theirs.encode, inputs)
        yield Operation(self.name, "encode", encode, fill(encoded.values()), their_encode)
        outputs = self.outputs(sample, encoded, rng)
        if outputs is None:
            return
        arrays = list(outputs.values() if isinstance(outputs, Mapping) else outputs)
        if self.as_tensors and mmpose_codecs() is not None:
            import torch

            outputs = [torch.from_numpy(array) for array in arrays]

        def decode_theirs() -> Any:
            """MMPose gets copies if it writes into its inputs."""
            given: Any = outputs
            if self.as_tensors or self.decodes_in_place:
                given = [each.clone() if self.as_tensors else each.copy() for each in given]
            return bind(getattr(theirs, self.method), given)()

        yield Operation(
            self.name,
            "decode",
            bind(getattr(ours, self.method), outputs),
            maxima(array for array in arrays if isinstance(array, np.ndarray)),
            theirs and decode_theirs,
        )


def summarize(errors: Floats) -> dict[str, float | None]:
    """Mean, median, 95th percentile and maximum; None if there are no errors."""
    if not errors.size:
        return dict.fromkeys(("mean", "median", "p95", "max"))
    median, p95 = (float(each) for each in np.percentile(errors, (50, 95)))
    return {"mean": float(errors.mean()), "median": median, "p95": p95, "max": float(errors.max())}
