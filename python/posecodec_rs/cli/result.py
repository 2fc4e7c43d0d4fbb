"""What the demo finds out about a codec."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray

TIMED = 32
"""Samples that are timed: enough for a steady median; all of a large file would take minutes."""
TIMED_LOOPS = 5
TIMED_CALLS = 20
"""In a loop: some 100 µs together, which makes the clock's own time vanish."""

PARTS = {
    "keypoint_labels": "coordinates",
    "heatmaps": "heatmaps",
    "displacements": "displacements",
    "instance_heatmaps": "of each",
    "keypoint_indices": "indices",
    "keypoint_x_labels": "SimCC x",
    "keypoint_y_labels": "y",
    "lifting_target_label": "3D poses",
}
"""The keys of what `encode` returns, and what they are; the weights are left out."""

ONE_INSTANCE = ("keypoint_labels", "keypoint_x_labels", "keypoint_y_labels")
"""Those with a leading N, which mostly is 1 and then says nothing."""

Floats: TypeAlias = NDArray[np.floating[Any]]


class Made(TypedDict):
    """What a codec makes: the targets' shapes by their keys, and their dtypes."""

    targets: Mapping[str, tuple[int, ...]]
    dtype: str


def made_of(encoded: Mapping[str, Any]) -> Made:
    """What is worth telling of what `encode` returned."""
    targets = {key: encoded[key] for key in PARTS if key in encoded}
    return {
        "targets": {key: array.shape for key, array in targets.items()},
        "dtype": "/".join(dict.fromkeys(str(array.dtype) for array in targets.values())),
    }


@dataclass(frozen=True, eq=False)
class Result:
    """What a codec did to all samples: people, pictures or sequences.

    Attributes:
        name: The codec's, as the table has it.
        targets: The shape of each of a sample's targets, by its key in what `encode` returns.
        dtype: Theirs.
        errors: Flat, along each axis, of the keypoints that count; in the unit of its table.
        encode_us: Microseconds a call, which is a sample: the median.
        decode_us: Likewise.
        found: How many people were found again, of how many; None where nobody is looked for.
    """

    name: str
    targets: Mapping[str, tuple[int, ...]]
    dtype: str
    errors: Floats
    encode_us: float
    decode_us: float
    found: tuple[int, int] | None = None

    def made(self) -> str:
        """The targets in words, like "heatmaps 17×64×48 float32"."""
        shapes = {
            PARTS[key]: shape[1:] if key in ONE_INSTANCE and shape[0] == 1 else shape
            for key, shape in self.targets.items()
        }
        parts = [f"{part} {'×'.join(map(str, shape))}" for part, shape in shapes.items()]
        return f"{' + '.join(parts)} {self.dtype}"

    def summary(self) -> dict[str, float | None]:
        """Mean, 95th percentile and largest error; None if no keypoint counts."""
        if not self.errors.size:
            return {"mean": None, "p95": None, "max": None}
        p95 = float(np.percentile(self.errors, 95))
        return {"mean": float(self.errors.mean()), "p95": p95, "max": float(self.errors.max())}

    def as_json(self, unit: str) -> dict[str, Any]:
        """For programs: shapes as arrays have them, errors in a unit."""
        answer: dict[str, Any] = {
            "name": self.name,
            "targets": self.targets,
            "dtype": self.dtype,
            f"error_{unit}": self.summary(),
            "encode_us": self.encode_us,
            "decode_us": self.decode_us,
        }
        if self.found is not None:
            answer["found"], answer["of"] = self.found
        return answer


@dataclass
class Tally:
    """What adds up to a result, sample by sample.

    Attributes:
        encoded: What `encode` returned last.
        errors: Flat, of each sample.
        encode_us: Microseconds a call, of the first `TIMED` samples.
        decode_us: Likewise.
    """

    encoded: Mapping[str, Any] = field(default_factory=dict)
    errors: list[Floats] = field(default_factory=list)
    encode_us: list[float] = field(default_factory=list)
    decode_us: list[float] = field(default_factory=list)

    def time(self, encode: Callable[[], object], decode: Callable[[], object]) -> None:
        """Time the calls for a sample, if enough were not timed before."""
        if len(self.encode_us) < TIMED:
            self.encode_us.append(microseconds(encode))
            self.decode_us.append(microseconds(decode))

    def result(self, name: str, found: tuple[int, int] | None = None) -> Result:
        """The result of a codec of this name."""
        return Result(
            name=name,
            **made_of(self.encoded),
            errors=np.concatenate([*self.errors, np.empty(0)]),
            encode_us=median(self.encode_us),
            decode_us=median(self.decode_us),
            found=found,
        )


def microseconds(call: Callable[[], object]) -> float:
    """The time of one call: the median over loops. Calls of one sample use a single thread."""
    times = []
    for _ in range(TIMED_LOOPS):
        start = time.perf_counter()
        for _ in range(TIMED_CALLS):
            call()
        times.append((time.perf_counter() - start) / TIMED_CALLS)
    return median(times) * 1e6
