"""Targets that are encoded after the data loader, from the keypoints that its samples carry.

Workers of a loader then send keypoints of 200 bytes instead of heatmaps of 200 kB.
"""

import pickle
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from posecodec_rs._core import SPR, AssociativeEmbedding, BaseKeypointCodec, InvalidInputError
from posecodec_rs._encoders import Encoders, checked_factors, required

__all__ = ["KEY", "DeferredTargets", "EncodedLater", "encode_deferred"]

KEY = "deferred_targets"
"""The key of the `DeferredTargets` in a sample."""

BatchEncode: TypeAlias = Callable[..., Mapping[str, Any]]
"""Called with a codec, keypoints, visibilities and, or None, the factors of the weights."""


class EncodedLater:
    """Takes the place of a target in a sample. It has the shape and the dtype, but no values."""

    def __init__(self, shape: tuple[int, ...], dtype: npt.DTypeLike) -> None:
        """Keep both."""
        self.shape, self.dtype = shape, np.dtype(dtype)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse to become an array."""
        raise InvalidInputError(
            f"a target of shape {self.shape} must be read after it is encoded, but got "
            "GenerateTarget(defer=True), which leaves encoding to the process of the network"
        )

    def __repr__(self) -> str:
        """Return shape and dtype."""
        return f"EncodedLater(shape={self.shape}, dtype={self.dtype})"


@lru_cache(maxsize=32)
def _unpickled(pickled: bytes) -> Encoders:
    """The encoders of samples of another process: the same object for the same bytes."""
    encoders: Encoders = pickle.loads(pickled)
    return encoders


class DeferredTargets:
    """What a sample carries instead of its targets: keypoints, and the codecs that encode them.

    Attributes:
        encoders: The codecs.
        keypoints: Shape (N, K, D), input pixels.
        keypoints_visible: Shape (N, K).
        auxiliary: The codecs' other arguments.
        factors: None, or what ``keypoint_weights`` are multiplied by, of their shape.
    """

    __slots__ = ("auxiliary", "encoders", "factors", "keypoints", "keypoints_visible")

    def __init__(
        self,
        encoders: Encoders,
        keypoints: npt.NDArray[Any],
        keypoints_visible: npt.NDArray[Any],
        auxiliary: dict[str, Any],
        factors: npt.NDArray[Any] | None,
    ) -> None:
        """Keep all of it."""
        self.encoders = encoders
        self.keypoints = keypoints
        self.keypoints_visible = keypoints_visible
        self.auxiliary = auxiliary
        self.factors = factors

    def __len__(self) -> int:
        """The number of instances, which MMEngine's ``InstanceData`` reads."""
        return len(self.keypoints)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the encoders as bytes, which all samples share."""
        items = (self.keypoints, self.keypoints_visible, self.auxiliary, self.factors)
        return _restore, (self.encoders.pickled, *items)

    def to(self, *_: Any, **__: Any) -> NoReturn:
        """Called by data preprocessors that do not know deferred targets."""
        raise InvalidInputError(
            "`data_preprocessor` must encode deferred targets, as EncodingDataPreprocessor does, "
            "but got one that moves them to the device"
        )


def _restore(pickled: bytes, *items: Any) -> DeferredTargets:
    return DeferredTargets(_unpickled(pickled), *items)


@contextmanager
def _random_state_kept() -> Iterator[None]:
    """Undo what DecoupledHeatmap draws."""
    ours, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002 - the one it draws from
    try:
        yield
    finally:
        random.setstate(ours)
        np.random.set_state(numpys)  # noqa: NPY002


class Deferral:
    """Checks samples and replaces their targets by what encodes them later.

    Args:
        encoders: The codecs.
    """

    def __init__(self, encoders: Encoders) -> None:
        """Begin without known shapes."""
        self.encoders = encoders
        self._layouts: dict[Any, dict[str, Any]] = {}

    def add_to(self, results: dict[str, Any], keypoints: Any, visible: Any) -> None:
        """Add the deferred targets, the mapping tables, and `EncodedLater` for each target."""
        encoders = self.encoders
        auxiliary = {key: _copied(item) for key, item in encoders.auxiliary(results).items()}
        sample = DeferredTargets(encoders, np.array(keypoints), np.array(visible), auxiliary, None)
        layout = self._layout(sample)
        if encoders.weighted and "keypoint_weights" in layout:
            weights = layout["keypoint_weights"]
            factors = checked_factors(weights, required(results, "dataset_keypoint_weights"))
            sample.factors = np.broadcast_to(factors, weights.shape)
        results.update(layout)
        for name, table in encoders.tables.items():
            kept = {key: packed for key, packed in table.items() if key not in layout}
            if table:
                results[name] = kept
        results["label_mapping_table"] = {**results.get("label_mapping_table", {}), KEY: KEY}
        results[KEY] = sample

    def _layout(self, sample: DeferredTargets) -> dict[str, Any]:
        """The targets' shapes and dtypes. Of the samples with equal shapes one is encoded."""
        given = (sample.keypoints, sample.keypoints_visible, *sample.auxiliary.values())
        key = tuple(map(_kind, given))
        if key not in self._layouts:
            with _random_state_kept():
                (encoded,) = encode_deferred([sample])
            self._layouts[key] = {name: _later(target) for name, target in encoded.items()}
        return dict(self._layouts[key])


def _kind(item: Any) -> Any:
    """What the shapes of targets, and the checks of `encode`, depend on."""
    if hasattr(item, "shape") and hasattr(item, "dtype"):
        return tuple(item.shape), item.dtype
    return type(item), len(item) if isinstance(item, list | tuple) else None


def _copied(item: Any) -> Any:
    """A copy of an array, which a later step may change."""
    return item.copy() if isinstance(item, np.ndarray) else item


def _later(target: Any) -> Any:
    if isinstance(target, list) and target and hasattr(target[0], "shape"):
        return [_later(level) for level in target]
    return EncodedLater(np.shape(target), getattr(target, "dtype", object))


def encode_deferred(
    samples: Sequence[DeferredTargets], batch_encode: BatchEncode | None = None
) -> list[dict[str, Any]]:
    """Encode the targets of a batch.

    Args:
        samples: What `GenerateTarget` with ``defer=True`` put under the key ``deferred_targets``.
            Numbers and shapes of instances, dtypes and encoders may differ.
        batch_encode: What encodes equal samples, to tensors for example.

    Returns:
        One dict of targets per sample, as `GenerateTarget` without ``defer`` would add them,
        bit-identical.
    """
    encoded: list[dict[str, Any]] = [{} for _ in samples]
    for encoders, numbers in _groups(samples, lambda sample: sample.encoders).items():
        group = [samples[number] for number in numbers]
        codecs = encoders.codecs
        levels = [_encode(codec, group, batch_encode or _batch_encode) for codec in codecs]
        for number, *each in zip(numbers, *levels, strict=True):
            encoded[number] = encoders.join(each)
    return encoded


def _groups(samples: Sequence[Any], key: Callable[[Any], Any]) -> dict[Any, list[int]]:
    """The numbers of the samples that have the same key."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for number, sample in enumerate(samples):
        groups[key(sample)].append(number)
    return groups


def _encode(
    codec: Any, samples: Sequence[DeferredTargets], batch_encode: BatchEncode
) -> list[Mapping[str, Any]]:
    """The targets of one codec, per sample."""
    if not _encodes_batches(codec):
        return [_encode_one(codec, sample) for sample in samples]
    takes_lists = isinstance(codec, SPR | AssociativeEmbedding)

    def kind(sample: DeferredTargets) -> Any:
        arrays = (sample.keypoints, sample.keypoints_visible)
        shapes = None if takes_lists else tuple(array.shape for array in arrays)
        return shapes, *(array.dtype for array in arrays), sample.factors is None

    encoded: list[Mapping[str, Any]] = [{} for _ in samples]
    for numbers in _groups(samples, kind).values():
        group = [samples[number] for number in numbers]
        targets = batch_encode(
            codec,
            _stacked([sample.keypoints for sample in group]),
            _stacked([sample.keypoints_visible for sample in group]),
            None if group[0].factors is None else _stacked([sample.factors for sample in group]),
        )
        for row, number in enumerate(numbers):
            encoded[number] = {name: target[row] for name, target in targets.items()}
    return encoded


def _encodes_batches(codec: Any) -> bool:
    """Whether `batch_encode` returns what `encode` returns.

    Codecs with other arguments take them in other ways. A subclass may override `encode` alone.
    """
    if not isinstance(codec, BaseKeypointCodec) or codec.auxiliary_encode_keys:
        return False
    classes = type(codec).__mro__
    return next(kind for kind in classes if "encode" in vars(kind)) is next(
        kind for kind in classes if "batch_encode" in vars(kind)
    )


def _encode_one(codec: Any, sample: DeferredTargets) -> dict[str, Any]:
    """The targets of one sample, with the codec's other arguments."""
    auxiliary = {key: sample.auxiliary[key] for key in codec.auxiliary_encode_keys}
    encoded = dict(
        codec.encode(
            keypoints=sample.keypoints, keypoints_visible=sample.keypoints_visible, **auxiliary
        )
    )
    if sample.factors is not None:
        encoded["keypoint_weights"] = encoded["keypoint_weights"] * sample.factors
    return encoded


def _stacked(arrays: Sequence[Any]) -> Any:
    """One array, or the list if shapes differ."""
    first = arrays[0].shape
    return np.stack(arrays) if all(array.shape == first for array in arrays) else list(arrays)


def _batch_encode(
    codec: BaseKeypointCodec, keypoints: Any, visible: Any, factors: Any
) -> Mapping[str, Any]:
    """The targets of a batch, in new arrays."""
    targets = dict(codec.batch_encode(keypoints, visible))
    if factors is not None:
        targets["keypoint_weights"] = weighted(targets["keypoint_weights"], factors)
    return targets


def weighted(weights: Any, factors: Any) -> Any:
    """The weights of a batch times their factors, both arrays or lists of arrays."""
    if isinstance(weights, list):
        return [one * factor for one, factor in zip(weights, factors, strict=True)]
    return weights * factors
