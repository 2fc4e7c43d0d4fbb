"""Builds codecs from MMPose's configs."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from posecodec_rs import _core

CODECS: dict[str, type[_core.BaseKeypointCodec]] = {
    name: item
    for name, item in vars(_core).items()
    if isinstance(item, type)
    and issubclass(item, _core.BaseKeypointCodec)
    and item is not _core.BaseKeypointCodec
} | {"SimCC": _core.SimCCLabel}  # its name in older configs
"""The codecs by their names in configs."""


def build(cfg: Mapping[str, Any]) -> _core.BaseKeypointCodec:
    """Build a codec from a config: ``dict(type='UDPHeatmap', input_size=(192, 256), ...)``.

    Args:
        cfg: The ``type`` of the codec, as a name or a class, and its arguments.

    Raises:
        InvalidInputError: If ``cfg`` is not a mapping with a known ``type`` and the codec's
            arguments.
    """
    if not isinstance(cfg, Mapping):
        raise _core.InvalidInputError(
            f"`cfg` must be a dict with the codec's `type` and arguments, but got {cfg!r}"
        )
    arguments = dict(cfg)
    kind = arguments.pop("type", None)
    codec = CODECS.get(kind) if isinstance(kind, str) else kind
    if not (isinstance(codec, type) and issubclass(codec, _core.BaseKeypointCodec)):
        similar = get_close_matches(str(kind), CODECS, n=1)
        hint = f". Did you mean {similar[0]!r}?" if similar else ""
        raise _core.InvalidInputError(
            f"`cfg['type']` must be a codec's class or one of {sorted(CODECS)}, "
            f"but got {kind!r}{hint}"
        )
    try:
        return codec(**arguments)
    except TypeError as error:
        raise _core.InvalidInputError(
            f"`cfg` must hold the arguments of {codec.__name__}, but got {cfg!r}: {error}"
        ) from error
