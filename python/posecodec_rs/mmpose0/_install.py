"""Puts the functions into an installed MMPose 0.x, or into a copy of its files."""

import logging
import sys
from contextlib import ExitStack
from importlib import import_module
from types import ModuleType
from typing import Any

from posecodec_rs._core import __version__
from posecodec_rs._patching import Patches, fingerprint, importing, put, replace, warn_if_untested
from posecodec_rs.mmpose0._known import NAMES, REPLACEMENTS

_TESTED_VERSION = "0.29.0"

_MODULES = (
    "mmpose.core.evaluation.top_down_eval",
    "mmpose.core.post_processing.post_transforms",
    "mmpose.core.post_processing.group",
    "mmpose.datasets.pipelines.top_down_transform",
    "mmpose.datasets.pipelines.bottom_up_transform",
)

_log = logging.getLogger("posecodec_rs")
_patches = Patches()


class Patched:
    """What `patch` has replaced. As a context manager, it undoes that at the end.

    Attributes:
        replaced: The names of the functions and classes that are replaced now.
        left: The names of those that have other code than those that this package knows.
    """

    def __init__(self, replaced: tuple[str, ...], left: tuple[str, ...], patches: Patches) -> None:
        """Keep the names and the reversal."""
        self.replaced = replaced
        self.left = left
        self._patches = patches

    def undo(self) -> None:
        """Restore what was replaced."""
        self._patches.undo()

    def __enter__(self) -> "Patched":  # noqa: PYI034 - `Self` is not in Python 3.10
        """Return the object itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Restore what was replaced."""
        self.undo()


def install() -> None:
    """Replace the functions and classes of an installed MMPose 0.x with those of this package.

    In every module of MMPose, their names are bound to those of this package, and so are the steps
    of pipelines in its registry. Pipelines and models that were built before keep theirs. Functions
    of a fork of MMPose that have other code are left alone and named in a warning of the logger
    ``posecodec_rs``.

    A second call changes nothing, and neither does a call that fails.

    Raises:
        ImportError: If MMPose 0.x cannot be imported.
    """
    modules = _import_mmpose()
    replaced, left = _patch(_patches, modules)
    if replaced:
        version = sys.modules["mmpose"].__version__
        _report(f"MMPose {version}", replaced)
    _report_left("mmpose", left)


def uninstall() -> None:
    """Restore MMPose's functions and classes."""
    _patches.undo()


def patch(module: str) -> Patched:
    """Replace the functions of MMPose 0.x in a copy of its file in another project.

    Only functions and classes whose code this package knows are replaced, in that module and under
    all their names in its top-level package; ``left`` names the others.

    Args:
        module: The name of the module: ``"hmr4d.utils.kpts.kp2d_utils"``.

    Returns:
        The names, and a method ``undo``. It is a context manager, too.

    Raises:
        ImportError: If the module cannot be imported.
    """
    patches = Patches()
    replaced, left = _patch(patches, [import_module(module)])
    _report(module, replaced)
    _report_left(module, left)
    return Patched(replaced, left, patches)


def _patch(patches: Patches, modules: list[ModuleType]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Replace what is known; return its names and those of what is left."""
    ours = {id(getattr(each, "__func__", each)) for each in REPLACEMENTS.values()}
    known: list[tuple[ModuleType, str, Any]] = []
    left = []
    for module in modules:
        for name in NAMES:
            theirs = vars(module).get(name)
            # A module that defines a step keeps it; the registry has ours.
            current = _registry(module).get(name, theirs)
            if theirs is None or id(getattr(current, "__func__", current)) in ours:
                continue
            replacement = REPLACEMENTS.get(fingerprint(theirs) or "")
            if replacement is None:
                left.append(name)
            else:
                known.append((module, name, replacement))
    with patches.adding() as undo:
        for module, name, replacement in known:
            _replace(undo, module, name, replacement)
    replaced = dict.fromkeys(name for _, name, _ in known)
    return tuple(replaced), tuple(name for name in dict.fromkeys(left) if name not in replaced)


def _replace(undo: ExitStack, module: ModuleType, name: str, replacement: Any) -> None:
    """Replace one function or class in the module's package, and in its registry of pipelines."""
    package = module.__name__.partition(".")[0]
    theirs = getattr(module, name)
    registry = _registry(module)
    registered = registry.get(name) is theirs
    if registered:
        put(undo, registry, name, replacement)

    def keeps(path: str, value: Any) -> bool:
        # Pickles of steps that were built before find their class there.
        return registered and path == value.__module__

    replace(undo, package, module, {name: replacement}, keeps)


def _registry(module: ModuleType) -> dict[str, Any]:
    """The steps of pipelines by name, if the module registers some."""
    registry: dict[str, Any] = getattr(getattr(module, "PIPELINES", None), "module_dict", {})
    return registry


def _report(target: str, replaced: tuple[str, ...]) -> None:
    names = ", ".join(replaced) or "nothing"
    _log.info("posecodec_rs %s: replaced in %s: %s", __version__, target, names)


def _report_left(target: str, left: tuple[str, ...]) -> None:
    if left:
        names = ", ".join(left)
        _log.warning("%s has its own code in these, which are left alone: %s", target, names)


def _import_mmpose() -> list[ModuleType]:
    """Import the modules of MMPose that have the functions."""
    with importing("posecodec_rs.mmpose0", f"MMPose 0.x (tested with {_TESTED_VERSION})"):
        version = import_module("mmpose").__version__
        if not version.startswith("0."):
            raise ImportError(
                f"MMPose {version} is installed; posecodec_rs.mmpose is for 1.x", name="mmpose"
            )
        warn_if_untested("posecodec_rs.mmpose0", _TESTED_VERSION, version)
        return [import_module(name) for name in _MODULES]
