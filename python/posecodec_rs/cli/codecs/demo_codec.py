"""How the demo measures a codec: encode, decode, compare, time."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from posecodec_rs.cli.codecs.operation import Inputs, bind
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
Sample = TypeVar("Sample")


@dataclass(frozen=True, eq=False)
class Result:
    """Errors and times of a codec over all samples.

    Attributes:
        name: The codec and its variant, as the table names it.
        codec: Its class.
        targets: The shape of each of a sample's targets, by its key in the dict of `encode`.
        dtype: Of the targets.
        errors: Distances between annotated and decoded keypoints, flat, by their unit.
        encode_us: Microseconds per call, which is one sample: the median.
        decode_us: Likewise.
        found: The numbers of people found again and of people; None if all are decoded.
    """

    name: str
    codec: str
    targets: Mapping[str, tuple[int, ...]]
    dtype: str
    errors: Mapping[str, Floats]
    encode_us: float
    decode_us: float
    found: tuple[int, int] | None = None

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


class DemoCodec(ABC, Generic[Sample]):
    """A codec and how it encodes, decodes and compares one kind of sample."""

    name: str
    codec: Any
    method = "decode"
    unit = "input_px"

    @abstractmethod
    def inputs(self, sample: Sample) -> Inputs:
        """The arguments of `encode`."""

    @abstractmethod
    def outputs(self, sample: Sample, encoded: Mapping[str, Any]) -> Inputs:
        """The arguments of `decode`: the targets, as if a network had predicted them."""

    @abstractmethod
    def errors(self, sample: Sample, encoded: Mapping[str, Any], decoded: Any) -> list[Floats]:
        """Distances of what `decode` returned, in `unit`, flat: one array per person found."""

    def image_px(self, _: Sample) -> float | None:
        """Pixels of the image per pixel of the input; None for 3D poses."""
        return None

    def people(self, _: Sample) -> int | None:
        """How many people may be found; None if the codec decodes all people that it encoded."""
        return None

    def run(self, samples: Iterable[Sample]) -> Result:
        """Encode and decode every sample, and time the first ones."""
        encoded: Mapping[str, Any] = {}
        errors: dict[str, list[Floats]] = {self.unit: []}
        times: list[list[float]] = []
        people: list[int] = []
        found = 0
        for sample in samples:
            encode = bind(self.codec.encode, self.inputs(sample))
            encoded = encode()
            decode = bind(getattr(self.codec, self.method), self.outputs(sample, encoded))
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
        return Result(
            self.name,
            type(self.codec).__name__,
            **summarize_targets(encoded),
            errors={unit: np.concatenate([*each, np.empty(0)]) for unit, each in errors.items()},
            encode_us=encode_us,
            decode_us=decode_us,
            found=(found, sum(people)) if people else None,
        )


def summarize_targets(encoded: Mapping[str, Any]) -> dict[str, Any]:
    """The shapes of the targets by their keys, and their dtypes."""
    targets = {key: encoded[key] for key in TARGETS if key in encoded}
    return {
        "targets": {key: array.shape for key, array in targets.items()},
        "dtype": "/".join(dict.fromkeys(str(array.dtype) for array in targets.values())),
    }


def summarize(errors: Floats) -> dict[str, float | None]:
    """Mean, median, 95th percentile and maximum; None if there are no errors."""
    if not errors.size:
        return dict.fromkeys(("mean", "median", "p95", "max"))
    median, p95 = (float(each) for each in np.percentile(errors, (50, 95)))
    return {"mean": float(errors.mean()), "median": median, "p95": p95, "max": float(errors.max())}
