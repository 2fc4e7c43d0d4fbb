"""Encoding as an operator of torch, which `torch.compile` keeps in its graphs as it is.

What is compiled imports this module. An operator takes tensors and constants: a codec becomes the
string that describes it, a constant of the graph.
"""

from __future__ import annotations  # the documentation is built without torch

from typing import Any

import numpy as np
import torch
from torch import Tensor

from posecodec_rs._build import CODECS
from posecodec_rs.torch._encode import check_dtype, encode, target_dtype

__all__ = ["encode_in_graph", "has_operator"]

NUMPY_DTYPES = {
    getattr(torch, name): np.dtype(name)
    for name in ("bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64")
}
"""NumPy's dtypes of inputs. Codecs read other floats as float32."""

_codecs: dict[str, Any] = {}
"""The codecs of graphs by their descriptions."""


def has_operator(codec: Any, keypoints: Any, keypoints_visible: Any) -> bool:
    """Return whether the operator encodes these arguments."""
    visible_fits = keypoints_visible is None or isinstance(keypoints_visible, Tensor)
    return isinstance(keypoints, Tensor) and visible_fits and _description(codec) != ""


def encode_in_graph(
    codec: Any,
    keypoints: Tensor,
    keypoints_visible: Tensor | None,
    device: torch.device | str | int | None,
    dtype: torch.dtype,
) -> dict[str, Tensor]:
    """Return the targets of `batch_encode`, by the operator."""
    where = keypoints.device if device is None else torch.device(device)
    visible = None if keypoints_visible is None else keypoints_visible.detach()
    targets = _encode_operator(_description(codec), keypoints.detach(), visible, where, dtype)
    return dict(zip(_names(codec).split(), targets, strict=True))


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator]
def _description(codec: Any) -> str:
    """Return the description of a codec, or an empty string if the operator cannot encode with it.

    A subclass may differ in more than its description.
    """
    if type(codec) not in CODECS.values() or codec.auxiliary_encode_keys or not _names(codec):
        return ""
    _codecs.setdefault(repr(codec), codec)
    return repr(codec)


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator]
def _names(codec: Any) -> str:
    """Return the names of a codec's targets, or an empty string if they are not all arrays."""
    targets = codec.batch_encode(np.zeros((1, 1, 1, 2), np.float32))
    are_arrays = all(isinstance(target, np.ndarray) for target in targets.values())
    return " ".join(targets) if are_arrays else ""


@torch.library.custom_op(  # type: ignore[untyped-decorator]
    "posecodec_rs::batch_encode",
    mutates_args=(),
    schema="(str codec, Tensor keypoints, Tensor? keypoints_visible, Device device, "
    "ScalarType dtype) -> Tensor[]",
)
def _encode_operator(
    codec: str,
    keypoints: Tensor,
    keypoints_visible: Tensor | None,
    device: torch.device,
    dtype: torch.dtype,
) -> list[Tensor]:
    """Encode a batch with the codec of this description."""
    check_dtype(dtype)
    arguments = {"keypoints": keypoints}
    if keypoints_visible is not None:
        arguments["keypoints_visible"] = keypoints_visible
    targets = encode(_codecs[codec], arguments, device, dtype, None)
    # Copies to a device are parts of one tensor, but results of an operator must not share memory.
    return [
        value if value.untyped_storage().nbytes() == value.nbytes else value.clone()
        for value in targets.values()
    ]


@_encode_operator.register_fake  # type: ignore[untyped-decorator]
def _(
    codec: str,
    keypoints: Tensor,
    keypoints_visible: Tensor | None,
    device: torch.device,
    dtype: torch.dtype,
) -> list[Tensor]:
    """Return tensors of the targets' shapes and dtypes, without values.

    The numbers of samples and people may be unknown; the number of keypoints is not.
    """
    check_dtype(dtype)
    batch, people, *point = keypoints.shape
    given = [keypoints] if keypoints_visible is None else [keypoints, keypoints_visible]
    dtypes = [NUMPY_DTYPES.get(tensor.dtype, np.dtype(np.float32)) for tensor in given]

    def encoded(count: int) -> dict[str, Any]:
        shape = (1, count, *map(int, point))
        shapes = (shape, shape[:3])
        inputs = (np.zeros(shape, kind) for shape, kind in zip(shapes, dtypes, strict=False))
        return _codecs[codec].batch_encode(*inputs)  # type: ignore[no-any-return]

    one = encoded(1)
    two = one if people == 1 else encoded(2)
    fakes = []
    for name, target in one.items():
        # The axes that are longer for two people are as long as there are people.
        sides = zip(target.shape[1:], two[name].shape[1:], strict=True)
        shape = [batch, *(people if side != other else side for side, other in sides)]
        kind = target_dtype(name, torch.from_numpy(np.empty(0, target.dtype)).dtype, dtype)
        fakes.append(torch.empty(shape, dtype=kind, device=device))
    return fakes
