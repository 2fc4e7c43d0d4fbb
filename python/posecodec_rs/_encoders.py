"""The codecs of a `GenerateTarget`, and how their targets become those of a sample."""

import pickle
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from posecodec_rs._core import InvalidInputError

__all__ = [
    "TABLES",
    "Encoders",
    "as_levels",
    "checked_factors",
    "combine",
    "read_keypoints",
    "required",
]

TABLES = ("field_mapping_table", "instance_mapping_table", "label_mapping_table")
"""Attributes of codecs that are added to the results if they are not empty."""


class Encoders:
    """The codecs of a `GenerateTarget`, and what becomes of their targets.

    Args:
        encoder: One codec, or several.
        multilevel: Whether each key becomes a list with one item per codec.
        weighted: Whether ``keypoint_weights`` are multiplied by those of the dataset.
        default_tables: The tables that a packing step uses where all codecs' are empty.
    """

    def __init__(
        self,
        encoder: Any,
        multilevel: bool,
        weighted: bool,
        default_tables: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Keep the codecs, and join their tables."""
        self.several = isinstance(encoder, list)
        self.codecs: list[Any] = encoder if self.several else [encoder]
        self.multilevel = multilevel
        self.weighted = weighted and not self.several
        self.tables: dict[str, dict[str, str]] = {}
        for name in TABLES:
            table: dict[str, str] = {}
            for codec in self.codecs:
                table.update(getattr(codec, name))
            self.tables[name] = table or dict((default_tables or {}).get(name, {}))

    @cached_property
    def pickled(self) -> bytes:
        """The same bytes for all samples, so that a process builds the codecs once."""
        return pickle.dumps(self)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the bytes out of themselves."""
        return {name: value for name, value in vars(self).items() if name != "pickled"}

    def auxiliary(self, results: Mapping[str, Any]) -> dict[str, Any]:
        """The additional arguments of the codecs. As in MMPose, one codec's may be missing."""
        keys = {key for codec in self.codecs for key in codec.auxiliary_encode_keys}
        found = results.__getitem__ if self.several else results.get
        return {key: found(key) for key in sorted(keys)}

    def join(self, levels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the targets of a sample from those of each codec."""
        if not self.several:
            return dict(levels[0])
        return as_levels(levels) if self.multilevel else combine(levels)


def required(results: Mapping[str, Any], *keys: str) -> Any:
    """Return the item of the first of the keys that is there and not None."""
    for key in keys:
        if (item := results.get(key)) is not None:
            return item
    wanted = " or ".join(map(repr, keys))
    present = sorted(str(key) for key, item in results.items() if item is not None)
    raise InvalidInputError(f"GenerateTarget requires {wanted} in the results, but got {present}")


def read_keypoints(results: dict[str, Any]) -> tuple[Any, Any]:
    """Return keypoints and visibilities. Visibilities with weights are replaced by two items."""
    keypoints = required(results, "transformed_keypoints", "keypoints")
    visible = required(results, "keypoints_visible")
    if not hasattr(visible, "ndim"):
        visible = np.asarray(visible)
    if visible.ndim == 3 and visible.shape[2] == 2:
        results["keypoints_visible_weights"] = visible[..., 1]
        results["keypoints_visible"] = visible = visible[..., 0]
    return keypoints, visible


def checked_factors(weights: Any, factors: Any) -> Any:
    """Return the dataset's factors (K,) of the keypoints' weights (N, K), which they must suit."""
    if not hasattr(factors, "shape"):
        factors = np.asarray(factors)
    shapes = (weights.shape[-1:], (1, *weights.shape[-1:]), weights.shape)
    if tuple(factors.shape) not in map(tuple, shapes):
        raise InvalidInputError(
            f"`dataset_keypoint_weights` must have shape {shapes[0]}: one weight per keypoint, but "
            f"got shape {tuple(factors.shape)}"
        )
    return factors


def as_levels(levels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one list per key, with one array per level."""
    keys = levels[0].keys()
    for level in levels[1:]:
        if level.keys() != keys:
            raise InvalidInputError(
                "Encoded items from all encoders must have the same keys if `multilevel==True`, "
                f"but got {list(keys)} and {list(level)}"
            )
    return {key: [level[key] for level in levels] for key in keys}


def combine(levels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
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
