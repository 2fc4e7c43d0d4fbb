"""SLEAP's targets in Rust: ``generate_confmaps``, ``generate_multiconfmaps`` and ``generate_pafs``.

``posecodec_rs.sleap.install()``, before or after datasets are made; or
``from posecodec_rs.sleap import generate_multiconfmaps``, which was
``from sleap_nn.data.confidence_maps import generate_multiconfmaps``.

Instances are tensors or NumPy arrays, and so are the results. Keypoints that are NaN are missing.
"""

import importlib
import logging
import sys
from typing import Any

import numpy as np

from posecodec_rs import _core
from posecodec_rs._patching import Patches, importing, replace, warn_if_untested

__all__ = [
    "generate_confmaps",
    "generate_multiconfmaps",
    "generate_pafs",
    "install",
    "uninstall",
]

_TESTED_VERSION = "0.3.5"

_log = logging.getLogger("posecodec_rs")
_patches = Patches()


def generate_confmaps(
    instance: Any, img_hw: tuple[int, int], sigma: float = 1.5, output_stride: int = 2
) -> Any:
    """Make one confidence map per keypoint.

    Args:
        instance: Keypoints in image pixels, shape (S, K, 2), or (S, N, K, 2) for N·K maps.
        img_hw: Size (h, w) of the image.
        sigma: Standard deviation of the Gaussians in pixels of the maps.
        output_stride: Image pixels per pixel of the maps.

    Returns:
        array: Maps, shape (S, K, H, W), float32, or float64 if the keypoints are: H is h divided
        by the stride and rounded up.

    Raises:
        InvalidInputError: For a wrong shape or dtype, a size or number that is not positive.
    """
    shape = _shape("instance", instance, (3, 4), "(S, K, 2) or (S, N, K, 2)")
    points = instance if len(shape) == 3 else instance.reshape(shape[0], -1, 2)
    maps = _core._confidence_maps(points, img_hw, sigma * output_stride, output_stride, True)
    return _like(instance, maps, keeps_double=True)


def generate_multiconfmaps(
    instances: Any,
    img_hw: tuple[int, int],
    num_instances: int,
    sigma: float = 1.5,
    output_stride: int = 2,
    is_centroids: bool = False,
) -> Any:
    """Make one confidence map per keypoint for all instances: the maximum of theirs.

    Args:
        instances: Keypoints in image pixels, shape (S, N, K, 2); with ``is_centroids`` (S, N, 2).
        img_hw: Size (h, w) of the image.
        num_instances: The number of instances that are drawn.
        sigma: Standard deviation of the Gaussians in pixels of the maps.
        output_stride: Image pixels per pixel of the maps.
        is_centroids: Whether ``instances`` are centroids, one per instance, and K is 1.

    Returns:
        array: Maps, shape (S, K, H, W), float32, or float64 if the keypoints are. Each sample has
        the maxima of all samples, as in SLEAP, which calls this with one sample.

    Raises:
        InvalidInputError: For a wrong shape or dtype, a size or number that is not positive.
    """
    wanted, dims = ("(S, N, 2)", (3,)) if is_centroids else ("(S, N, K, 2)", (4,))
    samples, _, *rest = _shape("instances", instances, dims, wanted)
    points = instances[:, :num_instances]
    count, columns = (1, rest[0]) if is_centroids else rest
    points = points.reshape(samples * points.shape[1], count, columns)
    maps = _core._confidence_maps(points, img_hw, sigma * output_stride, output_stride, False)
    repeated = maps[None] if samples == 1 else np.repeat(maps[None], samples, axis=0)
    return _like(instances, repeated, keeps_double=len(points) > 0)


def generate_pafs(
    instances: Any,
    img_hw: tuple[int, int],
    sigma: float = 1.5,
    output_stride: int = 2,
    edge_inds: Any = None,
    flatten_channels: bool = False,
) -> Any:
    """Make the part affinity fields of the instances of an image.

    Args:
        instances: Keypoints in image pixels, shape (1, N, K, 2). Instances without a keypoint
            inside the image are left out.
        img_hw: Size (h, w) of the image.
        sigma: Standard deviation of the squared distance to an edge, in image pixels.
        output_stride: Image pixels per pixel of the fields.
        edge_inds: Indices of the keypoints at both ends of each edge, shape (E, 2).
        flatten_channels: Whether the first two axes of the result are one.

    Returns:
        array: Fields, shape (E, 2, H, W), or (2E, H, W), float32: unit vectors along the edges,
        times a weight that falls with the distance to the edge; the sum over all instances.

    Raises:
        InvalidInputError: For a wrong shape or dtype, an index out of range, a size or number that
            is not positive.
    """
    _shape("instances", instances, (4,), "(1, N, K, 2)")
    if edge_inds is None:
        raise _core.InvalidInputError("`edge_inds` must be of shape (E, 2), but got None")
    edges = np.asarray(edge_inds).astype(np.int64).tolist()
    fields = _core._part_affinity_fields(instances[0], img_hw, sigma, output_stride, edges)
    if flatten_channels:
        fields = fields.reshape(-1, *fields.shape[2:])
    return _like(instances, fields)


def install() -> None:
    """Replace the functions in all modules of an installed ``sleap_nn``.

    A second call changes nothing, and neither does a call that fails.

    Raises:
        ImportError: If ``sleap_nn`` cannot be imported.
    """
    maps, fields = _import_sleap()
    before = maps.generate_confmaps
    with _patches.adding() as undo:
        for module, functions in (
            (maps, (generate_confmaps, generate_multiconfmaps)),
            (fields, (generate_pafs,)),
        ):
            replacements = {function.__name__: function for function in functions}
            replace(undo, "sleap_nn", module, replacements)
    if before is not generate_confmaps:
        names = ", ".join(__all__[:3])
        _log.info("posecodec_rs %s: replaced in sleap_nn: %s", _core.__version__, names)


def uninstall() -> None:
    """Restore the functions of ``sleap_nn``."""
    _patches.undo()


def _import_sleap() -> tuple[Any, Any]:
    """Import the modules of ``sleap_nn`` that have the functions."""
    with importing("posecodec_rs.sleap", f"sleap-nn (tested: {_TESTED_VERSION})"):
        maps = importlib.import_module("sleap_nn.data.confidence_maps")
        fields = importlib.import_module("sleap_nn.data.edge_maps")
    version = sys.modules["sleap_nn"].__version__
    warn_if_untested("posecodec_rs.sleap", _TESTED_VERSION, version, "sleap-nn")
    return maps, fields


def _shape(name: str, values: Any, dims: tuple[int, ...], wanted: str) -> tuple[int, ...]:
    """The shape of an array or tensor, which must have one of these numbers of dimensions."""
    shape = tuple(getattr(values, "shape", ()))
    if len(shape) not in dims:
        raise _core.InvalidInputError(f"`{name}` must be of shape {wanted}, but got {shape}")
    return shape


def _like(instances: Any, array: Any, keeps_double: bool = False) -> Any:
    """The array as a tensor on the device of the instances, if they are a tensor.

    In double precision if they are, where SLEAP's result is.
    """
    double = keeps_double and str(instances.dtype) in ("float64", "torch.float64")
    result = array.astype(np.float64) if double else array
    if isinstance(instances, np.ndarray):
        return result
    tensor = importlib.import_module("torch").from_numpy(result)
    return tensor if instances.is_cpu else tensor.to(instances.device)
