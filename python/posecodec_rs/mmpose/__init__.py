"""Replaces the codecs of an installed MMPose with those of this package, in one line.

In a config: ``custom_imports = dict(imports=['posecodec_rs.mmpose.auto'])``.
In a program: ``posecodec_rs.mmpose.install()``.
"""

import sys
import warnings
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from typing import Any

from posecodec_rs import functional
from posecodec_rs._build import CODECS
from posecodec_rs._core import BaseKeypointCodec

__all__ = ["install", "uninstall"]

_TESTED_VERSION = "1.3.2"

_undo = ExitStack()
"""The callbacks that restore MMPose; empty if nothing is installed."""


def install(*, utils: bool = False) -> None:
    """Replace MMPose's codecs with those of this package.

    Registers every codec in ``KEYPOINT_CODECS`` under its name. In ``mmpose.codecs``, and in every
    module of MMPose that imported it, the name of MMPose's class is bound to the codec instead; the
    modules that define MMPose's codecs do not change. Codecs count as instances of MMPose's
    ``BaseKeypointCodec``. Pipelines and heads that were built before keep their codecs.

    A second call changes nothing, and neither does a call that fails.

    Args:
        utils: Whether to replace the functions of ``mmpose.codecs.utils`` with those of
            `posecodec_rs.functional` too.

    Raises:
        ImportError: If MMPose cannot be imported.
    """
    codecs, registry = _import_mmpose()
    with ExitStack() as undo:
        replacements = {codec.__name__: codec for codec in CODECS.values()}
        for name, codec in replacements.items():
            _register(undo, registry, name, codec)
        _replace(undo, codecs, replacements)
        _allow_rust_codecs(undo, codecs.base.BaseKeypointCodec)
        if utils:
            helpers = {name: getattr(functional, name) for name in functional.__all__}
            _replace(undo, codecs.utils, helpers)
        _undo.push(undo.pop_all())


def uninstall() -> None:
    """Restore MMPose's codecs, also in modules that were imported since `install`."""
    _undo.close()


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
    _warn_if_untested(sys.modules["mmpose"].__version__)
    return codecs, registry


@cache  # once
def _warn_if_untested(version: str) -> None:
    if version != _TESTED_VERSION:
        warnings.warn(
            f"posecodec_rs was tested with MMPose {_TESTED_VERSION} and returns its results, but "
            f"{version} is installed",
            stacklevel=4,
        )


def _register(undo: ExitStack, registry: Any, name: str, codec: type[BaseKeypointCodec]) -> None:
    """Register a codec under its name, in place of the one that is registered."""
    before = registry.module_dict.get(name)
    if before is not codec:
        undo.callback(_rebind, registry.module_dict, name, codec, before)
        registry.register_module(module=codec, force=True)


def _replace(undo: ExitStack, module: Any, replacements: Mapping[str, Any]) -> None:
    """Replace objects of a module of MMPose, by name, and other names for them in MMPose."""
    pairs = []
    for name, new in replacements.items():
        old = getattr(module, name, None)
        if old is None:  # MMPose does not have it
            undo.callback(_rebind, vars(module), name, new, None)
            setattr(module, name, new)
        elif old is not new:
            pairs.append((old, new))
    undo.callback(_swap_registry_entries, [(new, old) for old, new in pairs])
    _swap_registry_entries(pairs)


def _swap_registry_entries(pairs: Iterable[tuple[Any, Any]]) -> None:
    """In all modules of MMPose, bind the names of each pair's first object to its second."""
    new = {id(before): after for before, after in pairs}
    for path, module in list(sys.modules.items()):
        if path.partition(".")[0] != "mmpose" or module is None:
            continue
        # MMPose's codecs derive from each other there, and pickles find them there.
        defines_codecs = path.startswith("mmpose.codecs.")
        for name, value in list(vars(module).items()):
            if id(value) in new and not (defines_codecs and isinstance(value, type)):
                setattr(module, name, new[id(value)])


def _rebind(names: dict[str, Any], name: str, current: Any, before: Any) -> None:
    """Restore a name, unless other code has bound it to another object than `current`."""
    if names.get(name) is current:
        if before is None:
            del names[name]
        else:
            names[name] = before


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
