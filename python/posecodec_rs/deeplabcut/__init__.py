"""DeepLabCut's target generators in Rust.

``posecodec_rs.deeplabcut.install()``, before models are built: DeepLabCut's registry then has these
classes under the names of its own.

A generator is called with the stride of the network, the outputs of a head and the labels of a
batch, and returns the targets of the head. Outputs and labels are tensors or NumPy arrays, and
targets are on the device of the output that they belong to.
"""

import importlib
import logging
import sys
from typing import Any

from posecodec_rs import _core
from posecodec_rs._patching import (
    Patches,
    importing,
    keeps_definition,
    put,
    replace,
    warn_if_untested,
)
from posecodec_rs.deeplabcut._generators import (
    GENERATORS,
    DEKRGenerator,
    HeatmapGaussianGenerator,
    HeatmapPlateauGenerator,
    PartAffinityFieldGenerator,
    SimCCGenerator,
)

__all__ = [
    "DEKRGenerator",
    "HeatmapGaussianGenerator",
    "HeatmapPlateauGenerator",
    "PartAffinityFieldGenerator",
    "SimCCGenerator",
    "install",
    "uninstall",
]

_TESTED_VERSION = "3.0.2"

_log = logging.getLogger("posecodec_rs")
_patches = Patches()


def install() -> None:
    """Replace the target generators of an installed DeepLabCut.

    In its registry ``TARGET_GENERATORS``, and in its modules that have imported them. The modules
    that define them keep theirs, and so do models that were built before. A second call changes
    nothing, and neither does a call that fails.

    Raises:
        ImportError: If DeepLabCut cannot be imported.
    """
    package = _import_deeplabcut()
    registry = package.TARGET_GENERATORS.module_dict
    ours = {generator.__name__: generator for generator in GENERATORS}
    names = [name for name, generator in ours.items() if registry.get(name) is not generator]
    with _patches.adding() as undo:
        for name in names:
            put(undo, registry, name, ours[name])
        replace(undo, "deeplabcut", package, ours, keeps_definition)
    if names:
        _log.info(
            "posecodec_rs %s: replaced in DeepLabCut: %s", _core.__version__, ", ".join(names)
        )


def uninstall() -> None:
    """Restore DeepLabCut's target generators."""
    _patches.undo()


def _import_deeplabcut() -> Any:
    """Import the package of DeepLabCut's target generators."""
    with importing("posecodec_rs.deeplabcut", f"DeepLabCut (tested: {_TESTED_VERSION})"):
        package = importlib.import_module(
            "deeplabcut.pose_estimation_pytorch.models.target_generators"
        )
    version = sys.modules["deeplabcut"].__version__
    warn_if_untested("posecodec_rs.deeplabcut", _TESTED_VERSION, version, "DeepLabCut")
    return package
