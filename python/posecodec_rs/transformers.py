"""Puts Rust decoding into the ViTPose and Sapiens2 image processors of Hugging Face transformers.

``posecodec_rs.transformers.install()``, before or after a processor is made. The methods of
processors stay transformers' own; the functions that they call are replaced.
"""

import importlib
import logging
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any, Literal

from posecodec_rs import _core
from posecodec_rs._patching import Patches, importing, put
from posecodec_rs.mmpose0 import post_dark_udp

__all__ = ["install", "uninstall"]

_TESTED_VERSION = "5.24.0"

_log = logging.getLogger("posecodec_rs")
_patches = Patches()


def install(*, vitpose_blur: Literal["scipy", "opencv"] = "scipy") -> None:
    """Replace the functions that decode heatmaps and draw targets.

    In the image processors of ViTPose: ``get_keypoint_predictions`` and
    ``post_dark_unbiased_data_processing``; in those of Sapiens2 also
    ``generate_udp_gaussian_heatmaps``. Models that the installed transformers does not have are
    skipped. A second call changes nothing but the blur, and neither does a call that fails.

    Args:
        vitpose_blur: The blur before the sub-pixel refinement of ViTPose. ``'scipy'``: that of
            transformers, a Gaussian of sigma 0.8 for every kernel size. ``'opencv'``: that of the
            paper's implementation, whose sigma grows with the kernel size.

    Raises:
        InvalidInputError: For another ``vitpose_blur``.
        ImportError: If transformers 5 cannot be imported.
    """
    if vitpose_blur not in ("scipy", "opencv"):
        raise _core.InvalidInputError(
            f"`vitpose_blur` must be 'scipy' or 'opencv', but got {vitpose_blur!r}"
        )
    modules = _import_processors()
    vitpose: dict[str, Callable[..., Any]] = {
        "get_keypoint_predictions": _vitpose_predictions,
        "post_dark_unbiased_data_processing": (
            post_dark_udp if vitpose_blur == "opencv" else _vitpose_dark
        ),
    }
    sapiens2: dict[str, Callable[..., Any]] = {
        "get_keypoint_predictions": _sapiens2_predictions,
        "post_dark_unbiased_data_processing": _sapiens2_dark,
        "generate_udp_gaussian_heatmaps": _sapiens2_heatmaps,
    }
    replaced = []
    with _patches.adding() as undo:
        for module in modules:
            functions = sapiens2 if "sapiens2" in module.__name__ else vitpose
            for name, function in functions.items():
                if _replace(undo, module, name, function):
                    replaced.append(f"{module.__name__.rpartition('.')[2]}.{name}")
    if replaced:
        _log.info("posecodec_rs %s: replaced %s", _core.__version__, ", ".join(replaced))


def uninstall() -> None:
    """Restore the functions of transformers."""
    _patches.undo()


def _import_processors() -> list[Any]:
    """Import the modules of the image processors."""
    with importing("posecodec_rs.transformers", f"transformers 5 (tested: {_TESTED_VERSION})"):
        version = importlib.import_module("transformers").__version__
    if not version.startswith("5."):
        raise ImportError(
            f"posecodec_rs.transformers needs transformers 5 (tested: {_TESTED_VERSION}), but "
            f"{version} is installed",
            name="transformers",
        )
    modules = []
    for path in ("vitpose.image_processing_vitpose", "vitpose.image_processing_pil_vitpose"):
        modules.append(_import_model(path))
    modules.append(_import_model("sapiens2.image_processing_sapiens2"))
    return [module for module in modules if module is not None]


def _import_model(path: str) -> Any:
    """The module of an image processor; None if this transformers does not have it."""
    name = f"transformers.models.{path}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            return None
        raise


def _replace(undo: ExitStack, module: Any, name: str, function: Callable[..., Any]) -> bool:
    """Replace a function of a module, unless it is the one already."""
    before = vars(module).get(name)
    if before is None or before is function:
        return False
    put(undo, vars(module), name, function)
    return True


def _vitpose_predictions(heatmaps: Any) -> tuple[Any, Any]:
    """Locations (N, K, 2) and scores (N, K, 1) of maxima, as arrays."""
    return _core._get_keypoint_predictions(heatmaps)


def _vitpose_dark(coords: Any, batch_heatmaps: Any, kernel: int = 3) -> Any:
    """Refined keypoints (N, K, 2), as an array."""
    return _core._post_dark_unbiased_data_processing(coords, batch_heatmaps, kernel, "vitpose")


def _sapiens2_predictions(heatmaps: Any) -> tuple[Any, Any]:
    """Locations (N, K, 2) and scores (N, K) of maxima, as tensors."""
    locations, scores = _core._get_keypoint_predictions(heatmaps)
    return _tensor_like(heatmaps, locations), _tensor_like(heatmaps, scores[..., 0])


def _sapiens2_dark(keypoints: Any, heatmaps: Any, blur_kernel_size: int = 11) -> Any:
    """Refined keypoints (N, K, 2), as a tensor."""
    refined = _core._post_dark_unbiased_data_processing(
        keypoints, heatmaps, blur_kernel_size, "sapiens2"
    )
    return _tensor_like(heatmaps, refined)


def _sapiens2_heatmaps(
    boxes: Any,
    keypoints: Any,
    output_size: tuple[int, int],
    downscale_factor: int,
    sigma: float,
    device: Any = None,
) -> tuple[list[Any], list[Any]]:
    """Heatmaps (K, H, W) and weights (K,) of each person, as tensors."""
    torch = importlib.import_module("torch")
    to_tensor = partial(torch.as_tensor, device=device)
    people = [
        _core._person_heatmaps(box, points, output_size, downscale_factor, sigma)
        for image_boxes, image_keypoints in zip(boxes, keypoints, strict=False)
        for box, points in zip(image_boxes, image_keypoints, strict=False)
    ]
    return [to_tensor(maps) for maps, _ in people], [to_tensor(weights) for _, weights in people]


def _tensor_like(tensor: Any, array: Any) -> Any:
    """The array as a tensor on the device of another one."""
    return importlib.import_module("torch").from_numpy(array).to(tensor.device)
