"""The step of a data pipeline that encodes keypoints, as MMPose's of the same name."""

import warnings
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from posecodec_rs._build import build
from posecodec_rs._core import BaseKeypointCodec, InvalidInputError

__all__ = ["GenerateTarget"]

_Config: TypeAlias = Mapping[str, Any]

_TABLES = ("field_mapping_table", "instance_mapping_table", "label_mapping_table")
"""The attributes of codecs that go into the results, where they are not empty."""


class GenerateTarget:
    """Encode the keypoints of a sample into what a network is trained on.

    A callable on the dict of a sample's arrays, as in MMPose's pipelines, but without MMPose. It
    updates the dict and returns it.

    Required keys: ``keypoints`` of shape (N, K, D), or ``transformed_keypoints``, which come first;
    ``keypoints_visible`` of shape (N, K), or (N, K, 2) with a weight beside each visibility; what
    the codecs name in ``auxiliary_encode_keys``; ``dataset_keypoint_weights`` of shape (K,) where
    they are asked for.

    Added keys: what the codecs encode, such as ``heatmaps`` and ``keypoint_weights``; their mapping
    tables, where they have any; ``keypoints_visible_weights`` of shape (N, K) where the
    visibilities have weights.

    Several encoders make combined targets, in which each key but ``keypoint_weights`` comes from
    one of them, and ``keypoint_weights`` is a list with an array an encoder; or, with
    ``multilevel``, a list of an array an encoder for each key.

    Args:
        encoder: A codec's config, ``dict(type='UDPHeatmap', ...)``, or a list of them.
        target_type: Deprecated, without effect.
        multilevel: Whether several encoders of one kind make a target a level.
        use_dataset_keypoint_weights: Whether ``keypoint_weights`` are multiplied by the dataset's.
            As in MMPose, this has no effect on the lists of several encoders.

    Raises:
        InvalidInputError: For a config that `build` refuses, ``multilevel`` without a list, a
            sample without keypoints, or encoders whose keys do not go together.
        KeyError: For a sample without another required key.
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
        """`transform` under the name that pipelines call."""
        return self.transform(results)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the targets to a sample's dict, and return it."""
        keypoints = results.get("transformed_keypoints")
        if keypoints is None:
            keypoints = results.get("keypoints")
        if keypoints is None:
            raise InvalidInputError(
                "GenerateTarget requires 'transformed_keypoints' or 'keypoints' in the results, "
                f"but got {sorted(map(str, results))}"
            )
        visible = results["keypoints_visible"]
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
                weights = encoded["keypoint_weights"] * results["dataset_keypoint_weights"]
                results["keypoint_weights"] = weights
        return results

    def _encode_with_all(
        self, codecs: list[BaseKeypointCodec], results: _Config, keypoints: Any, visible: Any
    ) -> dict[str, Any]:
        """The targets of several encoders, and their tables."""
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
        """As MMPose writes it."""
        return (
            f"{type(self).__name__}(encoder={self.encoder_cfg}, "
            f"use_dataset_keypoint_weights={self.use_dataset_keypoint_weights})"
        )


def _encode(codec: BaseKeypointCodec, keypoints: Any, visible: Any, auxiliary: _Config) -> _Config:
    """What one codec encodes."""
    if not auxiliary:  # the `**` of nothing would take as long as encoding coordinates
        return codec.encode(keypoints=keypoints, keypoints_visible=visible)
    return codec.encode(keypoints=keypoints, keypoints_visible=visible, **auxiliary)


def _multilevel(levels: list[_Config]) -> dict[str, Any]:
    """A list of an array a level for each key, which all levels have."""
    keys = levels[0].keys()
    for level in levels[1:]:
        if level.keys() != keys:
            raise InvalidInputError(
                "Encoded items from all encoders must have the same keys if `multilevel==True`, "
                f"but got {list(keys)} and {list(level)}"
            )
    return {key: [level[key] for level in levels] for key in keys}


def _combined(levels: list[_Config]) -> dict[str, Any]:
    """All items in one dict; weights, which each encoder has its own, in a list at its end."""
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
