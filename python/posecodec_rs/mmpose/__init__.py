"""Replaces the codecs of an installed MMPose with those of this package, in one line.

In a config: ``custom_imports = dict(imports=['posecodec_rs.mmpose.auto'])``.
In a program: ``posecodec_rs.mmpose.install()``.
For a script, without changes: ``python -m posecodec_rs.mmpose tools/train.py CONFIG``.
"""

import inspect
import logging
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from typing import Any

from posecodec_rs import functional
from posecodec_rs._build import CODECS
from posecodec_rs._core import BaseKeypointCodec, __version__
from posecodec_rs._patching import Patches, rebind, replace, warn_if_untested

__all__ = ["encode_data_samples", "install", "installed", "uninstall"]

_TESTED_VERSION = "1.3.2"

_log = logging.getLogger("posecodec_rs")
_patches = Patches()


def install(*, utils: bool = False, defer: bool = False) -> None:
    """Replace MMPose's codecs with those of this package.

    Registers every codec in ``KEYPOINT_CODECS`` under its name. In ``mmpose.codecs``, and in every
    module of MMPose that imported it, the name of MMPose's class is bound to the codec instead; the
    modules that define MMPose's codecs do not change. Codecs count as instances of MMPose's
    ``BaseKeypointCodec``. Pipelines and heads that were built before keep their codecs. Codecs of a
    fork of MMPose that take other arguments are left alone and named in a warning of the logger
    ``posecodec_rs``.

    A second call changes nothing, and neither does a call that fails.

    Args:
        utils: Whether to replace the functions of ``mmpose.codecs.utils`` with those of
            `posecodec_rs.functional` too.
        defer: Whether to register ``GenerateTarget`` with the argument ``defer``, the data
            preprocessor ``EncodingDataPreprocessor`` and the collate function ``stack_images``.
            This imports MMPose's transforms and models.

    Raises:
        ImportError: If MMPose cannot be imported.
    """
    codecs, registry = _import_mmpose()
    all_codecs = {codec.__name__: codec for codec in CODECS.values()}
    replacements = {
        name: codec
        for name, codec in all_codecs.items()
        if not _extra_arguments(registry.module_dict.get(name), codec)
    }
    before = installed()
    with _patches.adding() as undo:
        for name, codec in replacements.items():
            _register(undo, registry, name, codec)
        if defer:
            _register_deferral(undo)
        replace(undo, "mmpose", codecs, replacements, _defines_codecs)
        _allow_rust_codecs(undo, codecs.base.BaseKeypointCodec)
        if utils:
            helpers = {name: getattr(functional, name) for name in functional.__all__}
            replace(undo, "mmpose", codecs.utils, helpers, _defines_codecs)
    if before:
        return
    _log.info("posecodec_rs %s: %d codecs", __version__, len(replacements))
    if left := sorted(all_codecs.keys() - replacements.keys()):
        _log.warning("these codecs take other arguments and are left alone: %s", ", ".join(left))


def installed() -> bool:
    """Whether MMPose's registry has the codecs of this package."""
    registry = sys.modules.get("mmpose.registry")
    codecs = registry.KEYPOINT_CODECS.module_dict if registry else {}
    return any(codecs.get(codec.__name__) is codec for codec in CODECS.values())


def uninstall() -> None:
    """Restore MMPose's codecs, also in modules that were imported since `install`."""
    _patches.undo()


def encode_data_samples(data_samples: Sequence[Any], device: Any = None) -> None:
    """Encode the deferred targets of packed samples, in place.

    Fills ``gt_fields``, ``gt_instance_labels`` and ``gt_instances`` as ``PackPoseInputs`` does. For
    data preprocessors other than ``EncodingDataPreprocessor``, which calls this first.

    Args:
        data_samples: The ``PoseDataSample`` of a batch. Those without deferred targets do not
            change.
        device: Where the targets go. Default: the CPU.
    """
    import_module("posecodec_rs.mmpose._preprocessor").encode_data_samples(data_samples, device)


def _import_mmpose() -> tuple[Any, Any]:
    """Import ``mmpose.codecs``; return it and its registry."""
    try:
        codecs = import_module("mmpose.codecs")
        registry = import_module("mmpose.registry").KEYPOINT_CODECS
    except ImportError as error:
        raise ImportError(
            f"posecodec_rs.mmpose needs MMPose, which cannot be imported: {error}. To install it: "
            f"pip install --no-deps mmpose=={_TESTED_VERSION} mmcv-lite==2.1.0 && "
            "pip install mmengine torch opencv-python scipy munkres==1.1.4 json_tricks",
            name=error.name,
            path=error.path,
        ) from error
    warn_if_untested("posecodec_rs", _TESTED_VERSION, sys.modules["mmpose"].__version__)
    return codecs, registry


def _extra_arguments(theirs: Any, ours: type[BaseKeypointCodec]) -> set[str]:
    """The arguments of a registered class that ours does not take."""
    if theirs is None or theirs is ours:
        return set()
    arguments = set(inspect.signature(theirs).parameters) - {"args", "kwargs"}
    return arguments - set(inspect.signature(ours).parameters)


def _register(undo: ExitStack, registry: Any, name: str, item: Any) -> None:
    """Register a class or function under its name, in place of what is registered."""
    before = registry.module_dict.get(name)
    if before is not item:
        undo.callback(rebind, registry.module_dict, name, item, before)
        registry.register_module(module=item, force=True)


def _register_deferral(undo: ExitStack) -> None:
    """Register what encodes after the loader."""
    transform = import_module("posecodec_rs.mmpose._transform")
    preprocessor = import_module("posecodec_rs.mmpose._preprocessor")
    registries = import_module("mmpose.registry")
    functions = import_module("mmengine.registry").FUNCTIONS
    for registry, module, name in (
        (registries.TRANSFORMS, transform, "GenerateTarget"),
        (registries.MODELS, preprocessor, "EncodingDataPreprocessor"),
        (functions, preprocessor, "stack_images"),
    ):
        _register(undo, registry, name, getattr(module, name))


def _defines_codecs(path: str, value: Any) -> bool:
    """Whether a module keeps its class.

    MMPose's codecs derive from each other there, and pickles find them there.
    """
    return path.startswith("mmpose.codecs.") and isinstance(value, type)


def _allow_rust_codecs(undo: ExitStack, base: Any) -> None:
    """Make ``isinstance`` and ``issubclass`` treat these codecs as subclasses of MMPose's `base`.

    This is a hook because ``base.register`` cannot be undone.
    """
    if "__subclasshook__" in vars(base):
        return

    def hook(cls: type, subclass: type) -> Any:
        return (cls is base and issubclass(subclass, BaseKeypointCodec)) or NotImplemented

    def unhook() -> None:
        if "__subclasshook__" in vars(base):
            del base.__subclasshook__
        base._abc_caches_clear()

    undo.callback(unhook)
    base.__subclasshook__ = classmethod(hook)
    base._abc_caches_clear()  # the cached results are wrong now
