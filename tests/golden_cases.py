"""Recorded answers of the reference: reading them, and comparing ours with them.

A recording is a folder with one npz per codec, written by `golden/record.py`.
Keys, shapes and dtypes must agree exactly, values to within the tolerance of what they are.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

try:
    import torch
except ImportError:  # tensors are then read as arrays
    torch = None  # type: ignore[assignment]

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Tolerance:
    """How far a value may be off: `rtol` of itself plus `atol` of the largest in its array."""

    rtol: float
    atol: float

    def allows(self, got: np.ndarray, want: np.ndarray) -> np.ndarray:
        """Where `got` is close enough. The largest value counts as 1 at least."""
        got, want = got.astype(np.float64), want.astype(np.float64)
        largest = np.abs(want).max(initial=1.0)
        allowed = self.rtol * np.abs(want) + self.atol * largest
        return np.asarray(np.abs(got - want) <= allowed)


ENCODED = Tolerance(rtol=1e-5, atol=1e-6)
DECODED = Tolerance(rtol=1e-5, atol=3e-5)
DARK = Tolerance(rtol=1e-5, atol=2e-4)
EXACT = Tolerance(rtol=0.0, atol=0.0)


@cache
def _arrays(npz: Path) -> dict[str, np.ndarray]:
    with np.load(npz) as arrays:
        return dict(arrays)


def _entries(npz: Path) -> list[dict[str, Any]]:
    """The cases of a codec, without reading their arrays."""
    with np.load(npz) as arrays:
        return list(json.loads(arrays["manifest"].tobytes())["cases"])


@dataclass(frozen=True, eq=False)
class GoldenCase:
    """One recorded call: a codec built with `kwargs`, its `method` called with `args`.

    `kwargs`, `args` and `out` build their values afresh each time they are read.
    """

    folder: Path
    index: int
    codec: str
    method: str
    note: str
    seed: int | None
    tol: str | None
    encoded: dict[str, dict[str, Any]]

    @property
    def kwargs(self) -> dict[str, Any]:
        return dict(self._value(self.encoded["kwargs"]))

    @property
    def args(self) -> dict[str, Any]:
        return dict(self._value(self.encoded["args"]))

    @property
    def out(self) -> Any:
        return self._value(self.encoded["out"])

    @property
    def of_helper(self) -> bool:
        """Whether it is a helper's answer: the method of no codec."""
        return self.codec == "functional"

    @property
    def tolerance(self) -> Tolerance:
        if self.tol == "dark":
            return DARK
        return ENCODED if self.method == "encode" or self.of_helper else DECODED

    @property
    def id(self) -> str:
        """Such as `MSRAHeatmap-decode-own_targets-17`."""
        note = re.sub(r"[^\w.]+", "_", self.note).strip("_")
        return "-".join(part for part in (self.codec, self.method, note, str(self.index)) if part)

    def call(self, package: ModuleType, args: dict[str, Any]) -> Any:
        """What a package's codec of this name answers, or its helper."""
        codec = getattr(package, self.codec)
        if not self.of_helper:
            codec = codec(**self.kwargs)
        if self.seed is not None:  # codecs that draw do so from these two
            np.random.seed(self.seed)
            random.seed(self.seed)
        return getattr(codec, self.method)(**args)

    def _value(self, encoded: dict[str, Any]) -> Any:
        match encoded:
            case {"array": name}:
                return _arrays(self.folder / f"{self.codec}.npz")[name].copy()
            case {"tensor": name}:
                array = _arrays(self.folder / f"{self.codec}.npz")[name].copy()
                return array if torch is None else torch.from_numpy(array)
            case {"scalar": value, "dtype": dtype}:
                return np.dtype(dtype).type(value)
            case {"list": items}:
                return [self._value(item) for item in items]
            case {"tuple": items}:
                return tuple(self._value(item) for item in items)
            case {"dict": items}:
                return {key: self._value(item) for key, item in items.items()}
            case {"value": value}:
                return value
        raise ValueError(f"unknown encoding {encoded}")


def load(folder: Path = GOLDEN) -> list[GoldenCase]:
    """All cases of a recording, codec by codec."""
    return [
        GoldenCase(
            folder=folder,
            index=index,
            codec=npz.stem,
            method=entry["method"],
            note=entry["note"],
            seed=entry.get("seed"),
            tol=entry.get("tol"),
            encoded={part: entry[part] for part in ("kwargs", "args", "out")},
        )
        for npz in sorted(folder.glob("*.npz"))
        for index, entry in enumerate(_entries(npz))
    ]


def differences(got: Any, want: Any, tolerance: Tolerance, path: str = "out") -> Iterator[str]:
    """What is wrong with a nested answer, a line each; nothing if it agrees."""
    if type(got) is not type(want):
        yield f"{path}: {type(got).__name__}, not {type(want).__name__}"
    elif isinstance(want, dict):
        if got.keys() != want.keys():
            yield f"{path}: keys {sorted(got)}, not {sorted(want)}"
            return
        for key in want:
            yield from differences(got[key], want[key], tolerance, f"{path}[{key!r}]")
    elif isinstance(want, list | tuple):
        if len(got) != len(want):
            yield f"{path}: {len(got)} items, not {len(want)}"
            return
        for i, (item, wanted) in enumerate(zip(got, want, strict=True)):
            yield from differences(item, wanted, tolerance, f"{path}[{i}]")
    elif isinstance(want, np.ndarray | np.generic):
        yield from _array_differences(np.asarray(got), np.asarray(want), tolerance, path)
    elif torch is not None and isinstance(want, torch.Tensor):
        yield from _array_differences(got.numpy(force=True), want.numpy(), tolerance, path)
    elif isinstance(want, float):
        yield from _array_differences(np.array(got), np.array(want), tolerance, path)
    elif got != want:
        yield f"{path}: {got!r}, not {want!r}"


def _array_differences(
    got: np.ndarray, want: np.ndarray, tolerance: Tolerance, path: str
) -> Iterator[str]:
    if got.dtype != want.dtype:
        yield f"{path}: dtype {got.dtype}, not {want.dtype}"
    if got.shape != want.shape:
        yield f"{path}: shape {got.shape}, not {want.shape}"
        return
    wrong = np.argwhere(~tolerance.allows(got, want))
    if len(wrong):
        at = tuple(wrong[0].tolist())
        yield (
            f"{path}: {len(wrong)} of {want.size} values are off, the first at {at}: "
            f"{got[at]!r}, not {want[at]!r}"
        )
