"""The pipeline transform that encodes keypoints, with the behavior of MMPose's."""

import warnings
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from posecodec_rs._build import build
from posecodec_rs._core import BaseKeypointCodec, InvalidInputError
from posecodec_rs._deferred import Deferral
from posecodec_rs._encoders import (
    TABLES,
    Encoders,
    as_levels,
    checked_factors,
    combine,
    read_keypoints,
    required,
)

__all__ = ["GenerateTarget"]

_Config: TypeAlias = Mapping[str, Any]


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
        defer: Whether to leave encoding to the process of the network. The step then checks the
            sample, adds ``deferred_targets`` for `encode_deferred`, and an ``EncodedLater`` with
            shape and dtype for each target. The mapping tables are those of what is packed now.
            The first sample of its shapes is encoded, to check it.

    Raises:
        InvalidInputError: If `build` rejects a config, ``multilevel`` is given without a list, a
            sample lacks ``keypoints``, ``keypoints_visible`` or ``dataset_keypoint_weights`` or has
            arrays of other shapes, or the keys of several encoders conflict.
        KeyError: If a sample lacks one of several encoders' ``auxiliary_encode_keys``.
    """

    _deferral: Deferral | None = None

    def __init__(
        self,
        encoder: _Config | list[_Config],
        target_type: str | None = None,
        multilevel: bool = False,
        use_dataset_keypoint_weights: bool = False,
        *,
        defer: bool = False,
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
        if defer:
            weighted = use_dataset_keypoint_weights
            self._deferral = Deferral(Encoders(self.encoder, multilevel, weighted))

    def __call__(self, results: dict[str, Any]) -> dict[str, Any]:
        """Call `transform`."""
        return self.transform(results)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the targets to a sample's dict, and return it."""
        keypoints, visible = read_keypoints(results)
        if self._deferral is not None:
            self._deferral.add_to(results, keypoints, visible)
        elif isinstance(self.encoder, list):
            results.update(self._encode_with_all(self.encoder, results, keypoints, visible))
        else:
            codec = self.encoder
            auxiliary = {key: results.get(key) for key in codec.auxiliary_encode_keys}
            encoded = _encode(codec, keypoints, visible, auxiliary)
            results.update(encoded)
            for name in TABLES:
                if table := getattr(codec, name):
                    results[name] = table
            if self.use_dataset_keypoint_weights and "keypoint_weights" in encoded:
                factors = required(results, "dataset_keypoint_weights")
                weights = encoded["keypoint_weights"]
                results["keypoint_weights"] = weights * checked_factors(weights, factors)
        return results

    def _encode_with_all(
        self, codecs: list[BaseKeypointCodec], results: _Config, keypoints: Any, visible: Any
    ) -> dict[str, Any]:
        """Return the targets and mapping tables of several encoders."""
        levels = []
        for codec in codecs:
            auxiliary = {key: results[key] for key in codec.auxiliary_encode_keys}
            levels.append(_encode(codec, keypoints, visible, auxiliary))
        encoded = as_levels(levels) if self.multilevel else combine(levels)
        for name in TABLES:
            tables: dict[str, str] = {}
            for codec in codecs:
                tables.update(getattr(codec, name))
            if tables:
                encoded[name] = tables
        return encoded

    def __repr__(self) -> str:
        """Return the same text as MMPose, which cannot defer."""
        deferred = "" if self._deferral is None else ", defer=True"
        return (
            f"{type(self).__name__}(encoder={self.encoder_cfg}, "
            f"use_dataset_keypoint_weights={self.use_dataset_keypoint_weights}{deferred})"
        )


def _encode(codec: BaseKeypointCodec, keypoints: Any, visible: Any, auxiliary: _Config) -> _Config:
    """Return the targets of one codec."""
    if not auxiliary:  # `**{}` would take as long as encoding coordinates
        return codec.encode(keypoints=keypoints, keypoints_visible=visible)
    return codec.encode(keypoints=keypoints, keypoints_visible=visible, **auxiliary)
