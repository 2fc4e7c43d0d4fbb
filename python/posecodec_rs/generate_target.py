"""The pipeline transform that encodes keypoints, with the behavior of MMPose's."""

import warnings
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeAlias

import numpy as np

from posecodec_rs._build import build
from posecodec_rs._core import BaseKeypointCodec, InvalidInputError

__all__ = ["GenerateTarget"]

_Config: TypeAlias = Mapping[str, Any]

_TABLES = ("field_mapping_table", "instance_mapping_table", "label_mapping_table")
"""Attributes of codecs that are added to the results if they are not empty."""


class GenerateTarget:
    """Encode the keypoints of a sample into the targets of a network.

    A callable that takes the dict of a sample, updates it and returns it, as in MMPose's pipelines.
    It does not need MMPose.

    Required keys: ``transformed_keypoints`` or, without them, ``keypoints``, of shape (N, K, D);
    ``keypoints_visible`` of shape (N, K), or (N, K, 2) with a visibility and a weight per keypoint;
    the codecs' ``auxiliary_encode_keys``; with ``use_dataset_keypoint_weights``,
    ``dataset_keypoint_weights`` of shape (K,).

    Added keys: the targets, such as ``heatmaps`` and ``keypoint_weights``; the codecs' mapping
    tables that are not empty; ``keypoints_visible_weights`` of shape (N, K), if
    ``keypoints_visible`` has weights.

    Several encoders return combined targets: only one encoder may encode each key, except for
    ``keypoint_weights``, which becomes a list with one array per encoder. With ``multilevel``, each
    key becomes such a list.

    Args:
        encoder: The config of a codec, ``dict(type='UDPHeatmap', ...)``, or a list of configs.
        target_type: Deprecated, without effect.
        multilevel: Whether several encoders with the same keys encode one level each.
        use_dataset_keypoint_weights: Whether to multiply ``keypoint_weights`` by
            ``dataset_keypoint_weights``. As in MMPose, this has no effect with several encoders.

    Raises:
        InvalidInputError: If `build` rejects a config, ``multilevel`` is given without a list, a
            sample lacks ``keypoints``, ``keypoints_visible`` or ``dataset_keypoint_weights`` or has
            arrays of other shapes, or the keys of several encoders conflict.
        KeyError: If a sample lacks one of several encoders' ``auxiliary_encode_keys``.
    """

    def __init__(
        self,
        encoder: _Config | list[_Config],
        target_type: str | None = None,
        multilevel: bool = False,
        use_dataset_keypoint_weights: bool = False,
    ) -> None:
        """Build the encoders."""
        if target_type is not None:
            warnings.warn(
                "The argument `target_type` is deprecated in GenerateTarget. The target type and "
                "encoded keys will be determined by encoder(s).",
                DeprecationWarning,
                stacklevel=2,
            )
        if multilevel and not (isinstance(encoder, list) and encoder):
            raise InvalidInputError(
                "`encoder` must be a list of configs (Need multiple encoder configs if "
                f"`multilevel==True`), but got {encoder!r}"
            )
        self.encoder_cfg: _Config | list[_Config] = deepcopy(encoder)
        self.multilevel = multilevel
        self.use_dataset_keypoint_weights = use_dataset_keypoint_weights
        self.encoder: BaseKeypointCodec | list[BaseKeypointCodec]
        if isinstance(self.encoder_cfg, list):
            self.encoder = [build(cfg) for cfg in self.encoder_cfg]
        else:
            self.encoder = build(self.encoder_cfg)

    def __call__(self, results: dict[str, Any]) -> dict[str, Any]:
        """Call `transform`."""
        return self.transform(results)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the targets to a sample's dict, and return it."""
        keypoints = _required(results, "transformed_keypoints", "keypoints")
        visible = _required(results, "keypoints_visible")
        if not hasattr(visible, "ndim"):
            visible = np.asarray(visible)
        if visible.ndim == 3 and visible.shape[2] == 2:
            results["keypoints_visible_weights"] = visible[..., 1]
            results["keypoints_visible"] = visible = visible[..., 0]

        if isinstance(self.encoder, list):
            results.update(self._encode_with_all(self.encoder, results, keypoints, visible))
        else:
            codec = self.encoder
            auxiliary = {key: results.get(key) for key in codec.auxiliary_encode_keys}
            encoded = _encode(codec, keypoints, visible, auxiliary)
            results.update(encoded)
            for name in _TABLES:
                if table := getattr(codec, name):
                    results[name] = table
            if self.use_dataset_keypoint_weights and "keypoint_weights" in encoded:
                factors = _required(results, "dataset_keypoint_weights")
                results["keypoint_weights"] = _weighted(encoded["keypoint_weights"], factors)
        return results

    def _encode_with_all(
        self, codecs: list[BaseKeypointCodec], results: _Config, keypoints: Any, visible: Any
    ) -> dict[str, Any]:
        """Return the targets and mapping tables of several encoders."""
        levels = []
        for codec in codecs:
            auxiliary = {key: results[key] for key in codec.auxiliary_encode_keys}
            levels.append(_encode(codec, keypoints, visible, auxiliary))
        encoded = _multilevel(levels) if self.multilevel else _combined(levels)
        for name in _TABLES:
            tables: dict[str, str] = {}
            for codec in codecs:
                tables.update(getattr(codec, name))
            if tables:
                encoded[name] = tables
        return encoded

    def __repr__(self) -> str:
        """Return the same text as MMPose."""
        return (
            f"{type(self).__name__}(encoder={self.encoder_cfg}, "
            f"use_dataset_keypoint_weights={self.use_dataset_keypoint_weights})"
        )


def _required(results: _Config, *keys: str) -> Any:
    """Return the item of the first of the keys that is there and not None."""
    for key in keys:
        if (item := results.get(key)) is not None:
            return item
    wanted = " or ".join(map(repr, keys))
    raise InvalidInputError(
        f"GenerateTarget requires {wanted} in the results, but got {sorted(map(str, results))}"
    )


def _weighted(weights: Any, factors: Any) -> Any:
    """Return the keypoints' weights (N, K) times the factors (K,)."""
    if not hasattr(factors, "shape"):
        factors = np.asarray(factors)
    shapes = (weights.shape[-1:], (1, *weights.shape[-1:]), weights.shape)
    if tuple(factors.shape) not in map(tuple, shapes):
        raise InvalidInputError(
            f"`dataset_keypoint_weights` must have shape {shapes[0]}: one weight per keypoint, but "
            f"got shape {tuple(factors.shape)}"
        )
    return weights * factors


def _encode(codec: BaseKeypointCodec, keypoints: Any, visible: Any, auxiliary: _Config) -> _Config:
    """Return the targets of one codec."""
    if not auxiliary:  # `**{}` would take as long as encoding coordinates
        return codec.encode(keypoints=keypoints, keypoints_visible=visible)
    return codec.encode(keypoints=keypoints, keypoints_visible=visible, **auxiliary)


def _multilevel(levels: list[_Config]) -> dict[str, Any]:
    """Return one list per key, with one array per level."""
    keys = levels[0].keys()
    for level in levels[1:]:
        if level.keys() != keys:
            raise InvalidInputError(
                "Encoded items from all encoders must have the same keys if `multilevel==True`, "
                f"but got {list(keys)} and {list(level)}"
            )
    return {key: [level[key] for level in levels] for key in keys}


def _combined(levels: list[_Config]) -> dict[str, Any]:
    """Return all items in one dict, with a list of the weights of all encoders at the end."""
    encoded: dict[str, Any] = {}
    weights = []
    for level in levels:
        for key, value in level.items():
            if key == "keypoint_weights":
                weights.append(value)
            elif key in encoded:
                raise InvalidInputError(
                    f'Overlapping item "{key}" from multiple encoders, which is not supported when '
                    "`multilevel==False`: all other items must be one encoder's, but got two"
                )
            else:
                encoded[key] = value
    if weights:
        encoded["keypoint_weights"] = weights
    return encoded
